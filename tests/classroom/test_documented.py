"""The commands of INSTRUCTORS.md, each as it stands, from a fresh copy of the repository to marks returned."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import archives
import nbformat
import pytest
from archives import ROSTER, SLUG

from postwar import paths

TEXT = (paths.COURSE / "INSTRUCTORS.md").read_text(encoding="utf-8")
BLOCKS = [block.splitlines() for block in re.findall(r"<!-- run -->\n```\n(.+?)\n```", TEXT, flags=re.DOTALL)]
#: commands typed in the folder of the course itself
RECORD = [
    block.splitlines() for block in re.findall(r"<!-- run in the course -->\n```\n(.+?)\n```", TEXT, flags=re.DOTALL)
]


class Instructor:
    """Types commands: a copy of the repository without anything that was made in it, and an empty folder to work in."""

    def __init__(self, home):
        self.course, self.here = home / "course", home / "work"
        listed = subprocess.run(
            ["git", "ls-files", "-coz", "--exclude-standard"], cwd=paths.COURSE, capture_output=True, check=False
        )
        assert listed.returncode == 0, "the tests run in a clone"
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (paths.COURSE / name).is_file():
                (self.course / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(paths.COURSE / name, self.course / name)
        self.here.mkdir()
        exchange = home / "exchange"
        exchange.mkdir()
        exchange.chmod(0o1777)
        (home / "jupyter").mkdir()
        (home / "jupyter" / "nbgrader_config.py").write_text(
            f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n", encoding="utf-8"
        )
        # As in an activated environment in which this copy is installed.
        self.environment = {
            **os.environ,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            "PYTHONPATH": str(self.course),
            "JUPYTER_CONFIG_PATH": str(home / "jupyter"),
            "TZ": "Europe/Berlin",
        }

    def type(self, command):
        """Run a line; returns what it printed."""
        if command.startswith("cd "):
            self.here = self.here / command.removeprefix("cd ")
            return ""
        done = subprocess.run(
            command, shell=True, cwd=self.here, capture_output=True, text=True, check=False, env=self.environment
        )
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout + done.stderr

    def lab(self, command):
        """Start the server, look at formgrader, and press Ctrl-C; returns formgrader's list of assignments."""
        command = f"exec {command} --no-browser"
        environment = {**self.environment, "JUPYTER_TOKEN": "t", "JUPYTER_RUNTIME_DIR": str(self.here / ".runtime")}
        process = subprocess.Popen(
            command, shell=True, cwd=self.here, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        try:
            for _ in range(240):
                for file in (self.here / ".runtime").glob("jpserver-*.json"):
                    address = json.loads(file.read_text(encoding="utf-8"))["url"]
                    try:
                        with urllib.request.urlopen(f"{address}formgrader/api/assignments?token=t") as answer:
                            return json.load(answer)
                    except OSError:
                        pass
                assert process.poll() is None
                time.sleep(0.5)
            raise AssertionError("no server")
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            shutil.rmtree(self.here / ".runtime", ignore_errors=True)


def _hand_ins(exercises):
    """One copy with answers to everything, one as it was released."""
    blank = {path.name: path.read_bytes() for path in exercises.glob("*.ipynb")}
    answered = {}
    for name, content in blank.items():
        notebook = nbformat.reads(content.decode(), as_version=4)
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("solution") and cell.cell_type == "markdown":
                cell.source = "A reasoned essay."
        answered[name] = nbformat.writes(notebook).encode()
    return {"s001": answered, "s002": blank}


def _read_essays(root):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{root / 'gradebook.db'}", "peace-2027") as gradebook:
        for submission in gradebook.assignment_submissions(SLUG):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.needs_manual_grade:
                        grade.manual_score, grade.needs_manual_grade = 7, False
        gradebook.db.commit()


@pytest.fixture(scope="module")
def instructor(tmp_path_factory):
    one = Instructor(tmp_path_factory.mktemp("documented"))
    (one.here / "students.csv").write_text(ROSTER, encoding="utf-8")
    return one


def test_every_documented_command_as_it_stands(instructor):
    path, *others = BLOCKS
    said = {}
    for command in path:
        if "DOWNLOAD.zip" in command:
            archives.moodle(instructor.here / "DOWNLOAD.zip", _hand_ins(instructor.here / "exercises" / SLUG))
        if command == "postwar lab --instructor":
            (shown,) = [each for each in instructor.lab(command) if each["name"] == SLUG]
            assert shown["num_submissions"] == 2
            _read_essays(instructor.here)
            continue
        said[command] = instructor.type(command)
    assert instructor.here.name == "peace-2027"
    assert (instructor.here / "outbox" / "release" / f"{SLUG}.zip").is_file()
    assert "2 of 5 handed in" in said[path[3]]
    with (instructor.here / "outbox" / SLUG / "marks-moodle.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["Username"]: row for row in csv.DictReader(file)}
    assert float(rows["s001"][SLUG]) >= 7
    assert (rows["s005"][SLUG], rows["s005"][f"{SLUG} (remark)"]) == ("", "nothing handed in")
    for command in [command for block in others for command in block]:
        said[command] = instructor.type(command)
    assert "misconception" in said[f"postwar choices {SLUG}"] or "%" in said[f"postwar choices {SLUG}"]
    again = instructor.type("cd ..") or instructor.type(path[0])
    assert "nothing was changed" in again


def _fill(workbook, page, **cells):
    """Type a row into a page of a sheet, as a person does: under the headings that are there."""
    from openpyxl import load_workbook

    book = load_workbook(workbook)
    headings = {cell.value: cell.column for cell in book[page][1]}
    line = 2 + sum(1 for found in book[page].iter_rows(min_row=2, max_row=50) if any(cell.value for cell in found))
    for name, value in cells.items():
        book[page].cell(line, headings[name], value)
    book.save(workbook)


def test_a_person_who_does_not_program_brings_the_record_further(tmp_path):
    one = Instructor(tmp_path)
    one.here = one.course
    for command in ("git init -q", "git add -A", "git config user.name Test", "git config user.email test@example.org"):
        one.type(command)
    one.type('git commit -q -m "as it came"')
    said = {}
    (month, correction) = RECORD
    source = {"source_title": "A page made up for a test", "publisher": "A made-up paper", "source_type": "news_outlet"}
    source |= {
        "url": "https://example.org/made-up",
        "kind": "statement",
        "corroboration": "single",
        "confidence": "low",
    }
    event = {
        "date": "2026-08-05",
        "actor": "Ukraine",
        "theme": "timeline",
        "topic": "war",
        "label": "Made up",
        **source,
    }
    for command in [*month, *correction]:
        if command.endswith("--dry-run"):
            _fill(one.here / "new.xlsx", "events", fact="Made up for a test: a meeting that never was.", **event)
        if command.endswith("--correct"):
            _fill(one.here / "corrections.xlsx", "facts", id="UK008", flag="retracted")
        said[command] = one.type(command)
    assert "1 row would go in" in said[month[1]] and "Added in timeline" in said[month[2]]
    todo = (one.here / "to-do.md").read_text(encoding="utf-8")
    assert "timeline **" in todo and "- [ ] " in todo
    assert "5 August 2026<!--record_ends-->" in (one.here / "README.md").read_text(encoding="utf-8")
    kept = one.type("git show --stat HEAD")
    assert "timeline.csv" in kept and "xlsx" not in kept and "to-do" not in kept
    assert "Corrected in facts: UK008" in said[correction[1]]
    assert "withdrawn by its source" in (one.here / "lessons" / "02-london-and-paris.ipynb").read_text(encoding="utf-8")


def test_the_repository_itself_generates_and_stays_clean(instructor):
    """In a fresh clone the release exists already: it is made anew and recorded, not skipped with an empty gradebook."""
    from nbgrader.api import Gradebook

    before = {path: path.read_bytes() for path in (instructor.course / "exercises").rglob("*.ipynb")}
    done = subprocess.run(
        ["nbgrader", "generate_assignment", SLUG],
        cwd=instructor.course,
        env=instructor.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with Gradebook(f"sqlite:///{instructor.course / 'gradebook.db'}", "securing-the-peace") as gradebook:
        assert {notebook.name for notebook in gradebook.find_assignment(SLUG).notebooks} == {"problems", "quiz"}
    assert before == {path: path.read_bytes() for path in (instructor.course / "exercises").rglob("*.ipynb")}


def test_every_command_in_prose_is_one_that_is_run():
    """No command is documented only in passing: it stands in a block that is run, or is shown with what differs."""
    run = {command for block in BLOCKS + RECORD for command in block}
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    for command in re.findall(r"`((?:postwar|nbgrader) [^`]+)`", prose):
        words = command.split()
        known = any(line.split()[: len(words[:3])] == words[:3] or line.startswith(command) for line in run)
        assert known or command in ELSEWHERE, command
    assert "nbgrader export" not in prose


#: run by other tests, as they stand
ELSEWHERE = {
    "postwar doctor",  # tests/test_cli.py
    "postwar doctor PATH",
    "nbgrader generate_feedback",  # tests/assignments/test_feedback.py
    "postwar mark",  # tests/assignments/test_selfstudy.py, tests/test_repository.py
    "nbgrader autograde",  # tests/grading
    "nbgrader autograde …",
}
