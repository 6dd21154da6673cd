"""Blackboard Learn (Original and Ultra).

*Assignment File Download* (*Download Submissions*) names each file ``Title_username_attempt_2026-03-01-18-22-11_quiz.ipynb`` and adds a receipt
``Title_username_attempt_2026-03-01-18-22-11.txt`` (Blackboard Help, *Download Assignments*); spaces of the title may come as ``%20``, and ``attempt`` stands there in the language of the course. The
time is that of the attempt by the server's clock. *Work offline* gives and takes a grade sheet with ``Last Name``, ``First Name``, ``Username``, ``Student ID`` and a column
``Title [Total Pts: 10 Score] |12345``, as tabs in UTF-16 (named .xls) or as CSV. Blackboard takes no archive of feedback: the pages lie in one folder per user name.
"""

import re
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import unquote

from postwar.classroom.platforms.entry import Entry, scaled

_NAMED = re.compile(
    r"(?P<title>.+?)_(?P<user>[^_/]+(?:_[^_/]+)*?)_[^\W\d_]+_(?P<when>\d{4}-\d\d-\d\d-\d\d-\d\d-\d\d)(?:_(?P<file>.+)|(?P<receipt>\.txt))"
)
COLUMN = re.compile(r"(?P<title>.+?) \[(?P<told>[^\]]*)\] ?\|\d+")
SHEET = ("Username",)
UPLOAD = "Marks by Work offline, Upload Grades; pages by hand, one folder per user name."
HEADINGS = {
    "first": "First Name",
    "last": "Last Name",
    "username": "Username",
    "number": "Student ID",
    "email": "Email",
}
_OWN = ("Last Name", "First Name", "Username", "Student ID")


def roster(header, rows):
    """The grade sheet for working offline."""
    if not {"Last Name", "First Name", "Username"} <= set(header) or {"OrgDefinedId", "End-of-Line Indicator"} & set(
        header
    ):
        return None
    return [
        {
            "id": row["Username"],
            "first_name": row["First Name"],
            "last_name": row["Last Name"],
            "username": row["Username"],
            "email": row["Username"] if "@" in row["Username"] else row.get("Email", ""),
            "sis_id": row.get("Student ID", ""),
        }
        for row in rows
        if row["Username"] and not row["Username"].endswith("_previewuser")
    ]


def entry(path: PurePosixPath):
    """Everything stands in the file's own name. A title may hold underscores, and so may a user name: the longest that is on the roster counts."""
    found = _NAMED.fullmatch(unquote(path.name))
    if not found:
        return None
    before = f"{found['title']}_{found['user']}".split("_")
    who = tuple(("id", "_".join(before[start:])) for start in range(1, len(before)))
    when = datetime.strptime(found["when"], "%Y-%m-%d-%H-%M-%S")
    file = found["file"] or found["receipt"].lstrip(".")
    return Entry(who, file, found["when"], when, receipt=bool(found["receipt"]))


def marks(sheet, results, title, maximum):
    """The sheet's own columns with the assignment's, which Blackboard finds by the number behind the bar."""
    header = sheet[0] if sheet else list(_OWN)
    column = next((name for name in header if name.split(" [")[0] == title), f"{title} [Total Pts: {maximum:g} Score]")
    columns = [name for name in _OWN if name in header] + [column]
    theirs = re.search(r"\[\D*([\d.,]+)", column)  # [Total Pts: 10 Score], in the language of the course
    written = []
    for result in results:
        if sheet and not result.row:
            continue
        student = result.student
        row = result.row or {
            "Last Name": student.last_name,
            "First Name": student.first_name,
            "Username": student.username or student.id,
            "Student ID": student.sis_id,
        }
        points = scaled(result.points, maximum, theirs and theirs[1])
        written.append([*(row.get(name, "") for name in columns[:-1]), points])
    return columns, written


def feedback_path(entry, student):
    """One folder per user name, to attach by hand: there is no upload of many."""
    return f"{student.username or student.id}/feedback.html"
