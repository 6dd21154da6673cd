"""``postwar class new``: make a class folder."""

import shutil
from pathlib import Path

from postwar import paths
from postwar.classroom.folder import KEY, ROSTER, SETTINGS, ClassFolder, write_key

_SETTINGS = """# What was decided for this class.
name = {name}
course_id = {course}
editions = {editions}  # how many versions of every assignment: 1, another number, or "each" for one per student
"""

_CONFIG = '''"""nbgrader's settings for this class: those of the course, and this folder."""

from pathlib import Path

from postwar.paths import COURSE

load_subconfig(str(COURSE / "nbgrader_config.py"))  # noqa: F821  (traitlets provides both names)
c = get_config()  # noqa: F821
c.CourseDirectory.root = str(Path(__file__).parent)
c.CourseDirectory.course_id = {course}
'''


def new(folder: Path, *, editions: int | str = 1, roster: Path | None = None) -> ClassFolder:
    """Make a class folder at ``folder``, with its secret and the course's assignments in its own editions.

    Raises
    ------
    FileExistsError : there is something at ``folder``.
    ValueError : the roster cannot be read. Nothing is left behind.
    """
    from postwar.editions import classes

    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty. Give a name that is not taken; a class folder is made once.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # it holds keys
    try:
        name = folder.resolve().name
        (folder / SETTINGS).write_text(
            _SETTINGS.format(name=_text(name), course=_text(name), editions=_text(editions)), encoding="utf-8"
        )
        (folder / "nbgrader_config.py").write_text(_CONFIG.format(course=_text(name)), encoding="utf-8")
        write_key(folder / KEY)
        if roster:
            shutil.copyfile(roster, folder / ROSTER)
        else:
            (folder / ROSTER).write_text("student_id,first_name,last_name,email,group\n", encoding="utf-8")
        made = ClassFolder(folder.resolve())
        made.roster()
        classes.pin(made, paths.SOLUTIONS)
        classes.prepare(made)
    except BaseException:
        shutil.rmtree(folder)
        raise
    return made


def _text(value) -> str:
    return str(value) if isinstance(value, int) else f'"{value}"'
