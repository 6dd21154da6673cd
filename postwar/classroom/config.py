"""nbgrader's settings in a class folder: the course's, with this folder and its late rule."""

from pathlib import Path

from postwar.assignments import config
from postwar.classroom import settings


def configure(c, folder: str | Path) -> None:
    """Put the settings for the class folder ``folder`` into a traitlets ``Config``."""
    folder = Path(folder).resolve()
    config.configure(c)
    c.CourseDirectory.root = str(folder)
    c.CourseDirectory.course_id = settings.read(folder).course_id
    if settings.read(folder).editions != 1:
        c.ExchangeFactory.release_assignment = "postwar.editions.exchange.ReleaseEditions"
    c.AssignLatePenalties.plugin_class = "postwar.classroom.late.LateRule"
