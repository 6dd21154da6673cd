"""Brightspace (D2L), tool *Assignments*.

*Download* of submissions gives a folder for each hand-in, ``12345-67890 - Full name - Mar 1, 2026 622 PM/quiz.ipynb``: the user's number, the folder's number, the name (a
group's, for group work), the time by the organisation's clock without a colon, and an ``index.html`` (Brightspace Community, *Download and upload assignment
feedback*). *Add Feedback Files* takes an archive with the same folders. The grades export has ``OrgDefinedId`` (with ``#`` before it), ``Username``, ``Last Name``, ``First Name``, ``Email`` and a
column ``Title Points Grade <Numeric MaxPoints:10>``, and ends each line with ``End-of-Line Indicator`` ``#``; the import takes the same.
"""

import re
from pathlib import PurePosixPath

from postwar.classroom.platforms.dates import moment
from postwar.classroom.platforms.entry import Entry, scaled

_NAMED = re.compile(r"(?P<user>\d+)-(?P<folder>\d+) - (?P<name>.+) - (?P<when>.*\d{4}.*)")
_CLOSE = re.compile(r"(?P<user>\d+)-(?P<folder>\d+) ?- ?(?P<name>.+?) ?- ?(?P<when>[^-]*\d{4}[^-]*)")
_END = "End-of-Line Indicator"
COLUMN = re.compile(r"(?P<title>.+?) Points Grade <.*>")
SHEET = ()  # its identifiers are a choice: OrgDefinedId, Username or both
UPLOAD = "Marks by Enter Grades, Import; pages by Add Feedback Files in the assignment."
HEADINGS = {"first": "First Name", "last": "Last Name", "username": "Username", "email": "Email"}
_OWN = ("OrgDefinedId", "Username", "Last Name", "First Name", "Email")


def roster(header, rows):
    """The grades export."""
    if not ("OrgDefinedId" in header and {"Username", "Email", "Last Name"} & set(header)) and not {
        "Username",
        _END,
    } <= set(header):
        return None
    students = []
    for row in rows:
        number, username = (row.get(column, "").lstrip("#") for column in ("OrgDefinedId", "Username"))
        students.append(
            {
                "id": username or number,
                "first_name": row.get("First Name", ""),
                "last_name": row.get("Last Name", ""),
                "email": row.get("Email", ""),
                "username": username,
                "sis_id": number,
                "section": row.get("Sections", ""),
            }
        )
    return students


def entry(path: PurePosixPath):
    """The folder carries the name."""
    for place, part in enumerate(path.parts[:-1]):
        if found := _NAMED.fullmatch(part.strip()) or _CLOSE.fullmatch(part.strip()):
            when = moment(found["when"])
            who = (("platform_id", found["user"]), ("name", found["name"]))
            attempt, undated = (when.isoformat(), "") if when else ("", found["when"])
            return Entry(who, "/".join(path.parts[place + 1 :]), attempt, when, keep=part, undated=undated)
    if path.name.casefold() == "index.html":
        return Entry((), path.name, receipt=True)
    return None


def marks(sheet, results, title, maximum):
    """The export's own columns with the assignment's."""
    header = sheet[0] if sheet else list(_OWN)
    column = next(
        (name for name in header if name.startswith(f"{title} Points Grade")),
        f"{title} Points Grade <Numeric MaxPoints:{maximum:g}>",
    )
    columns = [name for name in _OWN if name in header] + [column, _END]
    theirs = re.search(r"MaxPoints:([\d.,]+)", column)
    written = []
    for result in results:
        if sheet and not result.row:
            continue
        student = result.student
        row = result.row or {
            "OrgDefinedId": f"#{student.sis_id}",
            "Username": f"#{student.username}",
            "Last Name": student.last_name,
            "First Name": student.first_name,
            "Email": student.email,
        }
        points = scaled(result.points, maximum, theirs and theirs[1])
        written.append([*(row.get(name, "") for name in columns[:-2]), points, "#"])
    return columns, written


def feedback_path(entry, student):
    """In the folder of the hand-in, as it was downloaded."""
    return f"{entry.keep}/feedback.html"
