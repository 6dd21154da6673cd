"""Grading speed: plain nbgrader, warm kernels, ``postwar grade`` and a Dask cluster, side by side in one run.

The short form compares a few submissions of one assignment; ``POSTWAR_BENCH=40 pytest -n 0 tests/benchmarks/test_grading.py`` is
the long form, and ``POSTWAR_BENCH_SCALE=10,100,1000`` measures cost and memory by class size. All gradings must be equal.
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
SIZE = int(os.environ.get("POSTWAR_BENCH", "4"))

#: nbgrader as it comes, without this course's plug-ins for speed; that a test reads the numbers that were given is no such plug-in.
PLAIN = """
from nbgrader.converters import Autograde
c.Autograde.sanitize_preprocessors = Autograde.sanitize_preprocessors.default()
c.Autograde.sanitize_preprocessors.insert(-1, "postwar.editions.grading.OwnNumbers")
c.Autograde.autograde_preprocessors = Autograde.autograde_preprocessors.default()
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
            file.write(config)
        return target

    return make


def timed(folder, *command):
    """Seconds of a run, and the largest resident memory of its coordinator in MiB."""
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    start = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-m", *command], cwd=folder, env=os.environ | {"PATH": path},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    ) as process:  # fmt: skip
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def grade(*options):
    return "postwar", "grade", NAME, *options


AUTOGRADE = "nbgrader", "autograde", NAME

#: Configuration, command, and how many times as many submissions the timed run grades: a fast one needs more to be timed.
VARIANTS = {
    "nbgrader autograde": (PLAIN, AUTOGRADE, 1),
    "… with warm kernels": ("", AUTOGRADE, 1),
    "postwar grade": ("", grade(), 4),
    "postwar grade, two at once": ("", grade("--jobs=2"), 4),
    "postwar grade on a local Dask cluster": ("", grade("--cluster=local"), 4),
}

#: The least gain. A handful of submissions measures noise as well: the short form only notices when a gain is lost.
LONG_FORM = {"… with warm kernels": 3, "postwar grade": 10}
SHORT_FORM = {"nbgrader autograde": 1, "… with warm kernels": 1.5, "postwar grade": 5}


def test_throughput(make, report):
    """Each variant grades the same submissions; start-up is measured on one submission and taken apart."""
    if sandbox.missing():
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"figures are for full protection: {sandbox.missing()}")
    report(f"{'variant':40} {'submissions':>12} {'seconds':>8} {'start':>6} {'each':>6} {'times plain':>12}")
    cost, plain = {}, None
    for name, (config, command, times) in VARIANTS.items():
        if SIZE < 20 and name not in SHORT_FORM:
            continue
        start, _ = timed(make(1, config), *command)
        folder = make(SIZE + 1, config)
        seconds, _ = timed(folder, *command)
        plain = plain or folder
        assert compare.differences(plain, folder) == []
        if times > 1:
            seconds, _ = timed(make(times * SIZE + 1, config), *command)
        cost[name] = (seconds - start) / (times * SIZE)
        ratio = cost["nbgrader autograde"] / cost[name]
        report(f"{name:40} {times * SIZE + 1:12} {seconds:8.1f} {start:6.1f} {cost[name]:6.2f} {ratio:12.1f}")
        assert ratio >= (LONG_FORM if SIZE >= 20 else SHORT_FORM).get(name, 0), (
            f"{name}: {ratio:.1f} times plain nbgrader"
        )


@pytest.mark.parametrize("size", [int(size) for size in os.environ.get("POSTWAR_BENCH_SCALE", "").split(",") if size])
def test_cost_and_memory_by_class_size(make, report, size):
    seconds, memory = timed(make(size), *grade())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report(
        f"{size:5} submissions: {seconds:7.1f} s, {seconds / size:5.2f} s each, coordinator {memory:.0f} MiB ({children:.0f})"
    )
    assert memory < 400
