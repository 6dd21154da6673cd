"""``postwar class release``: what students are given, one archive for all or, with editions, for every student or group."""

import zipfile
from pathlib import Path

from postwar.editions import classes


def run(options) -> int:
    """The command; prints where the files are and returns the exit status."""
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import track

    from postwar.classroom.folder import find

    folder = find()
    folder.notebooks(options.assignment)
    if folder.editions == 1:
        Console().print(
            f"Give out {escape(str(_one(folder, options.assignment).relative_to(folder.root)))}", highlight=False
        )
        return 0
    owners = list({student.owner for student in folder.roster()})
    made = classes.release(folder, options.assignment)
    done = [owner for owner, *_ in track(made, "Writing editions", total=len(owners))]
    place = f"outbox/release/{options.assignment}"
    Console().print(f"{len(done)} releases in {escape(place)}: one folder and one .zip each.", highlight=False)
    return 0


def _one(folder, slug) -> Path:
    """The archive for everyone, with the assignment's folder in it."""
    target = folder.root / "outbox" / "release" / f"{slug}.zip"
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = target.with_suffix(".new")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted((folder.root / "exercises" / slug).rglob("*")):
            if file.is_file() and ".ipynb_checkpoints" not in file.parts:
                archive.write(file, Path(slug) / file.relative_to(folder.root / "exercises" / slug))
    temporary.replace(target)
    return target
