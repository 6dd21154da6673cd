"""What hostile submissions do to plain nbgrader, measured one kind at a time and recorded beside ``postwar grade``.

``python tests/hostile/plain.py`` measures every kind that is not yet in ``outcomes.csv`` (``plain.py KIND…`` measures those
again, ``plain.py --postwar`` records one run of ``postwar grade`` over the corpus, or over the kinds named) and prints the summary.

Plain nbgrader gives student code the run of the machine. So each grading runs in a box: bubblewrap with process, network and
user namespaces of its own, no privileges, a read-only system and limits, where only a throw-away folder can be written.
"""

import argparse
import contextlib
import csv
import json
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
import compare
import course
from arena import Arena, Run, connections
from corpus import CORPUS, FULL

from postwar.grading import sandbox

HERE = Path(__file__).parent
OUTCOMES = HERE / "outcomes.csv"

#: nbgrader as it comes, but for the patience with one cell: an import in a cold kernel takes seconds on a busy machine.
PLAIN = "\nc.Execute.timeout = 10\n"
PATIENCE = 240

HOSTILE, HONEST = "hostile", ("a-honest", "z-honest")
PORT = 47000  # on the box's own loopback

# What can happen. Of the files, the folders that they lie in are named too.
UNDESERVED, NOT_GRADED, HUNG, STOPPED = "undeserved points", "no marks", "run hung", "run stopped"
CHANGED, UNGRADED = "classmates' scores changed", "classmates not graded"
DAMAGED, FILES, STOLEN = "gradebook damaged", "files changed", "read what is not its own"
LEFT, CONNECTED, FILLED = "process left running", "connection made", "disk filled"
EVENTS = (UNDESERVED, NOT_GRADED, HUNG, STOPPED, CHANGED, UNGRADED, DAMAGED, FILES, STOLEN, LEFT, CONNECTED, FILLED)

#: In place of an outcome, of a kind that plain nbgrader has not been given yet.
UNKNOWN = "not measured yet"

#: What a submission may leave in its folder, in MiB: the limit of `arena.LIMITS`.
ROOM = 64


# -- the box -------------------------------------------------------------------------------------------------------------


def box(folder, *command):
    """The command line that runs *command* with *folder* as the only place outside its private ``/tmp`` to write to."""
    shown = [path for path in (*sandbox.sys_folders(), str(HERE.parents[1])) if Path(path).is_relative_to("/tmp")]
    return [
        "prlimit", "--as=8589934592", "--fsize=268435456", "--nproc=4000", "--core=0", "--",
        "bwrap", "--unshare-all", "--unshare-user", "--cap-drop", "ALL", "--die-with-parent", "--new-session",
        "--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/run", "--size", "268435456", "--tmpfs", "/tmp",
        *(word for path in shown for word in ("--ro-bind", path, path)),
        "--bind", folder, folder, "--chdir", folder, "--", *command,
    ]  # fmt: skip


def inside(arena_course):
    """Run in the box: grade with nbgrader and print, as JSON, what can be seen only from here."""
    listener = socket.create_server(("127.0.0.1", PORT))
    with open("plain.log", "wb") as log:
        command = [sys.executable, "-m", "nbgrader", "autograde", course.ASSIGNMENT]
        process = subprocess.Popen(
            command, cwd=arena_course, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            status = process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            status = None
    deadline = time.monotonic() + 2  # for kernels that are on their way out
    while (left := _others()) and time.monotonic() < deadline:
        time.sleep(0.1)
    print(json.dumps({"status": status, "left": len(left), "connections": connections(listener)}))


def _others():
    """The processes in the box beside this one and those above it."""
    me = psutil.Process()
    known = {1, me.pid, *(parent.pid for parent in me.parents())}
    return {each.pid for each in psutil.process_iter(["status"]) if each.info["status"] != "zombie"} - known


# -- one grading ---------------------------------------------------------------------------------------------------------


def prepare(folder):
    """A course with the two honest submissions, not yet graded."""
    folder.mkdir()
    arena = Arena(folder, HONEST, PORT)
    with (arena.course / "nbgrader_config.py").open("a") as file:
        file.write(PLAIN)
    return arena


def measure(base, hostile):
    """Points and events when *hostile* is graded between two honest submissions, in a copy of *base* (see `prepare`)."""
    with _throw_away_copy(base) as arena:
        arena.submit(hostile, HOSTILE)
        before = arena.fingerprint()
        seen = _grade(arena)
        return marks(arena).get(HOSTILE), events(arena, hostile, HOSTILE, changes(arena, before), seen)


def changes(arena, before):
    """The folders in which something is not as it was *before*, or a graded classmate's copy is missing."""
    after, points = arena.fingerprint(), marks(arena)
    changed = {_place(name) for name in before.keys() | after.keys() if before.get(name) != after.get(name)}
    copies = [
        arena.course / "autograded" / student / course.ASSIGNMENT for student in arena.honest if student in points
    ]
    return changed | {"autograded" for copy in copies if not (copy / "report.ipynb").exists()}


def _place(name):
    """The folder of the course, or beside it, that the file *name* lies in."""
    first, *rest = name.split("/")
    return first if first != "course" else rest[0] if len(rest) > 1 else "the course"


def events(arena, hostile, student, changed, seen):
    """In words, what happened when *student* handed in *hostile*."""
    points = marks(arena)
    mine, others = points.get(student), [points.get(each) for each in arena.honest]
    last = arena.honest[-1]
    came_to_the_last = last in points or (arena.course / "autograded" / last).exists()
    happened = {
        UNDESERVED: mine is not None and mine > hostile.honest,
        NOT_GRADED: mine is None,
        HUNG: seen["status"] is None,
        STOPPED: seen["status"] is not None and not came_to_the_last,
        CHANGED: any(mark not in (None, FULL) for mark in others),
        UNGRADED: None in others,
        DAMAGED: not _sound(arena),
        f"{FILES} in {', '.join(sorted(changed))}": bool(changed),
        STOLEN: bool(arena.stolen(student)),
        LEFT: bool(seen["left"]),
        CONNECTED: bool(seen["connections"]),
        FILLED: _size(arena.course / "autograded" / student) > ROOM << 20,
    }
    return [event for event, did in happened.items() if did]


def _size(folder):
    return sum(path.lstat().st_size for path in folder.rglob("*"))


def marks(arena):
    """``{student: sum}`` of the marks in force, those by hand first; nothing for those without any."""
    found = Counter()
    with contextlib.suppress(sqlite3.Error):
        for _, student, _, _, auto, manual, extra, *_ in compare.gradebook(arena.course)["grades"]:
            mark = auto if manual is None else manual
            if mark is not None:
                found[student] += mark + (extra or 0)
    return dict(found)


def _sound(arena):
    """Is the gradebook whole, with no mark that only a person may give?"""
    try:
        with sqlite3.connect(f"file:{arena.course / 'gradebook.db'}?mode=ro", uri=True) as db:
            (whole,) = db.execute("pragma integrity_check").fetchone()
        return whole == "ok" and all(row[5] is None for row in compare.gradebook(arena.course)["grades"])
    except sqlite3.Error:
        return False


@contextlib.contextmanager
def _throw_away_copy(base):
    folder = Path(tempfile.mkdtemp(prefix="plain-", dir=base.folder.parent))
    arena = object.__new__(Arena)
    arena.folder, arena.honest, arena.port = folder, base.honest, base.port
    arena.canary, arena.home, arena.course = (folder / each for each in ("canary", "home", "course"))
    shutil.copytree(base.folder, folder, symlinks=True, dirs_exist_ok=True)
    try:
        yield arena
    finally:
        subprocess.run(["chmod", "-R", "u+rwX", folder], check=False, capture_output=True)
        shutil.rmtree(folder, ignore_errors=True)


def _grade(arena):
    command = box(arena.folder, sys.executable, str(HERE / "plain.py"), "--inside", str(arena.course))
    done = subprocess.run(
        command, env=arena.environment(), stdout=subprocess.PIPE, timeout=PATIENCE + 60, check=True, text=True
    )
    return json.loads(done.stdout)


# -- the record ----------------------------------------------------------------------------------------------------------

COLUMNS = ("kind", "honest", "plain_points", "plain_outcome", "postwar_points", "postwar_outcome", "postwar_told")


def recorded():
    """``{kind: row}``; a score is empty where there is none."""
    if not OUTCOMES.exists():
        return {}
    with OUTCOMES.open(newline="") as file:
        return {row["kind"]: row for row in csv.DictReader(file)}


def _record(rows):
    table = recorded()
    for kind, row in rows.items():
        table.setdefault(kind, {"kind": kind}).update(row)
    with OUTCOMES.open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(table[hostile.name] for hostile in CORPUS if hostile.name in table)


def as_row(hostile, side, points, happened):
    """The cells for one *side*, "plain" or "postwar"."""
    return {
        "honest": f"{hostile.honest:g}",
        f"{side}_points": "" if points is None else f"{points:g}",
        f"{side}_outcome": "; ".join(happened) or "graded",
    }


def record_plain(kinds, jobs):
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, ThreadPoolExecutor(jobs) as pool:
        base = prepare(Path(folder) / "base")
        for hostile, result in zip(kinds, pool.map(lambda each: measure(base, each), kinds), strict=True):
            row = as_row(hostile, "plain", *result)
            _record({hostile.name: row})
            print(hostile.name, *row.values(), sep=" | ", flush=True)


def record_postwar(kinds):
    with tempfile.TemporaryDirectory(prefix="hostile-") as folder, socket.create_server(("127.0.0.1", 0)) as listener:
        run = Run(Path(folder), listener, kinds)
        seen = {"status": run.process.returncode, "left": run.left(), "connections": run.connections}
        changed, points = changes(run, run.before), marks(run)
        rows = {}
        for hostile in kinds:
            happened = events(run, hostile, hostile.name, changed, seen)
            rows[hostile.name] = as_row(hostile, "postwar", points.get(hostile.name), happened)
            rows[hostile.name]["postwar_told"] = run.reason(hostile.name)
        _record(rows)


def summary():
    """How many kinds each event happened with, on both sides, as a table for readers."""
    rows = recorded().values()
    waiting = sum(row["plain_outcome"] == UNKNOWN for row in rows)
    known = f" ({len(rows) - waiting} of them)" if waiting else ""
    lines = [f"| of {len(rows)} kinds | plain nbgrader{known} | `postwar grade` |", "|---|---:|---:|"]
    for event in EVENTS:
        plain, postwar = (
            sum(any(each.startswith(event) for each in row.get(f"{side}_outcome", "").split("; ")) for row in rows)
            for side in ("plain", "postwar")
        )
        lines.append(f"| {event} | {plain} | {postwar} |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kinds", nargs="*", metavar="KIND")
    parser.add_argument("--jobs", type=int, default=2, help="how many boxes at once")
    parser.add_argument("--postwar", action="store_true", help="record postwar grade instead")
    parser.add_argument("--inside", metavar="COURSE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.inside:
        inside(options.inside)
        return
    if options.postwar:
        record_postwar([hostile for hostile in CORPUS if hostile.name in options.kinds] or CORPUS)
    else:
        done = recorded()
        missing = [
            each.name for each in CORPUS if done.get(each.name, {}).get("plain_outcome", UNKNOWN) in ("", UNKNOWN)
        ]
        wanted = options.kinds or missing
        record_plain([hostile for hostile in CORPUS if hostile.name in wanted], options.jobs)
    print(summary())


if __name__ == "__main__":
    main()
