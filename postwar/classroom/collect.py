"""``postwar class collect``: a platform's archive becomes ``submitted/``, and a table says what became of everyone."""

import json
import os
import re
import shutil
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from postwar.classroom import archive, platforms, roster
from postwar.classroom.folder import ClassFolder
from postwar.classroom.gradebook import sync
from postwar.classroom.platforms import Entry
from postwar.classroom.platforms.dates import moment
from postwar.copies import names
from postwar.copies.shown import shown

TIMESTAMP = "timestamp.txt"
_PACKED = {".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"}
RECORD = "record.json"  # in inbox/<assignment>/: under which name each hand-in came, for the way back


@dataclass
class HandIn:
    """What one student handed in, as far as an archive tells."""

    student: roster.Student
    files: dict[PurePosixPath, bytes] = field(default_factory=dict)
    when: datetime | None = None
    late: bool = False
    notes: list[str] = field(default_factory=list)
    keep: str = ""
    state: str = "missing"  # new, replaced, unchanged, older, missing, refused
    again: bool = False  # graded before; without a time nobody sees that this one is newer


@dataclass
class Collected:
    """The outcome: one `HandIn` for everyone on the roster, and what could not be matched, with the reason."""

    platform: str
    hand_ins: list[HandIn]
    unmatched: list[tuple[str, str]]


def collect(
    folder: ClassFolder, slug: str, source: Path, *, platform: str = "", pattern: str = "", sheet: Path | None = None
) -> Collected:
    """Put the hand-ins of an archive into ``submitted/``.

    Parameters
    ----------
    platform : one of `platforms.ALL`; by default it is recognised by the names in the archive
    pattern : an own regular expression over a file's path, with the groups ``who`` and ``file``, and perhaps ``when`` (ISO)
    sheet : Moodle's offline worksheet, which knows who each participant is and when the work was handed in

    Raises
    ------
    ValueError : no such assignment, an archive or a pattern that cannot be used, or an archive that no rule fits.
    """
    wanted = folder.notebooks(slug)
    sync(folder)  # nbgrader asks for a late penalty only where its own due date has passed
    members = [member for member in archive.members(source) if not names.is_litter(member.path)]
    module, platform = _module([member.path for member in members], platform, pattern, source)
    students = folder.roster()
    finder = roster.Finder(students)
    came, unmatched = {}, {}
    groups = _grouped(module, members, unmatched)
    if sheet and not hasattr(module, "participants"):
        raise ValueError(f"--sheet is Moodle's grading worksheet; these hand-ins come from {platform}")
    known = module.participants(platforms.english(module, *roster.table(sheet))[:2]) if sheet else {}
    maybe = {}
    for who, attempts in groups.items():
        hints, written = next((known[text.casefold()] for _, text in who if text.casefold() in known), ((), ""))
        group, reason, candidates = _who(finder, (*hints, *who), students)
        if not group:
            if candidates and hasattr(module, "participants") and not sheet:
                reason += ", or add --sheet WORKSHEET.csv"
            unmatched[str(next(iter(attempts.values()))[0][1].path)] = reason
            maybe |= dict.fromkeys(candidates, "what was not matched, below, may be theirs")
            continue
        for person in group:
            came.setdefault(person.id, []).append((attempts, written))
    found = {}
    for student in students:
        if student.id in came:
            found[student.id] = HandIn(student)
            _take(found[student.id], *_together(found[student.id], came[student.id]), wanted)
    _share_in_groups(found, students)
    hand_ins = [found.get(student.id) or HandIn(student) for student in students]
    for hand_in in hand_ins:
        if not hand_in.files and hand_in.student.id in maybe:
            hand_in.notes.append(maybe[hand_in.student.id])
        if hand_in.files:
            hand_in.when = hand_in.when and hand_in.when.replace(tzinfo=hand_in.when.tzinfo or folder.settings.timezone)
            _keep(folder, slug, hand_in)
    _remember(folder, slug, platform, hand_ins)
    return Collected(platform, hand_ins, sorted(unmatched.items()))


class _Own:
    """An instructor's own pattern in the place of a platform."""

    def __init__(self, pattern):
        try:
            self._pattern = re.compile(pattern)
        except re.error as error:
            raise ValueError(f"--pattern is no regular expression: {error}") from None
        if not {"who", "file"} <= self._pattern.groupindex.keys():
            raise ValueError(
                "--pattern needs the groups (?P<who>…) and (?P<file>…), such as (?P<who>[^/]+)/(?P<file>.+)"
            )

    def entry(self, path):
        if not (found := self._pattern.fullmatch(str(path))):
            return None
        when = found.groupdict().get("when")
        try:
            moment = datetime.fromisoformat(when) if when else None
        except ValueError:
            moment = None
        who = (("id", found["who"]), ("name", found["who"]))
        return Entry(who, found["file"], when or "", moment, keep=found["who"])


def _module(paths, platform, pattern, source):
    if pattern:
        return _Own(pattern), "own"
    if platform and platform not in platforms.ALL:
        raise ValueError(f"there is no platform {platform!r}; there are {', '.join(platforms.ALL)}")
    if not paths:
        raise ValueError(f"{source} holds no file")
    recognised = platform or platforms.recognise([PurePosixPath(path) for path in paths])
    if not recognised:
        shown = ", ".join(map(str, paths[:3])) or "nothing"
        raise ValueError(
            f"{source}: these names follow the rule of no platform known here ({platforms.named()}): {shown}. "
            "Give --platform, or an own --pattern such as (?P<who>[^/]+)/(?P<file>.+)"
        )
    return platforms.ALL[recognised], recognised


def _grouped(module, members, unmatched):
    """Members by the person whom their names point to, and by attempt: ``{who: {attempt: [(entry, member)]}}``."""
    groups = defaultdict(lambda: defaultdict(list))
    for member in members:
        entry = platforms.parse(module, member.path)
        if entry is None:
            unmatched[str(member.path)] = member.trouble or "the name fits no rule"
        elif entry.who:
            groups[entry.who][entry.attempt].append((entry, member))
    return groups


def _who(finder, who, students):
    """The students behind the hints of a name; or nobody, why, and whose it may be. A group's name stands for all its members."""
    shared, candidates = "", []
    for kind, text in who:
        ids, _ = finder.find(**{kind: text})
        found = [student for student in students if student.id in ids]
        group = all(roster.squeezed(text) in map(roster.squeezed, student.other_names) for student in found)
        if len(found) == 1 or (found and group):
            return found, "", []
        if found and not shared:
            number = next((said for kind, said in who if kind in ("platform_id", "id") and said), text)
            candidates = sorted(ids)
            shared = f"{text} may be {' or '.join(candidates)}: write {number} into the aliases of the right one in {roster.FILE}"
    nobody = f"nobody on the roster is {' or '.join(dict.fromkeys(text for _, text in who if text))}"
    return [], shared or nobody, candidates


def _together(hand_in, came):
    """The attempts under all names by which somebody came (alone, and in a group), and the time that a worksheet gives."""
    attempts, written, under = defaultdict(list), "", []
    for own, said in came:
        for attempt, files in own.items():
            attempts[attempt] += files
        written = said or written
        paths = [str(member.path) for files in own.values() for _, member in files if member.packed is not None]
        under += paths[:1]
    if len(under) > 1:
        hand_in.notes.append(f"came under several names: {', '.join(under)}")
    return attempts, written


def _take(hand_in, attempts, written, wanted):
    """Choose each notebook among all attempts, the newest first, and note what was mended; ``written`` is a worksheet's time of hand-in."""
    kept = _newest_files(hand_in, attempts)
    ranked = sorted(kept, key=lambda path: kept[path][0])
    several = len({attempt for attempt, *_ in kept.values()}) > 1
    match = names.match(kept, wanted, {path: rank for rank, path in enumerate(ranked)} if several else None)
    times = [kept[path][1].handed_in for path in match.files.values() if kept[path][1].handed_in]
    for name, path in match.files.items():
        _, said, content = kept[path]
        if said.handed_in and said.handed_in < max(times):
            hand_in.notes.append(f"{name}.ipynb is from an earlier attempt, {said.handed_in:%Y-%m-%d %H:%M}")
        if content.lstrip()[:1] != b"{":
            hand_in.notes.append(f"{path.name} is no notebook inside: ask for another copy")
        hand_in.files[PurePosixPath(f"{name}.ipynb")] = content
        hand_in.keep = hand_in.keep or said.keep
        if said.handed_in and (hand_in.when is None or said.handed_in > hand_in.when):
            hand_in.when = said.handed_in
        if said.undated:
            _note_undated(hand_in, said.undated)
    hand_in.notes += match.notes.values()
    hand_in.notes += [f"{name}.ipynb is missing" for name in match.missing if match.files]
    for name, paths in match.ambiguous.items():
        hand_in.notes.append(f"{name}.ipynb: nobody can tell which is meant of {', '.join(map(str, paths))}")
    if packed := [path.name for path in match.extra if path.suffix.casefold() in _PACKED]:
        hand_in.notes.append(f"only zip archives are opened: ask for the notebooks in {', '.join(packed)}")
    if match.extra:
        hand_in.notes.append(f"not part of the assignment: {', '.join(path.name for path in match.extra[:4])}")
    if written:
        if when := moment(written):
            hand_in.when = when
        else:
            _note_undated(hand_in, written)
    if not hand_in.files:
        hand_in.state = "refused"
        hand_in.notes = hand_in.notes or ["none of the assignment's notebooks is in it"]


def _note_undated(hand_in, written):
    if (note := f"the time {written!r} could not be read: write it into timestamp.txt") not in hand_in.notes:
        hand_in.notes.append(note)


def _share_in_groups(found, students):
    """Who handed in nothing gets what another of the same group handed in, the newest where there are several."""
    given = [hand_in for hand_in in found.values() if hand_in.files and hand_in.student.group.strip()]
    for student in students:
        others = [each for each in given if each.student.group.strip() == student.group.strip()]
        if others and not (student.id in found and found[student.id].files):
            other = max(others, key=lambda each: (each.when is not None, each.when or datetime.min))
            notes = [f"handed in by {other.student.id} for {student.group.strip()}", *other.notes]
            found[student.id] = HandIn(student, dict(other.files), other.when, other.late, notes, other.keep)


def _newest_files(hand_in, attempts):
    """Each file of a hand-in from its newest attempt: ``{path: (attempt, entry, content)}``; what is damaged is noted."""
    kept, troubles = {}, defaultdict(list)
    for attempt in sorted(attempts):
        for entry, member in attempts[attempt]:
            if member.content is None:
                troubles[member.trouble].append(member.path.name)
            elif not entry.receipt:
                hand_in.late |= entry.late
                kept[PurePosixPath(entry.file)] = (attempt, entry, member.content)
    for trouble, files in troubles.items():
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        hand_in.notes.append(
            f"{', '.join(files[:3])}{more} {trouble}"
            if len(files) == 1
            else f"{', '.join(files[:3])}{more}: each {trouble}"
        )
    return kept


def _keep(folder, slug, hand_in):
    """Write a hand-in beside what is there and put it in place; what it replaces is kept in the inbox."""
    target = folder.root / "submitted" / hand_in.student.id / slug
    stamp = hand_in.when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC") if hand_in.when else ""
    before = {path.name: path.read_bytes() for path in target.glob("*.ipynb")} if target.is_dir() else {}
    if before == {path.name: content for path, content in hand_in.files.items()}:
        hand_in.state = "unchanged"
        if stamp and not (target / TIMESTAMP).exists():  # known only now, from a worksheet
            (target / TIMESTAMP).write_text(stamp + "\n", encoding="utf-8")
            hand_in.notes.append("its time was added")
        return
    if before and hand_in.when and (old := _stamp(target)) and hand_in.when < old:
        hand_in.state = "older"
        hand_in.notes.append("older than what is there, which was kept")
        return
    fresh = target.with_name(f".{slug}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(parents=True)
    for path, content in hand_in.files.items():
        (fresh / path.name).write_bytes(content)
    if stamp:
        (fresh / TIMESTAMP).write_text(stamp + "\n", encoding="utf-8")
    hand_in.state = "new"
    if target.exists():
        place = folder.root / "inbox" / slug / "replaced" / hand_in.student.id / f"{datetime.now():%Y%m%d-%H%M%S-%f}"
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(target, place)
        hand_in.state = "replaced"
        hand_in.again = not stamp and (folder.root / "autograded" / hand_in.student.id / slug).is_dir()
        hand_in.notes.append(f"replaces an earlier hand-in, kept in {place.relative_to(folder.root)}")
    os.replace(fresh, target)


def _stamp(target):
    try:
        return datetime.strptime(
            (target / TIMESTAMP).read_text(encoding="utf-8").strip(), "%Y-%m-%d %H:%M:%S UTC"
        ).replace(tzinfo=UTC)
    except (OSError, ValueError):
        return None


def handed_in(folder: ClassFolder, student: str, slug: str) -> datetime | None:
    """When a student handed in, by ``timestamp.txt``; None where that is unknown."""
    return _stamp(folder.root / "submitted" / student / slug)


def _remember(folder, slug, platform, hand_ins):
    file = folder.root / "inbox" / slug / RECORD
    file.parent.mkdir(parents=True, exist_ok=True)
    kept = recorded(folder, slug)["names"] | {hand_in.student.id: hand_in.keep for hand_in in hand_ins if hand_in.keep}
    late = recorded(folder, slug)["late"] | {hand_in.student.id: hand_in.late for hand_in in hand_ins if hand_in.files}
    temporary = file.with_suffix(".new")
    content = {"platform": platform, "names": kept, "late": late}
    temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True), encoding="utf-8")
    temporary.replace(file)


def recorded(folder: ClassFolder, slug: str) -> dict:
    """What earlier calls noted: the platform, and under which name each student's hand-in came."""
    try:
        return json.loads((folder.root / "inbox" / slug / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"platform": "", "names": {}, "late": {}}


_STATES = {
    "new": "handed in",
    "replaced": "new attempt",
    "unchanged": "as before",
    "older": "kept as it was",
    "missing": "nothing",
    "refused": "not usable",
}


def run(options) -> int:
    """The command; prints one table and returns the exit status."""
    from rich.console import Console
    from rich.table import Table

    from postwar.classroom.folder import find

    console = Console()
    folder = find()
    with console.status("Reading the archive"):
        done = collect(
            folder,
            options.assignment,
            options.archive,
            platform=options.platform or "",
            pattern=options.pattern or "",
            sheet=options.sheet,
        )
    table = Table(title=f"{options.assignment}, from {done.platform.capitalize()}", title_justify="left")
    for column in ("Student", "Hand-in", "When", "Late by", "What was mended or is missing"):
        table.add_column(column, overflow="fold")
    for hand_in in done.hand_ins:
        late = folder.settings.late_by(hand_in.student.id, options.assignment, hand_in.when)
        excused = folder.settings.excused(hand_in.student.id, options.assignment)
        table.add_row(
            shown(f"{hand_in.student.id}  {hand_in.student.name}"),
            "excused" if excused and hand_in.state == "missing" else _STATES[hand_in.state],
            f"{hand_in.when:%Y-%m-%d %H:%M %Z}" if hand_in.when else "",
            _spoken(late) or ("late, says the platform" if hand_in.late and not hand_in.when else ""),
            shown("; ".join([*folder.settings.own_date(hand_in.student.id, options.assignment), *hand_in.notes])),
        )
    console.print(table)
    for path, reason in done.unmatched:
        console.print(f"[bold]Not matched:[/bold] {shown(path)} – {shown(reason)}", highlight=False)
    usual = folder.settings.platform
    if done.platform != "own" and usual and done.platform != usual:
        console.print(
            f"This archive is named as {done.platform.capitalize()} does; the class is on {usual.capitalize()}, says class.toml. "
            "If it was the wrong one, what it replaced is in inbox/.",
            style="yellow",
            highlight=False,
        )
    count = sum(bool(hand_in.files) for hand_in in done.hand_ins)
    console.print(
        f"{count} of {len(done.hand_ins)} handed in. Next: {_next(options.assignment, done)}", highlight=False
    )
    return 1 if done.unmatched else 0


def _next(slug, done):
    again = [hand_in.student.id for hand_in in done.hand_ins if hand_in.again]
    if not again:
        return f"postwar grade {slug}"
    new = f"postwar grade {slug} and then " if any(hand_in.state == "new" for hand_in in done.hand_ins) else ""
    return (
        new
        + " and ".join(f"postwar grade {slug} --force --student={student}" for student in again[:3])
        + (f" … or postwar grade {slug} --force for everyone" if len(again) > 3 else "")
    )


def _spoken(late):
    if not late:
        return ""
    days, seconds = late.days, late.seconds
    hours, minutes = seconds // 3600, seconds % 3600 // 60
    return f"{days} d {hours} h" if days else f"{hours} h {minutes:02} min"
