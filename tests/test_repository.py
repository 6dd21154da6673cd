"""The repository keeps its promises: one place for versions, clean code, documented commands that are the tested ones."""

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
    assert conda == [f"python{PROJECT['requires-python']}", "pip"]
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
        "course": {"paths", "course", "data"},
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


@pytest.mark.timeout(600)
def test_an_installed_package_carries_the_course(tmp_path):
    """Built as a wheel, unpacked elsewhere and run from there: the way of those who never see the repository."""
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT], check=True
    )
    (wheel,) = tmp_path.glob("*.whl")
    site, home = tmp_path / "site", tmp_path / "home"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    home.mkdir()
    code = (
        f"import sys; sys.path.insert(0, {str(site)!r})\n"
        "import postwar; from postwar import paths, load\n"
        f"assert postwar.__file__.startswith({str(site)!r}), postwar.__file__\n"
        "copy = paths.working_copy()\n"
        "(copy / 'lessons' / '01-planning-peace.ipynb').write_text('mine')\n"
        "assert paths.working_copy() == copy\n"
        "assert (copy / 'lessons' / '01-planning-peace.ipynb').read_text() == 'mine', 'the copy was overwritten'\n"
        "assert (copy / 'exercises' / '01-planning-peace' / 'quiz.ipynb').exists()\n"
        "print(len(load('facts')))\n"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], cwd=home, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 200
