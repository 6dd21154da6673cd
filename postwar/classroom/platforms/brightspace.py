"""Brightspace (D2L), tool *Assignments*.

*Download* of submissions gives a folder for each hand-in, ``12345-67890 - Full name - Mar 1, 2026 622 PM/quiz.ipynb``: the user's number, the folder's number, the name (a
group's, for group work), the time by the organisation's clock without a colon, and an ``index.html`` (Brightspace Community, *Download and upload assignment
feedback*). *Add Feedback Files* takes an archive with the same folders. The grades export has ``OrgDefinedId`` (with ``#`` before it), ``Username``, ``Last Name``, ``First Name``, ``Email`` and a
column ``Title Points Grade <Numeric MaxPoints:10>``, and ends each line with ``End-of-Line Indicator`` ``#``; the import takes the same.
"""

import re
import unicodedata
from datetime import datetime
from pathlib import PurePosixPath

from postwar.classroom.platforms.entry import Entry, scaled

_NAMED = re.compile(r"(?P<user>\d+)-(?P<folder>\d+) - (?P<name>.+) - (?P<when>.*\d{4}.*)")
_CLOSE = re.compile(r"(?P<user>\d+)-(?P<folder>\d+) ?- ?(?P<name>.+?) ?- ?(?P<when>[^-]*\d{4}[^-]*)")
# How the names of months begin, in the languages of many organisations.
_MONTHS = (
    "jan|ene|gen|sty|січ|янв feb|fév|fev|lut|лют|фев mar|mär|mrz|maa|бер|мар apr|avr|abr|kwi|кві|апр may|mai|mag|mei|maj|тра|мая|май"
    " jun|juin|giu|cze|чер|июн jul|juil|lug|lip|лип|июл aug|aoû|ago|sie|сер|авг sep|set|wrz|вер|сен oct|okt|ott|out|paź|жов|окт nov|lis|лис|ноя"
    " dec|dez|déc|dic|gru|гру|дек"
)
_MONTH = {start: number for number, names in enumerate(_MONTHS.split(), 1) for start in names.split("|")}
_END = "End-of-Line Indicator"
HEADINGS = {"first": "First Name", "last": "Last Name", "username": "Username", "email": "Email"}
_OWN = ("OrgDefinedId", "Username", "Last Name", "First Name", "Email")


def roster(header, rows):
    """The grades export."""
    if "OrgDefinedId" not in header or not {"Username", "Email", "Last Name"} & set(header):
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
            }
        )
    return students


def entry(path: PurePosixPath):
    """The folder carries the name."""
    for place, part in enumerate(path.parts[:-1]):
        if found := _NAMED.fullmatch(part.strip()) or _CLOSE.fullmatch(part.strip()):
            when = _time(found["when"])
            who = (("platform_id", found["user"]), ("name", found["name"]))
            attempt, undated = (when.isoformat(), "") if when else ("", found["when"])
            return Entry(who, "/".join(path.parts[place + 1 :]), attempt, when, keep=part, undated=undated)
    if path.name.casefold() == "index.html":
        return Entry((), path.name, receipt=True)
    return None


def _time(text):
    """``Mar 1, 2026 622 PM``, ``1. März 2026 1822`` or ``2026-03-01 1822``; None for what can be read in two ways."""
    plain = unicodedata.normalize("NFC", text.replace("\u202f", " ")).casefold()
    if found := re.search(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})", plain):
        year, month, day = map(int, found.groups())
    elif found := re.search(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})", plain):
        day, month, year = map(int, found.groups())
    elif found := re.search(r"([^\W\d_]{3,})\D{1,5}(\d{1,2})\D{1,5}(\d{4})", plain) or re.search(
        r"(?P<day>\d{1,2})\W(?:\W*de )?\W*(?P<name>[^\W\d_]{3,})\D{1,5}(?P<year>\d{4})", plain
    ):
        name, day, year = (found["name"], found["day"], found["year"]) if found.re.groupindex else found.groups()
        month = next((_MONTH[start] for start in (name[:4], name[:3]) if start in _MONTH), 0)
        day, year = int(day), int(year)
    else:
        return None
    hour = re.fullmatch(r"\D*?(\d{1,2})[.:h]?(\d\d)(?:[.:]?\d\d)?\s*([ap]?)\.?\s?m?\.?\s*", plain[found.end() :])
    if not hour:
        return None
    hours = int(hour[1])
    if hour[3]:
        hours = hours % 12 + 12 * (hour[3] == "p")
    try:
        return datetime(year, month, day, hours, int(hour[2]))
    except ValueError:
        return None


def marks(sheet, results, title, maximum):
    """The export's own columns with the assignment's."""
    header, rows = sheet or (list(_OWN), [])
    column = next(
        (name for name in header if name.startswith(f"{title} Points Grade")),
        f"{title} Points Grade <Numeric MaxPoints:{maximum:g}>",
    )
    columns = [name for name in _OWN if name in header] + [column, _END]
    theirs = re.search(r"MaxPoints:([\d.,]+)", column)
    by_user = {row.get("Username", "").lstrip("#").casefold(): row for row in rows}
    written = []
    for result in results:
        student = result.student
        row = by_user.get(student.username.casefold()) or {
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
