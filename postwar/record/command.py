"""The options of ``postwar record``."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path


def add(commands) -> None:
    """Add the command with its verbs to the parser of ``postwar``."""
    parser = commands.add_parser("record", help="bring the record further: sheet, add, build, check")
    verbs = parser.add_subparsers(title="verbs", required=True, metavar="VERB")

    sheet = verbs.add_parser(
        "sheet", help="write an empty sheet to fill in (.xlsx with every kind of row, or .csv with one)"
    )
    sheet.add_argument("file", type=Path)
    sheet.add_argument("--kind", help="for a .csv: facts, events, positions, signals, polls, aid …")
    sheet.set_defaults(run=_call("sheets", "write"))

    intake = verbs.add_parser("add", help="take in a filled sheet, whole or not at all")
    intake.add_argument("file", type=Path)
    intake.add_argument("--kind", help="what the rows are, where the file's columns leave it open")
    intake.add_argument(
        "--correct",
        action="store_true",
        help="the rows correct older ones: an empty cell stays as it was, a dash (-) empties it",
    )
    intake.add_argument("--dry-run", action="store_true", help="only say what would happen")
    intake.set_defaults(run=_call("intake", "main"))

    build = verbs.add_parser("build", help="recompute what follows from the rows: sums, descriptor, visible sources")
    build.set_defaults(run=_call("build", "main"))

    check = verbs.add_parser("check", help="list what a person must re-read since rows changed, as a to-do to tick")
    check.add_argument("file", type=Path, nargs="?", help="write the list here (Markdown); ticks that stand there stay")
    check.add_argument(
        "--since",
        default="HEAD",
        metavar="REVISION",
        help="compare with this revision of git (default: the last commit)",
    )
    check.set_defaults(run=_call("check", "main"))


def _call(module, name):
    def run(options):
        try:
            return getattr(import_module(f"postwar.record.{module}"), name)(options)
        except ModuleNotFoundError as error:
            if error.name not in ("frictionless", "openpyxl"):
                raise
            print("postwar record needs two more libraries: pip install -e '.[record]'", file=sys.stderr)
            return 1
        except subprocess.CalledProcessError:
            return 1  # the step has said what was wrong
        except (ValueError, OSError) as error:
            print(error, file=sys.stderr)
            return 1

    return run
