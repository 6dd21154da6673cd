"""A learner's copy of a lesson has its pictures before anything is run."""

import shutil

import nbformat
import pytest
from nbformat.sign import NotebookNotary

from postwar import first_pictures, paths

LESSON = "05-nato.ipynb"


@pytest.fixture
def copy(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "data"))
    shutil.copy(paths.LESSONS / LESSON, tmp_path / LESSON)
    shutil.copy(paths.LESSONS / "glossary.ipynb", tmp_path / "glossary.ipynb")
    return tmp_path


def test_pictures_are_there_and_nothing_else_changes(copy):
    assert first_pictures.draw(copy) == [LESSON]
    drawn, original = (nbformat.read(folder / LESSON, as_version=4) for folder in (copy, paths.LESSONS))
    nbformat.validate(drawn)
    assert [cell.source for cell in drawn.cells] == [cell.source for cell in original.cells]
    shown = {cell.id: cell.outputs for cell in drawn.cells if cell.get("outputs")}
    assert {"events", "power-explorer", "winset-explorer", "burden-explorer", "positions-map"} <= set(shown)
    assert not any(id.startswith("check") or id == "decide" for id in shown)
    for outputs in shown.values():
        assert "<svg" in outputs[-1].data["text/html"] and len(outputs[-1].data["text/plain"]) > 20
    assert "Predict first:" in shown["winset-explorer"][0].data["text/html"]
    assert all(cell.execution_count is None for cell in drawn.cells if cell.cell_type == "code")
    assert NotebookNotary(data_dir=str(copy / "data")).check_signature(drawn)


def test_a_lesson_that_somebody_worked_in_stays_as_it_is(copy):
    path = copy / LESSON
    notebook = nbformat.read(path, as_version=4)
    cell = next(cell for cell in notebook.cells if cell.id == "winset-explorer")
    cell.source = 'explore.winset(prediction="nothing")'
    nbformat.write(notebook, path)
    before = path.read_bytes()
    assert first_pictures.draw(copy) == []
    assert path.read_bytes() == before
