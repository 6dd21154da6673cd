"""The submission's folder as the student's code sees it, a copy that only the checker sees, and what is kept of it afterwards."""

import base64
import contextlib
import json
import os
import re
import shutil
import stat
import tempfile
from pathlib import Path

from postwar.grading import sandbox
from postwar.grading.refusals import Refused


class Folders:
    """The folders of one submission; see the module."""

    def __init__(self, limits, confined):
        self._limits = limits
        self._confined = confined
        self.notes = []

    def __enter__(self):
        if self._confined:
            self.root = Path("/tmp")
            sandbox.mount_tmp(mebibytes=self._limits.disk, files=self._limits.files)
            sandbox.mount_tmpfs("/dev/shm", mebibytes=64, files=100, mode="1777")
        else:
            self.root = Path(tempfile.mkdtemp(prefix="submission-"))
        self.checker = self.root / "checker"
        self.work, self.home = self.root / "work", self.root / "home"
        self.checked, self.trusted = self.checker / "work", self.checker / "trusted"
        self.checker_home = self.checker / "home"
        for folder in (self.checker, self.work, self.home, self.checked, self.trusted, self.checker_home):
            folder.mkdir()
        return self

    def __exit__(self, *_):
        if not self._confined:
            shutil.rmtree(self.root, ignore_errors=True)

    def fill(self, job):
        """Write the submission's files for both, and the instructor's for the checker."""
        files = {path: base64.b64decode(content) for path, content in job["files"].items()}
        for notebook in job["notebooks"]:
            # Without hidden tests, for a student's code that reads its own notebook.
            files[f"{notebook['name']}.ipynb"] = json.dumps(_without_hidden(notebook)).encode()
        for folder in (self.work, self.checked):
            for path, content in files.items():
                _write(folder / path, content)
        for path, content in job["trusted"].items():
            _write(self.trusted / path, base64.b64decode(content))
        self._instructors = set(job["trusted"])
        self._seen = {path: _stamp(status) for path, status in self._files()}

    def _files(self):
        """``(path, status)`` of the regular files in the work folder, as many as allowed."""
        count = 0
        for folder, _, names in os.walk(self.work):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):
                    status = os.lstat(path)
                    if stat.S_ISREG(status.st_mode):
                        yield os.path.relpath(path, self.work), status
                        count += 1
                if count > self._limits.files:
                    return

    def repair(self):
        """Make the work folder usable again: an earlier notebook may have deleted or locked it."""
        with contextlib.suppress(OSError):
            if not self.work.is_dir() or self.work.is_symlink():
                self.work.unlink(missing_ok=True)
                self.work.mkdir()
            self.work.chmod(0o755)

    def mirror(self):
        """Show the checker what the student's notebook has written since, but never in place of the instructor's files."""
        for path, status in self._files():
            if self._seen.get(path) != _stamp(status) and path not in self._instructors and not _is_settings(path):
                self._seen[path] = _stamp(status)
                with contextlib.suppress(OSError):
                    _write(self.checked / path, _read_regular(self.work / path, self._limits.disk << 20))

    def changed(self, job):
        """``{path: base64}`` of the files that the notebooks wrote, as plain nbgrader leaves them beside the notebook."""
        found, size = {}, 0
        for path, status in self._files():
            size += status.st_size
            parts = Path(path).parts
            if os.path.isabs(path) or any(part == "__pycache__" or part.lower().endswith(".ipynb") for part in parts):
                continue
            if _is_settings(path):
                if self._seen.get(path) != _stamp(status):
                    self.notes.append(f"wrote “{path[:100]}”, which is not kept: programs would take it for settings")
                continue
            if size > self._limits.disk << 20:
                raise Refused(f"wrote more than {self._limits.disk} MiB")
            with contextlib.suppress(OSError):
                content = base64.b64encode(_read_regular(self.work / path, self._limits.disk << 20)).decode()
                if job["files"].get(path) != content:
                    found[path] = content
        return found


_SETTINGS = re.compile(
    r"(nbgrader|jupyter\w*|ipython\w*)_config\.(py|json)|timestamp\.txt|matplotlibrc|(site|user)customize\.py|conftest\.py|.*\.pth",
    re.IGNORECASE,
)


def _is_settings(path):
    """Whether programs that instructors run would read *path* as settings, or nbgrader as the time of handing in."""
    return any(_SETTINGS.fullmatch(part) for part in Path(path).parts)


def _stamp(status):
    return status.st_mtime_ns, status.st_size


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _read_regular(path, limit):
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(fd, "rb") as file:
        return file.read(limit) if stat.S_ISREG(os.fstat(fd).st_mode) else b""


def _without_hidden(notebook):
    cells = zip(notebook["nb"]["cells"], notebook["roles"], strict=True)
    shown = [cell if role is None else {**cell, "source": role["visible"]} for cell, role in cells]
    return {**notebook["nb"], "cells": shown}
