"""``postwar mark`` grades a learner's copy as nbgrader would, and leaves it alone."""

import datetime
import shutil
import socket

import nbformat
import pytest
from bs4 import BeautifulSoup
from jupyter_client.connect import LocalPortCache
from machinery import Assignment, cast
from nbgrader.utils import is_grade

from postwar import paths, selfstudy, standing
from postwar.assignments import kinds, progress
from postwar.copies.inspect import read_notebook
from postwar.editions import practice
from postwar.paths import SOLUTIONS

SLUG, EARLIER = "02-london-and-paris", "01-planning-peace"


@pytest.fixture(scope="module")
def half_right(tmp_path_factory):
    """A half right copy in a folder of its own, marked once."""
    home = tmp_path_factory.mktemp("learner")
    member = next(member for member in cast(Assignment(SLUG)) if member.name == "half-right")
    (home / SLUG).mkdir()
    (home / "feedback" / EARLIER).mkdir(parents=True)
    for name, notebook in member.notebooks.items():
        # as some editors save it, and nbgrader cannot read
        (home / SLUG / f"{name}.ipynb").write_text(nbformat.writes(notebook), encoding="utf-8-sig")
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    earned = [("LO1.1", 3, 3), ("LO1.2", 1.5, 6), ("LO1.3", 4, 5)]
    standing.keep(home / "feedback" / EARLIER, earned, datetime.date(2027, 3, 1))
    opened = []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(home)
        patch.setattr(selfstudy.webbrowser, "open", opened.append)
        patch.setenv("COLUMNS", "120")
        from io import StringIO

        patch.setattr("sys.stdout", output := StringIO())
        status = selfstudy.mark(home / SLUG, model_essays=True)
    return home, member, before, opened, status, output.getvalue()


def test_points_are_those_of_the_class(half_right):
    _, member, _, _, status, output = half_right
    assert status == 0
    assert f"{sum(member.expected.values()):g} of " in output
    for item, points in member.expected.items():
        (line,) = (line for line in output.splitlines() if f" {item.replace('-', ' ')} " in line)
        assert f" {points:g} of " in line


def test_feedback_opens_and_explains(half_right):
    home, _, _, opened, _, _ = half_right
    pages = [home / "feedback" / SLUG / f"{name}.html" for name in ("problems", "quiz")]
    assert opened == [page.as_uri() for page in pages]
    assert "you chose" in pages[1].read_text(encoding="utf-8")


def test_who_learns_alone_may_compare_with_a_model_essay(half_right):
    home, *_ = half_right
    page = BeautifulSoup((home / "feedback" / SLUG / "problems.html").read_text(encoding="utf-8"), "html.parser")
    source = nbformat.read(SOLUTIONS / SLUG / "problems.ipynb", as_version=4)
    model = next(cell.source for cell in source.cells if cell.id == "essay")
    assert model.split("\n")[1][:40] in page.select_one("#essay details.model").get_text()


def test_the_page_says_why_and_what_to_practise(half_right):
    """Every fact with its point, what was expected in kind and how it was read; never a hidden line; a command that works."""
    home, member, *_ = half_right
    page = BeautifulSoup((home / "feedback" / SLUG / "problems.html").read_text(encoding="utf-8"), "html.parser")
    source = nbformat.read(SOLUTIONS / SLUG / "problems.ipynb", as_version=4)
    tests = [cell for cell in source.cells if cell.metadata.get("nbgrader", {}).get("locked") and is_grade(cell)]
    for cell in tests:
        item = page.find(id=cell.id).get_text(" ")
        assert f"{member.expected[cell.id]:g} of {cell.metadata.nbgrader.points:g}" in item
        assert "Expected: " in item and "hint=" not in item and "expected=" not in item
    said = page.main.get_text()
    assert "was read as" in said
    groups = {row.th.get_text(): row.td.get_text() for row in page.select("tr.task")}
    assert len(groups) > 3 and sum(float(points.split()[0]) for points in groups.values()) <= sum(
        member.expected.values()
    )
    commands = [code.get_text() for code in page.find_all("code") if code.get_text().startswith("postwar practice")]
    assert commands
    for command in commands:
        slug, _, objective = command.split()[2:]
        folder = practice.write(slug, objective, home)
        assert list(folder.glob("*.ipynb"))
        shutil.rmtree(home / "practice")


def test_the_page_shows_progress_over_earlier_assignments(half_right):
    """What is least reached comes first, with its command; what was marked now is kept for later assignments."""
    home, member, *_ = half_right
    for name in ("problems", "quiz"):
        page = BeautifulSoup((home / "feedback" / SLUG / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        heading = page.find("h2", string="In earlier assignments")
        assert "1 of 3 objectives in full" in heading.find_next("p").get_text()
        rows = [
            [cell.get_text(" ", strip=True) for cell in row.find_all("td")]
            for row in heading.find_next("table").find_all("tr")[1:]
        ]
        assert [(row[0], row[2], row[3]) for row in rows] == [
            ("LO1.2", "1.5 of 6", f"postwar practice {EARLIER} --objective LO1.2"),
            ("LO1.3", "4 of 5", f"postwar practice {EARLIER} --objective LO1.3"),
        ]
    kept = progress.alone(home / "feedback", "03-washington")
    assert set(kept) == {EARLIER, SLUG}
    assert sum(earned for earned, _ in kept[SLUG].values()) == pytest.approx(sum(member.expected.values()))


@pytest.mark.parametrize(
    ("test", "words"),
    [
        ("m.expect_number(x, 'x', low=0, high=100)", "one number between 0 and 100"),
        ("m.expect_number(x, 'x', low=-4)", "one number, at least -4"),
        ("m.expect_number(x, 'x')", "one number"),
        ("m.expect_numbers(x, 'x', length=3)", "3 numbers, in order"),
        ("m.expect_numbers(x, 'x', keys=['A', 'B'])", "a number for each of A, B"),
        ("m.expect_function(f, 'f', a=1, b=2, returns=2)", "a function of a, b that returns 2 numbers"),
        ("m.expect_choice(q.answer)", "one of the options"),
        ("m.expect_number(x, 'x', low=secret)", ""),
        ("m.mark_number(x, 4.2)", ""),
        ("broken(", ""),
    ],
)
def test_what_is_expected_is_said_in_kind(test, words):
    assert kinds.expected(test) == words


def test_feedback_on_blanks_reads_well(half_right):
    home, *_ = half_right
    page = (home / "feedback" / SLUG / "problems.html").read_text(encoding="utf-8")
    said = BeautifulSoup(page, "html.parser").main.get_text()
    assert "has no value yet" in said and "`" not in said
    assert "Nothing was written here." in said and "No response" not in said


def test_a_port_that_another_program_takes_first_costs_nothing_but_time(half_right, tmp_path, monkeypatch):
    home, member, *_ = half_right
    with socket.create_server(("127.0.0.1", 0)) as other:
        free, tried = LocalPortCache.find_available_port, []

        def pick(cache, ip):
            tried.append(ip)
            return other.getsockname()[1] if len(tried) == 1 else free(cache, ip)

        monkeypatch.setattr(LocalPortCache, "find_available_port", pick)
        scores = selfstudy.grade(home / SLUG / "quiz.ipynb", tmp_path)
    assert len(tried) > 5, "a second kernel was started"
    assert {score.item: score.points for score in scores}.items() <= member.expected.items()


def test_the_learner_s_files_are_not_touched(half_right):
    home, _, before, _, _, _ = half_right
    assert {
        path: path.read_bytes() for path in home.rglob("*") if path.is_file() and "feedback" not in path.parts
    } == before


def test_what_cannot_be_marked_is_said(tmp_path, capsys):
    assert selfstudy.mark(tmp_path / "nowhere") == 1
    assert "There is nothing at" in capsys.readouterr().out
    folder = tmp_path / SLUG
    folder.mkdir()
    assert selfstudy.mark(folder) == 1
    assert "holds none of the notebooks" in " ".join(capsys.readouterr().out.split())
    (folder / "quiz.ipynb").write_text("{", encoding="utf-8")
    assert selfstudy.mark(folder) == 1
    said = " ".join(capsys.readouterr().out.split())
    assert "cannot be read" in said and "postwar doctor" in said


def test_a_copy_of_a_class_is_not_marked_before_its_deadline(half_right, tmp_path, capsys):
    home, *_ = half_right
    folder = tmp_path / SLUG
    folder.mkdir()
    notebook = read_notebook(home / SLUG / "quiz.ipynb")
    notebook.metadata["postwar"] = {"edition": "k7f2"}
    nbformat.write(notebook, folder / "quiz.ipynb")
    for path in (folder, folder / "quiz.ipynb"):
        assert selfstudy.mark(path, open_page=False) == 1
        said = " ".join(capsys.readouterr().out.split())
        assert "was given out by a class" in said and " of " not in said.partition("Not marked")[0]


@pytest.mark.parametrize("target", ["/", "/dev/zero", "spending.csv"])
def test_a_folder_with_links_is_refused_and_nothing_is_copied(target, tmp_path, capsys):
    shutil.copytree(paths.EXERCISES / SLUG, tmp_path / SLUG)
    (tmp_path / SLUG / "more").symlink_to(target)
    assert selfstudy.mark(tmp_path / SLUG, open_page=False) == 1
    assert "“more” is neither a file nor a folder" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (
            {"log": "[ERROR] Traceback:\n    ValueError: no test\n[ERROR] Please see the above traceback"},
            "ValueError: no test",
        ),
        ({"error": "KeyError: 'a'\nnbgrader.NbGraderException: see the above traceback"}, "KeyError: 'a'"),
        ({"log": "[ERROR] No notebooks"}, "[ERROR] No notebooks"),
        ({}, "no reason"),
    ],
)
def test_what_stopped_nbgrader_is_said(result, said):
    with pytest.raises(RuntimeError) as caught:
        selfstudy._done({"success": False} | result)
    assert str(caught.value) == f"nbgrader stopped with {said}"
