"""Fresh sets for a learner: never the same numbers, marked by ``postwar mark``, and counted by the stated rule."""

import datetime
import json
import textwrap

import nbformat
import pytest
from drawable import DRAWN, read_source
from machinery import SOLUTION, STUB

from postwar import cli, course, paths, selfstudy, standing
from postwar.editions import given, practice

SLUG = "04-deterrence"
DAY = datetime.date(2027, 3, 1)


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "working_copy", lambda: tmp_path)
    monkeypatch.setattr(practice.secrets, "token_hex", lambda size: "5e" * size)  # no test depends on luck
    monkeypatch.chdir(tmp_path)
    return tmp_path


def solve(folder, but=()):
    """Write the reference solution into a set; cells named in ``but`` stay blank."""
    _, solutions = practice.solutions_of(folder)
    for name, notebook in solutions.items():
        right = {c.id: SOLUTION.search(c.source) for c in notebook.cells if c.cell_type == "code"}
        copy = nbformat.read(folder / f"{name}.ipynb", as_version=4)
        for cell in copy.cells:
            if STUB in cell.source and cell.cell_type == "code" and cell.id not in but:
                indent, code = right[cell.id].groups()
                cell.source = cell.source.replace(f"{indent}{STUB}", textwrap.indent(textwrap.dedent(code), indent))
        nbformat.write(copy, folder / f"{name}.ipynb")


def shown(folder):
    """The given numbers of a set by cell, and the drawn questions."""
    notebooks = [nbformat.read(path, as_version=4) for path in sorted(folder.glob("*.ipynb"))]
    cells = [cell for notebook in notebooks for cell in notebook.cells]
    return {cell.id: cell.source for cell in cells if given.is_given(cell)}


@pytest.mark.parametrize("objective", ["LO4.2"])
def test_ten_sets_on_one_objective_never_show_the_same_numbers(home, objective):
    sets = [shown(practice.write(SLUG, objective, home)) for _ in range(10)]
    written = {c.id: c.source for c in nbformat.read(paths.EXERCISES / SLUG / "problems.ipynb", as_version=4).cells}
    for cell in {name for each in sets for name in each}:
        numbers = [each[cell] for each in sets if cell in each]
        assert len(set(numbers)) == len(numbers) and written[cell] not in numbers, cell
    assert all(sets), "a set has tasks with numbers"


@pytest.mark.parametrize("slug", [pytest.param(s, marks=pytest.mark.xdist_group(f"editions-{s}")) for s in DRAWN])
def test_ten_sets_never_repeat_the_numbers_of_any_objective(slug):
    """As `practice.write` draws them, one after another, for every objective with numbers that vary."""
    source, sets = read_source(slug), ()
    for number in range(1, 11):
        sets += (source.draw(b"a learner's own seed", f"practice-{number}", sets, fresh=True),)
    met = {}
    for edition in sets:
        for name, problems in source.notebooks.items():
            for stretch in problems.stretches[1:]:
                if values := edition.numbers[name].get(stretch.name):
                    for goal in {cell.metadata.get("postwar", {}).get("objective") for cell in stretch.cells} - {None}:
                        met.setdefault((goal, stretch.name), []).append((edition.version, json.dumps(values)))
        for slot, values in edition.numbers["items"].items():
            item = source.item(slot, edition.chosen[slot])
            met.setdefault((item.objective, item.id), []).append((edition.version, json.dumps(values)))
    for where, numbers in met.items():
        assert len({values for _, values in numbers}) == len(numbers), where
    # Every set has something fresh on an objective, unless its numbers were used up and left out, as with a choice of two tables.
    for goal in {goal for goal, _ in met}:
        fresh = {version for (of, _), numbers in met.items() if of == goal for version, _ in numbers}
        many = [name for of, name in met if of == goal and possible(source, name) > 20]
        assert len(fresh) == 10 or not many or alternates_without_numbers(source, goal), goal


def possible(source, name):
    """How many sets of numbers a task or question has, before its conditions."""
    for problems in source.notebooks.values():
        for stretch in problems.stretches[1:]:
            if stretch.name == name:
                return stretch.rules.possible()
    return next(item.numbers.rules.possible() for item in source.bank if item.id == name)


def alternates_without_numbers(source, goal):
    """Whether only questions have numbers on an objective, and some of their alternates have none."""
    by_task = {
        cell.metadata.get("postwar", {}).get("objective")
        for problems in source.notebooks.values()
        for stretch in problems.stretches[1:]
        for cell in stretch.cells
    }
    return goal not in by_task and any(item.objective == goal and item.numbers is None for item in source.bank)


def test_a_set_holds_what_the_objective_needs_and_no_essay(home):
    cells = {
        c.id for p in practice.write(SLUG, "LO4.3", home).glob("*.ipynb") for c in nbformat.read(p, as_version=4).cells
    }
    assert {"channels-given", "readings-given", "readings-answer", "doubling-a-tripwire"} <= cells
    assert not {"attack-given", "essay", "channel-pairing"} & cells
    everything = {
        c.id for p in practice.write(SLUG, None, home).glob("*.ipynb") for c in nbformat.read(p, as_version=4).cells
    }
    assert {"attack-given", "threshold-answer", "channel-pairing"} <= everything and "essay" not in everything


def test_no_set_carries_a_key(home):
    for path in practice.write(SLUG, None, home).glob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert "HIDDEN" not in text and "mark_number" not in text and "BEGIN SOLUTION" not in text


def test_a_set_is_marked_by_nbgrader_and_counted(home, capsys):
    folder = practice.write(SLUG, "LO4.2", home)
    solve(folder, but=["roads-answer"])
    assert selfstudy.mark(folder, open_page=False) == 0
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    assert "denial needed 0 of 1" in said and "attack value 1 of 1" in said and standing.RULE in said
    marks = json.loads((folder / "marks.json").read_text(encoding="utf-8"))["objectives"]
    assert marks["LO4.2"][0] < marks["LO4.2"][1]
    (found,) = standing.standings(home)
    assert (found.objective, found.in_a_row, found.mastered) == ("LO4.2", 0, False)
    assert (home / "feedback" / folder.name / "problems.html").exists()


class Score:
    def __init__(self, item, points):
        self.item, self.points, self.maximum = item, points, 1


def test_two_right_in_a_row_master_an_objective_and_intervals_grow(home):
    def marked(points, day):
        folder = practice.write(SLUG, "LO4.3", home)
        practice.record(
            folder, [Score("presence-success", 1), Score("presence-belief", points)], DAY + datetime.timedelta(day)
        )
        (found,) = standing.standings(home, DAY + datetime.timedelta(day))
        return found.in_a_row, found.mastered, (found.due - DAY).days

    assert marked(1, 0) == (1, False, 1)
    assert marked(0, 1) == (0, False, 1)
    assert marked(1, 1) == (1, False, 2)
    assert marked(1, 2) == (2, True, 5)
    assert marked(1, 2) == (3, True, 5), "again on the same day: no spacing"
    assert marked(1, 5) == (4, True, 12)


def test_a_set_of_another_release_is_not_marked_by_wrong_keys(home):
    folder = practice.write(SLUG, "LO4.3", home)
    path = folder / "problems.ipynb"
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if given.is_given(cell):
            cell.source = cell.source.replace("0", "9")
    nbformat.write(notebook, path)
    with pytest.raises(ValueError, match="another release of the course"):
        practice.solutions_of(folder)


def test_the_command_says_what_it_wrote_and_what_to_repeat(home, capsys):
    assert cli.main(["practice"]) == 0
    assert "Nothing is practised yet" in capsys.readouterr().out
    assert cli.main(["practice", SLUG, "--objective", "LO4.2"]) == 0
    assert "postwar mark practice/04-deterrence-1" in capsys.readouterr().out
    practice.record(home / "practice" / "04-deterrence-1", [Score("attack-value", 1)])
    assert cli.main(["practice"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "--objective LO4.2" in said and "two fresh sets in a row" in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [(["09-more"], "no lesson"), ([SLUG, "--objective", "LO5.1"], "has no objective")],
)
def test_what_cannot_be_practised_is_said(home, capsys, arguments, says):
    assert cli.main(["practice", *arguments]) == 1
    assert says in capsys.readouterr().out


# -- in the lessons --------------------------------------------------------------------------------------------------------


@pytest.fixture
def lessons(home, monkeypatch):
    """The learner reads in their own copy."""
    folder = home / "lessons"
    folder.mkdir()
    (folder / course.START.notebook).write_text("{}", encoding="utf-8")
    monkeypatch.chdir(folder)
    return folder


def test_a_lesson_says_how_to_begin_and_what_to_repeat(home, lessons):
    assert "practice" not in course.header(SLUG).text and f"postwar practice {SLUG}" in course.footer(SLUG).text
    folder = practice.write(SLUG, "LO4.3", home)
    practice.record(folder, [Score("presence-success", 0)])
    for page in (course.header(SLUG), course.footer(SLUG), course.overview()):
        for said in (page.html, page.text):
            assert f"postwar practice {SLUG} --objective LO4.3" in said and "Mastered in practice" in said
    assert "LO4.3" not in course.header("05-nato").text
    for _ in range(2):
        practice.record(practice.write(SLUG, "LO4.3", home), [Score("presence-success", 1)])
    for page in (course.header(SLUG), course.footer(SLUG), course.overview()):
        assert "To repeat today" not in page.text and "Mastered in practice: LO4.3. Next on" in page.text
        assert standing.RULE in page.html


@pytest.mark.parametrize(
    "content",
    ["", "[]", '{"marked": "soon", "objectives": {}}', '{"marked": "2027-03-01", "objectives": {"LO9.9": [1, 1]}}'],
)
def test_damaged_marks_stop_no_lesson(home, lessons, content):
    (practice.write(SLUG, "LO4.3", home) / "marks.json").write_text(content, encoding="utf-8")
    assert course.header(SLUG).text and course.footer(SLUG).text and cli.main(["practice"]) == 0


def test_a_clock_that_was_wrong_postpones_nothing(home):
    practice.record(practice.write(SLUG, "LO4.3", home), [Score("presence-success", 1)], DAY)
    (found,) = standing.standings(home, DAY - datetime.timedelta(300))
    assert found.due == DAY - datetime.timedelta(299)


@pytest.mark.parametrize(
    "changed",
    [{"set": 10**9}, {"set": 0}, {"set": True}, {"set": "1"}, {"assignment": "../../evil"}, {"assignment": 4}, {"seed": "ab" * 10_000}],
    ids=["far", "none", "true", "text", "outside", "number", "long"],
)  # fmt: skip
def test_a_downloaded_set_that_names_what_cannot_be_drawn_is_no_set(tmp_path, changed):
    from postwar import standing

    right = {"assignment": "04-deterrence", "seed": "ab" * 16, "set": 1}
    file = tmp_path / "quiz.ipynb"
    file.write_text(json.dumps({"metadata": {"postwar": {"practice": right}}}), encoding="utf-8")
    assert standing.origin(tmp_path) == right
    file.write_text(json.dumps({"metadata": {"postwar": {"practice": right | changed}}}), encoding="utf-8")
    assert standing.origin(tmp_path) is None
    file.write_text("[" * 100_000, encoding="utf-8")
    assert standing.origin(tmp_path) is None
