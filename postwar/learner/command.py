"""``postwar update``, and what `postwar lab` does before it opens the course."""

from pathlib import Path

from postwar import paths
from postwar.learner import checkout, copy


def run(options) -> int:
    """The command; prints what was done and returns the exit status."""
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    try:
        if paths.installed():
            done = open_copy(console, lessons_only=options.lessons)
        else:
            with console.status("Fetching the course"):
                done = checkout.update(paths.COURSE)
            _say(done, console)
    except (ValueError, OSError) as error:
        console.print(escape(str(error)), style="red", highlight=False)
        return 1
    if not (done.new or done.updated):
        console.print(f"Up to date: {escape(str(done.place))}", highlight=False, soft_wrap=True)
    return 0


def open_copy(console=None, *, lessons_only: bool = False) -> copy.Update:
    """Make the personal copy of an installed course, or bring it up to date; prints what changed."""
    from rich.console import Console
    from rich.progress import track

    console = console or Console()
    folders = copy.FOLDERS[:1] if lessons_only else copy.FOLDERS

    def progress(names):
        return track(names, "Bringing your copy up to date", console=console, transient=True)

    done = copy.update(paths.working_copy(), paths.COURSE, folders, progress)
    _say(done, console)
    return done


def _say(done, console):
    from rich.markup import escape

    if done.new and not done.updated:
        console.print(f"The course is in {escape(str(done.place))}", highlight=False, soft_wrap=True)
    elif done.new or done.updated:
        notebooks = [Path(name).name for name in {*done.new, *done.updated} if name.endswith(".ipynb")]
        console.print(
            f"Updated {len(notebooks)} notebooks in {escape(str(done.place))}. Your answers, predictions and own cells are in them.",
            highlight=False,
            soft_wrap=True,
        )
    for name in done.saved_meanwhile:
        console.print(
            f"{escape(name)}: you saved it after an update had been stopped. What you wrote then is in the new version as well.",
            highlight=False,
            soft_wrap=True,
        )
    for name, cell, reason in done.kept:
        console.print(f"Kept beside {escape(name)}: {escape(cell)} {escape(reason)}", highlight=False, soft_wrap=True)
