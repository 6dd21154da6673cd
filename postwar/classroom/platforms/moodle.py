"""Moodle, activity *Assignment*.

*Download all submissions* names each file ``Full name_123456_assignsubmission_file_/quiz.ipynb``, or without folders
``Full name_123456_assignsubmission_file_quiz.ipynb``; the number is the participant's in this assignment, a group's name may stand before with a
hyphen, and under anonymous marking the name is ``Participant`` (mod/assign/locallib.php, ``download_submissions`` and
``get_uniqueid_for_user``; the final underscore of the folder is missing in some releases). *Upload multiple feedback files in a zip* takes files
under the same names. The offline grading worksheet has ``Identifier`` (``Participant 123456``), ``Full name``, ``Email address``, ``Grade`` and
``Feedback comments`` and comes back as CSV; without it, the gradebook imports a CSV with ``Email address`` and a column of points.
"""

import re
from collections import Counter
from pathlib import PurePosixPath

from postwar.classroom.platforms.dates import moment
from postwar.classroom.platforms.entry import Entry, number, scaled

_NAMED = re.compile(
    r"(?P<name>.+?)_(?P<number>\d+)_assignsubmission_(?P<kind>file|onlinetext)_?(?P<rest>.*)", re.DOTALL
)
COLUMN = None
SHEET = ("Identifier", "Grade")
UPLOAD = "In the assignment: marks by Upload grading worksheet (or the gradebook’s CSV import), pages by Upload multiple feedback files in a zip."
HEADINGS = {
    "first": "First name",
    "last": "Last name",
    "full": "Full name",
    "email": "Email address",
    "number": "ID number",
    "username": "Username",
    "groups": "Groups",
    "identifier": "Identifier",
    "grade": "Grade",
    "maximum": "Maximum Grade",
    "comments": "Feedback comments",
    "modified": "Last modified (submission)",
}


def roster(header, rows):
    """Participants, grades or the offline worksheet."""
    has = set(header)
    if "Identifier" in has and "Full name" in has:
        return [_student(row, *_split(row.get("Full name", ""))) for row in rows]
    if not {"First name", "Last name"} <= has or not has & {"Email address", "ID number"}:
        return None
    if has & {"OrgDefinedId", "SIS Login ID", "Student ID"} or any(re.search(r"\|\s*\d+$", name) for name in header):
        return None
    return [_student(row, row.get("First name", ""), row.get("Last name", "")) for row in rows]


def _student(row, first, last):
    email, username, number = (row.get(column, "") for column in ("Email address", "Username", "ID number"))
    return {
        "id": username or number or email.partition("@")[0],
        "first_name": first,
        "last_name": last,
        "email": email,
        "username": username,
        "sis_id": number,
        "section": row.get("Groups", ""),
    }


def _split(name):
    first, _, last = name.rpartition(" ")
    return first, last


def entry(path: PurePosixPath):
    """The folder or the file itself carries the name."""
    for place, part in enumerate(path.parts):
        if found := _NAMED.fullmatch(part):
            inside = "/".join(filter(None, [found["rest"], *path.parts[place + 1 :]]))
            name = found["name"]
            who = [("id", f"participant {found['number']}"), ("name", name)]
            parts = name.split("-")  # Group A-Full name, where both may hold hyphens
            who += [("name", "-".join(parts[start:])) for start in range(1, len(parts))]
            who += [("name", "-".join(parts[:end])) for end in range(len(parts) - 1, 0, -1)]
            keep = f"{name}_{found['number']}_assignsubmission_file_"
            return Entry(tuple(who), inside, keep=keep, receipt=found["kind"] == "onlinetext")
    return None


def participants(sheet):
    """What the worksheet says of each participant: hints at the person, and the time of hand-in as it is written there."""
    header, rows = sheet
    column = next((name for name in header if name.startswith("Last modified (submission)")), "") or next(
        (name for name in header if any(moment(row.get(name, "")) for row in rows)), ""
    )  # in a language that is not known here; that of the grade comes after it
    found = {}
    for row in rows:
        hints = [
            ("id", row.get("Email address", "")),
            ("id", row.get("ID number", "")),
            ("name", row.get("Full name", "")),
        ]
        found[_participant(row)] = (
            [hint for hint in hints if hint[1]],
            row.get(column, "").strip(" -"),
        )
    return found


def _participant(row):
    """``participant 7``, whatever the language calls a participant."""
    number = re.search(r"(\d+)\s*$", row.get("Identifier", ""))
    return f"participant {number[1]}" if number else ""


def marks(sheet, results, title, maximum):
    """The worksheet with grades filled in, or a CSV for the gradebook's import."""
    if sheet:
        header, rows = sheet
        by_email = {result.student.email.casefold(): result for result in results if result.student.email}
        by_number = {
            f"participant {named['number']}": result for result in results if (named := _NAMED.match(result.keep))
        }
        names = Counter(result.student.name.casefold() for result in results)
        by_name = {name: result for result in results if names[name := result.student.name.casefold()] == 1}
        filled = []
        for row in rows:
            participant = by_number.get(_participant(row))
            email, name = row.get("Email address", "").casefold(), row.get("Full name", "").casefold()
            result = by_email.get(email) or participant or by_name.get(name)
            new = dict(row)
            if result and result.points is not None:
                top = row.get("Maximum Grade") or ""
                new["Grade"] = scaled(result.points, maximum, number(top), comma="," in top)
            elif result and "Feedback comments" in header:
                new["Feedback comments"] = result.reason
            filled.append([new.get(column, "") for column in header])
        return header, filled
    header = ["Username", "ID number", "Email address", title, f"{title} (remark)"]
    return header, [
        [
            result.student.username,
            result.student.sis_id,
            result.student.email,
            "" if result.points is None else f"{result.points:.2f}",
            result.reason,
        ]
        for result in results
    ]


def feedback_path(entry, student):
    """In the folder of the hand-in, as it was downloaded."""
    return f"{entry.keep}/feedback.html"
