"""nbgrader's settings for the repository itself, where assignments are written. A class has a folder of its own: postwar class new."""

from postwar.assignments.config import configure

configure(c := get_config())  # noqa: F821  (provided by traitlets when it reads this file)
