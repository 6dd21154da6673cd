"""From a platform's archive to marks and back, through the real nbgrader: the whole way of a class."""

import csv
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from types import SimpleNamespace

import archives
import nbformat
import pytest
from archives import SLUG
from bs4 import BeautifulSoup

from postwar import cli
from postwar.assignments.choices import choices
from postwar.classroom import roster
from postwar.classroom.folder import ClassFolder
from postwar.classroom.gradebook import changes, renew_penalties
from postwar.classroom.hand_back import hand_back, hand_back_term
from postwar.classroom.marks import Mark, marks, maximum
from postwar.classroom.settings import Rounding
from postwar.classroom.spreadsheet import harmless
from postwar.classroom.term import _one

LATE = archives.WHEN.replace(day=3, hour=19)  # two days and an hour after the date


@pytest.fixture(scope="module")
def graded(made, tmp_path_factory, solved, blank):
    """Five students: all right, all right but late, a blank, a damaged copy, and one who handed in nothing; essays unread."""
    root = tmp_path_factory.mktemp("graded") / "peace"
    shutil.copytree(made, root)
    text = (root / "class.toml").read_text(encoding="utf-8")
    text = text.replace(f'# "{SLUG}" = "2027-03-01 18:00"', f'"{SLUG}" = "2027-03-01 18:00"', 1)
    text = text.replace("percent_per_day = 0 ", "percent_per_day = 10 ")
    (root / "class.toml").write_text(text + f'\n[extensions.s001]\n"{SLUG}" = "2027-03-02 18:00"\n', encoding="utf-8")
    hand_ins = {"s001": solved, "s003": blank, "s004": {"quiz.ipynb": b"{broken", "problems.ipynb": b"x"}}
    archives.blackboard(root / "inbox" / "1.zip", hand_ins)
    archives.blackboard(root / "inbox" / "2.zip", {"s002": solved}, when=LATE)
    for command in (
        ["class", "collect", SLUG, "inbox/1.zip"],
        ["class", "collect", SLUG, "inbox/2.zip"],
        ["grade", SLUG, "--feedback"],
    ):
        environment = {**os.environ, "PATH": os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])}
        done = subprocess.run(
            [sys.executable, "-m", "postwar", *command],
            cwd=root,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
        )
        assert done.returncode == 0, done.stdout + done.stderr
    counted = dict(
        re.findall(r"^ (.+?) +│ (\d+) *$", done.stderr, re.MULTILINE)
    )  # whose essay is blank has none to be read
    assert (counted["… of these, to be read by hand"], counted["nothing handed in"]) == ("2", "1"), done.stderr
    return ClassFolder(root)


def _read_essays(folder, points=9):
    """Enter a score for every essay, as formgrader does."""
    from nbgrader.api import Gradebook

    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        for submission in gradebook.assignment_submissions(SLUG):
            for notebook in submission.notebooks:
                for grade in notebook.grades:
                    if grade.needs_manual_grade:
                        grade.manual_score, grade.needs_manual_grade = points, False
        gradebook.db.commit()


def test_nobody_without_a_mark_gets_a_zero(graded):
    states = {mark.student.id: (mark.state, mark.points) for mark in marks(graded, SLUG)}
    assert states["s004"] == ("failed", None)
    assert states["s005"] == ("absent", None)
    assert states["s001"] == ("unread", None)
    for platform in archives.ALL:
        _, files = hand_back(graded, SLUG, platform=platform)
        rows = list(csv.reader(io.StringIO(files[1].read_text(encoding="utf-8-sig"))))
        for student in ("s001", "s004", "s005"):  # a blank copy is a hand-in, and rightly 0
            (row,) = [row for row in rows if any(cell.lstrip("#").partition("@")[0] == student for cell in row)]
            assert not {"0", "0.0", "0.00"} & set(row), platform


def test_marks_extensions_and_late_rule(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "peace")
    folder = ClassFolder(tmp_path / "peace")
    _read_essays(folder)
    found = {mark.student.id: mark for mark in marks(folder, SLUG)}
    whole = maximum(folder, SLUG)
    automatic = whole - 12
    assert found["s001"].points == automatic + 9 and found["s001"].late_penalty == 0, "handed in within the extension"
    # Three days begun at ten per cent each, of what the automatic marks were when the penalty was set.
    assert found["s002"].late_penalty == pytest.approx(0.3 * automatic)
    assert found["s002"].points == pytest.approx(automatic + 9 - 0.3 * automatic)

    sheet = tmp_path / "sheet.csv"
    sheet.write_text(
        "Identifier,Full name,Email address,Grade,Maximum Grade,Feedback comments\n"
        "Participant 7,Ada Ärger,s001@uni.example,,90,\nParticipant 8,Ed Nox,s005@uni.example,,90,\n",
        encoding="utf-8",
    )
    _, files = hand_back(folder, SLUG, platform="moodle", sheet=sheet)
    rows = {row["Identifier"]: row for row in csv.DictReader(io.StringIO(files[1].read_text(encoding="utf-8-sig")))}
    assert float(rows["Participant 7"]["Grade"]) == pytest.approx(found["s001"].points * 90 / whole, abs=0.01)
    assert rows["Participant 8"]["Grade"] == "" and rows["Participant 8"]["Feedback comments"] == "nothing handed in"


def test_feedback_lies_under_the_name_of_the_hand_in(graded):
    _, files = hand_back(graded, SLUG)
    with zipfile.ZipFile(files[-1]) as archive:
        handed_in = ["s001", "s002", "s003", "s004"]  # that the last one could not be graded is said on a page too
        assert sorted(archive.namelist()) == [f"{student}/feedback.html" for student in handed_in]
        page = BeautifulSoup(archive.read("s001/feedback.html"), "html.parser")
    assert len(page.find_all("main")) == 2, "quiz and problems on one page"
    assert not page.find_all(["script", "link"]), "self-contained"
    ids = [element["id"] for element in page.find_all(id=True)]
    assert len(ids) == len(set(ids))
    assert all(link["href"][1:] in ids for link in page.find_all("a", href=True) if link["href"].startswith("#"))


def test_a_second_reader_sees_no_name(graded):
    hand_back(graded, SLUG)
    first = (graded.root / "outbox" / SLUG / "marks.csv").read_bytes()
    _, files = hand_back(graded, SLUG, anonymous=True)
    with zipfile.ZipFile(files[-1]) as archive:
        pages = sorted(name.removesuffix(".html") for name in archive.namelist())
        shown = "".join(archive.read(name).decode() for name in archive.namelist())
    assert not [
        student.id for student in graded.roster() if re.search(rf"\b({student.id}|{student.last_name})\b", shown)
    ]
    text = files[0].read_text(encoding="utf-8-sig")
    assert not [student for student in graded.roster() if student.id in text or (student.last_name in text)]
    with (graded.root / "inbox" / SLUG / "who-is-who.csv").open(encoding="utf-8-sig", newline="") as file:
        known = {row["number"]: row["student"] for row in csv.DictReader(file)}
    assert sorted(known.values()) == [student.id for student in graded.roster()]
    assert sorted(known[page] for page in pages) == ["s001", "s002", "s003", "s004"]
    assert (graded.root / "outbox" / SLUG / "marks.csv").read_bytes() == first, "the marks with names stay as they were"
    with (graded.root / "outbox" / SLUG / "reading.csv").open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["number", "Mechanisms", "Use of a model", "Limits of the evidence", "Balance and clarity"]
    assert sorted(known[row[0]] for row in rows) == ["s001", "s002", "s003"]


def test_marks_by_criterion_and_model_essays_stand_on_the_page(graded, tmp_path, monkeypatch, capsys):
    from nbgrader.api import Gradebook

    shutil.copytree(graded.root, tmp_path / "peace")
    folder = ClassFolder(tmp_path / "peace")
    monkeypatch.chdir(folder.root)
    _read_essays(folder)
    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        comment = gradebook.find_comment("essay", "problems", SLUG, "s001")
        comment.manual_comment = "AB: 3 2 3 1\n\nWell *ordered*."
        gradebook.db.commit()
    assert cli.main(["class", "return", SLUG, "--model-essays"]) == 1
    assert "after 2027-03-02 18:00, extensions included" in capsys.readouterr().err
    settings = folder.root / "class.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace("2027-03", "2026-03"), encoding="utf-8")
    assert cli.main(["class", "return", SLUG, "--model-essays"]) == 0
    page = BeautifulSoup((folder.root / "feedback" / "s001" / SLUG / "problems.html").read_text("utf-8"), "html.parser")
    item = page.find(id="essay")
    assert [one.get_text() for one in item.select(".criteria li")][:2] == [
        "Mechanisms: 3 of 3",
        "Use of a model: 2 of 3",
    ]
    assert item.select_one(".comment").get_text().split() == ["Comment.", "Well", "ordered."]
    source = nbformat.read(folder.root / "solutions" / SLUG / "problems.ipynb", as_version=4)
    model = next(cell.source for cell in source.cells if cell.id == "essay")
    assert model.split("\n")[1][:40] in item.select_one("details.model").get_text()
    assert "SOLUTION" not in item.get_text()


def test_an_extension_after_grading_counts_and_the_term_follows(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "peace")
    folder = ClassFolder(tmp_path / "peace")
    _read_essays(folder)
    whole = maximum(folder, SLUG)
    renew_penalties(folder, SLUG)
    found = {mark.student.id: mark for mark in marks(folder, SLUG)}
    assert found["s002"].points == pytest.approx(0.7 * (whole - 3)), "30 % off the whole, the essay included"
    with (folder.root / "class.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[extensions.s002]\n"{SLUG}" = "2027-03-09 18:00"\n[extensions.s005]\n"{SLUG}" = "excused"\n')
    folder = ClassFolder(tmp_path / "peace")
    renew_penalties(folder, SLUG)
    found, files = hand_back_term(folder, platform="canvas")
    terms = {one.student.id: one for one in found}
    assert terms["s002"].final == pytest.approx(100 * (whole - 3) / whole)
    assert terms["s004"].final is None and "could not be graded" in terms["s004"].reason
    assert terms["s005"].final is None and terms["s005"].shown(SLUG) == "excused"
    rows = list(csv.reader(io.StringIO(files[1].read_text(encoding="utf-8-sig"))))
    (row,) = [row for row in rows if "s004" in row]
    assert row[-1] == ""


def test_the_lowest_are_dropped_and_the_missing_before_them():
    def one(states, drop=1, **weights):
        own = {slug: Mark(None, state, points) for slug, (state, points) in states.items()}
        folder = SimpleNamespace(settings=SimpleNamespace(drop_lowest=drop, weights=weights, rounding=Rounding()))
        return _one(folder, None, own, dict.fromkeys(own, 10.0))

    graded, absent, unread = ("graded", 8.0), ("absent", None), ("unread", None)
    assert one({"a": graded, "b": ("graded", 2.0), "c": ("graded", 6.0)}).final == pytest.approx(70)
    assert one({"a": graded, "b": ("graded", 2.0)}, drop=0, a=3.0).final == pytest.approx(65)
    assert one({"a": graded, "b": absent}).dropped == {"b"} and one({"a": graded, "b": absent}).final == 80
    assert one({"a": graded, "b": absent}, drop=0).final is None
    assert one({"a": graded, "b": ("graded", 2.0), "c": unread}).reason == "c: an essay is still to be read"
    assert one({"a": ("excused", None), "b": graded}).final == 80, "the only one is never dropped"


@pytest.mark.parametrize("platform", archives.ALL)
def test_the_mark_file_names_students_as_the_platform_does(platform, graded):
    _, files = hand_back(graded, SLUG, platform=platform)
    header, *rows = csv.reader(io.StringIO(files[1].read_text(encoding="utf-8-sig")))
    keys = {"moodle": "Email address", "canvas": "SIS Login ID", "blackboard": "Username", "brightspace": "Username"}
    column = header.index(keys[platform])
    named = [row[column].lstrip("#").partition("@")[0] for row in rows if row[column]]
    assert named == [student.id for student in graded.roster()]
    assert all(len(row) == len(header) for row in rows)


def test_a_name_is_never_a_formula(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "peace")
    folder = ClassFolder(tmp_path / "peace")
    evil = [roster.Student("s001", '=HYPERLINK("x")', "+cmd|'/C calc'!A0", "@x"), *folder.roster()[1:]]
    roster.write(evil, folder.root / roster.FILE)
    for platform in archives.ALL:
        _, files = hand_back(folder, SLUG, platform=platform)
        for row in csv.reader(io.StringIO(files[1].read_text(encoding="utf-8-sig"))):
            assert not [cell for cell in row if cell[:1] in ("=", "@") or cell[:2] == "+c"], platform


def test_an_excused_student_is_neither_late_nor_absent(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "peace")
    with (tmp_path / "peace" / "class.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[extensions.s005]\n"{SLUG}" = "excused"\n')
    found = {mark.student.id: mark for mark in marks(ClassFolder(tmp_path / "peace"), SLUG)}
    assert found["s005"].state == "excused" and found["s005"].points is None


def test_only_pages_that_changed_are_written_again(graded, tmp_path, monkeypatch):
    from nbgrader.api import Gradebook

    shutil.copytree(graded.root, tmp_path / "peace")
    folder = ClassFolder(tmp_path / "peace")
    monkeypatch.chdir(folder.root)

    def written():
        assert cli.main(["class", "return", SLUG]) == 0
        return {path: path.stat().st_mtime_ns for path in (folder.root / "feedback").rglob("*.html")}

    first = written()
    assert len(first) >= 6 and written() == first
    with Gradebook(folder.db_url, folder.settings.course_id) as gradebook:
        submission = gradebook.find_submission(SLUG, "s002")
        (essay,) = [each for notebook in submission.notebooks for each in notebook.comments if each.name == "essay"]
        essay.manual_comment = "Well argued."
        gradebook.db.commit()
    changed = {path for path, when in written().items() if when != first[path]}
    assert {path.parts[-3] for path in changed} == {"s002"}
    assert any("Well argued." in path.read_text(encoding="utf-8") for path in changed)


def test_choices_are_read_in_the_words_that_were_asked(graded, tmp_path):
    shutil.copytree(graded.root, tmp_path / "peace")
    for quiz in (tmp_path / "peace").glob(f"autograded/*/{SLUG}/quiz.ipynb"):
        notebook = nbformat.read(quiz, as_version=4)
        cell = next(cell for cell in notebook.cells if "ask(" in cell.source and ' a="' in cell.source)
        cell.source = cell.source.replace(' a="', ' a="In this class: ', 1)
        nbformat.write(notebook, quiz)
    wordings = choices(SLUG, tmp_path / "peace")["wording"]
    assert wordings.str.startswith("In this class: ").sum() == 1


def test_a_mark_that_a_second_reader_replaced_is_kept(graded, tmp_path):
    """Two formgraders on one gradebook: both have the essay open without a mark, and both save one."""
    from nbgrader.api import Gradebook

    shutil.copytree(graded.root, tmp_path / "peace")
    folder = ClassFolder(tmp_path / "peace")
    with Gradebook(folder.db_url, "peace") as first, Gradebook(folder.db_url, "peace") as second:
        for gradebook, points, comment in ((first, 7, "AB: 2 2 2 1"), (second, 9, "CD: 3 2 2 2")):
            grade = gradebook.find_grade("essay", "problems", SLUG, "s001")
            grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.find_comment("essay", "problems", SLUG, "s001").manual_comment = comment
            gradebook.db.commit()
    found = {what: (student, item, was, became) for _, student, item, what, was, became in changes(folder, SLUG)}
    assert found["points"] == ("s001", "essay", 7, 9)
    assert found["comment"][2:] == ("AB: 2 2 2 1", "CD: 3 2 2 2")
    _, files = hand_back(folder, SLUG)
    (file,) = [file for file in files if file.name == "changed-marks.csv"]
    assert ",s001,essay,points,7.0,9.0" in file.read_text(encoding="utf-8-sig")
    assert not changes(graded, SLUG), "a first mark replaces nothing"


def test_two_at_once_lose_nothing(graded, tmp_path):
    """Two processes save marks for different people at the same time."""
    shutil.copytree(graded.root, tmp_path / "peace")
    folder = ClassFolder(tmp_path / "peace")
    program = (
        "import sys; from nbgrader.api import Gradebook\n"
        f"with Gradebook({folder.db_url!r}, 'peace') as gradebook:\n"
        "    for points in range(1, 26):\n"
        f"        grade = gradebook.find_grade('essay', 'problems', {SLUG!r}, sys.argv[1])\n"
        "        grade.manual_score = points; gradebook.db.commit()\n"
    )
    readers = [
        subprocess.Popen([sys.executable, "-c", program, student], stderr=subprocess.PIPE)
        for student in ("s001", "s002")
    ]
    assert [reader.communicate()[1].decode()[-500:] for reader in readers] == ["", ""]
    told = [(row[1], row[5]) for row in changes(folder, SLUG)]
    assert sorted(told) == sorted((student, points) for student in ("s001", "s002") for points in range(2, 26))


@pytest.mark.parametrize("platform", ["canvas", "blackboard", "brightspace"])
def test_the_assignment_s_own_column_is_filled(platform, graded, tmp_path):
    """It is found by the name of the assignment or its lesson, or as the instructor says; never a new one without a word."""
    sheet = tmp_path / "sheet.csv"
    headings = {
        "canvas": ('Student,ID,SIS Login ID,Section,{} (5)\n    Points Possible,,,,90\n"Öz, Cem",70003,s003,A,\n'),
        "blackboard": "Nom,Prénom,Nom d'utilisateur,{} [Total des points : 90 Score] |5\nÖz,Cem,s003,\n",
        "brightspace": "OrgDefinedId,Username,Last Name,First Name,Email,{} Points Grade <Numeric MaxPoints:90>,"
        "End-of-Line Indicator\n#1,#s003,Öz,Cem,,,#\n",
    }
    for title, column in (("Planning Peace", ""), ("Planning peace during a war", ""), ("Quiz 1", "quiz 1")):
        sheet.write_text(headings[platform].format(title), encoding="utf-8")
        _, files = hand_back(graded, SLUG, platform=platform, sheet=sheet, column=column)
        rows = list(csv.reader(io.StringIO(files[1].read_text(encoding="utf-8-sig"))))
        assert sum(title in heading for heading in rows[0]) == 1 and not [each for each in rows[0] if SLUG in each]
    with pytest.raises(ValueError, match=r"which column.*'Quiz 1'.*--column"):
        hand_back(graded, SLUG, platform=platform, sheet=sheet)


def test_a_dash_of_the_platform_s_own_stays_a_dash():
    assert [harmless(cell) for cell in ("-", "-1,5", "=1+1", "-a", "#7")] == ["-", "-1,5", "'=1+1", "'-a", "#7"]


def test_the_command_says_what_is_next(graded, monkeypatch, capsys):
    monkeypatch.chdir(graded.root)
    assert cli.main(["class", "return", SLUG]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "wait to be read: postwar lab --instructor" in shown and "Blackboard: Marks by Work offline" in shown
    assert cli.main(["class", "return", SLUG, "--sheet", "none.csv"]) == 1
    assert "There is no file none.csv in" in capsys.readouterr().err
