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

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
import compare
import course

from postwar import paths
from postwar.grading import sandbox

pytestmark = pytest.mark.xdist_group("grading")

NAME = sorted(path.parent.name for path in paths.SOLUTIONS.glob("*/quiz.ipynb"))[0]
SIZE = int(os.environ.get("POSTWAR_BENCH", "4"))

#: nbgrader as it comes, without this course's plug-ins for speed.
PLAIN = """
from nbgrader.converters import Autograde
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
    shutil.copytree(paths.SOLUTIONS / NAME, solved)
    for path in solved.glob("*.ipynb"):
        nb = nbformat.read(path, as_version=4)
        for cell in nb.cells:
            cell.source = course.without_hidden(cell.source)
            cell.source = "\n".join(line for line in cell.source.split("\n") if not line.strip().startswith("### "))
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
    return "postwar.grading", NAME, *options


AUTOGRADE = "nbgrader", "autograde", NAME

VARIANTS = {
    "nbgrader autograde": (PLAIN, AUTOGRADE),
    "… with warm kernels": ("", AUTOGRADE),
    "postwar grade, two at once": ("", grade("--jobs=2")),
    "postwar grade": ("", grade()),
    "postwar grade on a local Dask cluster": ("", grade("--cluster=local")),
}


def test_throughput(make, report):
    """Each variant grades the same submissions; start-up is measured on one submission and taken apart."""
    if sandbox.missing():
        pytest.skip(f"the figures are for runs with every protection on: {sandbox.missing()}")
    report(f"{'variant':40} {'seconds':>8} {'start':>6} {'each':>6} {'times plain':>12}")
    ratios, plain = {}, None
    for name, (config, command) in VARIANTS.items():
        if "Dask" in name and SIZE < 20:
            continue
        start, _ = timed(make(1, config), *command)
        folder = make(SIZE + 1, config)
        seconds, _ = timed(folder, *command)
        each = (seconds - start) / SIZE
        plain = plain or (folder, each)
        ratios[name] = plain[1] / each
        report(f"{name:40} {seconds:8.1f} {start:6.1f} {each:6.2f} {ratios[name]:12.1f}")
        assert compare.differences(plain[0], folder) == []
    # A handful of submissions measures noise and start-up as well: the short form only notices when a gain is lost.
    warm, pooled = (3, 10) if SIZE >= 20 else (1.1, 2)
    assert ratios["… with warm kernels"] >= warm
    assert ratios["postwar grade"] >= pooled


@pytest.mark.parametrize("size", [int(size) for size in os.environ.get("POSTWAR_BENCH_SCALE", "").split(",") if size])
def test_cost_and_memory_by_class_size(make, report, size):
    seconds, memory = timed(make(size), *grade())
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    report(
        f"{size:5} submissions: {seconds:7.1f} s, {seconds / size:5.2f} s each, coordinator {memory:.0f} MiB ({children:.0f})"
    )
    assert memory < 400
