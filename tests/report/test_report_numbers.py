"""The numbers of the report against independent formulas, and its parts in small."""

import csv
import json
import shutil

import made_up
import nbformat
import numpy as np
import pandas as pd
import pytest
from reported import analysed
from scipy import stats

from postwar import course
from postwar.assignments import criteria, progress
from postwar.classroom.folder import ClassFolder
from postwar.classroom.settings import Rounding
from postwar.classroom.term import term
from postwar.paths import LESSONS
from postwar.quiz import answered
from postwar.report import essays, items, mistakes, objectives, page, passages, read
from postwar.report.copies import _answer

RANDOM = np.random.default_rng(5)
ABILITY = RANDOM.normal(size=200)
ANSWERS = (RANDOM.normal(size=(200, 12)) + ABILITY[:, None] > 0).astype(float)


def test_discrimination_is_the_correlation_with_the_other_items():
    found = items.item_rest(ANSWERS)
    for k in range(ANSWERS.shape[1]):
        rest = np.delete(ANSWERS, k, axis=1).sum(axis=1)
        assert found[k] == pytest.approx(stats.pearsonr(ANSWERS[:, k], rest).statistic)
        low, high = items.fisher(found[k], 200)
        assert (low, high) == pytest.approx(tuple(stats.pearsonr(ANSWERS[:, k], rest).confidence_interval()), abs=1e-6)
    assert np.isnan(items.item_rest(np.column_stack([ANSWERS, np.ones(200)]))[-1])


def test_alpha_is_that_of_covariances_and_its_interval_holds():
    """alpha = k c / (v + (k − 1) c), by mean variance and mean covariance; Feldt's interval covers 95 % of true values."""
    covariance = np.cov(ANSWERS.T)
    k = len(covariance)
    mean = (covariance.sum() - np.trace(covariance)) / (k * (k - 1))
    value, low, high = items.alpha(ANSWERS)
    assert value == pytest.approx(k * mean / (np.trace(covariance) / k + (k - 1) * mean))
    assert low < value < high
    # Parallel items with correlation 0.2: alpha = 10 · 0.2 / (1 + 9 · 0.2).
    random, true, inside = np.random.default_rng(6), 2 / 2.8, 0
    for _ in range(400):
        sample = np.sqrt(0.2) * random.normal(size=(60, 1)) + np.sqrt(0.8) * random.normal(size=(60, 10))
        _, low, high = items.alpha(sample)
        inside += low <= true <= high
    assert 0.92 < inside / 400 < 0.98


def test_kappa_is_one_minus_squared_disagreement():
    """Weighted kappa = 1 − mean squared difference ÷ that of all pairings of the two readers' marks."""
    one = RANDOM.integers(0, 4, 80)
    other = np.clip(one + RANDOM.integers(-1, 2, 80), 0, 3)
    n, same, kappa, low, high = essays.kappa(one, other)
    expected = 1 - np.mean((one - other) ** 2) / np.mean((one[:, None] - other[None, :]) ** 2)
    assert (n, same) == (80, np.mean(one == other)) and kappa == pytest.approx(expected) and low < kappa < high
    assert np.isnan(essays.kappa(one[:10], other[:10])[2]), "ten essays say nothing"


def test_a_lenient_reader_is_found_by_regression_and_nobody_else():
    """The shift is that of means where students are equal; essays that two read count once in its interval."""
    random = np.random.default_rng(8)
    rows, level = [], pd.Series(random.normal(size=150), index=[f"s{i}" for i in range(150)])
    for i, student in enumerate(level.index):
        reader = "ABC"[i // 50]
        mark = 6 + level[student] + random.normal() + 2.0 * (reader == "B")
        rows.append(("x", "essay", reader, "formgrader", student, i, mark, 4))
    columns = ["assignment", "item", "reader", "pile", "student", "place", "mark", "most"]
    totals = pd.DataFrame(rows, columns=columns).set_index(columns[:5])
    table, found = essays._severity(totals, level)
    assert [one.about for one in found] == [("essay", "B")]
    shifts = table.set_index("reader")["shift"]
    assert shifts.sum() == pytest.approx(0) and shifts["B"] == pytest.approx(2, abs=0.6)
    residual = totals["mark"] - np.polyval(np.polyfit(level, totals["mark"], 1), level.to_numpy())
    means = residual.groupby("reader").mean()
    assert shifts["B"] == pytest.approx(means["B"] - means[["A", "C"]].mean(), abs=0.2)


def test_the_bound_on_shared_wrong_answers_is_one():
    """Simulated copies that err independently exceed it no more often than it says."""
    random, rows = np.random.default_rng(7), []
    for unit in range(25):
        shares = random.dirichlet(np.ones(6))
        rows += [(f"s{i}", f"u{unit}", f"v{random.choice(6, p=shares)}") for i in range(120) if random.random() < 0.5]
    wrong = pd.DataFrame(rows, columns=["student", "unit", "value"])
    students = [f"s{i}" for i in range(120)]
    shared, logs, both = mistakes.bounds(rows, students)
    upper = np.triu_indices(120, 1)
    for level in (0.1, 0.01, 0.001):
        assert (logs[upper] < np.log(level)).mean() <= level
    values = wrong.pivot(index="student", columns="unit", values="value").reindex(students)
    assert both[3, 8] == (values.loc["s3"].notna() & values.loc["s8"].notna()).sum()
    assert (shared[3, 8] > 0) == (values.loc["s3"] == values.loc["s8"]).any()


def test_passages_are_found_in_any_place_and_quotations_are_not():
    words = [f"word{i}" for i in RANDOM.permutation(5000)]
    shared, quoted = " ".join(words[:40]), " ".join(words[40:100])
    texts = [" ".join([*words[100 + 100 * i : 200 + 100 * i], quoted]) for i in range(10)]
    texts[2], texts[7] = f"{shared} {texts[2]}", f"{texts[7]} {shared.upper()}"
    texts[4] += " https://one.example/" + "x" * 50
    found, _ = passages.shared_passages(
        [passages._words(text, "text") for text in texts], "text", passages._all_runs([quoted], "text")
    )
    assert [(i, j) for i, j, *_ in found] == [(2, 7)]
    assert " ".join(found[0][2][0]) == shared


def test_reworded_texts_are_found_and_what_everybody_was_given_is_not():
    words = [f"word{i}" for i in RANDOM.permutation(6000)]
    given = " ".join(words[5000:5200])
    texts = [" ".join([*words[200 * i : 200 * i + 150], given]) for i in range(8)]
    texts[6] = " ".join("other" if i % 6 == 5 else word for i, word in enumerate(texts[3].split()))
    known, read = passages._all_runs([given], "text"), [passages._words(text, "text") for text in texts]
    ((i, j, aligned, _),), (usual, most) = passages.reworded(read, known)
    assert (i, j) == (3, 6) and 0.8 < aligned < 0.9
    assert usual == 0 and most >= aligned
    assert passages.reworded(read[:5], known)[0] == [], "a text that everybody was given is nobody's"


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ("Right: `x` is correct.\n`x` was read as 43 per cent.\n", ("number", "43 per cent", True, "", (), None, "")),
        ("`x` is not right yet. Halve it.\n`x` was read as −2.\n", ("number", "−2", False, "Halve it.", (), None, "")),
        ("something else\n", None),
    ],
)
def test_answers_are_read_from_what_tests_say(said, row):
    assert _answer(said, "", "") == row


@pytest.mark.parametrize(
    ("question", "test", "answer", "wrong"),
    [
        (
            'ask("Which?", a="one", b="two", confidence="sure",',
            'mark_choice(q, best="a", confidence="sure", a="A.", b="B.")',
            "b",
            "two",
        ),
        (
            'ask("Which?", a="one", b="two", several=True,',
            'mark_choices(q, best="b", a="A.", b="B.")',
            "ab",
            "one: applies",
        ),
        (
            'ask("Order?", a="one", b="two", c="three", ordered=True,',
            'mark_order(q, best="abc", a="A.", b="B.", c="C.")',
            "acb",
            "two: third; three: second",
        ),
        (
            'ask("Pair.", ["claim", "other"], a="one", b="two",',
            'mark_pairs(q, best="ab", options="ab", why=["A.", "B."])',
            "aa",
            "other: one",
        ),
    ],
    ids=["one", "all", "order", "pairs"],
)
def test_what_was_chosen_is_read_from_the_course_s_own_marking(question, test, answer, wrong):
    cell = f'q = {question}\n    answer="{answer}",\n)'
    asked = answered.asked(cell, test)
    for letters, expected in ((answer, wrong), (asked.best, "")):
        said = made_up._marked(test.replace('confidence="sure", ', ""), letters, "sure" * ("confidence" in test))[1]
        kind, value, right, _, chosen, _, sure = _answer(said, cell, test)
        assert (value, right, sure) == (expected, not expected, "sure" * ("confidence" in test))
        assert chosen == asked.given(letters) and kind == asked.kind
    assert _answer("Not quite: you chose b.", "q = ask(", test) is None, "a damaged question says nothing"


@pytest.mark.parametrize(
    ("comment", "read"),
    [
        ("AB: 3 2 3 1\n\nGood.", ("AB", [3, 2, 3, 1])),
        ("3+2+3+1", ("", [3, 2, 3, 1])),
        ("Good.\nC D: 3, 2.5, 3, 1 = 9.5", ("C D", [3, 2.5, 3, 1])),
        ("2 of the 3 studies in 1 word", None),
        ("3 2 3", None),
        ("", None),
    ],
)
def test_criteria_are_read_from_a_comment(comment, read):
    assert criteria.marks(comment, 4) == read


def test_the_board_is_the_term_and_rounds_as_said(changed):
    settings = changed.root / "class.toml"
    text = settings.read_text(encoding="utf-8").replace("step = 0 ", "step = 1 ").replace("lowest = 1", "lowest = 0")
    settings.write_text(text, encoding="utf-8")
    folder = ClassFolder(changed.root)
    data, parts = analysed(folder)
    for row, one in zip(parts.board.table.to_dict("records"), term(folder), strict=True):
        assert (row["student"], row["reason"]) == (one.student.id, one.reason)
        assert row["final"] == one.final or (np.isnan(row["final"]) and one.final is None)
        assert one.final is None or one.final == Rounding(1).rounded(one.exact)
    assert "extension" in parts.board.table.iloc[0]["01-planning-peace remark"]
    rules = " ".join(rule for rule, _ in parts.board.rules)
    assert "to 1 per cent, halves up" in rules and "10 % of the points" in rules


@pytest.mark.parametrize(
    ("rounding", "share", "rounded"),
    [
        ((1, "up"), 62.5, 63),
        ((1, "even"), 62.5, 62),
        ((1, "up"), 62.49999999999999, 63),
        ((0.5, "up"), 62.25, 62.5),
        ((0, "up"), 62.123, 62.123),
    ],
)
def test_marks_are_rounded_as_by_hand(rounding, share, rounded):
    assert Rounding(*rounding).rounded(share) == rounded


def test_scores_are_those_of_nbgrader(changed):
    """Read from the file; nbgrader's own interface is the oracle."""
    from nbgrader.api import Gradebook

    slug = "01-planning-peace"
    with Gradebook(changed.db_url, changed.settings.course_id) as gradebook:
        odd = gradebook.assignment_submissions(slug)[:3]
        for submission, given in zip(odd, [(None, None, True), (2.0, 1.5, False), (None, 3.0, False)], strict=True):
            grade = submission.notebooks[0].grades[0]
            grade.manual_score, grade.extra_credit, grade.needs_manual_grade = given
            submission.notebooks[1].late_submission_penalty = 1.25
        odd[0].notebooks[0].grades[1].auto_score = odd[0].notebooks[0].grades[1].manual_score = None
        gradebook.db.commit()
        expected = {
            (grade.notebook.name, grade.name, grade.notebook.assignment.student.id): (
                grade.score,
                grade.needs_manual_grade,
            )
            for submission in gradebook.assignment_submissions(slug)
            for notebook in submission.notebooks
            for grade in notebook.grades
        }
        totals = {
            one.student.id: (one.score - one.late_submission_penalty, one.needs_manual_grade)
            for one in gradebook.assignment_submissions(slug)
        }
    data = read.read(changed)
    found = {(row.notebook, row.item, row.student): (row.score, row.waiting) for row in data.grades.itertuples()}
    assert found == expected
    for mark in data.marks[slug]:
        if mark.student.id in totals:
            points, waiting = totals[mark.student.id]
            assert mark.state == ("unread" if waiting else "graded")
            assert mark.points == (None if waiting else pytest.approx(points))


def test_progress_on_a_feedback_page_is_that_of_the_report(small):
    """By one query over the gradebook; the report's own reading is the oracle. Later assignments are not shown."""
    from nbgrader.api import Gradebook

    data = read.read(small)
    earlier, later = data.slugs
    shares = objectives.analyse(data, items.analyse(data)).mastery
    with Gradebook(small.db_url, small.settings.course_id) as gradebook:
        for student in shares.index:
            found = progress.in_class(gradebook, later, student)
            assert progress.in_class(gradebook, earlier, student) == {}
            assert set(found) <= {earlier}
            for name, (earned, possible) in found.get(earlier, {}).items():
                assert earned / possible == pytest.approx(shares.loc[student, name])
            expected = [name for name in shares if name.startswith("LO1") and shares.loc[student, name] >= 0]
            assert sorted(found.get(earlier, {})) == expected


def test_somebody_elses_numbers_are_seen(changed):
    """One copy answers with the numbers that are right for the other edition."""
    answered = {}
    for file in sorted(changed.root.glob("autograded/*/01-planning-peace/problems.ipynb")):
        answered[file.parts[-3]] = file
    mine, theirs = (nbformat.read(answered[name], as_version=4) for name in ("s001", "s002"))
    right = {}
    for name, file in answered.items():
        if int(name[1:]) % 2 == 0:  # edition 2
            for cell in nbformat.read(file, as_version=4).cells:
                text = "".join(output.get("text", "") for output in cell.get("outputs", ()))
                if text.startswith("Right: `x`"):
                    right[cell.id] = text.rpartition(" as ")[2]
    for cell in mine.cells:
        if cell.id in right:
            cell.outputs = [
                nbformat.v4.new_output("stream", text=f"`x` is not right yet. No.\n`x` was read as {right[cell.id]}")
            ]
    nbformat.write(mine, answered["s001"])
    _, parts = analysed(changed)
    found = parts.likeness.pairs[parts.likeness.pairs["kind"] == "other edition"]
    assert [(row.one, row.other) for row in found.itertuples()] == [("s001", "edition 2")]
    assert theirs is not None


def test_a_second_reader_may_use_a_sheet_with_numbers(changed):
    place = changed.root / "inbox" / "01-planning-peace"
    place.mkdir(parents=True)
    (place / "who-is-who.csv").write_text("number,student\n001,s007\n", encoding="utf-8")
    sheet = changed.root / "readings" / "01-planning-peace" / "GH.csv"
    sheet.write_text("number,A,B,C,D,comment\n001,3,2,1,0,fine\n002,,,,,\n", encoding="utf-8")
    data, parts = analysed(changed)
    mine = parts.essays.readings[parts.essays.readings["reader"] == "GH"]
    assert mine["student"].unique().tolist() == ["s007"] and mine["mark"].tolist() == [3, 2, 1, 0]
    sheet.write_text("number,A,B,C\n001,3,2,1\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"GH.csv, line 2: .* a mark for each criterion: Mechanisms"):
        analysed(changed)


def test_texts_of_students_are_shown_and_do_nothing(changed):
    hostile = '<script>alert(1)</script> {{ 7 * 7 }} =HYPERLINK("x") ' + " ".join(f"own{i}" for i in range(60))
    for name in ("s003", "s008"):
        file = changed.root / "autograded" / name / "01-planning-peace" / "problems.ipynb"
        if not file.exists():
            continue
        notebook = json.loads(file.read_text(encoding="utf-8"))
        for cell in notebook["cells"]:
            if cell["id"] == "essay":
                cell["source"] = hostile
        file.write_text(json.dumps(notebook), encoding="utf-8")
    (changed.root / "autograded" / "s010" / "01-planning-peace" / "quiz.ipynb").write_text(
        "{ damaged", encoding="utf-8"
    )
    data, parts = analysed(changed)
    assert ("s003", "s008") in {one.about for one in parts.likeness.findings}
    shown = page.html(parts, data, names=False)
    assert "<script" not in shown and "own59" in shown
    evidence = page.tables(parts, data, names=False)["likeness-evidence"]
    assert not evidence["of_one"].str.startswith("=").any()


def test_hostile_names_are_text_on_the_page_and_in_tables(changed):
    """Whoever fills in the roster's names writes neither HTML nor a formula."""
    roster = changed.root / "roster.csv"
    evil = '=HYPERLINK("http://evil.example")<img src=x onerror=alert(1)>'
    with roster.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file))
    lines[0]["first_name"] = evil
    with roster.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, lines[0].keys())
        writer.writeheader()
        writer.writerows(lines)
    data, parts = analysed(ClassFolder(changed.root))
    shown = page.html(parts, data, names=True)
    assert "<img" not in shown and "&lt;img src=x" in shown
    for name, frame in page.tables(parts, data, names=True).items():
        texts = [value for column in frame for value in frame[column] if isinstance(value, str)]
        assert not any(text.startswith(("=", "@", "+", "\t", "\r")) for text in texts), name


def test_damaged_files_are_named_with_the_way_out(changed):
    gradebook, roster = changed.root / "gradebook.db", changed.root / "roster.csv"
    whole = gradebook.read_bytes()
    shutil.rmtree(changed.root / "autograded" / "s002")
    data, parts = analysed(changed)
    assert "s002" not in set(data.copies["student"]) and "s002" in set(data.grades["student"]), "the marks still count"
    gradebook.write_bytes(b"x" * 4096)
    with pytest.raises(ValueError, match=r"gradebook.db cannot be read as a gradebook .* back-up"):
        read.read(changed)
    gradebook.write_bytes(b"")
    with pytest.raises(ValueError, match="nothing of this class is graded yet: postwar grade"):
        read.read(changed)
    gradebook.write_bytes(whole)
    roster.write_text(roster.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"roster.csv names no student"):
        read.read(ClassFolder(changed.root))


def test_a_part_of_the_term_is_not_shown_as_the_term(changed):
    data = read.read(changed, ["01-planning-peace"])
    assert not data.whole and read.read(changed).whole


def test_explorers_of_objectives_are_in_the_lessons():
    of = {goal: lesson for lesson in course.LESSONS for goal in lesson.objectives}
    for goal, cells in objectives._explorers().items():
        known = {cell.id for cell in nbformat.read(LESSONS / of[goal].notebook, as_version=4).cells}
        assert set(cells) <= known, goal
        assert len(objectives.shown_by(goal)) == len(cells)
