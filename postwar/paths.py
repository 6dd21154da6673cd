"""Where the course's files lie: in the checkout, or inside the installed package."""

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
