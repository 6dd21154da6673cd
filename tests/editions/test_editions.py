"""Drawn editions of every assignment: each is solved by its reference solution and tells its slips apart.

Thirty of each; two hundred with ``POSTWAR_LONG=1``; another number with ``POSTWAR_EDITIONS=n``.
"""

import ast
import contextlib
import io
import os
import re
from functools import cache
from itertools import permutations

import nbformat
import pytest
from drawable import DRAWN, read_source
from nbgrader.utils import determine_grade, is_grade, is_solution

from postwar.editions import quiz, report
from postwar.paths import SOLUTIONS
from postwar.quiz import marking

COUNT = int(os.environ.get("POSTWAR_EDITIONS", report.COUNT if os.environ.get("POSTWAR_LONG") else 30))
KEY = b"a secret of these tests"
SLUG = [pytest.param(slug, marks=pytest.mark.xdist_group(f"editions-{slug}")) for slug in DRAWN]
STUB = "# YOUR ANSWER HERE"


@cache
def drawn_of(slug):
    """Editions of an assignment with the items that they mark, drawn once; they are the first ones of the page."""
    source = read_source(slug)
    editions = list(report.drawn(source, COUNT))
    return editions, [source.marked(edition) for edition in editions]


@pytest.fixture
def drawn(source):
    return drawn_of(source.slug)[0]


@pytest.fixture
def marked(source):
    return drawn_of(source.slug)[1]


def run(cell, namespace):
    """Run a cell; the outputs that nbgrader's rule looks at."""
    tree = ast.parse(cell.source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, cell.id, "exec"), namespace)
            value = eval(compile(ast.Expression(last.value), cell.id, "eval"), namespace) if last else None
    except marking.Mistake as mistake:
        return [nbformat.v4.new_output("error", ename="Mistake", evalue=str(mistake), traceback=[])]
    return [] if value is None else [nbformat.v4.new_output("execute_result", {"text/plain": repr(value)})]


def points(notebook, change=lambda cell: None):
    """Points earned in a notebook of solutions, run from top to bottom here, and those that there are."""
    namespace, earned, possible = {"display": lambda *shown: None}, {}, {}
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        change(cell)
        cell.outputs = run(cell, namespace)
        if is_grade(cell) and not is_solution(cell):
            earned[cell.id], possible[cell.id] = determine_grade(cell)
    return earned, possible


def blank(cell):
    if is_solution(cell):
        cell.source = re.sub(r"[ \t]*### BEGIN SOLUTION.*?### END SOLUTION", "", cell.source, flags=re.DOTALL)


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_the_reference_solution_gets_full_marks(drawn, marked):
    for edition, items in zip(drawn, marked, strict=True):
        for item in items:
            earned = getattr(marking, item.function)(item.answer, **item.arguments)
            assert earned == item.arguments.get("points", 1), (edition.version, item.item)
    for edition in drawn[::40]:
        for name, notebook in edition.solutions.items():
            earned, possible = points(nbformat.from_dict(notebook))
            assert earned == possible, (edition.version, name)


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_a_blank_gets_nothing(drawn):
    for edition in drawn[::40]:
        for name, notebook in edition.solutions.items():
            earned, possible = points(nbformat.from_dict(notebook), blank)
            assert earned == dict.fromkeys(possible, 0), (edition.version, name)


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_each_slip_is_recognised_as_itself(drawn, marked, capsys):
    for edition, items in zip(drawn, marked, strict=True):
        for item in items:
            for sentence, wrong in item.slips.items():
                assert marking.mark_number(wrong, **item.arguments) == 0, (edition.version, item.item, sentence)
                assert sentence in capsys.readouterr().out, (edition.version, item.item, sentence)


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_a_rounded_key_is_right_or_told_so(marked, capsys):
    for item in (item for items in marked for item in items if item.key):
        for scale, decimals in [(1, 2), (1, 3), (100, 0), (100, 1)][: 4 if item.arguments.get("or_percent") else 2]:
            rounded = [round(key * scale, decimals) for key in item.key]
            too_coarse = any(
                abs(a - key * scale) >= abs(key * scale) / 10 for a, key in zip(rounded, item.key, strict=True)
            )
            if too_coarse or any(a in (slip, 100 * slip) for a in rounded for slip in item.slips.values()):
                continue
            expected = item.arguments["expected"]
            answer = dict(zip(expected, rounded, strict=True)) if isinstance(expected, dict) else rounded
            answer = answer[0] if item.function == "mark_number" else answer
            earned = getattr(marking, item.function)(answer, **item.arguments)
            said = capsys.readouterr().out
            assert earned == item.arguments.get("points", 1) or "rounded too far" in said, (item.item, answer, said)


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_every_edition_has_the_same_items_points_and_objectives(source, drawn):
    def structure(notebooks):
        return {
            (name, cell.id, cell.cell_type, grading.get("points"), grading.get("solution"), objective)
            for name, notebook in notebooks.items()
            for cell in notebook.cells
            for grading, objective in [
                (cell.metadata.get("nbgrader", {}), cell.metadata.get("postwar", {}).get("objective"))
            ]
        }

    written = structure({name: problems.notebook for name, problems in source.notebooks.items()})
    objectives = {item.id: item.objective for item in source.bank}
    for edition in drawn:
        assert structure(edition.solutions) == written
        for slot, chosen in edition.chosen.items():
            assert objectives.get(slot) == objectives.get(chosen)


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_no_text_has_leftovers(drawn):
    for edition in drawn[::10]:
        for notebook in edition.release.values():
            for cell in notebook.cells:
                for leak in ("BEGIN SOLUTION", "HIDDEN TESTS", "MARK SCHEME", "mark_number", "mark_choice"):
                    assert leak not in cell.source, (cell.id, leak)
                # Braces that were not filled in, numbers that are none, and digits that nobody would write.
                if quiz.is_question(cell) or cell.cell_type == "markdown":
                    assert not re.search(r"\{[^$`]*?[a-z][^$`]*?\}", re.sub(r"`[^`]*`|\$[^$]*\$", "", cell.source)), (
                        cell.id
                    )
                assert not re.search(r"\b(nan|inf)\b|\d\.\d{7}|−−|\d[eE]-\d", cell.source), cell.id
                if is_solution(cell):
                    assert STUB in cell.source or "YOUR ANSWER HERE" in cell.source


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_keys_rest_on_given_numbers_alone(source):
    """A hidden test may look at a student's name only where it is marked: else an answer would move its own key."""
    for problems in source.notebooks.values():
        answers = set()
        for cell in problems.notebook.cells:
            if cell.cell_type == "code" and is_solution(cell):
                answers |= {
                    n.id
                    for n in ast.walk(ast.parse(cell.source))
                    if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)
                }
        for cell in problems.notebook.cells:
            # Tests without a hidden part look at the form of a student's own table.
            if is_grade(cell) and not is_solution(cell) and "### BEGIN HIDDEN TESTS" in cell.source:
                tree = ast.parse(cell.source)
                own = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
                own |= {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)}
                own |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
                marked = {
                    id(node)
                    for call in ast.walk(tree)
                    if isinstance(call, ast.Call) and getattr(call.func, "attr", "").startswith(("mark_", "expect_"))
                    for part in (call.args[0], *(word.value for word in call.keywords if word.arg == "confidence"))
                    for node in ast.walk(part)
                }
                used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in marked}
                assert not (used & answers) - own, f"{cell.id} computes its key from {(used & answers) - own}"


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_right_letters_are_spread_in_every_edition(drawn):
    for edition in drawn[::10]:
        questions = (cell.source for nb in edition.solutions.values() for cell in nb.cells if quiz.is_question(cell))
        letters = [letter for source in questions for letter in re.findall(r'answer="(\w)"', source)]
        counts = [letters.count(letter) for letter in "abcd"]
        assert max(counts) - min(counts) <= 2, (edition.version, counts)


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_every_objective_of_the_quiz_has_an_alternate(source):
    own = {item.objective for item in source.bank}
    assert own <= {item.objective for item in source.bank if item.instead_of}


def beginnings(text):
    """The words of a text by their first letters, without the commonest."""
    common = {
        "the",
        "and",
        "that",
        "for",
        "with",
        "are",
        "from",
        "this",
        "was",
        "not",
        "which",
        "its",
        "their",
        "they",
        "has",
    }
    return {word[:5] for word in re.findall("[a-z]+", text.lower()) if len(word) > 2 and word not in common}


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_a_misconception_stands_at_the_option_that_it_fits(source):
    """By shared words: no exchange of two or more labels within a question fits its options much better than theirs."""
    for item in source.bank:
        wrong = [option for option in item.options if option.misconception]
        shared = [
            [len(beginnings(label.misconception) & beginnings(f"{o.text} {o.explanation}")) for label in wrong]
            for o in wrong
        ]
        fits = {
            order: sum(row[i] for row, i in zip(shared, order, strict=True))
            for order in permutations(range(len(wrong)))
        }
        assert max(fits.values()) - fits[tuple(range(len(wrong)))] < 4, f"{item.id}: misconceptions have changed places"


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_what_is_given_varies_or_is_fixed_for_a_reason(source):
    for name, problems in source.notebooks.items():
        asked = [cell.id for cell in problems.notebook.cells if cell.cell_type == "code" and is_solution(cell)]
        moving = {cell.id for stretch in problems.stretches[1:] if stretch.rules.values for cell in stretch.cells}
        still = [
            cell
            for cell in asked
            if cell not in moving and "ask(" not in next(c for c in problems.notebook.cells if c.id == cell).source
        ]
        assert set(still) <= source.fixed.keys(), f"{name}: give them numbers that vary, or say in [fixed] why not"


@pytest.mark.parametrize("slug", DRAWN)
def test_the_committed_quiz_is_written_from_its_bank(slug):
    for name, notebook in read_source(slug).public().items():
        committed = (SOLUTIONS / slug / f"{name}.ipynb").read_text(encoding="utf-8")
        assert committed == nbformat.writes(notebook) + "\n", f"run: python -m postwar.editions {slug}"


def fixed_items(source):
    """Items that `[fixed]` names, by themselves or by the answer that they mark."""
    for problems in source.notebooks.values():
        answer = None
        for cell in problems.notebook.cells:
            if is_solution(cell):
                answer = cell.id
            if is_grade(cell) and source.fixed.keys() & {cell.id, answer}:
                yield cell.id


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_every_key_varies_unless_it_is_said_to_be_fixed(source, marked):
    table = report.ranges(marked, source.written())
    still = table[(table["different"] < 2) & ~table["item"].isin(list(fixed_items(source)))]
    assert still.empty, still


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_luck_above_one_in_ten_has_a_reason(source):
    """By the page's 200 editions: an item that is often right when copied is fixed or narrow, and says why; no other one is."""
    page = report.PAGE.read_text(encoding="utf-8").split(f"## {source.slug}\n")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.split("|")] for line in page.splitlines() if re.match(r"\| [\w-]+ \| −?\d", line)
    ]
    lucky = {row[1] for row in rows if max(int(row[5]), int(row[6])) > 100 * report.TENTH}
    assert lucky - set(fixed_items(source)) == source.narrow.keys()


def test_luck_is_counted_within_the_tolerance():
    """Three editions with the keys 1, 1.004 and 2: two of six ordered pairs help each other, and the public 1.002 two of three."""
    from postwar.editions import luck
    from postwar.editions.tests import Marked

    def item(key, **more):
        return Marked("x", "mark_number", key, {"expected": key, "within": 0.005} | more)

    found = luck.of_numbers(item(1.002), [item(1), item(1.004), item(2)])
    assert (found.public, found.classmate) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert luck.of_numbers(item(43), [item(0.43, or_percent=True)] * 2).public == 1
    lists = [item([1, 2]), item([1, 3])]
    assert luck.of_numbers(item([0, 2]), lists).public == pytest.approx(1 / 4)
    tables = [item({"A": 1}), item({"B": 1})]
    assert luck.of_numbers(item({"A": 1}), tables).public == 1 / 2, "a table with other keys is refused"


def test_letters_are_counted_as_they_are_marked():
    from postwar.editions.luck import Letters, of_letters

    one = [Letters("mark_choice", letter, "abcd") for letter in "aabc"]
    assert of_letters(one[0], one).public == 1 / 2 and of_letters(one[0], one).classmate == pytest.approx(1 / 6)
    order = Letters("mark_order", "abc", "abc")
    assert of_letters(Letters("mark_order", "bac", "abc"), [order, order]).public == pytest.approx(1 / 3)
    pairs = Letters("mark_pairs", "ab", "abc")
    assert of_letters(Letters("mark_pairs", "ac", "abc"), [pairs, pairs]).public == 1 / 2


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_the_page_is_in_step(source, drawn, marked):
    """Word for word where as many editions are drawn as it was made of; else its rows, and its ranges hold these keys."""
    page = report.PAGE.read_text(encoding="utf-8").split(f"## {source.slug}\n")[1].split("\n## ")[0]
    now = report.section(source, drawn, marked)
    if len(drawn) == report.COUNT:
        assert page.strip() == now.split("\n", 1)[1].strip(), "run: python -m postwar.editions"
    for was, row in zip(page.strip().splitlines(), now.strip().splitlines()[2:], strict=True):
        then, this = ([cell.strip() for cell in line.split("|")] for line in (was, row))
        # How often a question is asked, how many keys an item has and luck depend on the number of editions.
        numeric = len(then) == 9 and re.match(r"−?\d", then[2])
        counted = (2, 3, 4, 5, 6) if numeric else (3, 5, 6, 7) if len(then) == 9 else ()
        same = [[cell for i, cell in enumerate(cells) if i not in counted] for cells in (then, this)]
        assert same[0] == same[1], "run: python -m postwar.editions"
        if numeric:
            low, high, lowest, highest = (float(x.replace("−", "-")) for x in (then[2], then[3], this[2], this[3]))
            assert low <= lowest <= highest <= high, f"{this[1]}: run: python -m postwar.editions"


@pytest.mark.parametrize("source", SLUG, indirect=True)
def test_the_same_secret_gives_the_same_edition_and_another_another(source):
    one, again, other = source.draw(KEY, "7"), source.draw(KEY, "7"), source.draw(KEY + b"!", "7")
    assert one.solutions == again.solutions and one.label == again.label
    assert one.numbers != other.numbers and one.label != other.label
