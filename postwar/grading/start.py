"""``postwar grade`` from its first moment: what takes long begins at once, side by side.

The fork server imports the libraries of the notebooks, and the sandbox is tried, while this process imports nbgrader. Each takes two to
three seconds. No fork server outlives a run: it would have to be told apart from one of another version, user or course, watched and
ended, and all it would save is what now passes meanwhile.
"""

import os
import sys

from postwar.grading import forkserver, pool, sandbox


def main(argv=None):
    argv = sys.argv[1:] if argv is None else argv
    if forkserver.AVAILABLE and argv and not any(word.startswith(("-h", "--help", "--version")) for word in argv):
        sandbox.begin()
        pool.begin(_course(argv))
    from postwar.grading import lean  # noqa: F401
    from postwar.grading.app import GradeApp

    GradeApp.launch_instance(argv=argv)


def _course(argv):
    """The course's folder, as nbgrader will see it unless its configuration says otherwise."""
    named = (word.partition("=")[2] for word in argv if word.startswith(("--course-dir=", "--CourseDirectory.root=")))
    return os.path.abspath(next(named, "."))
