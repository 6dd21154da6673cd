"""``postwar class report``: one page and its tables, in ``reports/``."""

import gc
import os
from pathlib import Path

from postwar.classroom.folder import ClassFolder

FILE = "report.html"


def write(
    folder: ClassFolder, wanted: list[str] | None = None, *, names: bool = False, progress=lambda text: None
) -> list[Path]:
    """Write the report of the class, or of some assignments; returns the page and the CSV files beside it.

    Raises ValueError where an assignment is unknown or nothing is graded yet, ModuleNotFoundError where the extra ``report`` is missing.
    """
    from postwar.report import read

    progress("Reading the gradebook and the graded copies")
    data = read.read(folder, wanted)
    gc.freeze()  # or statsmodels, which collects after every correction for many tests, would look through it each time
    from postwar.report import board, essays, items, likeness, objectives, overview, page

    progress("Looking at items")
    of_items = items.analyse(data)
    progress("Looking at essays")
    of_essays = essays.analyse(data, of_items.shares)
    progress("Comparing copies")
    parts = page.Parts(
        overview.analyse(data),
        objectives.analyse(data, of_items),
        of_items,
        of_essays,
        likeness.analyse(data),
        board.analyse(data),
    )
    progress("Writing the page")
    target = folder.root / "reports" / ("+".join(data.slugs) if wanted else "")
    target.mkdir(parents=True, exist_ok=True)
    written = page.tables(parts, data, names)
    files = [_write(target / FILE, page.html(parts, data, names))]
    return files + [_write(target / f"{name}.csv", frame.to_csv(index=False)) for name, frame in written.items()]


def _write(file, text):
    temporary = file.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8", newline="")
    os.replace(temporary, file)
    return file


def run(options) -> int:
    """The command; prints where the page is and what to look at first, and returns the exit status."""
    from rich.console import Console
    from rich.markup import escape

    from postwar.classroom.folder import find

    console = Console()
    folder = find()
    gc.disable()  # nearly all that is made stays to the end
    try:
        with console.status("Reading the class") as status:
            files = write(folder, options.assignment, names=options.names, progress=status.update)
    except ModuleNotFoundError as error:
        if error.name not in ("statsmodels", "rapidfuzz", "msgspec"):
            raise
        raise ValueError(f"the report needs {error.name}: pip install 'postwar[report]'") from None
    finally:
        gc.enable()
    for file in files:
        console.print(f"Written: {escape(str(file.relative_to(folder.root)))}", highlight=False, soft_wrap=True)
    if not options.names:
        console.print("It names no students; with --names it does.", highlight=False)
    return 0
