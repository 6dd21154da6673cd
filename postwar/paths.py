"""Where the course's files lie: in the checkout, or inside the installed package; where the keys and the learner's copy are."""

from importlib import metadata, util
from pathlib import Path

from postwar import __version__

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parent

#: Folder that holds ``lessons/``, ``data/`` and ``exercises/``.
COURSE = _CHECKOUT if (_CHECKOUT / "lessons").is_dir() else _PACKAGE / "_course"
DATA = COURSE / "data"
LESSONS = COURSE / "lessons"
CHECKS = LESSONS / "checks"
EXERCISES = COURSE / "exercises"
#: What authors edit, in a checkout only; whoever needs keys elsewhere asks `solutions`.
SOLUTIONS = COURSE / "solutions"

_NO_KEYS = (
    "This installation has no keys, so that nobody in a class can look them up. In a class, hand in: your instructor marks. "
    "Learning alone? Install the public keys, then give the command again: pip install ./keys in a copy of the course’s repository, "
    "or the file postwar_keys-{0}-py3-none-any.whl that comes with the course. Instructors: work in the class folder, or in the repository."
)


def installed() -> bool:
    """Whether the course comes from an installed package, not from a checkout."""
    return COURSE.name == "_course"


def solutions(near: Path | None = None) -> Path:
    """The folder with the keys: those of the class folder at or above ``near``, or else the course's public ones.

    The public keys lie in the checkout, or in the separate package ``postwar_keys``. Raises FileNotFoundError, which says what
    to do, where there are none.
    """
    if near is not None:
        near = near.resolve()
        for folder in (near, *near.parents):
            if (folder / "class.toml").is_file() and (folder / "solutions").is_dir():
                return folder / "solutions"
    if not installed():
        return SOLUTIONS
    spec = util.find_spec("postwar_keys")
    if spec is None:
        raise FileNotFoundError(_NO_KEYS.format(__version__))
    if (have := metadata.version("postwar-keys")) != __version__:
        raise FileNotFoundError(
            f"The keys are those of release {have}, the course is {__version__}: install postwar-keys {__version__}."
        )
    return Path(spec.origin).parent / "solutions"


def working_copy() -> Path:
    """The learner's own notebooks: the checkout, or ``securing-the-peace`` in the home folder. Makes nothing.

    `postwar.learner` makes the copy and brings it up to date.
    """
    return Path.home() / "securing-the-peace" if installed() else COURSE
