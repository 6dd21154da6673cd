"""The thread: decisions are written into the lessons, read back from them, and no seat is favoured."""

import re
import shutil
from itertools import pairwise

import nbformat
import numpy as np
import pytest

from postwar import check, course, paths, planning_cell
from postwar.figures.calibration import calibration
from postwar.quiz.questions import collect


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A reader's own lessons, from which notebooks run."""
    for path in paths.LESSONS.glob("*.ipynb"):
        shutil.copy(path, tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(folder, slug, cell, source):
    notebook = nbformat.read(folder / f"{slug}.ipynb", as_version=4)
    next(found for found in notebook.cells if found.id == cell)["source"] = source
    nbformat.write(notebook, folder / f"{slug}.ipynb")


def test_every_lesson_ends_with_a_decision_on_the_file():
    for item in course.LESSONS:
        cells = nbformat.read(paths.LESSONS / item.notebook, as_version=4).cells
        (decision,) = [cell for cell in cells if cell.cell_type == "code" and "decide(" in cell.source]
        assert f'decide("{item.slug}")' in decision.source
        assert len(planning_cell.words()["decisions"][item.slug]["options"]) >= 3


def test_a_decision_is_brought_back_with_seat_confidence_and_reason(folder):
    call = 'decide("02-london-and-paris", seat="washington", choice="b", confidence="70%", because="Tours bind. A larger pool would.")'
    write(folder, "02-london-and-paris", "decide", call)
    (sentence,) = planning_cell.Decision("05-nato").recalled()
    assert sentence.startswith("In lesson 2, from the seat of Washington, you held: ")
    assert "70% sure" in sentence and "Tours bind. A larger pool would." in sentence and "learned" in sentence
    assert planning_cell.Decision("01-planning-peace").recalled() == []
    assert sentence.replace("*", "") in planning_cell.record().text
    assert course.progress(folder / "02-london-and-paris.ipynb")[0] == 1


def test_what_was_held_is_set_against_what_the_lesson_has_taught(folder, capsys):
    planning_cell.decide("05-nato")._ipython_display_()
    assert "Since then" not in capsys.readouterr().out
    write(folder, "02-london-and-paris", "decide", 'decide("02-london-and-paris", choice="b")')
    planning_cell.decide("05-nato")._ipython_display_()
    assert "Since then you have learned that whoever must agree sets the limit" in capsys.readouterr().out


def test_a_lesson_that_is_damaged_or_missing_stops_nothing(folder):
    (folder / "03-washington.ipynb").write_text("{", encoding="utf-8")
    (folder / "04-deterrence.ipynb").unlink()
    write(folder, "02-london-and-paris", "decide", "decide(")
    assert planning_cell.Decision("05-nato").recalled() == []
    assert "No decision is saved yet" in planning_cell.record().text


@pytest.mark.parametrize("wrong", [{"seat": "moscow"}, {"choice": "z"}, {"confidence": "100%"}])
def test_what_is_not_on_offer_is_refused_with_what_is(wrong):
    with pytest.raises(ValueError, match="is not one of '"):
        planning_cell.decide("03-washington", **wrong)


def test_confidences_are_compared_with_the_keys(folder):
    asked = [
        (path.stem, cell.id, re.search(r'check\("([\w-]+)", confidence=""', cell.source)[1])
        for path in sorted(paths.LESSONS.glob("0*.ipynb"))
        for cell in nbformat.read(path, as_version=4).cells
        if 'confidence=""' in cell.source
    ]
    assert len(asked) == 24 and len({slug for slug, *_ in asked}) == 8
    for n, (slug, cell, name) in enumerate(asked):
        best = collect()[name].best
        answer = best if n % 2 else next(key for key in "abcd" if key != best)
        write(folder, slug, cell, f'check("{name}", answer="{answer}", confidence="75%")')
    pairs = planning_cell.stated(folder)
    assert len(pairs) == 24 and sum(right for _, right in pairs) == 12
    assert "you stated 75% on average and were right on 50%" in planning_cell.record().text


def test_the_curve_shows_each_level_with_its_share():
    picture = calibration([0.5, 0.5, 0.95, 0.95], [True, False, True, True])
    assert picture.numbers == {"stated": [0.5, 0.95], "share right": [0.5, 1.0], "questions": [2, 2]}
    assert "surer" not in picture.sentence


@pytest.mark.parametrize("right", [(9, 2, 5, 9), (1, 3, 6, 10), (0, 10, 0, 9), (10, 7, 4, 0), (5, 5, 5, 5)])
def test_no_label_of_the_curve_lies_on_another_or_on_the_line(right):
    answers = [place < count for count in right for place in range(10)]
    picture = calibration(np.repeat([0.25, 0.5, 0.75, 0.95], 10), answers)
    picture.figure.draw_without_rendering()
    (ax,) = picture.figure.axes
    boxes = [text.get_window_extent() for text in ax.texts]
    assert not [(one, two) for place, one in enumerate(boxes) for two in boxes[:place] if one.overlaps(two)]
    line = ax.transData.transform(ax.lines[1].get_xydata())
    along = [start + part * (end - start) for start, end in pairwise(line) for part in np.linspace(0, 1, 50)]
    assert not [point for point in along for box in boxes if box.contains(*point)]


def test_an_explanation_waits_for_answer_and_confidence():
    name = "planning-costs-double"
    best = collect()[name].best
    open_question = check(name, answer=best, confidence="")
    assert open_question._feedback() is None and open_question._live().levels == ["25%", "50%", "75%", "95%"]
    assert open_question._live().feedback == {}
    committed = check(name, answer=best, confidence="75%")
    assert committed._live() is None and "✓ Right." in committed._as_html()
    wrong = check(name, answer=next(key for key in "abcd" if key != best), confidence="75%")
    assert f"Best is {best}" in wrong._as_text() and "Try another" not in wrong._as_text()
    with pytest.raises(ValueError, match="'25%'"):
        check(name, confidence="60%")


def test_every_option_is_open_to_every_seat_and_none_is_praised():
    texts = planning_cell.words()
    assert len(texts["seats"]) == 3
    judged = re.compile(r"\b(right|wrong|best|correct|only way|must|weak|naive|reckless)\b", re.I)
    for entry in texts["decisions"].values():
        for option in entry["options"].values():
            assert not judged.search(option), option
        lengths = [len(option) for option in entry["options"].values()]
        assert max(lengths) <= 3.2 * min(lengths)
