"""A throw-away course for hostile submissions: honest classmates, a canary, a home folder, and what must not change."""

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
import compare
import corpus
import course

HONEST = ("aa-honest", "m-honest", "zz-honest")
SECRET = "swordfish"

LIMITS = """
c.Execute.timeout = 3
c.Grade.limits = {"memory": 700, "disk": 64, "output": 16, "files": 2000, "processes": 60, "total": 30}
"""

#: Written by every run: marks and copies of notebooks, logs, and what Jupyter and its libraries keep in a home folder (but for
#: code, which the next kernel would run).
_WRITTEN = re.compile(
    r"course/(autograded|feedback|gradebook\.db)|\.log$|home/\.(jupyter|cache|config|local(/share(/jupyter.*)?)?$|ipython(?!.*\.py$))"
)


def connections(listener):
    """How many connections wait to be accepted."""
    listener.setblocking(False)
    count = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count


class Arena:
    """A course in *folder*, released, with the submissions of *honest* students; *port* is where a server listens."""

    def __init__(self, folder, honest, port):
        self.folder, self.honest, self.port = folder, honest, port
        self.canary, self.home = folder / "canary", folder / "home"
        for each in (self.canary, self.home):
            each.mkdir()
        self.course = course.generate(folder / "course")
        for student in honest:
            course.submit(self.course, student, course.with_answers())

    def submit(self, hostile, student):
        notebooks = hostile.notebooks()
        for nb in notebooks.values():
            for cell in nb.cells:
                for word, value in (("@PORT@", self.port), ("@COURSE@", self.course), ("@CANARY@", self.canary)):
                    cell.source = cell.source.replace(word, str(value))
        folder = self.course / "submitted" / student / course.ASSIGNMENT
        folder.mkdir(parents=True)
        for name, nb in notebooks.items():
            (folder / f"{name}.ipynb").write_text(json.dumps(nb))
        for name, content in hostile.files.items():
            (folder / name).write_bytes(content)
        hostile.after(folder)

    def environment(self):
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
        return os.environ | {"PATH": path, "HOME": str(self.home), "GRADING_SECRET": SECRET, "COLUMNS": "200"}

    def fingerprint(self):
        """``{path: hash}`` of everything that no submission may change."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if not _WRITTEN.search(name):
                content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
                found[name] = hashlib.sha256(content).hexdigest()
        return found

    def stolen(self, student):
        """What *student* got to see: marked lines of output, the secret, and copies of files that a link pointed to."""
        found = []
        graded, submitted = (self.course / step / student / course.ASSIGNMENT for step in ("autograded", "submitted"))
        for path in graded.glob("*.ipynb"):
            for cell in json.loads(path.read_text())["cells"]:
                printed = "".join("".join(output.get("text", "")) for output in cell.get("outputs", []))
                found += re.findall(r"STOLEN(?! None).*", printed)
                found += re.findall(SECRET, json.dumps(cell.get("outputs", [])))
        links = [path.relative_to(submitted) for path in submitted.rglob("*") if path.is_symlink()]
        return found + [str(link) for link in links if (graded / link).exists()]


class Run(Arena):
    """The corpus, or some of its *kinds*, between three honest submissions, graded once by ``postwar grade``."""

    def __init__(self, folder, listener, kinds=corpus.CORPUS):
        super().__init__(folder, HONEST, listener.getsockname()[1])
        with (self.course / "nbgrader_config.py").open("a") as file:
            file.write(LIMITS)
        for hostile in kinds:
            self.submit(hostile, hostile.name)
        self.before = self.fingerprint()
        start = time.monotonic()
        self.process = subprocess.run(
            [sys.executable, "-m", "postwar", "grade", course.ASSIGNMENT, "--jobs=3"],
            cwd=self.course,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=1500,
            check=False,
        )
        self.seconds = time.monotonic() - start
        self.connections = connections(listener)
        self.log = (self.course / f"grade-{course.ASSIGNMENT}.log").read_text(errors="replace")
        self.scores = compare.scores(self.course)

    def total(self, student):
        marks = [score for (who, _, _), (score, _) in self.scores.items() if who == student and score is not None]
        return sum(marks) if marks else None

    def left(self):
        """Command lines of processes that should have ended with the run."""
        lines = [process.info["cmdline"] or [] for process in psutil.process_iter(["cmdline"])]
        server = "postwar.grading.forkserver"
        return [
            line for line in lines if corpus.SLEEP in line or (server in line and str(self.course) in " ".join(line))
        ]

    def told(self, student):
        """Everything the terminal and the log say about *student*."""
        shown = [
            line
            for line in (self.process.stderr + self.log).splitlines()
            if re.search(rf"\b{re.escape(student)}\b[^-]", line)
        ]
        return "\n".join(line for line in shown if "WARNING" in line or "ERROR" in line or "│" in line)

    def reason(self, student):
        """What the log says of *student*, without its decoration: why it is not graded, or what is worth a look."""
        name = re.escape(student)
        found = re.findall(rf"(?:ERROR\] {course.ASSIGNMENT} by {name} is |WARNING\] {name}: )(.*)", self.log)
        return "; ".join(dict.fromkeys(found)) or "nothing to report"
