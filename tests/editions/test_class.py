"""A class of twelve in four editions, end to end: release, hand-in, collect, grade, formgrader, feedback and return.

The commands are those of INSTRUCTORS.md, as they stand there. nbgrader grades three of them as well. With ``POSTWAR_LONG=1`` it grades all, a class with an edition for each student or group goes
the same way, and the exchange carries everybody's edition out and back.
"""

import csv
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
import sysconfig
import time
import urllib.request
import zipfile
from collections import Counter

import compare
import nbformat
import pytest
from bs4 import BeautifulSoup
from drawable import read_source
from machinery import Assignment, cast
from nbgrader.api import Gradebook
from nbgrader.utils import compute_checksum

from postwar import paths
from postwar.assignments.choices import choices
from postwar.classroom.folder import ClassFolder
from postwar.editions.versions import PINNED, Versions
from postwar.quiz.draw import PUBLIC

TEXT = (paths.COURSE / "INSTRUCTORS.md").read_text(encoding="utf-8")
(BLOCK,) = re.findall(r"<!-- run with editions -->\n```\n(.+?)\n```", TEXT, flags=re.DOTALL)
NEW, _CHANGE, RELEASE, COLLECT, GRADE, RETURN = BLOCK.splitlines()
FETCH = re.search(r"`(c\.ExchangeFactory\.fetch_assignment = .+?)`", TEXT)[1]
SLUG = "04-deterrence"
STUDENTS = [f"student-{number:02}" for number in range(1, 13)]
NUMBERS = {student: 70000 + place for place, student in enumerate(STUDENTS, 1)}
LONG = bool(os.environ.get("POSTWAR_LONG"))
BY_NBGRADER = STUDENTS if LONG else [STUDENTS[0], STUDENTS[3], STUDENTS[11]]
#: In the class with an edition for each, the last four hand in by twos.
GROUPS = {"4": {}, "each": {"student-09": "Desna", "student-10": "Desna", "student-11": "Sula", "student-12": "Sula"}}

#: The secret of these classes, so that no test depends on luck: with some secrets an edition accepts a number of the public one. Where
#: assignments changed and `test_the_public_answers_earn_little` met such a number, another secret is as good.
SECRET = "5e" * 32

pytestmark = pytest.mark.xdist_group("editions-class")


def run(*command, cwd):
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=cwd, env=os.environ | {"PATH": path, "COLUMNS": "250"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def typed(line, cwd):
    return run(*shlex.split(line), cwd=cwd)


def roster(editions, students=STUDENTS):
    rows = [f"{s},Anna,Nr{s[-2:]},{GROUPS[editions].get(s, '')}" for s in students]
    return "\n".join(["id,first_name,last_name,group", *rows, ""])


def members(editions):
    """Students by whom a hand-in belongs to: themselves or their group."""
    found = {}
    for student in STUDENTS:
        found.setdefault(GROUPS[editions].get(student, student), []).append(student)
    return found


def make(home, editions, slug=SLUG):
    """A class folder for one assignment, so that making it does not take minutes."""
    (home / "peace-2027").mkdir(mode=0o700)
    sources = home / "peace-2027" / PINNED
    sources.mkdir()
    shutil.copytree(paths.SOLUTIONS / slug, sources / slug)
    for file in paths.SOLUTIONS.glob(f"{slug}.*"):
        shutil.copy(file, sources)
    (home / "students.csv").write_text(roster(editions), encoding="utf-8")
    typed(NEW.replace("--editions 4", f"--editions {editions}"), home)
    key = home / "peace-2027" / "class.key"
    assert re.fullmatch("[0-9a-f]{64}\n", key.read_text(encoding="ascii"))
    key.write_text(SECRET, encoding="ascii")  # over the command's own file, whose mode stays
    return ClassFolder(home / "peace-2027")


@pytest.fixture(scope="module", params=["4", "each"] if LONG else ["4"])
def editions(request):
    return request.param


@pytest.fixture(scope="module")
def folder(tmp_path_factory, editions):
    """The class folder, with everybody's edition released."""
    made = make(tmp_path_factory.mktemp("class"), editions)
    assert f"{len(members(editions))} releases in outbox/release" in typed(RELEASE, made.root)
    return made


@pytest.fixture(scope="module")
def released(folder):
    """Everybody's own edition and the archive they were given, by student."""
    versions = Versions(folder)
    place = folder.root / "outbox" / "release" / SLUG
    return {s.id: (versions.of(SLUG, s.id), place / f"{s.owner}.zip") for s in folder.roster()}


@pytest.fixture(scope="module")
def handed_in(folder, released, editions):
    """What everybody hands in, as their own edition's cast has it; and one copy each of some odd kinds. ``{student: expected}``."""
    expected, copies, casts = {}, {}, {}
    for place, owners in enumerate(members(editions).values()):
        edition, _ = released[owners[0]]
        known = casts.setdefault(edition.version, [m for m in cast(Assignment(SLUG, edition)) if len(m.notebooks) == 2])
        member = known[place % len(known)]
        expected |= dict.fromkeys(owners, member.expected)
        copies[owners[-1]] = member.notebooks  # of a group, one hands in

    # The first hands in the second one's copy; the third lost every label; the fourth took the public edition and its answers;
    # the fifth deleted the given numbers, the sixth two tests.
    first, _, third, fourth, fifth, sixth = STUDENTS[:6]
    other = next(s for s in STUDENTS if released[s][0].version != released[first][0].version)
    taken = cast(Assignment(SLUG, released[other][0]))[0]
    expected[first], copies[first] = taken.expected, taken.notebooks
    solved = {s: cast(Assignment(SLUG, released[s][0]))[0] for s in (third, fifth, sixth)}
    for notebook in solved[third].notebooks.values():
        notebook.metadata = nbformat.NotebookNode()
        notebook.cells[0].source = "My own title"
    expected[third], copies[third] = solved[third].expected, solved[third].notebooks
    expected[fourth], copies[fourth] = None, public_answers()
    problems = solved[fifth].notebooks["problems"]
    problems.cells = [cell for cell in problems.cells if cell.id != "attack-given"]
    expected[fifth], copies[fifth] = solved[fifth].expected, solved[fifth].notebooks
    problems = solved[sixth].notebooks["problems"]
    problems.cells = [cell for cell in problems.cells if cell.id not in ("attack-value", "quiet-cause")]
    expected[sixth], copies[sixth] = solved[sixth].expected, solved[sixth].notebooks

    with zipfile.ZipFile(folder.root / "DOWNLOAD.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for student, notebooks in copies.items():
            for name, notebook in notebooks.items():
                inside = f"{named(student)}_{NUMBERS[student]}_assignsubmission_file_/{name}.ipynb"
                archive.writestr(inside, nbformat.writes(notebook))
    said = typed(COLLECT, folder.root)
    assert "12 of 12 handed in" in said
    return expected


def named(student):
    return f"Anna Nr{student[-2:]}"


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


@pytest.fixture(scope="module")
def graded(folder, handed_in):
    """The class graded twice, by ``postwar grade`` and by nbgrader: ``{tool: (scores by student, what it said, its folder)}``."""
    copy = folder.root.with_name("by-nbgrader")
    shutil.copytree(folder.root, copy)
    for student in set(STUDENTS) - set(BY_NBGRADER):
        shutil.rmtree(copy / "submitted" / student)
    said = {
        "postwar": typed(GRADE, folder.root),
        "nbgrader": run("nbgrader", "autograde", SLUG, *compare.PATIENT, cwd=copy),
    }
    return {tool: (scores(root), said[tool], root) for tool, root in (("postwar", folder.root), ("nbgrader", copy))}


def scores(root):
    with Gradebook(f"sqlite:///{root / 'gradebook.db'}") as gradebook:
        return {
            submission.student.id: {
                grade.name: grade.score for notebook in submission.notebooks for grade in notebook.grades
            }
            for submission in gradebook.assignment_submissions(SLUG)
        }


@pytest.fixture(scope="module")
def returned(graded, folder):
    """After the essays are read (7 points each): marks by student, the platform's file of marks, and the pages."""
    read = set()
    with Gradebook(f"sqlite:///{folder.root / 'gradebook.db'}") as gradebook:
        for submission in gradebook.assignment_submissions(SLUG):
            for grade in (grade for notebook in submission.notebooks for grade in notebook.grades):
                if grade.needs_manual_grade:
                    grade.manual_score, grade.needs_manual_grade = 7, False
                    read.add(submission.student.id)
        gradebook.db.commit()
    typed(RETURN, folder.root)
    outbox = folder.root / "outbox" / SLUG

    def table(file):
        with (outbox / file).open(encoding="utf-8-sig", newline="") as lines:
            return list(csv.DictReader(lines))

    with zipfile.ZipFile(outbox / "feedback-moodle.zip") as archive:
        pages = {name: archive.read(name).decode() for name in archive.namelist()}
    return read, {row["student"]: row for row in table("marks.csv")}, table("marks-moodle.csv"), pages


# -- release -------------------------------------------------------------------------------------------------------------


def test_an_archive_holds_the_edition_and_nothing_else(released):
    for edition, path in {path: each for each in released.values() for path in [each[1]]}.values():
        with zipfile.ZipFile(path) as archive:
            names = {f"{SLUG}/{name}.ipynb": notebook for name, notebook in edition.release.items()}
            assert set(archive.namelist()) == set(names)
            for name, notebook in names.items():
                assert nbformat.reads(archive.read(name).decode(), as_version=4) == notebook


def test_no_key_is_in_what_a_student_gets(folder, released):
    secret = folder.key().hex()
    for owner, (edition, path) in released.items():
        with zipfile.ZipFile(path) as archive:
            text = "\n".join(archive.read(name).decode() for name in archive.namelist())
        leaks = (secret, secret[:16], "mark_", "best=", "BEGIN SOLUTION", "HIDDEN", owner, folder.settings.course_id)
        assert not [leak for leak in leaks if leak in text]
        assert set(re.findall(r'answer=\\"([^"\\]*)', text)) <= {"…"}, "letters stand in the cells"
        for cell in (cell for notebook in edition.release.values() for cell in notebook.cells):
            if "checksum" in cell.metadata.get("nbgrader", {}):  # of a test with its key, it would tell a right guess
                assert cell.metadata.nbgrader.checksum == compute_checksum(cell), cell.id
        for notebook in edition.solutions.values():
            for cell in notebook.cells:
                if "marking.mark_cho" in cell.source or "marking.mark_order" in cell.source:
                    why = re.findall(r'^    [a-h]="([^"]{30,60})', cell.source, flags=re.MULTILINE)
                    assert why and not [sentence for sentence in why if sentence in text], cell.id
                if "marking.mark_number(" in cell.source:
                    hints = re.findall(r'"([^"]{40,})"', cell.source.partition("mark_number(")[2])
                    assert hints and not [hint for hint in hints if hint[:40] in text], cell.id


def test_the_secret_is_the_owner_s_alone(folder):
    assert stat.S_IMODE((folder.root / "class.key").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.root.stat().st_mode) == 0o700
    assert len(folder.key()) == 32


def test_the_public_edition_and_all_others_do_not_give_one_away(folder, released):
    """Another secret, one bit away, gives the same person other choices; the public key opens nothing of a class."""
    source, key = read_source(SLUG), folder.key()
    near = bytes([key[0] ^ 1]) + key[1:]
    for edition in {edition.version: edition for edition, _ in released.values()}.values():
        for wrong in (near, PUBLIC):
            other = source.draw(wrong, edition.version)
            assert other.label != edition.label and other.numbers["problems"] != edition.numbers["problems"]
            same = sum(edition.orders[slot] == other.orders[slot] for slot in edition.orders)
            assert same < len(edition.orders) / 2


def test_editions_of_a_class_differ(released, editions):
    found = {edition.version: edition for edition, _ in released.values()}
    assert len(found) == (4 if editions == "4" else len(members(editions)))
    for name in ("attack-given", "channels-given", "quiet-given"):
        numbers = [json.dumps(edition.numbers["problems"][name], sort_keys=True) for edition in found.values()]
        assert len(set(numbers)) == len(found)


@pytest.mark.parametrize("number", ["4", "each"])
def test_whoever_joins_late_changes_nothing_for_the_others(number, tmp_path):
    """Before and after: the same versions, even numbers of each, one for a group, and everybody new has one."""
    (tmp_path / "class.toml").write_text(
        f'name = "x"\ncourse_id = "x"\ntimezone = "UTC"\neditions = {number if number == "4" else chr(34) + number + chr(34)}\n',
        encoding="utf-8",
    )
    (tmp_path / "class.key").write_text("ab" * 32, encoding="ascii")
    (tmp_path / "roster.csv").write_text(roster(number), encoding="utf-8")
    before = Versions(ClassFolder(tmp_path)).table
    if number == "4":
        assert set(Counter(before.values()).values()) == {3}
    else:
        assert len(set(before.values())) == 10 and before["student-09"] == before["student-10"]
    shuffled = roster(number, STUDENTS[::-1]) + "anna,Anna,A,\nzoe,Zoe,Z,\nbo,Bo,B,Sula\n"
    (tmp_path / "roster.csv").write_text(shuffled, encoding="utf-8")
    after = Versions(ClassFolder(tmp_path)).table
    assert {student: after[student] for student in STUDENTS} == before
    assert {"anna", "zoe", "bo"} <= after.keys()
    if number == "4":
        assert max(Counter(after.values()).values()) == 4
    else:
        assert after["bo"] == before["student-11"] and after["anna"] not in before.values()
    (tmp_path / "roster.csv").write_text(roster(number, STUDENTS[1:]), encoding="utf-8")
    assert Versions(ClassFolder(tmp_path)).table == after, "who left is not forgotten, in case they come back"


def test_a_changed_number_of_editions_changes_nobody_s_or_is_refused(tmp_path):
    def versions(editions):
        (tmp_path / "class.toml").write_text(f'course_id = "x"\neditions = {editions}\n', encoding="utf-8")
        return Versions(ClassFolder(tmp_path))

    (tmp_path / "class.key").write_text("ab" * 32, encoding="ascii")
    (tmp_path / "roster.csv").write_text(roster("4"), encoding="utf-8")
    before = versions(4).table
    for editions in (2, 6):
        assert versions(editions).table == before and set(versions(editions).names()) >= set(before.values())
    with pytest.raises(ValueError, match=r"versions\.csv: .*now it is \"each\".*Put it back"):
        versions('"each"').of(SLUG, STUDENTS[0])
    (tmp_path / "versions.csv").unlink()
    before = versions('"each"').table
    with pytest.raises(ValueError, match="now it is 4"):
        versions(4).of(SLUG, STUDENTS[0])
    assert versions('"each"').table == before


# -- grading -------------------------------------------------------------------------------------------------------------


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
    by_number = ("attack-value", "credibility-threshold", "presence-belief", "channel-denial", "quiet-cause")
    assert sum(got[name] for name in by_number) == 0


def test_choices_are_counted_by_what_they_say_not_by_letter(graded):
    table = choices(SLUG, graded["postwar"][2])
    quiz = table[table["notebook"] == "quiz"]
    for slot in ("channel-pairing", "export-controls"):
        rows = quiz[quiz["item"] == slot]
        right = sum(1 for student, marks in graded["postwar"][0].items() if marks[slot] == 1)
        assert rows[rows["best"]]["students"].sum() == right
        assert (rows.groupby("question")["best"].sum() == 1).all(), "an alternate is a question of its own"


# -- formgrader, feedback, return ----------------------------------------------------------------------------------------


def given_line(edition):
    given = next(cell for cell in edition.release["problems"].cells if cell.id == "attack-given")
    return given.source.splitlines()[1].split("#")[0].strip()


def test_the_marks_that_go_back_are_right(returned, handed_in):
    read, marks, by_platform, _ = returned
    assert len(by_platform) == len(STUDENTS)
    for student, expected in handed_in.items():
        if expected is not None:
            assert float(marks[student]["points"]) == pytest.approx(
                sum(expected.values()) + 7 * (student in read), abs=0.01
            )
            assert marks[student]["state"] == "graded"


def test_a_page_shows_the_copy_s_own_edition_and_explains_every_kind(returned, released, editions):
    _, _, _, pages = returned
    for owners in list(members(editions).values())[5:]:
        student = owners[-1]
        (name,) = [name for name in pages if f"_{NUMBERS[student]}_" in name]
        said = BeautifulSoup(pages[name], "html.parser").get_text()
        assert given_line(released[student][0]) in said
        assert "HIDDEN" not in said and "mark_number" not in said
    text = "\n".join(BeautifulSoup(page, "html.parser").get_text() for page in pages.values())
    for explained in ("options are judged right.", "pairs stand in the right order.", "claims are paired right."):
        assert explained in text


def test_formgrader_s_notebook_is_the_copy_s_own_edition(graded, released):
    for student in STUDENTS[5:]:
        shown = nbformat.read(graded["postwar"][2] / "autograded" / student / SLUG / "problems.ipynb", as_version=4)
        given = next(cell for cell in released[student][0].release["problems"].cells if cell.id == "attack-given")
        assert next(cell for cell in shown.cells if cell.id == "attack-given").source == given.source


@pytest.mark.skipif(not LONG, reason="POSTWAR_LONG=1 asks a running formgrader")
def test_a_running_formgrader_lists_the_class_and_shows_each_edition(returned, folder, released):
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    runtime = folder.root.with_name("runtime")
    environment = os.environ | {"PATH": path, "JUPYTER_TOKEN": "t", "JUPYTER_RUNTIME_DIR": str(runtime)}
    command = [sys.executable, "-m", "postwar", "lab", "--instructor", "--no-browser"]
    server = subprocess.Popen(
        command, cwd=folder.root, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )

    def page(place):
        (file,) = runtime.glob("jpserver-*.json")
        address = json.loads(file.read_text(encoding="utf-8"))["url"]
        with urllib.request.urlopen(f"{address}formgrader/{place}token=t") as answer:
            return answer.read().decode()

    try:
        for _ in range(240):
            try:
                listed = json.loads(page(f"api/submitted_notebooks/{SLUG}/problems?"))
                break
            except (OSError, ValueError):
                assert server.poll() is None
                time.sleep(0.5)
        assert {each["student"] for each in listed} == set(STUDENTS)
        for each in listed:
            if each["student"] in STUDENTS[5:]:
                said = BeautifulSoup(page(f"submissions/{each['id']}/?index=0&"), "html.parser").get_text()
                assert given_line(released[each["student"]][0]) in said, each["student"]
    finally:
        server.terminate()
        server.wait(60)


# -- the exchange --------------------------------------------------------------------------------------------------------


def configured(folder, exchange):
    from traitlets.config import Config

    from postwar.classroom.config import configure

    config = Config()
    configure(config, folder.root)
    config.Exchange.root = str(exchange)
    config.CourseDirectory.assignment_id = SLUG
    return config


def test_the_exchange_gives_everybody_their_own(folder, released, tmp_path, monkeypatch):
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory

    from postwar.editions.exchange import FetchOwnEdition, ReleaseEditions

    def move(action, config):
        action(
            coursedir=CourseDirectory(config=config), authenticator=Authenticator(config=config), config=config
        ).start()

    config = configured(folder, tmp_path / "exchange")
    (tmp_path / "exchange").mkdir(mode=0o777)
    (tmp_path / "exchange").chmod(0o777)
    move(ReleaseEditions, config)
    course = tmp_path / "exchange" / folder.settings.course_id
    common = (course / "outbound" / SLUG / "problems.ipynb").read_text("utf-8")
    for place in (course / "editions", course / "editions" / SLUG):
        assert stat.S_IMODE(place.stat().st_mode) == 0o711, "folders are named by student: they are entered, not listed"
    for student in (STUDENTS[1], STUDENTS[11], "a-guest"):
        home = tmp_path / student
        home.mkdir()
        monkeypatch.chdir(home)
        config.CourseDirectory.student_id = student
        move(FetchOwnEdition, config)
        fetched = (home / SLUG / "problems.ipynb").read_text(encoding="utf-8")
        if student in released:
            assert f"Edition `{released[student][0].label}`" in fetched
        else:
            assert fetched == common


@pytest.mark.skipif(not LONG, reason="POSTWAR_LONG=1 sends a class through the exchange by nbgrader's commands")
def test_the_exchange_carries_a_class_out_and_back(editions, tmp_path):
    folder = make(tmp_path, editions)
    exchange = tmp_path / "exchange"
    exchange.mkdir()
    exchange.chmod(0o777)
    (folder.root / "nbgrader_config.py").open("a").write(f"c = get_config()\nc.Exchange.root = {str(exchange)!r}\n")
    run("nbgrader", "release_assignment", SLUG, cwd=folder.root)
    versions = Versions(folder)
    for student in STUDENTS:
        home = tmp_path / student
        home.mkdir()
        (home / "nbgrader_config.py").write_text(
            f"c = get_config()\n{FETCH}\n"
            f'c.Exchange.root = "{exchange}"\nc.CourseDirectory.course_id = "{folder.settings.course_id}"\n'
            f'c.CourseDirectory.student_id = "{student}"\nc.Exchange.cache = "{home / "cache"}"\n',
            encoding="utf-8",
        )
        run("nbgrader", "fetch_assignment", SLUG, cwd=home)
        assert versions.of(SLUG, student).label in (home / SLUG / "problems.ipynb").read_text(encoding="utf-8")
        for name, notebook in cast(Assignment(SLUG, versions.of(SLUG, student)))[0].notebooks.items():
            nbformat.write(notebook, home / SLUG / f"{name}.ipynb")
        run("nbgrader", "submit", SLUG, cwd=home)
    run("nbgrader", "collect", SLUG, cwd=folder.root)
    assert "holds edition" not in typed(f"{GRADE} --feedback", folder.root)
    assert {
        s for s, marks in scores(folder.root).items() if all(marks[i] == p for i, p in Assignment(SLUG).items.items())
    } == set(STUDENTS)
    run("nbgrader", "release_feedback", SLUG, cwd=folder.root)
    for student in STUDENTS[::4]:
        home = tmp_path / student
        run("nbgrader", "fetch_feedback", SLUG, cwd=home)
        pages = {page.name: page.read_bytes() for page in (home / SLUG / "feedback").rglob("*.html")}
        own = (folder.root / "feedback" / student / SLUG).glob("*.html")
        assert pages.keys() == {"problems.html", "quiz.html"} and pages == {
            page.name: page.read_bytes() for page in own
        }
