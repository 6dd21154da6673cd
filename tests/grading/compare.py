"""Compare two gradings of the same submissions: every gradebook row and every autograded file.

Only what differs between any two runs of plain nbgrader is left out: times, process numbers, memory addresses, random names.
Run as a script: ``python tests/grading/compare.py COURSE_A COURSE_B``.
"""

import json
import re
import sqlite3
import sys
from pathlib import Path

#: For ``nbgrader autograde`` beside other tests: it gives a whole submission up when a busy machine keeps a kernel's last word for 4 s.
PATIENT = "--Execute.iopub_timeout=60", "--Execute.startup_timeout=300"

_ROWS = {
    "grades": """
        select a.name, s.student_id, b.name, c.name, g.auto_score, g.manual_score, g.extra_credit, g.needs_manual_grade,
               gc.max_score
        from grade g join submitted_notebook n on g.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id
        join notebook b on n.notebook_id = b.id join assignment a on s.assignment_id = a.id
        join base_cell c on g.cell_id = c.id left join grade_cells gc on gc.id = c.id""",
    "comments": """
        select a.name, s.student_id, b.name, c.name, k.auto_comment, k.manual_comment
        from comment k join submitted_notebook n on k.notebook_id = n.id join submitted_assignment s on n.assignment_id = s.id
        join notebook b on n.notebook_id = b.id join assignment a on s.assignment_id = a.id join base_cell c on k.cell_id = c.id""",
    "notebooks": """
        select a.name, s.student_id, b.name, n.late_submission_penalty
        from submitted_notebook n join submitted_assignment s on n.assignment_id = s.id
        join notebook b on n.notebook_id = b.id join assignment a on s.assignment_id = a.id""",
    "submissions": """
        select a.name, s.student_id, s.timestamp from submitted_assignment s join assignment a on s.assignment_id = a.id""",
    "students": "select id, first_name, last_name, email from student",
}

_NOISE = [
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(r"ipykernel_\d+/\d+\.py"), "ipykernel"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r'(?<="id": ")[0-9a-f]{8}(?=")'), "<id>"),  # of a cell that was put back
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "<id>"),
    (re.compile(r"\b(T_[0-9a-f]{5}(?![0-9a-z])|[0-9a-f]{5}(?=_(level|row|data|col)))"), "<styler>"),
]


def gradebook(course):
    """All rows about people and marks, by table, as a dict of sorted lists."""
    with sqlite3.connect(f"file:{Path(course) / 'gradebook.db'}?mode=ro", uri=True) as db:
        return {table: sorted(db.execute(query).fetchall(), key=repr) for table, query in _ROWS.items()}


def scores(course):
    """``{(student, notebook, cell): (auto_score, needs_manual_grade)}``."""
    return {(row[1], row[2], row[3]): (row[4], bool(row[7])) for row in gradebook(course)["grades"]}


def total(course, student):
    """The sum of a student's automatic scores; ``None`` when the student was not graded."""
    marks = [score for (who, _, _), (score, _) in scores(course).items() if who == student and score is not None]
    return sum(marks) if marks else None


def files(course, step="autograded"):
    """``{path: content}`` of every file below *step*; notebooks without what differs between any two runs."""
    folder = Path(course) / step
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith("."):
            found[name] = _steady(path)
    return found


def _steady(path):
    if path.suffix == ".ipynb":
        return steady_notebook(path.read_text())
    return _without_noise(path.read_text()) if path.suffix == ".html" else path.read_bytes()


def _without_noise(text):
    for pattern, replacement in _NOISE:
        text = pattern.sub(replacement, text)
    return text


def steady_notebook(text):
    nb = json.loads(text)
    for cell in nb["cells"]:
        if "outputs" in cell:
            cell["outputs"] = _merge_streams(cell["outputs"])
        cell["metadata"].pop("execution", None)
    widgets = nb["metadata"].pop("widgets", None)
    text = _without_noise(json.dumps(nb, indent=1, sort_keys=True))
    if widgets is not None:  # keyed by random ids: compare the models alone
        state = widgets["application/vnd.jupyter.widget-state+json"]["state"].values()
        models = sorted(re.sub(r"[0-9a-f]{32}", "<id>", json.dumps(model, sort_keys=True)) for model in state)
        text += "\n" + "\n".join(models)
    return text


def _merge_streams(outputs):
    merged = []
    for output in outputs:
        text = "".join(output["text"]) if output["output_type"] == "stream" else None
        if text is not None and merged and merged[-1].get("name") == output["name"]:
            merged[-1]["text"] += text
        else:
            merged.append({**output, "text": text} if text is not None else output)
    return merged


def differences(course_a, course_b):
    """A list of sentences, one per difference; empty when the two gradings are equal."""
    found = []
    books = gradebook(course_a), gradebook(course_b)
    for table in _ROWS:
        left, right = (set(map(repr, book[table])) for book in books)
        found += [f"{table}: only in the first: {row}" for row in sorted(left - right)]
        found += [f"{table}: only in the second: {row}" for row in sorted(right - left)]
    left, right = files(course_a), files(course_b)
    found += [f"file only in the first: {name}" for name in sorted(left.keys() - right.keys())]
    found += [f"file only in the second: {name}" for name in sorted(right.keys() - left.keys())]
    for name in sorted(left.keys() & right.keys()):
        if left[name] != right[name]:
            found.append(f"{name} differs: {_first_difference(left[name], right[name])}")
    return found


def _first_difference(left, right):
    if isinstance(left, bytes):
        return f"{left[:60]!r} … {right[:60]!r}"
    lines = zip(left.split("\n"), right.split("\n"), strict=False)
    return next((f"{a.strip()[:300]!r} … {b.strip()[:300]!r}" for a, b in lines if a != b), "one is longer")


if __name__ == "__main__":
    problems = differences(sys.argv[1], sys.argv[2])
    rows = sum(map(len, gradebook(sys.argv[1]).values()))
    print("\n".join(problems[:20]) or f"equal: {rows} gradebook rows, {len(files(sys.argv[1]))} files")
    sys.exit(bool(problems))
