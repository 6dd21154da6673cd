"""Where the course's files lie: in the checkout, or inside the installed package."""

import shutil
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

#: Folder that holds ``lessons/``, ``data/``, ``solutions/`` and ``exercises/``.
COURSE = _CHECKOUT if (_CHECKOUT / "lessons").is_dir() else _PACKAGE / "_course"
DATA = COURSE / "data"
LESSONS = COURSE / "lessons"
CHECKS = LESSONS / "checks"
EXERCISES = COURSE / "exercises"
SOLUTIONS = COURSE / "solutions"


def working_copy() -> Path:
    """The course folder to work in: the checkout, or a copy unpacked here from the installed package.

    Files that are there already are kept, so that opening the course again never loses an answer.
    """
    if COURSE.name != "_course":
        return COURSE
    target = Path.cwd() / "securing-the-peace"
    for source in sorted(COURSE.rglob("*")):
        if source.is_file() and source.relative_to(COURSE).parts[0] in ("lessons", "exercises"):
            copy = target / source.relative_to(COURSE)
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, copy)
    print(f"The course is in {target}")
    return target
