"""Every hostile submission earns at most what an honest grader would give, harms nobody, and is reported."""

import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
import compare
import corpus
import course

from postwar.grading import sandbox

pytestmark = [
    pytest.mark.xdist_group("grading"),
    pytest.mark.skipif(sandbox.missing() is not None, reason=f"no sandbox: {sandbox.missing()}"),
]

HONEST = ("aa-honest", "m-honest", "zz-honest")

SETTINGS = """
c.Execute.timeout = 3
c.Grade.limits = {"memory": 700, "disk": 64, "output": 16, "files": 2000, "processes": 60, "total": 30}
"""


class Run:
    """The corpus between honest submissions, graded once for all tests."""

    def __init__(self, folder):
        self.canary = folder / "canary"
        self.canary.mkdir()
        self.home = folder / "home"
        self.home.mkdir()
        self.course = course.generate(folder / "course")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.connections = []
        threading.Thread(target=self._listen, daemon=True).start()
        with (self.course / "nbgrader_config.py").open("a") as file:
            file.write(SETTINGS)
        for name in HONEST:
            course.submit(self.course, name, course.with_answers())
        for hostile in corpus.CORPUS:
            self._submit(hostile)
        self.before = self._fingerprint()
        start = time.monotonic()
        self.process = subprocess.run(
            [sys.executable, "-m", "postwar.grading", course.ASSIGNMENT, "--jobs=3"],
            cwd=self.course,
            env=os.environ | {"GRADING_SECRET": "swordfish", "HOME": str(self.home), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=1500,
            check=False,
        )
        self.seconds = time.monotonic() - start
        self.log = (self.course / f"grade-{course.ASSIGNMENT}.log").read_text(errors="replace")
        self.scores = compare.scores(self.course)

    def _listen(self):
        while True:
            connection, _ = self.listener.accept()
            self.connections.append(connection.recv(100))

    def _submit(self, hostile):
        notebooks = hostile.notebooks()
        port = self.listener.getsockname()[1]
        for nb in notebooks.values():
            for cell in nb.cells:
                for word, value in (("@PORT@", port), ("@COURSE@", self.course), ("@CANARY@", self.canary)):
                    cell.source = cell.source.replace(word, str(value))
        folder = self.course / "submitted" / hostile.name / course.ASSIGNMENT
        folder.mkdir(parents=True)
        for name, nb in notebooks.items():
            (folder / f"{name}.ipynb").write_text(json.dumps(nb))
        for name, content in hostile.files.items():
            (folder / name).write_bytes(content)
        hostile.after(folder)

    def _fingerprint(self):
        """What no submission may change: everything but the gradebook, ``autograded/`` and the log."""
        found = {}
        for folder in (
            self.course / "source",
            self.course / "submitted",
            self.course / "release",
            self.canary,
            self.home,
        ):
            for path in sorted(folder.rglob("*")):
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                found[str(path)] = hashlib.sha256(content).hexdigest()
        return found

    def total(self, student):
        marks = [score for (who, _, _), (score, _) in self.scores.items() if who == student and score is not None]
        return sum(marks) if marks else None

    def told(self, student):
        """Everything the terminal and the log say about *student*."""
        shown = [
            line
            for line in (self.process.stderr + self.log).splitlines()
            if re.search(rf"\b{re.escape(student)}\b[^-]", line)
        ]
        return "\n".join(line for line in shown if "WARNING" in line or "ERROR" in line or "│" in line)


@pytest.fixture(scope="session")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    yield Run(folder)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.parametrize("hostile", corpus.CORPUS, ids=lambda hostile: hostile.name)
def test_it_earns_no_more_than_an_honest_grader_would_give(run, hostile):
    total = run.total(hostile.name)
    assert total is None or total <= hostile.honest, f"{total} of {hostile.honest}"


@pytest.mark.parametrize("hostile", corpus.CORPUS, ids=lambda hostile: hostile.name)
def test_the_instructor_is_told(run, hostile):
    graded = (run.course / "autograded" / hostile.name).exists()
    patterns = hostile.told.split("|")
    told = run.told(hostile.name)
    named = any(pattern != "graded" and re.search(pattern, told) for pattern in patterns)
    assert named or ("graded" in patterns and graded), told or "nothing was said"
    assert graded or told, "neither graded nor reported"


def test_at_least_forty_kinds():
    assert len({hostile.name for hostile in corpus.CORPUS}) >= 40


@pytest.mark.parametrize("student", HONEST)
def test_classmates_get_what_they_earned(run, student):
    assert run.total(student) == corpus.FULL


def test_classmates_notebooks_are_those_of_a_run_without(run, tmp_path):
    alone = course.generate(tmp_path / "alone")
    course.submit(alone, HONEST[0], course.with_answers())
    subprocess.run(
        [sys.executable, "-m", "postwar.grading", course.ASSIGNMENT], cwd=alone, check=True, capture_output=True
    )
    expected = {name.partition("/")[2]: content for name, content in compare.files(alone).items()}
    for student in HONEST:
        graded = compare.files(run.course)
        mine = {name.partition("/")[2]: content for name, content in graded.items() if name.startswith(f"{student}/")}
        assert mine == expected


def test_folders_and_gradebook_are_untouched(run):
    assert run._fingerprint() == run.before
    planted = [path for path in run.course.rglob("*planted*")]
    assert planted == []
    assert not (run.course / "exploded").exists()
    grades = compare.gradebook(run.course)["grades"]
    assert all(manual is None for *_, manual, _, _, _ in grades)


def test_nothing_was_stolen(run):
    assert run.connections == []
    for path in (run.course / "autograded").rglob("*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            output = json.dumps(cell.get("outputs", []))
            # The cells that would say so are quoted in their own tracebacks; values come with a blank and a bracket or path.
            assert "swordfish" not in output
            assert not re.search(r"STOLEN (\[|/|\.\.|b')", output), path


def test_nothing_is_left_running(run):
    left = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if corpus.SLEEP in words or ("postwar.grading.forkserver" in words and str(run.course) in " ".join(words)):
            left.append(words)
    assert left == []


def test_nothing_dangerous_is_in_the_graded_folders(run):
    for path in (run.course / "autograded").rglob("*"):
        assert not path.is_symlink()
        assert path.is_file() or path.is_dir()


def test_the_run_ends_well_and_in_time(run):
    assert run.process.returncode == 0, run.process.stderr[-3000:]
    assert "Traceback" not in run.process.stderr
    # Three at a time; each at most a cell's limit, the wait for an interrupt, and its own work.
    assert run.seconds < 15 * len(corpus.CORPUS)
