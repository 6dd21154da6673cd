"""Every committed notebook is clean, and every lesson runs from top to bottom without a complaint."""

import json
import re
import shutil

import nbformat
import pytest
from nbclient import NotebookClient

from postwar import course, paths

LESSONS = sorted(paths.LESSONS.glob("*.ipynb"))
ALL = [*LESSONS, *sorted(paths.SOLUTIONS.rglob("*.ipynb")), *sorted(paths.EXERCISES.rglob("*.ipynb"))]
SECONDS = 60


def _name(path):
    return str(path.relative_to(paths.COURSE))


@pytest.mark.parametrize("path", ALL, ids=_name)
def test_notebook_is_committed_clean(path):
    notebook = nbformat.read(path, as_version=nbformat.NO_CONVERT)
    nbformat.validate(notebook)
    assert (notebook.nbformat, notebook.nbformat_minor) >= (4, 5), "cells need ids"
    ids = [cell.id for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    for cell in notebook.cells:
        assert not re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f-]{27})?", cell.id), (
            f"{cell.id}: an id says what the cell is about"
        )
        if cell.cell_type == "code":
            assert not cell.outputs and cell.execution_count is None, f"{cell.id} has outputs"
    assert notebook.metadata.kernelspec.name == "python3"


def test_the_sequence_and_the_folder_agree():
    assert {item.notebook for item in course.SEQUENCE} <= {path.name for path in LESSONS}


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_lesson_runs_without_error_warning_or_stderr(path, tmp_path):
    folder = tmp_path / "lessons"
    folder.mkdir()
    for lesson in LESSONS:  # progress is read from the neighbours
        shutil.copy(lesson, folder)
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=SECONDS, resources={"metadata": {"path": folder}})
    client.execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            assert output.output_type != "error", f"{cell.id}: {output.get('evalue')}"
            assert output.get("name") != "stderr", f"{cell.id} wrote to stderr: {output.text}"
            assert "Warning" not in json.dumps(output.get("data", {}).get("text/plain", "")), cell.id


@pytest.mark.parametrize("path", LESSONS, ids=_name)
def test_code_cells_are_short_enough_to_read(path):
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code" and cell.id != "sources":
            lines = [line for line in cell.source.splitlines() if line.strip()]
            assert len(lines) <= 14, f"{cell.id} has {len(lines)} lines; long code belongs in the package"
