"""The ``postwar`` command: open the course, check a computer or a hand-in, mark oneself, grade a class."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from postwar import __version__, paths


def main(argv: list[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    argv = sys.argv[1:] if argv is None else argv
    try:
        if argv[:1] == ["grade"]:  # its options are nbgrader's own
            return import_module("postwar.grading.start").main(argv[1:])
        options = _parser().parse_args(argv)
        return options.run(options) or 0
    except (ValueError, FileNotFoundError) as error:
        if argv[:1] != ["class"]:
            raise
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # who reads our output, such as `head`, has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        rest = " What is graded is recorded; the same command grades the rest." if argv[:1] == ["grade"] else ""
        print(f"Stopped.{rest}", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="postwar", description="Securing the Peace: an open Jupyter course.")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    lab = commands.add_parser("lab", help="open the course in JupyterLab")
    lab.add_argument("--instructor", action="store_true", help="show nbgrader's panels for instructors as well")
    lab.add_argument("--no-browser", action="store_true", help="start the server and print its address")
    lab.add_argument("--port", type=int, help="the server's port; the next free one is taken if it is in use")
    lab.set_defaults(run=_lab)

    update = commands.add_parser("update", help="bring new versions of lessons into your copy; answers stay")
    update.add_argument("--lessons", action="store_true", help="without assignments, where a hub gives them out")
    update.set_defaults(run=_update)

    doctor = commands.add_parser("doctor", help="check this computer, or a notebook before handing in")
    doctor.add_argument("path", nargs="?", type=Path, help="an assignment's folder or notebook")
    doctor.set_defaults(run=_doctor)

    mark = commands.add_parser(
        "mark", help="mark your own copy of an assignment, with feedback; its code runs as in JupyterLab"
    )
    mark.add_argument("path", type=Path, help="an assignment's folder, such as exercises/01-planning-peace")
    mark.add_argument("--no-open", action="store_true", help="do not open the feedback page in a browser")
    mark.add_argument("--model-essays", action="store_true", help="show a model essay under yours")
    mark.set_defaults(run=_mark)

    practice = commands.add_parser("practice", help="a fresh set of an assignment's problems and questions")
    practice.add_argument("assignment", nargs="?", help="such as 04-deterrence; without one, what to repeat")
    practice.add_argument("--objective", metavar="LO", help="one objective of it, such as LO4.2")
    practice.set_defaults(run=_practice)

    choices = commands.add_parser("choices", help="what a graded class chose, question by question")
    choices.add_argument("assignment", help="such as 01-planning-peace")
    choices.add_argument(
        "--csv", type=Path, metavar="FILE", help="write the counts to a file in place of printing them"
    )
    choices.set_defaults(run=_choices)

    book = commands.add_parser("book", help="build the course's site in site/")
    book.add_argument("--serve", action="store_true", help="show it in a browser afterwards")
    book.add_argument("--check-links", action="store_true", help="try the addresses outside the course instead")
    book.set_defaults(run=_book)

    import_module("postwar.classroom.command").add(commands)
    import_module("postwar.record.command").add(commands)

    commands.add_parser("grade", help="grade a class: postwar grade ASSIGNMENT (see postwar grade --help)")
    return parser


def _lab(options) -> int:
    from jupyterlab.labapp import LabApp

    course = folder = _class_folder() if options.instructor else None
    arguments = [] if course else ["--LabApp.default_url=/lab/tree/lessons/00-start-here.ipynb"]
    if course is None:
        if paths.installed():
            import_module("postwar.learner.command").open_copy()
        course = paths.working_copy()
    if course not in (paths.COURSE, paths.COURSE.resolve()) and (course / "lessons").is_dir():
        import_module("postwar.first_pictures").draw(course / "lessons")
    if folder or not options.instructor:
        # Jupyter merges every labconfig/ on this path, so nothing is written into the environment or the user's settings.
        settings = str(Path(__file__).parent / "lab" / ("instructor" if options.instructor else ""))
        os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
            filter(None, [settings, os.environ.get("JUPYTER_CONFIG_PATH")])
        )
    # So that a terminal in JupyterLab knows `postwar`, also where the environment was never activated.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    os.chdir(course)
    if options.no_browser:
        arguments.append("--no-browser")
    if options.port is not None:
        arguments.append(f"--ServerApp.port={options.port}")
    if hasattr(os, "geteuid") and os.geteuid() == 0:  # as in a container: Jupyter refuses to start for root otherwise
        arguments.append("--allow-root")
    LabApp.launch_instance(arguments)
    # The server has ended, and tidied up. Threads that served a request which it cut off wait for ever, and Python for them.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _class_folder() -> Path | None:
    """The class folder around here: an instructor opens it, and formgrader shows its class."""
    try:
        return import_module("postwar.classroom.folder").find().root
    except FileNotFoundError:
        return None


def _update(options) -> int:
    return import_module("postwar.learner.command").run(options)


def _doctor(options) -> int:
    if options.path:
        return import_module("postwar.copies.inspect").report(options.path)
    return import_module("postwar.doctor").report()


def _mark(options) -> int:
    return import_module("postwar.selfstudy").mark(
        options.path, open_page=not options.no_open, model_essays=options.model_essays
    )


def _practice(options) -> int:
    return import_module("postwar.editions.practice").main(options.assignment, options.objective)


def _choices(options) -> int:
    return import_module("postwar.assignments.choices").report(options.assignment, options.csv)


def _book(options) -> int:
    return import_module("postwar.book").run(serve=options.serve, check_links=options.check_links)
