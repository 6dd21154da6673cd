"""Grading speed: plain nbgrader, warm kernels, ``postwar grade`` and a Dask cluster, side by side in one run, start-up included.

The short form compares a few submissions of one assignment; ``POSTWAR_BENCH=12,40 pytest -n 0 tests/benchmarks/test_grading.py`` is
the long form, which asserts what is promised, and ``POSTWAR_BENCH_SCALE=10,100,1000`` measures cost and memory by class size. All
gradings must be equal. Times are by the clock, so the machine should have nothing else to do; CPU times stand beside them.
"""

import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import is_solution

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
import compare
import course

from postwar import paths
from postwar.grading import sandbox

pytestmark = pytest.mark.xdist_group("grading")

NAME = sorted(path.parent.name for path in paths.SOLUTIONS.glob("*/quiz.ipynb"))[0]
LONG = "POSTWAR_BENCH" in os.environ
SIZES = [int(size) for size in os.environ.get("POSTWAR_BENCH", "4").split(",")]

#: nbgrader as it comes, without this course's plug-ins for speed; that a test reads the numbers that were given is no such plug-in.
PLAIN = """
from nbgrader.converters import Autograde
c.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
c.Autograde.sanitize_preprocessors.insert(-1, "postwar.editions.grading.OwnNumbers")
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
"""


#: Has a run say how much CPU time its first process has used.
CPU = """
import atexit, resource
atexit.register(lambda: open("cpu", "w").write(str(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]))))
"""


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """``make(size)`` prepares a course with so many solved submissions of the first assignment."""
    folder = tmp_path_factory.mktemp("bench")
    base = folder / "base"
    base.mkdir()
    shutil.copy(paths.COURSE / "nbgrader_config.py", base)
    shutil.copytree(paths.SOLUTIONS / NAME, base / "solutions" / NAME)
    course.nbgrader(base, "generate_assignment", NAME)
    solved = folder / "solved"
    shutil.copytree(base / "exercises" / NAME, solved)
    for path in solved.glob("*.ipynb"):
        nb, solution = (nbformat.read(each, as_version=4) for each in (path, paths.SOLUTIONS / NAME / path.name))
        answers = {cell.id: cell.source for cell in solution.cells}
        for cell in nb.cells:
            if is_solution(cell):
                lines = answers[cell.id].split("\n")
                cell.source = "\n".join(line for line in lines if not line.strip().startswith("### "))
        nbformat.write(nb, path)
    made = iter(range(1000))

    def make(size, config=""):
        target = course.copy(base, folder / f"course-{next(made)}")
        for index in range(size):
            shutil.copytree(solved, target / "submitted" / f"s{index:04d}" / NAME)
        with (target / "nbgrader_config.py").open("a") as file:
            file.write(CPU + config)
        return target

    return make


def timed(folder, *command):
    """Seconds by the clock of a run, CPU seconds of its coordinator alone, and that one's largest memory in MiB."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", *command], cwd=folder, env=os.environ | {"PATH": path},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - start, float((folder / "cpu").read_text()), usage.ru_maxrss / 1024


def grade(*options):
    return "postwar", "grade", NAME, *options


AUTOGRADE = "nbgrader", "autograde", NAME
OURS = "postwar grade"
VARIANTS = {
    "nbgrader autograde": (PLAIN, AUTOGRADE),
    "… with warm kernels": ("", AUTOGRADE),
    OURS: ("", grade()),
    "postwar grade on a local Dask cluster": ("", grade("--cluster=local")),
}

#: How many times as fast as nbgrader, by number of submissions. The short form only notices when a gain is lost.
PROMISED = {12: 5, 40: 12, 160: 15}
SHORT_FORM = 2


@pytest.mark.parametrize("size", SIZES)
def test_throughput(make, report, size):
    """Each variant grades the same submissions; what is timed is the whole command."""
    _needs_sandbox()
    report(f"{'variant':40} {'submissions':>12} {'seconds':>8} {'times nbgrader':>15} {'CPU s of the coordinator':>25}")
    taken, plain = {}, None
    for name, (config, command) in VARIANTS.items():
        if not LONG and name not in ("nbgrader autograde", OURS):
            continue
        folder = make(size, config)
        taken[name], cpu, _ = timed(folder, *command)
        plain = plain or folder
        assert compare.differences(plain, folder) == []
        ratio = taken["nbgrader autograde"] / taken[name]
        report(f"{name:40} {size:12} {taken[name]:8.1f} {ratio:15.1f} {cpu:25.1f}")
    least = max((gain for count, gain in PROMISED.items() if count <= size), default=1) if LONG else SHORT_FORM
    assert taken["nbgrader autograde"] / taken[OURS] >= least


def test_start(make, report):
    """From the command to the first cell that runs, which says what time it is."""
    _needs_sandbox()
    folder = make(1)
    (path, *_) = sorted((folder / "submitted" / "s0000" / NAME).glob("*.ipynb"))
    nb = nbformat.read(path, as_version=4)
    nb.cells.insert(0, nbformat.v4.new_code_cell("import time; print(time.time())", id="clock"))
    nbformat.write(nb, path)
    best = float("inf")
    for _ in range(3 if LONG else 1):  # the first run finds neither Python's nor the system's files in memory
        start = time.time()
        timed(folder, *grade("--force"))
        graded = nbformat.read(folder / "autograded" / "s0000" / NAME / path.name, as_version=4)
        best = min(best, float(graded.cells[0].outputs[0].text) - start)
    report(f"from the command to the first executed cell: {best:.1f} s")
    assert best <= (3 if LONG else 30)


#: Workers that do nothing: they give the result that was recorded before.
RECORD = """
from postwar.grading import pool
def execute(self, job, really=pool.Local.execute):
    result = really(self, job)
    open("result", "wb").write(result)
    return result
pool.Local.execute = execute
"""
CANNED = """
from postwar.grading import pool
pool.Local.execute = lambda self, job: open("result", "rb").read()
"""


def test_the_coordinator_s_own_work(make, report):
    """What a submission costs the one process that cannot be multiplied; the rest may be spread over many."""
    _needs_sandbox()
    recorded = make(1, RECORD)
    timed(recorded, *grade())
    few, many = (10, 110) if LONG else (3, 23)
    kinds = {"workers that return a recorded result": (CANNED, grade("--jobs=16"))}
    if LONG:
        kinds["a local Dask cluster"] = ("", grade("--cluster=local"))
    for name, (config, command) in kinds.items():
        cpu = {}
        for size in (few, many):
            folder = make(size, config)
            shutil.copy(recorded / "result", folder)
            _, cpu[size], _ = timed(folder, *command)
        each = (cpu[many] - cpu[few]) / (many - few)
        report(f"coordinator's CPU seconds for a submission, {name}: {each:.3f}")
        assert each <= (0.06 if LONG else 0.15)


def _needs_sandbox():
    if sandbox.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"figures are for full protection: {sandbox.missing()}")


@pytest.mark.parametrize("size", [int(size) for size in os.environ.get("POSTWAR_BENCH_SCALE", "").split(",") if size])
def test_cost_and_memory_by_class_size(make, report, size):
    seconds, _, memory = timed(make(size), *grade())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report(
        f"{size:5} submissions: {seconds:7.1f} s, {seconds / size:5.2f} s each, coordinator {memory:.0f} MiB ({children:.0f})"
    )
    assert memory < 400
