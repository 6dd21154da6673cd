"""nbgrader's settings in a class folder: the course's, with this folder and its late rule."""

from contextlib import suppress
from pathlib import Path

from postwar.assignments import config
from postwar.classroom import roster, settings


def configure(c, folder: str | Path) -> None:
    """Put the settings for the class folder ``folder`` into a traitlets ``Config``."""
    folder = Path(folder).resolve()
    config.configure(c)
    c.CourseDirectory.root = str(folder)
    c.CourseDirectory.course_id = settings.read(folder).course_id
    if settings.read(folder).editions != 1:
        c.ExchangeFactory.release_assignment = "postwar.editions.exchange.ReleaseEditions"
    c.AssignLatePenalties.plugin_class = "postwar.classroom.late.LateRule"
    with suppress(OSError, ValueError):  # the commands of a class say what is wrong with it
        c.Grade.everybody = [student.id for student in roster.read(folder / roster.FILE)]
