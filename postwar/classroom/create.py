"""``postwar class new``: a class folder from the course and a roster."""

import os
import re
import shlex
import stat
from pathlib import Path
from zoneinfo import available_timezones

from postwar import course, paths
from postwar.classroom import roster, settings
from postwar.classroom.folder import KEY, ClassFolder, close, new_key
from postwar.classroom.gradebook import sync
from postwar.editions import classes
from postwar.editions.versions import PINNED

CONFIG = """from postwar.classroom.config import configure
configure(get_config(), __file__.rpartition("/")[0] or ".")
"""


def create(
    folder: Path,
    roster_file: Path | None,
    *,
    name: str = "",
    timezone: str = "",
    editions: int | str | None = None,
    progress=None,
) -> list[str]:
    """Make ``folder`` a class folder, or complete it; returns what was done, a line each.

    What exists stays as it is, so a second call changes nothing. ``progress`` is called with each assignment that is being made, and how many there are.

    Raises
    ------
    ValueError : the roster cannot be used, or ``folder`` is the course itself. FileNotFoundError : there is no roster.
    """
    folder = folder.resolve()
    if folder == paths.COURSE.resolve() or (folder / "pyproject.toml").exists():
        raise ValueError(f"{folder} is the course itself: a class needs a folder of its own, outside the repository")
    if around := next((each for each in folder.parents if (each / settings.FILE).exists()), None):
        raise ValueError(
            f"{folder} would lie inside the class folder {around}. Give the command in the folder above it, or as: postwar class new ."
        )
    if timezone and timezone not in available_timezones():
        raise ValueError(f"--timezone {timezone} is unknown; give one such as Europe/Berlin")
    done = _decide(folder, roster_file, name, timezone, editions)
    made = ClassFolder(folder)
    made.settings  # noqa: B018  (an unreadable file is said now)
    if not (folder / PINNED).exists():
        classes.pin(made, paths.solutions())
    for slug in classes.slugs(made):
        if not (folder / "solutions" / slug).exists():
            classes.prepare(made, slug)
    if released := _release(made, progress):
        done.append(f"{', '.join(released)}: generated for this class")
    if entered := sync(made):
        done.append(f"{entered} students entered into the gradebook")
    return done


def _decide(folder, roster_file, name, timezone, editions):
    """Write what a person decides or keeps, each file unless it is there."""
    done = []
    students, platform = None, ""
    if not (folder / roster.FILE).exists():
        if roster_file is None:
            raise ValueError(
                "a new class needs its students: --roster FILE, with a column id, or a platform's own export"
            )
        students, platform = roster.recognise(roster_file)
    elif roster_file is not None:
        there = {student.id for student in roster.read(folder / roster.FILE)}
        more = [student.id for student in roster.recognise(roster_file)[0] if student.id not in there]
        if more:
            done.append(f"{roster.FILE} was kept; add by hand, then run this again: {', '.join(more)}")
    made = folder.exists()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # it holds keys
    if made:  # a folder that a group is meant to share has the group's mark
        shared = (folder / settings.FILE).exists() or folder.stat().st_mode & stat.S_ISGID
        done += close(folder, everybody=not shared)
    if students:
        roster.write(students, folder / roster.FILE)
        done.append(f"{roster.FILE}: {len(students)} students{f' from {platform.capitalize()}' if platform else ''}")
    if not (folder / settings.FILE).exists():
        _write(folder / settings.FILE, _settings(folder, name, timezone, platform, editions or 1))
        done.append(f"{settings.FILE}: look through it once, above all the dates")
    if not (folder / KEY).exists():
        key = folder / KEY
        key.touch(mode=0o600)
        key.write_text(new_key() + "\n", encoding="ascii")
        done.append(f"{KEY}: the secret behind this class’s numbers; keep it, and keep it private")
    if not (folder / "nbgrader_config.py").exists():
        _write(folder / "nbgrader_config.py", CONFIG)
        done.append("nbgrader_config.py")
    for part in ("submitted", "inbox", "outbox", "reports"):
        (folder / part).mkdir(exist_ok=True)
    return done


def _write(file, text):
    temporary = file.with_name(file.name + ".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(file)


def _settings(folder, name, timezone, platform, editions):
    zone = timezone or _zone()
    dates = "\n".join(f'# "{lesson.slug}" = "2027-03-01 18:00"' for lesson in course.LESSONS)
    return settings.TEMPLATE.format(
        name=(name or folder.name).replace('"', "'"),
        course_id=re.sub(r"[^\w-]+", "-", folder.name).strip("-") or "class",
        timezone=zone,
        platform=platform,
        editions=f'"{editions}"' if editions == "each" else editions,
        due=dates,
    )


def _zone():
    """This computer's time zone by name, UTC where it has none."""
    local = Path("/etc/localtime")
    if os.environ.get("TZ", "").count("/"):
        return os.environ["TZ"]
    if local.is_symlink() and "zoneinfo/" in (target := os.readlink(local)):
        return target.partition("zoneinfo/")[2]
    return "UTC"


def _release(folder, progress):
    """Generate every assignment that the gradebook does not know or that has no release."""
    from nbgrader.api import Gradebook

    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        known = {assignment.name for assignment in gradebook.assignments if assignment.notebooks}
    wanted = [
        slug for slug in folder.assignments if slug not in known or not (folder.root / "exercises" / slug).is_dir()
    ]
    if not wanted:
        return []
    api = _api(folder)
    for number, slug in enumerate(wanted, 1):
        if progress:
            progress(f"{slug} ({number} of {len(wanted)})")
        result = api.generate_assignment(slug)
        if not result["success"]:
            last = (result.get("error") or result.get("log") or "").strip().splitlines()[-1:]
            raise ValueError(f"{slug} could not be generated: {''.join(last)}")
    return wanted


def _api(folder):
    from nbgrader.apps import NbGraderAPI
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    from postwar.classroom.config import configure

    configuration = Config()
    configure(configuration, folder.root)
    return NbGraderAPI(CourseDirectory(config=configuration), config=configuration)


def run(options) -> int:
    """The command; prints what was made and the next steps, and returns the exit status."""
    from rich.console import Console
    from rich.markup import escape

    console = Console()
    with console.status("Making the class folder") as status:
        done = create(
            options.folder,
            options.roster,
            name=options.name or "",
            timezone=options.timezone or "",
            editions=options.editions,
            progress=lambda slug: status.update(f"Generating {slug}"),
        )
    for line in done or ["Everything is there already; nothing was changed."]:
        console.print(escape(line), highlight=False)
    go = [] if options.folder.resolve() == Path.cwd() else [f"cd {shlex.quote(str(options.folder))}"]
    console.print(
        escape("\n  ".join(["\nNext:", *go, "postwar class release 01-planning-peace"])),
        highlight=False,
        soft_wrap=True,
    )
    return 0
