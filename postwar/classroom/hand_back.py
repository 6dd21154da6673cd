"""``postwar class return``: marks and feedback in the form in which a platform takes them back."""

import csv
import io
import zipfile
from pathlib import Path

from postwar.classroom import collect, platforms, roster
from postwar.classroom.folder import ClassFolder
from postwar.classroom.marks import Mark, marks, maximum
from postwar.classroom.platforms import Entry, Result


def hand_back(
    folder: ClassFolder, slug: str, *, platform: str = "", sheet: Path | None = None, anonymous: bool = False
) -> tuple[list[Mark], list[Path]]:
    """Write the mark file and the archive of feedback into ``outbox/<assignment>/``; returns the marks and the files.

    Parameters
    ----------
    platform : one of `platforms.ALL`; by default the one that the hand-ins or the roster came from
    sheet : the platform's own export, to be filled in
    anonymous : pages and marks without names, for a second reader; in the roster's order of ids, under ids only

    Raises ValueError where the assignment, platform or sheet cannot be used.
    """
    found = marks(folder, slug)
    record = collect.recorded(folder, slug)
    platform = platform or record["platform"] or folder.settings.platform
    if platform and platform not in platforms.ALL and platform != "own":
        raise ValueError(f"there is no platform {platform!r}; there are {', '.join(platforms.ALL)}")
    module = platforms.ALL.get(platform)
    outbox = folder.root / "outbox" / slug
    outbox.mkdir(parents=True, exist_ok=True)
    written = [_plain(outbox / "marks.csv", found, slug, folder, anonymous)]
    if module and not anonymous:
        results = [Result(mark.student, mark.points, mark.reason, mark.handed_in) for mark in found]
        header, rows = module.marks(roster.table(sheet) if sheet else None, results, slug, maximum(folder, slug))
        written.append(_write_csv(outbox / f"marks-{platform}.csv", [header, *rows]))
    pages = {mark.student: _page(folder, mark.student.id, slug) for mark in found}
    archive = outbox / ("feedback-anonymous.zip" if anonymous else f"feedback-{platform or 'pages'}.zip")
    temporary = archive.with_suffix(".new")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as target:
        for number, (student, page) in enumerate(pages.items(), 1):
            if not page:
                continue
            kept = record["names"].get(student.id, "")
            if anonymous:
                name = f"{number:03}.html"
            elif module and kept:
                name = module.feedback_path(Entry((), "", keep=kept), student)
            else:
                name = f"{student.id}/feedback.html"
            target.writestr(name, page)
    temporary.replace(archive)
    return found, [*written, archive]


def _plain(file, found, slug, folder, anonymous):
    """A table for people, each mark with its reason."""
    header = ["student", "points", "of", "state", "reason", "late_penalty", "handed_in"]
    rows = [
        [
            f"{number:03}" if anonymous else mark.student.id,
            "" if mark.points is None else f"{mark.points:g}",
            f"{maximum(folder, slug):g}",
            mark.state,
            mark.reason,
            f"{mark.late_penalty:g}",
            ""
            if anonymous or not mark.handed_in
            else mark.handed_in.astimezone(folder.settings.timezone).isoformat(timespec="minutes"),
        ]
        for number, mark in enumerate(found, 1)
    ]
    return _write_csv(file, [header, *rows])


def _write_csv(file, rows):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([[_harmless(cell) for cell in row] for row in rows])
    temporary = file.with_suffix(".new")
    temporary.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    temporary.replace(file)
    return file


def _harmless(cell):
    """A cell that no spreadsheet takes for a formula; ids with # and numbers below zero stay as they are."""
    text = str(cell)
    if text.startswith(("=", "@", "\t", "\r")) or (
        text.startswith(("+", "-")) and not text[1:].replace(".", "", 1).isdigit()
    ):
        return "'" + text
    return text


def _page(folder, student, slug):
    """One self-contained page from the feedback of all notebooks; empty where there is none."""
    from bs4 import BeautifulSoup

    files = sorted((folder.root / "feedback" / student / slug).glob("*.html"))
    if not files:
        return ""
    first = BeautifulSoup(files[0].read_text(encoding="utf-8"), "html.parser")
    first.title.string = f"Feedback: {slug}"
    for file in files[1:]:
        more = BeautifulSoup(file.read_text(encoding="utf-8"), "html.parser")
        for element in more.main.find_all(id=True):
            element["id"] = f"{file.stem}-{element['id']}"
        for link in more.main.find_all("a", href=True):
            if link["href"].startswith("#"):
                link["href"] = f"#{file.stem}-{link['href'][1:]}"
        first.body.append(more.main)
    return str(first)


def run(options) -> int:
    """The command; prints one table and returns the exit status."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from postwar.classroom.folder import find

    console = Console()
    folder = find()
    with console.status("Writing marks and feedback"):
        found, files = hand_back(
            folder,
            options.assignment,
            platform=options.platform or "",
            sheet=options.sheet,
            anonymous=options.anonymous,
        )
    table = Table(title=f"{options.assignment}, out of {maximum(folder, options.assignment):g}", title_justify="left")
    for column in ("Student", "Points", "Taken off for being late", "Why there are none"):
        table.add_column(column)
    for number, mark in enumerate(found, 1):
        points = "" if mark.points is None else f"{mark.points:g}"
        name = f"{number:03}" if options.anonymous else f"{mark.student.id}  {mark.student.name}"
        table.add_row(escape(name), points, f"{mark.late_penalty:g}" if mark.late_penalty else "", mark.reason)
    console.print(table)
    for file in files:
        console.print(f"Written: {escape(str(file.relative_to(folder.root)))}", highlight=False, soft_wrap=True)
    pages = sum((folder.root / "feedback" / mark.student.id / options.assignment).is_dir() for mark in found)
    if pages < sum(mark.state in ("graded", "unread") for mark in found):
        console.print(f"Some have no feedback page yet: postwar grade {options.assignment} --feedback", highlight=False)
    return 0
