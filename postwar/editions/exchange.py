"""nbgrader's exchange for a class with several editions: each student fetches their own.

``nbgrader_config.py`` of the class names `ReleaseEditions`, that of the students `FetchOwnEdition`, both through nbgrader's
``ExchangeFactory``. The releases lie beside nbgrader's own, so that a student without the second class still gets one edition,
which is graded as what it is.
"""

import os
import shutil
from pathlib import Path

from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeReleaseAssignment
from nbgrader.utils import get_username

_PLACE = "editions"


class ReleaseEditions(ExchangeReleaseAssignment):
    """Release the assignment as nbgrader does, and every student's own edition beside it."""

    def copy_files(self):
        from postwar.classroom.folder import find
        from postwar.editions import classes

        super().copy_files()
        folder = find(Path(self.coursedir.root))
        place = Path(self.course_path, _PLACE, self.coursedir.assignment_id)
        shutil.rmtree(place, ignore_errors=True)
        owners = {student.id: student.owner for student in folder.roster()}
        made = {owner: path for owner, _, path in classes.release(folder, self.coursedir.assignment_id)}
        for student, owner in owners.items():
            shutil.copytree(made[owner], place / student)
        for path in (place.parent, place):
            os.chmod(path, 0o711)  # everybody finds their own folder; nobody lists who else is in the class
        for path in place.rglob("*"):
            os.chmod(path, 0o755 if path.is_dir() else 0o644)
        self.log.info("Released %d students' own editions", len(owners))


class FetchOwnEdition(ExchangeFetchAssignment):
    """Fetch the student's own edition where there is one, else the assignment as it was released to all."""

    def init_src(self):
        super().init_src()
        # As nbgrader's own classes do where somebody submits: the person logged in, unless the command names another.
        named = self.coursedir.student_id
        student = get_username() if named in ("", "*") else named
        own = Path(self.course_path, _PLACE, self.coursedir.assignment_id, student)
        if own.is_dir():
            self.src_path = str(own)
