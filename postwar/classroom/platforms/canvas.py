"""Canvas.

*Download Submissions* names each file ``lastnamefirstname_LATE_12345_67890_quiz.ipynb``: the sortable name in small letters without spaces, ``LATE`` where
it was late, the user's number, the attachment's number, the student's file name, to which Canvas adds ``-1``, ``-2`` for a later attempt with the same name
(app/models/content_zipper.rb). Anonymous assignments begin with ``anon_``, groups with the group's name. *Re-Upload Submissions* attaches a file as a
comment if its name holds the same two numbers in the same order (app/models/assignment.rb, ``infer_comment_context_from_filename``). The
gradebook's export has ``Student``, ``ID``, ``SIS User ID``, ``SIS Login ID``, ``Section`` and a column ``Title (number)`` per assignment, and a second line that begins
with ``Points Possible``; the import takes the same columns. The archive holds no times.
"""

import re
from pathlib import PurePosixPath

from postwar.classroom.platforms.entry import Entry, scaled

_NAMED = re.compile(r"(?P<name>[^/]*?)_(?P<late>LATE_)?(?P<user>\d+)_(?P<attachment>\d+)_(?P<file>[^/]+)")
_TYPED = re.compile(r"[^/]*?_(?:LATE_)?\d+_text\.html?")  # typed into a field
_ANONYMOUS = re.compile(r"anon_(?P<late>LATE_)?(?P<user>\w{3,6})_(?P<attachment>\d+)_(?P<file>[^/]+)")
_AGAIN = re.compile(r"-(\d+)(?=\.\w+$)")
COLUMN = re.compile(r"(?P<title>.+) \(\d+\)")
SHEET = ("Student", "ID")
UPLOAD = "Marks by Import in the gradebook, pages by Upload Submissions in the assignment."
HEADINGS = {}  # its import takes English headings only
_OWN = ("Student", "ID", "SIS User ID", "SIS Login ID", "Integration ID", "Root Account", "Section")


def roster(header, rows):
    """The gradebook's export."""
    if not {"Student", "ID"} <= set(header) or not {"SIS Login ID", "SIS User ID", "Section"} & set(header):
        return None
    students = []
    for row in rows:
        name = row["Student"].strip()
        if not row["ID"].isdigit() or name.startswith("Student, Test"):
            continue  # Points Possible, and the pretended student of a course
        last, _, first = name.partition(",")
        login = row.get("SIS Login ID", "")
        students.append(
            {
                "id": login.partition("@")[0] or row.get("SIS User ID") or row["ID"],
                "first_name": first.strip(),
                "last_name": last.strip(),
                "email": login if "@" in login else "",
                "username": login,
                "platform_id": row["ID"],
                "sis_id": row.get("SIS User ID", ""),
                "section": row.get("Section", ""),
            }
        )
    return students


def entry(path: PurePosixPath):
    """Everything stands in the file's own name."""
    found = _NAMED.fullmatch(path.name) or _ANONYMOUS.fullmatch(path.name)
    if not found:
        return Entry((), path.name, receipt=True) if _TYPED.fullmatch(path.name) else None
    again = _AGAIN.search(found["file"])
    who = (("platform_id", found["user"]), ("squeezed", found.groupdict().get("name") or ""))
    # Of one student's files with one name Canvas numbers the attempts, and attachments are numbered as they come in.
    attempt = f"{int(again[1]) if again else 0:06}{int(found['attachment']):015}"
    name = found.groupdict().get("name") or "anon"
    keep = f"{name}_{found['late'] or ''}{found['user']}_{found['attachment']}"
    return Entry(who, found["file"], attempt, late=bool(found["late"]), keep=keep)


def marks(sheet, results, title, maximum):
    """The export's own columns, the assignment's found by its title; a new title becomes a new assignment on import."""
    header, rows = sheet or (["Student", "ID", "SIS User ID", "SIS Login ID", "Section"], [])
    column = next((name for name in header if re.fullmatch(rf"{re.escape(title)}( \(\d+\))?", name)), title)
    columns = [name for name in _OWN if name in header] + [column]
    possible = next((row for row in rows if row["Student"].strip().startswith("Points Possible")), {})
    written = [["    Points Possible"] + [""] * (len(columns) - 2) + [possible.get(column) or f"{maximum:g}"]]
    for result in results:
        if sheet and not result.row:
            continue
        student = result.student
        row = result.row or {
            "Student": f"{student.last_name}, {student.first_name}",
            "ID": student.platform_id,
            "SIS User ID": student.sis_id,
            "SIS Login ID": student.username,
            "Section": student.section,
        }
        points = scaled(result.points, maximum, possible.get(column))
        written.append([*(row.get(name, "") for name in columns[:-1]), points])
    return columns, written


def feedback_path(entry, student):
    """The two numbers of the hand-in make Canvas find it again."""
    return f"{entry.keep}_feedback.html"
