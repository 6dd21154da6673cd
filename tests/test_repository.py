"""The repository keeps its promises: one place for versions, clean code, documented commands that are the tested ones."""

import os
import re
import subprocess
import sys
import tomllib
import zipfile

import pytest
import yaml

from postwar import paths

ROOT = paths.COURSE
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_environment_and_project_cannot_drift_apart():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    *conda, pip = environment["dependencies"]
    assert conda == [f"python={PROJECT['requires-python'].removeprefix('>=')}", "pip"], "Binder reads no other form"
    assert pip == {"pip": ["-e ."]}


def test_version_is_the_same_everywhere():
    import postwar

    assert PROJECT["dynamic"] == ["version"], "the package says its version, and the project takes it from there"
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert str(citation["version"]) == postwar.__version__
    assert f"## [{postwar.__version__}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_ci_runs_the_readme_s_test_command():
    (command,) = re.findall(r"<!-- test command -->\n```\n(.+?)\n```", README, flags=re.DOTALL)
    assert '".[test]"' in command and "pytest" in command
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "<!-- test command -->" in script, ".ci/run reads the command from README.md"


def test_code_is_clean():
    for arguments in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *arguments, "postwar", "tests"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_importing_the_package_is_cheap():
    code = (
        "import sys, postwar; print([m for m in ('pandas', 'matplotlib', 'ipywidgets', 'numpy') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_imports_point_down():
    allowed = {
        "models": {"models"},
        "quiz": {"quiz", "paths"},
        "data": {"paths", "data"},
        "citations": {"data", "paths"},
        "figures": {"figures", "models", "data", "citations", "paths"},
        "explorers": {"explorers", "figures", "models", "quiz", "data", "paths"},
        "standing": {"standing"},
        "course": {"paths", "course", "data", "standing"},
    }
    for room, may_use in allowed.items():
        files = [ROOT / "postwar" / f"{room}.py"] if (ROOT / "postwar" / f"{room}.py").exists() else []
        for path in files or (ROOT / "postwar" / room).rglob("*.py"):
            text = path.read_text(encoding="utf-8")
            used = set(re.findall(r"^\s*(?:from|import) postwar\.(\w+)", text, flags=re.MULTILINE))
            for names in re.findall(r"^\s*from postwar import ([\w, ]+)", text, flags=re.MULTILINE):
                used |= {name.split(" as ")[0].strip() for name in names.split(",")}
            assert used <= may_use, f"{path.relative_to(ROOT)} imports {used - may_use}"


def test_text_files_name_no_machine():
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    here = re.compile(rf"{re.escape(str(ROOT.parent))}/|--(?:extra-)?index-url|https?://\S+/simple/")
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".toml", ".ipynb", ".yml", ".json", ".csv", ".js", ".css"} and path.is_file():
            found = here.search(path.read_text(encoding="utf-8"))
            assert not found or name == "tests/test_repository.py", f"{name}: {found[0]}"


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The course and its keys, built as wheels and unpacked, each in a folder of its own."""
    home = tmp_path_factory.mktemp("wheels")
    for name, source in (("course", ROOT), ("keys", ROOT / "keys")):
        command = [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            home / "built" / name,
            source,
        ]
        subprocess.run(command, check=True)
        (wheel,) = (home / "built" / name).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(home / name)
    return home


@pytest.fixture
def learner(wheels, tmp_path):
    """``run(*arguments, keys=False)`` gives the command of the installed course in an empty home folder, from a folder elsewhere."""
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    home.mkdir()
    elsewhere.mkdir()

    def run(*arguments, keys=False, folder=elsewhere):
        found = [wheels / "course", *([wheels / "keys"] if keys else [])]
        code = f"import sys; sys.path[:0] = {list(map(str, found))!r}; from postwar import cli; sys.exit(cli.main({list(arguments)!r}))"
        environment = os.environ | {"HOME": str(home), "COLUMNS": "300", "PYTHONPATH": os.pathsep.join(map(str, found))}
        command = [sys.executable, "-c", code]
        return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)

    run.home, run.elsewhere = home, elsewhere
    return run


def _own_keys():
    """What tells a key: whole lines of the solutions that neither a release nor a lesson has."""

    def lines(*folders):
        files = (path for folder in folders for path in (ROOT / folder).rglob("*.ipynb"))
        return {line.strip(" ,") for path in files for line in path.read_text(encoding="utf-8").splitlines()}

    found = lines("solutions") - lines("exercises", "lessons")
    return {line for line in found if len(line) > 60}


@pytest.mark.timeout(600)
def test_an_installed_course_holds_no_key_and_no_hidden_test(wheels):
    keys = _own_keys()
    assert len(keys) > 1000
    for path in (wheels / "course").rglob("*"):
        if not path.is_file() or path.suffix in (".svg", ".png", ".js"):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        lines = {line.strip(" ,") for line in text.splitlines()}
        assert not lines & keys, path
        if path.suffix in (".ipynb", ".toml", ".md", ".csv", ".json"):
            assert "HIDDEN TESTS" not in text and "mark_choice(" not in text and "mark_number(" not in text, path
        assert not path.name.endswith((".editions.toml", ".quiz.toml")), path
    assert not (wheels / "course" / "postwar" / "_course" / "solutions").exists()
    assert list((wheels / "keys").rglob("01-planning-peace/quiz.ipynb"))


@pytest.mark.timeout(600)
def test_an_installed_course_opens_the_same_copy_from_anywhere_and_says_where_keys_come_from(learner):
    done = learner("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert not list(learner.elsewhere.iterdir()) and not (learner.home / "securing-the-peace").exists(), (
        "doctor unpacks nothing"
    )
    done = learner("update")
    copy = learner.home / "securing-the-peace"
    assert done.returncode == 0 and str(copy) in done.stdout, done.stdout + done.stderr
    assert (copy / "lessons" / "00-start-here.ipynb").exists() and not list(learner.elsewhere.iterdir())
    lesson = copy / "lessons" / "01-planning-peace.ipynb"
    lesson.write_text(
        lesson.read_text(encoding="utf-8").replace(
            'check(\\"planning-sentences\\")', 'check(\\"planning-sentences\\", answer=\\"------\\")'
        )
    )
    mine = lesson.read_bytes()
    done = learner("update", folder=learner.home)
    assert "Up to date" in done.stdout and lesson.read_bytes() == mine
    assignment = copy / "exercises" / "01-planning-peace"
    for command in (
        ["mark", str(assignment / "quiz.ipynb"), "--no-open"],
        ["practice", "04-deterrence"],
        ["choices", "01-planning-peace"],
    ):
        done = learner(*command)
        said = " ".join((done.stdout + done.stderr).split())
        assert (
            done.returncode == 1 and "has no keys" in said and "pip install ./keys" in said and "Traceback" not in said
        ), (command, said)
    done = learner("mark", str(assignment / "quiz.ipynb"), "--no-open", keys=True)
    assert done.returncode == 0 and "0 of " in done.stdout, done.stdout + done.stderr
