"""Bring a learner's git checkout up to date: git moves the course, `merge` the notebooks that the learner has written in.

git's own merge works line by line, so an answer in a line that the course has changed is a conflict. Here the learner's notebooks are
put aside (in ``.git/postwar-update``), git brings the course up, and each notebook is merged by its cells. If it is stopped
anywhere, the next call goes on from what was put aside.
"""

import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

import nbformat

from postwar.learner import copy
from postwar.learner.merge import merge


def update(course: Path) -> copy.Update:
    """Fetch what the checkout follows and bring the checkout to it; answers, predictions and own cells stay.

    Raises ValueError, with what to do, where ``course`` is no checkout, follows nothing, or where files that are not lessons or
    exercises were changed on both sides; nothing is changed then.
    """
    if not (course / ".git").exists():
        raise ValueError(
            f"{course} was not made by git clone, so there is nothing to follow. Download the course anew into a folder of its own; "
            "your notebooks stay where they are."
        )
    done = copy.Update(course)
    _settle(course, done)
    _git(course, "fetch", "--quiet")
    try:
        theirs = _git(course, "rev-parse", "@{upstream}").strip()
    except ValueError:
        raise ValueError("This branch follows no other. Say which: git branch --set-upstream-to=origin/main") from None
    base = _git(course, "merge-base", "HEAD", theirs).strip()
    given = _names(course, base, theirs)
    both = sorted(_names(course, base) & (given | _asking(course, given)))
    notebooks = [name for name in both if name.endswith(".ipynb") and name.startswith(copy.FOLDERS)]
    if others := [name for name in both if name not in notebooks]:
        raise ValueError(
            f"You and the course have both changed {', '.join(others)}. Put yours aside (git stash), update, and take it back (git stash pop)."
        )
    if not given:
        return done
    aside = course / ".git" / "postwar-update"
    for name in notebooks:
        if (course / name).exists():
            copy.place_file(course / name, aside / "mine" / name)
    aside.mkdir(exist_ok=True)
    copy.write_text(aside / "ready", json.dumps({"base": base, "theirs": theirs}))
    try:
        if notebooks:
            _git(course, "checkout", "--quiet", "HEAD", "--", *notebooks)
        if _git(course, "rev-parse", "HEAD").strip() == base:
            _git(course, "merge", "--quiet", "--ff-only", theirs)
        else:
            _merge_own_commits(course, theirs)
        done.updated += sorted(name for name in given if name.startswith(copy.FOLDERS))
    finally:
        _settle(course, done)
    return done


def _asking(course, given):
    """Lessons whose questions stand in files beside them that have changed: their letters may mean something else now."""
    slugs = {Path(name).stem for name in given if name.startswith(("lessons/checks/", "lessons/explorers/"))}
    return {f"lessons/{slug}.ipynb" for slug in slugs}


def _merge_own_commits(course, theirs):
    """With commits of the learner's own: the course's side of whatever both changed; `_settle` then puts the learner's in."""
    who = ["-c", "user.name=postwar update", "-c", "user.email=postwar@localhost"]
    known = (
        subprocess.run(["git", "-C", course, "config", "user.email"], capture_output=True, check=False).returncode == 0
    )
    try:
        _git(course, *([] if known else who), "merge", "--quiet", "--no-edit", "-X", "theirs", theirs)
    except ValueError:
        subprocess.run(["git", "-C", course, "merge", "--abort"], capture_output=True, check=False)
        raise


def _settle(course, done):
    """Write the learner's notebooks that were put aside, merged with the version that the course has now."""
    aside = course / ".git" / "postwar-update"
    if not (aside / "ready").exists():
        shutil.rmtree(aside, ignore_errors=True)
        return
    state = json.loads((aside / "ready").read_text(encoding="utf-8"))
    base, theirs = state["base"], state["theirs"]
    if (
        _git(course, "merge-base", theirs, "HEAD").strip() != theirs
    ):  # stopped before git moved the course: all as it was
        theirs = base
    with tempfile.TemporaryDirectory() as temporary:
        archive = Path(temporary) / "base.zip"
        _git(course, "archive", "--format=zip", "-o", str(archive), base, *copy.FOLDERS)
        with zipfile.ZipFile(archive) as files:
            files.extractall(temporary)
        before, now = copy.offers(Path(temporary)), copy.offers(course)
        for file in sorted((aside / "mine").rglob("*.ipynb")):
            name = file.relative_to(aside / "mine").as_posix()
            mine, old = file, Path(temporary) / name
            try:
                new = nbformat.reads(_git(course, "show", f"{theirs}:{name}"), as_version=4)
                notebook = copy.read(mine)
            except Exception as error:  # gone in the new version, or a damaged file, which fails nbformat in many ways
                beside = copy.free_name(course / name)
                copy.place_file(mine, beside)
                why = "it is not in the new version" if isinstance(error, ValueError) else "it cannot be read"
                done.kept.append((name, "", f"{why}; yours is now {beside.name}"))
                continue
            merged = merge(notebook, copy.read(old) if old.exists() else None, new, before=before, now=now)
            copy.write_text(course / name, nbformat.writes(merged.notebook) + "\n")
            if merged.kept:
                beside = copy.free_name(course / name)
                copy.write_text(beside, nbformat.writes(copy.kept_notebook(Path(name).name, merged.kept)) + "\n")
                done.kept += [(name, cell.get("id", ""), f"{reason}: {beside.name}") for cell, reason in merged.kept]
    (aside / "ready").unlink()
    shutil.rmtree(aside)


def _names(course, *commits):
    return {name for name in _git(course, "diff", "--name-only", "-z", "--no-renames", *commits).split("\0") if name}


def _git(course, *arguments) -> str:
    try:
        done = subprocess.run(["git", "-C", course, *arguments], capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ValueError("git is not installed, or not on the path.") from None
    if done.returncode:
        raise ValueError(f"git {arguments[0]} stopped: {done.stderr.strip()}")
    return done.stdout
