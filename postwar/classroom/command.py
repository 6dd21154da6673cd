"""The options of ``postwar class``."""

import argparse
import os
import sys
import sysconfig
from importlib import import_module
from pathlib import Path


def add(commands) -> None:
    """Add the command with its verbs to the parser of ``postwar``."""
    parser = commands.add_parser("class", help="run a class: new, release, collect, return, report")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")

    new = verbs.add_parser("new", help="make a class folder from a roster")
    new.add_argument("folder", type=Path)
    new.add_argument("--roster", type=Path, metavar="FILE", help="a list with a column id, or a platform's own export")
    new.add_argument("--name", help="what the class is called (default: the folder's name)")
    new.add_argument("--timezone", help="such as Europe/Berlin (default: this computer's)")
    new.add_argument("--editions", type=_editions, help='how many versions with other numbers: 1, a number, or "each"')
    new.set_defaults(run=_call("classroom.create"))

    release = verbs.add_parser("release", help="write every student's own edition, to be given out")
    release.add_argument("assignment", help="such as 01-planning-peace")
    release.set_defaults(run=_call("classroom.release"))

    collect = verbs.add_parser("collect", help="take in the archive of hand-ins that a platform gives")
    collect.add_argument("assignment", help="such as 01-planning-peace")
    collect.add_argument("archive", type=Path, metavar="DOWNLOAD.zip")
    collect.add_argument("--platform", help="moodle, canvas, blackboard or brightspace (default: recognised)")
    collect.add_argument(
        "--pattern", help="an own rule for names: a regular expression with the groups who, file, when"
    )
    collect.add_argument(
        "--sheet", type=Path, metavar="FILE", help="Moodle's grading worksheet, for the times of hand-in"
    )
    collect.set_defaults(run=_call("classroom.collect"))

    back = verbs.add_parser("return", help="write marks and feedback in the form that a platform takes")
    back.add_argument("assignment", nargs="?", help="such as 01-planning-peace; without one, the marks of the term")
    back.add_argument(
        "--platform", help="moodle, canvas, blackboard or brightspace (default: where the hand-ins came from)"
    )
    back.add_argument("--sheet", type=Path, metavar="FILE", help="the platform's own export, to be filled in")
    back.add_argument("--column", metavar="TITLE", help="what the assignment is called in that export")
    back.add_argument("--anonymous", action="store_true", help="without names, for a second reader")
    back.add_argument("--model-essays", action="store_true", help="show model essays, once nobody can hand in any more")
    back.set_defaults(run=_call("classroom.hand_back"))

    report = verbs.add_parser("report", help="write what the class learned, and what to look at, as one page")
    report.add_argument("assignment", nargs="*", help="such as 01-planning-peace; without one, all that are graded")
    report.add_argument("--names", action="store_true", help="name students; without it the page has identifiers only")
    report.set_defaults(run=_call("report.command"))


def _call(module):
    def run(options):
        # nbgrader looks for alembic on the PATH, where it is only in an activated environment.
        os.environ["PATH"] = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
        if module != "classroom.create":
            _close()
        return import_module(f"postwar.{module}").run(options)

    return run


def _close():
    """A class folder that was copied or unpacked is open to everybody again."""
    from postwar.classroom import folder

    try:
        said = folder.close(folder.find().root)
    except FileNotFoundError:
        return  # the command says it in its own words
    for line in said:
        print(line, file=sys.stderr)


def _editions(text):
    if text != "each" and not (text.isdecimal() and int(text)):
        raise argparse.ArgumentTypeError(f'{text!r} is neither a number from 1 on nor "each"')
    return text if text == "each" else int(text)
