"""The table of processes in the docstring of `postwar.grading`, as the processes of a run say and the system shows."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import course
import nbformat
import psutil
import pytest

from postwar import grading
from postwar.grading import helpers, sandbox

pytestmark = [
    pytest.mark.xdist_group("grading"),
    pytest.mark.skipif(sandbox.missing() is not None, reason="the table is about the sandbox"),
]

OUTSIDE = ("coordinator", "nursery", "helper")
INSIDE = ("fork server", "supervisor", "keeper", "student's kernel", "checker's kernel")
KERNELS = INSIDE[-2:]

#: What a process says about itself. Libraries are looked at as a whole, since they are many.
FACTS = """
import json, os, sys
whole = ["/usr", "/lib", "/lib64", sys.prefix, sys.base_prefix]
writable = [folder for folder in whole if os.access(folder, os.W_OK)]
for folder, names, _ in os.walk("/"):
    if folder.startswith(("/proc", "/sys", *whole)):
        names.clear()
    elif os.access(folder, os.W_OK):
        writable.append(folder)
        names.clear()
files = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{fd}")]
files = sorted({file for file in files if file.startswith("/") and not file.startswith(("/dev/null", "/memfd", "/proc"))})
processes = sorted(int(name) for name in os.listdir("/proc") if name.isdigit())
course = sorted(name for name in ("gradebook.db", "submitted", "source") if os.path.exists(os.path.join(COURSE, name)))
print("FACTS " + json.dumps({"user": os.getuid(), "writable": sorted(writable), "files": files, "processes": processes, "course": course,
     "checker": os.listdir("/tmp/checker") if os.path.isdir("/tmp/checker") else [], "rights": open("/proc/self/status").read().split("CapEff:")[1].split()[0]}))
"""


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """``{role: facts}`` of the processes of one run, and the course's folder."""
    folder = tmp_path_factory.mktemp("processes") / "course"
    code = f"COURSE = {str(folder)!r}\n" + FACTS
    source = course.notebook(course.answer("x = 1", "answer"), course.test(f"assert x == 1\n{code}", "test-answer", 1))
    path = folder / "source" / course.ASSIGNMENT / "one.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(source, path)
    (folder / "nbgrader_config.py").write_text(course.CONFIG)
    course.nbgrader(folder, "generate_assignment", course.ASSIGNMENT)
    mine = nbformat.from_dict(source)
    mine.cells[0].source = f"x = 1\n{code}\nimport time; time.sleep(10)"
    course.submit(folder, "ada", {"one": mine})
    command = [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT, "--jobs=1"]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        seen = _watch(psutil.Process(process.pid))
        assert process.wait(120) == 0
    graded = nbformat.read(folder / "autograded" / "ada" / course.ASSIGNMENT / "one.ipynb", as_version=4)
    for role, cell in zip(("student's kernel", "checker's kernel"), graded.cells, strict=True):
        text = "".join(output.get("text", "") for output in cell.outputs)
        seen[role] = seen.get(role, {}) | json.loads(re.search(r"FACTS (.*)", text)[1])
    return folder, seen


def _watch(coordinator):
    """What the system shows of each process while a notebook runs: user, open files, mounts that can be written to."""
    seen = {}
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline and coordinator.is_running() and coordinator.status() != psutil.STATUS_ZOMBIE:
        seen = {}
        for process in [coordinator, *coordinator.children(recursive=True)]:
            with contextlib.suppress(psutil.Error, OSError):  # it has just ended
                seen.setdefault(_role(process, coordinator), _facts(process))
        if {*OUTSIDE, *INSIDE} <= seen.keys():
            return seen
    return seen


def _role(process, coordinator):
    """The process's name in the table, by its place below the coordinator."""
    line, parent = [], process
    while parent.pid != coordinator.pid:
        line.append(parent)
        parent = parent.parent()
        if parent is None:
            raise psutil.NoSuchProcess(process.pid)
    if not line:
        return "coordinator"
    if line[-1].name() != "bwrap":
        return ("nursery", "helper")[min(len(line), 2) - 1]
    if "postwar.grading.forkserver" not in line[-1].cmdline():
        return "probe"
    line = [each for each in reversed(line) if each.name() != "bwrap"]
    if len(line) == 3:
        return "keeper" if line[2].children() else "checker's kernel"
    return {0: "bubblewrap", 1: "fork server", 2: "supervisor", 4: "student's kernel"}[len(line)]


def _facts(process):
    files = {each.path for each in process.open_files()}
    mounts = set()
    with open(f"/proc/{process.pid}/mountinfo") as lines:
        for line in lines:
            before, _, after = line.partition(" - ")
            if "rw" in before.split()[5].split(",") and after.split()[0] in (
                "tmpfs",
                "ext4",
                "overlay",
                "xfs",
                "btrfs",
            ):
                mounts.add(before.split()[4])
    with open(f"/proc/{process.pid}/status") as status:
        filtered = "Seccomp:\t2" in status.read()
    with open(f"/proc/{process.pid}/limits") as limits:
        memory = re.search(r"Max address space +(\w+)", limits.read())[1]
    sockets = sum(os.readlink(link).startswith("socket:") for link in Path(f"/proc/{process.pid}/fd").iterdir())
    return {
        "sockets": sockets,
        "user": process.uids().real,
        "files": sorted(files),
        "mounts": mounts,
        "filtered": filtered,
        "memory": memory,
    }


def test_the_table_names_every_process(run):
    rows = re.findall(
        r"^    [ │├└]*(\w[\w' ]*?) +(?:runs|no student code|student code|locked cells)", grading.__doc__, re.MULTILINE
    )
    assert rows[1:] == [*OUTSIDE, *INSIDE]  # the first is the heading


@pytest.mark.parametrize("role", KERNELS)
def test_what_a_kernel_can_read_and_write(run, role):
    facts = run[1][role]
    assert facts["user"] != 0
    assert facts["writable"] == ["/dev/shm", "/tmp"]  # both are the submission's own
    assert facts["course"] == []
    assert facts["files"] == []
    assert (facts["checker"] == []) == (role == "student's kernel")


def test_the_student_s_kernel_sees_no_other_process_and_has_no_rights(run):
    facts = run[1]["student's kernel"]
    assert len(facts["processes"]) == 2  # itself and its keeper
    assert int(facts["rights"], 16) == 0


@pytest.mark.skipif(
    os.name != "posix" or os.geteuid() != 0, reason="only root sees what processes of a sandbox have open"
)
@pytest.mark.parametrize("role", [*OUTSIDE, *INSIDE])
def test_what_the_system_shows_of_each_process(run, role):
    folder, seen = run
    facts = seen[role]
    if role in OUTSIDE:
        assert facts["user"] == os.getuid()
        # Neither the gradebook nor anything of a student's is open while notebooks run.
        assert set(facts["files"]) == {f"{folder}/autograded/.lock", f"{folder}/grade-{course.ASSIGNMENT}.log"}
        if role == "helper":
            assert facts["sockets"] == 1  # to the coordinator
        assert (facts["memory"] == str(helpers.MEMORY)) == (role == "helper")
    else:
        assert facts["user"] not in (0, os.getuid())
        assert facts["mounts"] <= {"/tmp", "/dev/shm", "/tmp/checker"}
        assert facts["filtered"]
        assert [file for file in facts["files"] if not file.startswith((sys.prefix, sys.base_prefix))] == []
