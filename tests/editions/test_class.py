"""A class of twelve in four editions: release, hand-in, grading by nbgrader and by ``postwar grade``, feedback.

nbgrader grades half of them, and all with ``POSTWAR_LONG=1``.
"""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
import sysconfig
from collections import Counter

import nbformat
import pytest
from bs4 import BeautifulSoup
from machinery import Assignment, cast
from nbgrader.api import Gradebook

from postwar.assignments.choices import choices
from postwar.classroom.folder import ClassFolder
from postwar.editions import classes
from postwar.editions.versions import Versions

SLUG = "04-deterrence"
STUDENTS = [f"student-{number:02}" for number in range(1, 13)]
BY_NBGRADER = STUDENTS if os.environ.get("POSTWAR_LONG") else STUDENTS[:6]

pytestmark = pytest.mark.xdist_group("editions-class")


def run(*command, cwd):
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The class folder, with the assignment generated."""
    home = tmp_path_factory.mktemp("class")
    roster = home / "students.csv"
    roster.write_text("id\n" + "\n".join(STUDENTS) + "\n", encoding="utf-8")
    run(
        sys.executable,
        "-m",
        "postwar",
        "class",
        "new",
        "peace-2027",
        "--roster",
        str(roster),
        "--editions",
        "4",
        cwd=home,
    )
    return ClassFolder(home / "peace-2027")


@pytest.fixture(scope="module")
def released(folder):
    """Everybody's own edition and the folder it was written to, by student."""
    return {owner: (edition, path) for owner, edition, path in classes.release(folder, SLUG)}


@pytest.fixture(scope="module")
def handed_in(folder, released):
    """What everybody hands in, as their own edition's cast has it; and one copy each of some odd kinds. ``{student: expected}``."""
    expected, casts = {}, {}
    for place, student in enumerate(STUDENTS):
        edition, _ = released[student]
        members = casts.setdefault(
            edition.version, [m for m in cast(Assignment(SLUG, edition)) if len(m.notebooks) == 2]
        )
        member = members[place % len(members)]
        expected[student] = member.expected
        write(folder, student, member.notebooks)

    # The first hands in the second one's copy; the third lost every label; the fourth took the public edition and its answers;
    # the fifth deleted the given numbers.
    first, second, third, fourth, fifth = STUDENTS[:5]
    other = next(s for s in STUDENTS if released[s][0].version != released[first][0].version)
    taken = cast(Assignment(SLUG, released[other][0]))[0]
    expected[first] = taken.expected
    write(folder, first, taken.notebooks)
    solved = {s: cast(Assignment(SLUG, released[s][0]))[0] for s in (third, fifth)}
    for notebook in solved[third].notebooks.values():
        notebook.metadata = nbformat.NotebookNode()
        notebook.cells[0].source = "My own title"
    expected[third] = solved[third].expected
    write(folder, third, solved[third].notebooks)
    write(folder, fourth, public_answers())
    expected[fourth] = None
    problems = solved[fifth].notebooks["problems"]
    problems.cells = [cell for cell in problems.cells if cell.id != "attack-given"]
    expected[fifth] = solved[fifth].expected
    write(folder, fifth, solved[fifth].notebooks)
    return expected


def public_answers():
    """The public course's notebooks with its results typed in as numbers, and its letters."""
    public, values = Assignment(SLUG), {}
    for answer in public.answers:
        names, functions = public.names(answer)
        values[answer.id] = answer.right
        if names and not functions:
            found = dict(public._given[answer.notebook])
            exec(answer.right, found)
            values[answer.id] = "\n".join(f"{name} = {float(found[name])!r}" for name in names)
    return public.fill(values)


def write(folder, student, notebooks):
    place = folder.root / "submitted" / student / SLUG
    place.mkdir(parents=True, exist_ok=True)
    for name, notebook in notebooks.items():
        nbformat.write(notebook, place / f"{name}.ipynb")


@pytest.fixture(scope="module")
def graded(folder, handed_in):
    """The class graded twice, by nbgrader and by ``postwar grade``: ``{tool: (scores by student, what it said)}``."""
    copy = folder.root.with_name("by-nbgrader")
    shutil.copytree(folder.root, copy)
    for student in set(STUDENTS) - set(BY_NBGRADER):
        shutil.rmtree(copy / "submitted" / student)
    said = {
        "postwar": run(sys.executable, "-m", "postwar", "grade", SLUG, cwd=folder.root),
        "nbgrader": run("nbgrader", "autograde", SLUG, cwd=copy),
    }
    for root in (folder.root, copy):
        run("nbgrader", "generate_feedback", SLUG, cwd=root)
    return {tool: (scores(root), said[tool], root) for tool, root in (("postwar", folder.root), ("nbgrader", copy))}


def scores(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(SLUG)
        }


@pytest.mark.parametrize("tool", ["nbgrader", "postwar"])
def test_everybody_gets_the_marks_of_their_own_edition(graded, handed_in, tool):
    got, _, _ = graded[tool]
    wrong = {}
    for student, expected in handed_in.items():
        if expected is not None and student in got:
            wrong |= {
                (student, item): (got[student][item], points)
                for item, points in expected.items()
                if got[student][item] != points
            }
    assert not wrong, f"(got, expected) {wrong}"


def test_both_tools_agree(graded):
    by_nbgrader, by_postwar = graded["nbgrader"][0], graded["postwar"][0]
    assert by_nbgrader == {student: by_postwar[student] for student in BY_NBGRADER}
    assert set(by_postwar) == set(STUDENTS)


def test_somebody_else_s_edition_and_the_public_one_are_noted(graded):
    first, _, third, fourth, fifth = STUDENTS[:5]
    for tool in ("nbgrader", "postwar"):
        said = " ".join(re.sub("[│┃]", " ", graded[tool][1]).split())
        noted = {student: re.findall(rf"{student}:? (?:problems|quiz): (\w+ \w+)", said) for student in STUDENTS}
        assert "holds edition" in noted[first] and "graded as what it is" in said
        assert "shows the" in noted[fourth] and "numbers of no edition of this class" in said
        assert not noted[third] and not noted[fifth]


def test_the_public_answers_earn_little(graded):
    """Whoever copies the open course's solutions is tested against other numbers."""
    got = graded["postwar"][0][STUDENTS[3]]
    by_number = [
        name for name in ("attack-value", "credibility-threshold", "presence-belief", "channel-denial", "quiet-cause")
    ]
    assert sum(got[name] for name in by_number) == 0


@pytest.mark.parametrize("tool", ["nbgrader", "postwar"])
def test_feedback_and_formgrader_show_the_copy_s_own_edition(graded, released, tool):
    root = graded[tool][2]
    for student in (STUDENTS if tool == "postwar" else BY_NBGRADER)[5:]:
        edition, _ = released[student]
        page = BeautifulSoup(
            (root / "feedback" / student / SLUG / "problems.html").read_text(encoding="utf-8"), "html.parser"
        )
        said = page.get_text()
        given = next(cell for cell in edition.release["problems"].cells if cell.id == "attack-given")
        assert given.source.splitlines()[1].split("#")[0].strip() in said
        assert "HIDDEN" not in said and "mark_number" not in said
        autograded = nbformat.read(root / "autograded" / student / SLUG / "problems.ipynb", as_version=4)
        shown = next(cell for cell in autograded.cells if cell.id == "attack-given")
        assert shown.source == given.source


def test_choices_are_counted_by_what_they_say_not_by_letter(graded, handed_in):
    table = choices(SLUG, graded["postwar"][2])
    quiz = table[table["notebook"] == "quiz"]
    for slot, others in {"channel-pairing": "air-defence-and-visas", "export-controls": "export-controls"}.items():
        rows = quiz[quiz["item"].isin([slot, others])]
        right = sum(1 for student, marks in graded["postwar"][0].items() if marks[slot] == 1)
        assert rows[rows["best"]]["students"].sum() == right
        assert (rows.groupby("item")["best"].sum() == 1).all()


def test_no_key_is_in_what_a_student_gets(folder, released):
    secret = folder.key().hex()
    for owner, (edition, path) in released.items():
        files = [file for file in path.rglob("*") if file.is_file()]
        assert {file.suffix for file in files} == {".ipynb"}
        text = "\n".join(file.read_text(encoding="utf-8") for file in files)
        for leak in (
            secret,
            secret[:16],
            "mark_number",
            "mark_choice",
            "BEGIN SOLUTION",
            "HIDDEN",
            'answer=\\"a',
            owner,
        ):
            assert leak not in text.replace('answer=\\"…', ""), leak
        for name, notebook in edition.solutions.items():
            for cell in notebook.cells:
                if "mark_choice" in cell.source:
                    why = re.findall(r'^    [a-d]="([^"]{30,60})', cell.source, flags=re.MULTILINE)
                    assert why and not [sentence for sentence in why if sentence in text], name


def test_the_secret_is_the_owner_s_alone(folder):
    assert stat.S_IMODE((folder.root / "class.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700


def test_versions_are_even_and_survive_late_additions(folder, tmp_path):
    before = Versions(folder).table
    assert set(Counter(before.values()).values()) == {3}
    late = ClassFolder(tmp_path)
    for name in ("class.toml", "class.key", "roster.csv", "versions.csv"):
        shutil.copy(folder.root / name, tmp_path)
    (tmp_path / "roster.csv").write_text("id\nanna\n" + "\n".join(STUDENTS[::-1]) + "\nzoe\n", encoding="utf-8")
    after = Versions(late).table
    assert {student: after[student] for student in STUDENTS} == before
    assert {"anna", "zoe"} <= after.keys() and max(Counter(after.values()).values()) == 4


def test_editions_of_a_class_differ(released):
    editions = {edition.version: edition for edition, _ in released.values()}
    assert len(editions) == 4
    for name in ("attack-given", "channels-given", "quiet-given"):
        numbers = [json.dumps(edition.numbers["problems"][name], sort_keys=True) for edition in editions.values()]
        assert len(set(numbers)) == 4


def test_the_exchange_gives_everybody_their_own(folder, released, tmp_path):
    run("nbgrader", "release_assignment", SLUG, f"--Exchange.root={tmp_path / 'exchange'}", cwd=folder.root)
    (tmp_path / "nbgrader_config.py").write_text(
        'c = get_config()\nc.ExchangeFactory.fetch_assignment = "postwar.editions.exchange.FetchOwnEdition"\n'
        f'c.Exchange.root = "{tmp_path / "exchange"}"\nc.CourseDirectory.course_id = "{folder.settings.course_id}"\n',
        encoding="utf-8",
    )
    for student, own in ((STUDENTS[1], True), ("a-guest", False)):
        home = tmp_path / student
        home.mkdir()
        shutil.copy(tmp_path / "nbgrader_config.py", home)
        run("nbgrader", "fetch_assignment", SLUG, f"--CourseDirectory.student_id={student}", cwd=home)
        fetched = (home / SLUG / "problems.ipynb").read_text(encoding="utf-8")
        labels = {version: edition.label for version, edition in _by_version(released).items()}
        assert (released[student][0].label if own else labels["1"]) in fetched


def _by_version(released):
    return {edition.version: edition for edition, _ in released.values()}
