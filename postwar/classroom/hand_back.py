"""``postwar class return``: marks and feedback in the form in which a platform takes them back."""

import csv
import hmac
import io
import zipfile
from pathlib import Path

from postwar.classroom import collect, pages, platforms, reading
from postwar.classroom.folder import ClassFolder
from postwar.classroom.gradebook import changes, renew_penalties
from postwar.classroom.marks import Mark, marks, maximum
from postwar.classroom.platforms import Entry, Result
from postwar.classroom.sheet import Sheet
from postwar.classroom.spreadsheet import harmless
from postwar.classroom.term import Term, term


def hand_back(
    folder: ClassFolder,
    slug: str,
    *,
    platform: str = "",
    sheet: Path | None = None,
    column: str = "",
    anonymous: bool = False,
) -> tuple[list[Mark], list[Path]]:
    """Write the mark file and the archive of feedback into ``outbox/<assignment>/``; returns the marks and the files.

    Parameters
    ----------
    platform : one of `platforms.ALL`; by default the one that the hand-ins or the roster came from
    sheet : the platform's own export, to be filled in
    column : what the assignment is called in it, where that is not its name here
    anonymous : marks and pages without names, for a second reader, in an order that only the class's key gives; ``inbox/`` keeps who is who

    Raises ValueError where the assignment, platform or sheet cannot be used.
    """
    found = marks(folder, slug)
    record = collect.recorded(folder, slug)
    platform = platform or record["platform"] or folder.settings.platform
    if platform and platform not in platforms.ALL and platform != "own":
        raise ValueError(f"there is no platform {platform!r}; there are {', '.join(platforms.ALL)}")
    module = platforms.ALL.get(platform)
    if sheet and not module:
        raise ValueError(f"whose export is {sheet}? Say it with --platform: {', '.join(platforms.ALL)}")
    outbox = folder.root / "outbox" / slug
    outbox.mkdir(parents=True, exist_ok=True)
    codes = _codes(folder, found, slug) if anonymous else {}
    found = sorted(found, key=lambda mark: codes.get(mark.student.id, ""))
    written = [_plain(outbox / f"marks{'-anonymous' * anonymous}.csv", found, slug, folder, codes)]
    if module and not anonymous:
        results = [
            Result(mark.student, mark.points, mark.reason, mark.handed_in, record["names"].get(mark.student.id, ""))
            for mark in found
        ]
        written.append(
            _mark_file(outbox / f"marks-{platform}.csv", platform, results, maximum(folder, slug), sheet, slug, column)
        )
    if not anonymous and (replaced := changes(folder, slug)):
        rows = [["when (UTC)", "student", "item", "what", "was", "became"], *replaced]
        written.append(
            _write_csv(outbox / "changed-marks.csv", [["" if cell is None else cell for cell in row] for row in rows])
        )
    written_pages = {mark.student: _page(folder, mark.student.id, slug) for mark in found}
    archive = outbox / ("feedback-anonymous.zip" if anonymous else f"feedback-{platform or 'pages'}.zip")
    temporary = archive.with_suffix(".new")
    with zipfile.ZipFile(temporary, "w", zipfile.ZIP_DEFLATED) as target:
        for student, page in written_pages.items():
            if not page:
                continue
            kept = record["names"].get(student.id, "")
            if anonymous:
                name = f"{codes[student.id]}.html"
            elif module and kept:
                name = module.feedback_path(Entry((), "", keep=kept), student)
            else:
                name = f"{student.id}/feedback.html"
            if name not in target.namelist():  # a group's page is everyone's
                target.writestr(name, page)
    temporary.replace(archive)
    if anonymous:
        numbers = [codes[mark.student.id] for mark in found if mark.state in ("graded", "unread")]
        if rows := reading.sheet(folder, slug, numbers):
            written.append(_write_csv(outbox / "reading.csv", rows))
    return found, [*written, archive]


def _mark_file(file, platform, results, maximum, sheet, slug, column):
    """What the platform imports: its own export filled in, or a file made from the roster."""
    if sheet:
        own = Sheet(sheet, platform)
        header, rows = own.filled(results, own.title(slug, column), maximum)
    else:
        header, rows = platforms.ALL[platform].marks(None, results, slug, maximum)
    return _write_csv(file, [header, *rows])


def _codes(folder, found, slug):
    """A number for each student that says nothing about the roster, and the list of who is who."""

    def secret(mark):
        return hmac.digest(folder.key(), f"anonymous/{slug}/{mark.student.id}".encode(), "sha256")

    codes = {mark.student.id: f"{number:03}" for number, mark in enumerate(sorted(found, key=secret), 1)}
    place = folder.root / "inbox" / slug
    place.mkdir(parents=True, exist_ok=True)
    _write_csv(place / "who-is-who.csv", [["number", "student"], *([code, name] for name, code in codes.items())])
    return codes


def _plain(file, found, slug, folder, codes):
    """A table for people, each mark with its reason."""
    header = ["student", "points", "of", "state", "reason", "late_penalty", "handed_in"]
    rows = [
        [
            codes.get(mark.student.id, mark.student.id),
            "" if mark.points is None else f"{round(mark.points, 2):g}",
            f"{maximum(folder, slug):g}",
            mark.state,
            mark.reason,
            f"{round(mark.late_penalty, 2):g}",
            ""
            if codes or not mark.handed_in
            else mark.handed_in.astimezone(folder.settings.timezone).isoformat(timespec="minutes"),
        ]
        for mark in found
    ]
    return _write_csv(file, [header, *rows])


def _write_csv(file, rows):
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows([[harmless(cell) for cell in row] for row in rows])
    temporary = file.with_suffix(".new")
    temporary.write_text(text.getvalue(), encoding="utf-8-sig", newline="")
    temporary.replace(file)
    return file


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
    if not options.assignment:
        return _run_term(folder, options, console)
    folder.notebooks(options.assignment)
    renew_penalties(folder, options.assignment)
    status = pages.renew(folder, options.assignment, console, model_essays=options.model_essays)
    with console.status("Writing marks and feedback"):
        found, files = hand_back(
            folder,
            options.assignment,
            platform=options.platform or "",
            sheet=options.sheet,
            column=options.column or "",
            anonymous=options.anonymous,
        )
    late = collect.recorded(folder, options.assignment)["late"]
    table = Table(title=f"{options.assignment}, out of {maximum(folder, options.assignment):g}", title_justify="left")
    for column in ("Student", "Points", "Taken off for being late", "Remark, or why there are no points"):
        table.add_column(column, overflow="fold")
    for number, mark in enumerate(found, 1):
        points = "" if mark.points is None else f"{round(mark.points, 2):g}"
        name = f"{number:03}" if options.anonymous else f"{mark.student.id}  {mark.student.name}"
        remarks = [mark.reason]
        if not options.anonymous:
            remarks += folder.settings.own_date(mark.student.id, options.assignment)
            if late.get(mark.student.id) and not mark.handed_in and folder.settings.late.percent_per_day:
                remarks.append("late, says the platform, but not when: nothing was taken off")
        remark = "; ".join(dict.fromkeys(filter(None, remarks)))
        table.add_row(escape(name), points, f"{round(mark.late_penalty, 2):g}" if mark.late_penalty else "", remark)
    console.print(table)
    _say(console, folder, files)
    unread = sum(mark.state == "unread" for mark in found)
    if unread:
        console.print(
            f"{unread} of {len(found)} wait to be read: postwar lab --instructor, Formgrader. Then give this command again.",
            highlight=False,
        )
    platform = options.platform or collect.recorded(folder, options.assignment)["platform"] or folder.settings.platform
    if platform in platforms.ALL and not options.anonymous:
        _say_differences(console, folder, platform, options.sheet)
        console.print(f"{platform.capitalize()}: {platforms.ALL[platform].UPLOAD}", highlight=False)
    return status


def _say_differences(console, folder, platform, sheet):
    """Who is only on the roster, or only in the platform's own export."""
    from rich.markup import escape

    for line in Sheet(sheet, platform).differences(folder.roster()) if sheet else ():
        console.print(escape(line), style="yellow", highlight=False)


def _say(console, folder, files):
    from rich.markup import escape

    for file in files:
        console.print(f"Written: {escape(str(file.relative_to(folder.root)))}", highlight=False, soft_wrap=True)


def hand_back_term(
    folder: ClassFolder, *, platform: str = "", sheet: Path | None = None, column: str = ""
) -> tuple[list[Term], list[Path]]:
    """Write the marks of the whole term into ``outbox/``: a table for people, and a platform's mark file in per cent."""
    platform = platform or folder.settings.platform
    if platform and platform not in platforms.ALL:
        raise ValueError(f"there is no platform {platform!r}; there are {', '.join(platforms.ALL)}")
    if sheet and not platform:
        raise ValueError(f"whose export is {sheet}? Say it with --platform: {', '.join(platforms.ALL)}")
    found = term(folder)
    slugs = list(found[0].shares) if found else []
    (folder.root / "outbox").mkdir(exist_ok=True)
    rows = [
        [
            one.student.id,
            *(one.shown(slug) for slug in slugs),
            "" if one.final is None else f"{one.final:.2f}",
            one.reason,
        ]
        for one in found
    ]
    written = [_write_csv(folder.root / "outbox" / "term.csv", [["student", *slugs, "final", "reason"], *rows])]
    if platform:
        results = [Result(one.student, one.final, one.reason) for one in found]
        written.append(
            _mark_file(
                folder.root / "outbox" / f"term-{platform}.csv", platform, results, 100, sheet, "Final mark", column
            )
        )
    return found, written


def _run_term(folder, options, console):
    from rich.markup import escape
    from rich.table import Table

    if options.anonymous or options.model_essays:
        raise ValueError(f"--{'anonymous' if options.anonymous else 'model-essays'} needs an assignment")
    found, files = hand_back_term(
        folder, platform=options.platform or "", sheet=options.sheet, column=options.column or ""
    )
    table = Table(title="The term, in per cent", title_justify="left")
    slugs = list(found[0].shares) if found else []
    for column in ("Student", *(slug[:2] for slug in slugs), "Final", "Why there is none"):
        table.add_column(column, overflow="fold")
    for one in found:
        final = "" if one.final is None else f"{one.final:.1f}"
        shares = [one.shown(slug) for slug in slugs]
        table.add_row(escape(f"{one.student.id}  {one.student.name}"), *shares, final, escape(one.reason))
    console.print(table)
    _say(console, folder, files)
    _say_differences(console, folder, options.platform or folder.settings.platform, options.sheet)
    return 0
