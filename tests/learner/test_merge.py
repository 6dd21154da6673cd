"""New versions of lessons reach a learner's copy: over every notebook, with questions shuffled, removed, added and reworded."""

import copy as copies
import os
import random
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from rich.console import Console

from postwar import paths
from postwar.learner import calls, checkout, command, copy
from postwar.learner.merge import merge

NOTEBOOKS = sorted([*paths.LESSONS.glob("*.ipynb"), *paths.EXERCISES.glob("*/*.ipynb")])
OFFERS = copy.offers(paths.COURSE)
MINE = "my_number = 41 + 1  # my own"


def read(path):
    return nbformat.read(path, as_version=4)


def answered(notebook):
    """A learner's copy in which every question, prediction, decision and answer cell has something, and the expected answers."""
    made, given = copies.deepcopy(notebook), {}
    for number, cell in enumerate(made.cells):
        claims = cell.metadata.get("nbgrader", {})
        found = calls.asked(cell.source) if cell.cell_type == "code" else []
        for call in found:
            options, items = OFFERS(call)
            if call.name == "decide":
                values = {
                    "seat": "kyiv",
                    "choice": "a",
                    "because": 'Two "quoted" sentences – with a dash.\nAnd a line.',
                }
            elif call.name.startswith("explore."):
                values = {"prediction": next(iter(options), 12.5)}
            elif items:
                values = {"answer": "".join(random.Random(number).choices([*options], k=len(items)))}
            else:
                values = {"answer": random.Random(number).choice([*options])}
            cell.source = calls.write(cell.source, call, values)
            given[cell.id] = values
        if claims.get("solution") and not found:
            cell.source += f"\nanswer_{number} = {number}" if cell.cell_type == "code" else f"\nI wrote this, {number}."
            given[cell.id] = cell.source
    made.cells.insert(len(made.cells) // 2, nbformat.v4.new_code_cell(MINE, id="own-cell"))
    return made, given


def held(notebook, given):
    """For every cell that was answered: what stands there now."""
    cells = {cell.id: cell for cell in notebook.cells}
    return {name: cells[name].source for name in given if name in cells}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_answers_stay_with_their_questions(path):
    base = read(path)
    mine, given = answered(base)
    assert merge(mine, base, base).notebook == mine and not merge(mine, base, base).kept, "nothing new, nothing changed"

    new = copies.deepcopy(base)
    new.cells.append(nbformat.v4.new_markdown_cell("A new paragraph", id="brand-new"))
    for cell in new.cells:
        if cell.cell_type == "markdown":
            cell.source += "\n\nReworded."
        elif calls.asked(cell.source):
            cell.source = "# A new remark\n" + cell.source
    first, *rest = new.cells
    random.Random(7).shuffle(rest)
    new.cells = [first, *rest]
    made = merge(mine, base, new)
    assert not made.kept, made.kept
    cells = {cell.id: cell for cell in made.notebook.cells}
    assert [cell.id for cell in made.notebook.cells if cell.id != "own-cell"] == [cell.id for cell in new.cells]
    assert cells["own-cell"].source == MINE
    for name, values in given.items():
        if isinstance(values, str):
            assert cells[name].source == values
        else:
            assert cells[name].source.startswith("# A new remark")
            (call,) = calls.asked(cells[name].source)
            assert values.items() <= call.answers.items()
    assert nbformat.validator.isvalid(made.notebook)
    again = merge(made.notebook, new, new)
    assert again.notebook == made.notebook and not again.kept


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_has_no_place_any_more_is_kept(path):
    base = read(path)
    mine, given = answered(base)
    new = copies.deepcopy(base)
    new.cells = [cell for cell in new.cells if cell.id not in given]
    made = merge(mine, base, new)
    kept = {cell.id: cell.source for cell, _ in made.kept}
    assert kept == held(mine, given)
    assert all(reason for _, reason in made.kept)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_shuffled_options_and_statements_take_the_answers_along(path):
    """Every question of a notebook offers its options in the reverse order, and statements to sort stand backwards."""

    def reversed_now(call):
        options, items = OFFERS(call)
        if call.name in ("decide",) or call.name.startswith("explore."):
            return options, items
        return dict(zip(options, reversed(options.values()), strict=True)), items[::-1]

    base = read(path)
    mine, given = answered(base)
    new = copies.deepcopy(base)
    for cell in new.cells:
        for call in calls.asked(cell.source) if cell.cell_type == "code" else []:
            if call.name == "ask":
                cell.source = calls.write(
                    cell.source, call, dict(zip(call.options, reversed(call.options.values()), strict=True))
                )

    def now(call):
        return (call.options, call.items) if call.name == "ask" else reversed_now(call)

    made = merge(mine, base, new, before=OFFERS, now=now)
    assert not made.kept
    old, cells = ({cell.id: cell for cell in each.cells} for each in (mine, made.notebook))
    for name, values in given.items():
        if not isinstance(values, dict) or "answer" not in values:
            continue
        (asked,), (asks,) = calls.asked(old[name].source), calls.asked(cells[name].source)
        (options, items), (now_options, now_items) = OFFERS(asked), now(asks)
        was, answer = values["answer"], asks.answers["answer"]
        if items and asks.name != "ask":
            said = {text: options[letter] for text, letter in zip(items, was, strict=True)}
            assert {text: now_options[letter] for text, letter in zip(now_items, answer, strict=True)} == said
        else:
            assert [options[letter] for letter in was] == [now_options[letter] for letter in answer]


ASK = 'q1 = ask(\n    "Which?",\n    a="The first of the options",\n    b="The second of them",\n    c="Another thing",\n    # YOUR ANSWER HERE\n)\nq1'


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param((), (), "b", id="unchanged"),
        pytest.param(
            ('a="The first of the options",\n    b="The second of them"',),
            ('a="The second of them",\n    b="The first of the options"',),
            "a",
            id="shuffled",
        ),
        pytest.param(('"Which?"',), ('"Which one of these?"',), "b", id="question-reworded"),
        pytest.param(("The second of them",), ("The second one of them",), "b", id="option-reworded"),
        pytest.param(('    b="The second of them",\n',), ("",), None, id="option-removed"),
        pytest.param(("The second of them",), ("Peace was never meant",), None, id="option-replaced"),
    ],
)
def test_a_letter_follows_its_words(before, after, expected):
    base = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(ASK, id="q")])
    mine = copies.deepcopy(base)
    mine.cells[0].source = ASK.replace("# YOUR ANSWER HERE", 'answer="B",')
    new = copies.deepcopy(base)
    for old, text in zip(before, after, strict=True):
        assert old in ASK
        new.cells[0].source = new.cells[0].source.replace(old, text)
    made = merge(mine, base, new)
    (call,) = calls.asked(made.notebook.cells[0].source)
    assert call.answers.get("answer", "").lower() == (expected or "")
    assert bool(made.kept) == (expected is None)
    if expected is None:
        assert 'answer="B"' in made.kept[0][0].source and "not among its options" in made.kept[0][1]


@pytest.fixture
def upgraded(tmp_path):
    """The course, a personal copy with answers everywhere, and a next version whose questions are shuffled."""
    old, new, home = tmp_path / "old", tmp_path / "new", tmp_path / "home"
    for folder in copy.FOLDERS:
        shutil.copytree(paths.COURSE / folder, old / folder, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copytree(old, new)
    toml = new / "lessons" / "checks" / "01-planning-peace.toml"
    text = toml.read_text(encoding="utf-8")
    head, record, rest = re.split(
        r'(?=\[\[questions\]\]\nid = "planning-spot-inference")|(?=\[\[questions\]\]\nid = "planning-range-clipped")',
        text,
    )
    swapped = (
        record.replace("options.a]", "options.X]")
        .replace("options.b]", "options.a]")
        .replace("options.X]", "options.b]")
    )
    toml.write_text(head + swapped + rest, encoding="utf-8")
    quiz = new / "exercises" / "01-planning-peace" / "quiz.ipynb"
    notebook = read(quiz)
    notebook.cells[0].source += "\n\nA correction."
    nbformat.write(notebook, quiz)
    return old, new, home


def fill(home):
    for name, cell_id, answer in (
        ("lessons/01-planning-peace.ipynb", "check-spot-inference", "a"),
        ("exercises/01-planning-peace/quiz.ipynb", "", "c"),
    ):
        notebook = read(home / name)
        for cell in notebook.cells:
            for call in calls.asked(cell.source) if cell.cell_type == "code" else []:
                if call.name in ("ask", "check") and cell_id in ("", cell.id):
                    cell.source = calls.write(cell.source, call, {"answer": answer})
        notebook.cells.append(nbformat.v4.new_code_cell(MINE, id="own-cell"))
        nbformat.write(notebook, home / name)


def state(home):
    return {
        file.relative_to(home).as_posix(): file.read_bytes()
        for file in sorted(home.rglob("*"))
        if file.is_file() and ".course" not in file.parts
    }


def test_an_upgrade_keeps_answers_also_where_options_stand_in_a_file(upgraded):
    old, new, home = upgraded
    assert copy.update(home, old).new
    assert not copy.update(home, old).new, "the same again does nothing"
    fill(home)
    done = copy.update(home, new)
    assert not done.kept
    cells = {cell.id: cell.source for cell in read(home / "lessons" / "01-planning-peace.ipynb").cells}
    assert 'answer="b"' in cells["check-spot-inference"], "the options a and b changed places"
    assert cells["own-cell"] == MINE
    quiz = read(home / "exercises" / "01-planning-peace" / "quiz.ipynb")
    assert quiz.cells[0].source.endswith("A correction.")
    assert sum('answer="c' in cell.source for cell in quiz.cells) == 11


def test_stopped_anywhere_nothing_is_lost(upgraded, tmp_path, monkeypatch):
    """Ctrl-C at every renaming of a file: the copy is old, new or in between, and the next call completes it."""
    old, new, home = upgraded
    copy.update(home, old)
    fill(home)
    whole = tmp_path / "whole"
    shutil.copytree(home, whole)
    counted, real = [], copy.os.replace
    monkeypatch.setattr(copy.os, "replace", lambda *files: (counted.append(files), real(*files)))
    copy.update(whole, new)
    monkeypatch.undo()
    wanted, before = state(whole), state(home)
    for stop in sorted(random.Random(1).sample(range(len(counted)), 12 if os.environ.get("POSTWAR_LONG") else 4)) + [
        len(counted) - 1
    ]:
        broken = tmp_path / f"stopped-{stop}"
        shutil.copytree(home, broken)
        calls_left = [stop]

        def replace(*files, left=calls_left):
            if left[0] == 0:
                raise KeyboardInterrupt
            left[0] -= 1
            real(*files)

        monkeypatch.setattr(copy.os, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            copy.update(broken, new)
        monkeypatch.undo()
        for name, content in state(broken).items():
            assert content in (before.get(name), wanted.get(name)) or ".new" in name, name
        copy.update(broken, new)
        found = {name: content for name, content in state(broken).items() if not name.endswith(".new")}
        assert found == wanted


def test_what_is_saved_between_a_stopped_update_and_the_next_stays(upgraded, monkeypatch, capsys):
    old, new, home = upgraded
    copy.update(home, old)
    fill(home)
    real, lesson = copy.os.replace, home / "lessons" / "01-planning-peace.ipynb"

    def replace(source, target):
        if Path(target) == home / "exercises" / "01-planning-peace" / "quiz.ipynb":  # the first that would change
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(copy.os, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        copy.update(home, new)
    monkeypatch.undo()
    notebook = read(lesson)
    notebook.cells.append(nbformat.v4.new_code_cell("later = 1", id="later-cell"))
    nbformat.write(notebook, lesson)
    done = copy.update(home, new)
    assert done.saved_meanwhile == ["lessons/01-planning-peace.ipynb"]
    command._say(done, Console())
    assert "you saved it after an update had been stopped" in capsys.readouterr().out
    cells = {cell.id: cell.source for cell in read(lesson).cells}
    assert cells["later-cell"] == "later = 1" and cells["own-cell"] == MINE
    assert 'answer="b"' in cells["check-spot-inference"], "merged with the version that it was written in"
    assert not copy.update(home, new).updated


def git(folder, *arguments):
    who = ["-c", "user.name=Learner", "-c", "user.email=learner@example.org", "-c", "init.defaultBranch=main"]
    done = subprocess.run(["git", "-C", folder, *who, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def cloned(upgraded, tmp_path):
    """A learner's clone with answers, whose origin has gone on; in the origin also the very lines that hold answers have changed."""
    old, new, _ = upgraded
    git(tmp_path, "init", "--quiet", str(old))
    git(old, "add", ".")
    git(old, "commit", "--quiet", "-m", "first")
    mine = tmp_path / "mine"
    git(tmp_path, "clone", "--quiet", str(old), str(mine))
    fill(mine)
    for file in state(new):
        shutil.copyfile(new / file, old / file)
    quiz = old / "exercises" / "01-planning-peace" / "quiz.ipynb"
    notebook = read(quiz)
    for cell in notebook.cells:
        cell.source = cell.source.replace("    # YOUR ANSWER HERE", "    # Choose one.\n    # YOUR ANSWER HERE")
    nbformat.write(notebook, quiz)
    git(old, "commit", "--quiet", "-a", "-m", "second")
    return mine


def assert_up_to_date(mine):
    cells = {cell.id: cell.source for cell in read(mine / "lessons" / "01-planning-peace.ipynb").cells}
    assert 'answer="b"' in cells["check-spot-inference"] and cells["own-cell"] == MINE
    quiz = read(mine / "exercises" / "01-planning-peace" / "quiz.ipynb")
    assert quiz.cells[0].source.endswith("A correction.")
    assert sum('answer="c' in cell.source and "Choose one." in cell.source for cell in quiz.cells) == 11
    assert "<<<<" not in "".join(path.read_text(encoding="utf-8") for path in Path(mine).rglob("*.ipynb"))
    assert not checkout.update(mine).updated


@pytest.mark.parametrize("committed", [False, True], ids=["not-committed", "committed"])
def test_a_checkout_is_updated_without_a_conflict(upgraded, tmp_path, committed):
    mine = cloned(upgraded, tmp_path)
    if committed:
        git(mine, "commit", "--quiet", "-a", "-m", "my answers")
    done = checkout.update(mine)
    assert not done.kept, done.kept
    assert_up_to_date(mine)


STOPS = [("merge", False), ("show", True)]
if os.environ.get("POSTWAR_LONG"):
    STOPS = [(where, done) for where in ("fetch", "checkout", "merge", "archive", "show") for done in (False, True)]


@pytest.mark.parametrize(("where", "done_first"), STOPS, ids=str)
def test_a_checkout_s_update_is_stopped_anywhere(upgraded, tmp_path, monkeypatch, where, done_first):
    """Ctrl-C before or after each of git's steps, and once more while what was put aside is written back."""
    mine = cloned(upgraded, tmp_path)
    real, stopped = checkout._git, []

    def interrupted(course, *arguments):
        if where in arguments[:1] and not stopped:
            if done_first:
                real(course, *arguments)
            stopped.append(arguments)
            raise KeyboardInterrupt
        return real(course, *arguments)

    monkeypatch.setattr(checkout, "_git", interrupted)
    with pytest.raises(KeyboardInterrupt):
        checkout.update(mine)
    monkeypatch.undo()
    assert stopped
    checkout.update(mine)
    assert_up_to_date(mine)
