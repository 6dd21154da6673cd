"""Bring an assignment's feedback pages up to date before they go back: what was read since, and what is taken off."""

import hashlib
import json
import os
from datetime import UTC, datetime

from postwar.classroom.folder import ClassFolder

_MADE = "pages.json"  # in inbox/<assignment>/: of what each page was made


def renew(folder: ClassFolder, slug: str, console, *, model_essays: bool = False) -> int:
    """Write the feedback pages that are not as they would be now, several at once; returns the exit status.

    ``model_essays`` shows the solution's essays on it; ValueError while somebody may still hand in.
    """
    if model_essays:
        _may_be_shown(folder, slug)
    from nbgrader.apps.generatefeedbackapp import GenerateFeedbackApp

    from postwar.grading.feedback import graded_students, write_feedback

    os.chdir(folder.root)
    app = GenerateFeedbackApp()
    app.initialize(["--force", "--log-level=CRITICAL", slug], root=str(folder.root))
    app.coursedir.assignment_id = slug
    app.config.FeedbackView.model_essays = str(folder.root / "solutions" / slug) if model_essays else ""
    current = _fingerprints(folder, slug, graded_students(app.coursedir), model_essays)
    made = folder.root / "inbox" / slug / _MADE
    known = _read(made)
    stale = [name for name in current if known.get(name) != current[name] or not _pages(folder, name, slug)]
    if not stale:
        return 0
    made.parent.mkdir(parents=True, exist_ok=True)
    _write(made, {name: digest for name, digest in known.items() if name not in stale})
    with console.status("Writing feedback pages"):
        status = write_feedback(app, console, students=stale)
    # what could not be made, or was stopped, is made by the next call
    _write(made, current if not status else {name: current[name] for name in current if name not in stale})
    return status


def _pages(folder, student, slug):
    return list((folder.root / "feedback" / student / slug).glob("*.html"))


def _fingerprints(folder, slug, students, model_essays) -> dict[str, str]:
    """For each student a digest of all that a page is made of: the graded copy, its marks and comments, the solution, the software."""
    from nbgrader.api import Gradebook

    from postwar import __version__

    common = hashlib.sha256(f"{__version__} {model_essays}".encode())
    for file in sorted((folder.root / "solutions" / slug).rglob("*.ipynb")):
        common.update(file.read_bytes())
    found = {}
    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        graded = {submission.student.id: submission for submission in gradebook.assignment_submissions(slug)}
        for student in students:
            digest = common.copy()
            for file in sorted((folder.root / "autograded" / student / slug).rglob("*")):
                if file.is_file():
                    digest.update(file.read_bytes())
            for notebook in graded[student].notebooks if student in graded else ():
                marks = [(each.name, each.auto_score, each.manual_score, each.extra_credit) for each in notebook.grades]
                said = [(each.name, each.auto_comment, each.manual_comment) for each in notebook.comments]
                waits = [each.name for each in notebook.grades if each.needs_manual_grade]
                off = notebook.late_submission_penalty
                digest.update(repr((notebook.name, sorted(marks, key=str), sorted(said, key=str), waits, off)).encode())
            found[student] = digest.hexdigest()
    return found


def _read(file):
    try:
        return json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}


def _write(file, prints):
    temporary = file.with_suffix(".new")
    temporary.write_text(json.dumps(prints, indent=1, sort_keys=True), encoding="utf-8")
    temporary.replace(file)


def _may_be_shown(folder, slug):
    dates = [
        folder.settings.due_for(student.id, slug)
        for student in folder.roster()
        if not folder.settings.excused(student.id, slug)
    ]
    if not dates or None in dates:
        raise ValueError(f"model essays are shown after the date of hand-in; class.toml gives none for {slug} in [due]")
    if (last := max(dates)) > datetime.now(UTC):
        raise ValueError(
            f"model essays are shown when nobody can hand in any more: after {last:%Y-%m-%d %H:%M}, extensions included"
        )
