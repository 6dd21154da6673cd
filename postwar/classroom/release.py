"""``postwar class release``: what each student is given, one folder and one archive for every student or group."""

from postwar.editions import classes


def run(options) -> int:
    """The command; prints where the files are and returns the exit status."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import track

    from postwar.classroom.folder import find

    folder = find()
    folder.notebooks(options.assignment)
    owners = list({student.owner for student in folder.roster()})
    made = classes.release(folder, options.assignment)
    done = [owner for owner, *_ in track(made, "Writing editions", total=len(owners))]
    place = f"outbox/release/{options.assignment}"
    Console().print(f"{len(done)} releases in {escape(place)}: one folder and one .zip each.", highlight=False)
    return 0
