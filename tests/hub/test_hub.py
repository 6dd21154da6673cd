"""A class on the hub, from log-in to feedback seen; and what a student's account cannot read."""

import json
import os
import re
import stat
import time
import urllib.parse
from pathlib import Path

import nbformat
import pytest
from harness import shoot
from machine import PASSWORD, SLUG, STUDENTS, typed

from postwar import paths

pytestmark = pytest.mark.timeout(1200)


class Desk:
    """One person's browser."""

    def __init__(self, browser, hub, account):
        self.hub, self.account = hub, account
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.set_default_timeout(180_000)

    def begin_login(self, then="/hub/spawn"):
        self.page.goto(f"{self.hub.url}/hub/login?next={then}")
        self.page.locator("#username_input").fill(self.account)
        self.page.locator("#password_input").fill(PASSWORD)
        self.page.locator("#login_submit").click()

    def see_first_lesson(self):
        self.page.get_by_role("heading", name="Securing the Peace").first.wait_for()

    def do(self, command):
        self.page.evaluate("(name) => jupyterapp.commands.execute(name).then(() => null)", command)

    def assignments(self):
        self.page.wait_for_function("() => window.jupyterapp?.restored")
        self.do("nbgrader:open-assignment-list")

    def open(self, path):
        """Open a notebook and wait for its kernel."""
        self.page.goto(f"{self.hub.url}/user/{self.account}/lab/workspaces/{Path(path).stem}/tree/{path}")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.page.wait_for_function(
            """async () => {
                await jupyterapp.restored;
                const panel = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells);
                if (!panel) return false;
                await panel.sessionContext.ready;
                return Boolean(panel.sessionContext.session?.kernel);
            }"""
        )

    def click_answers(self, path, letters):
        """Run the cells that ask, and click: ``{cell id: letter}``."""
        cells = nbformat.read(self.hub.path(f"/home/{self.account}/{path}"), as_version=4).cells
        for number, cell in enumerate(cells):
            # No check runs: that of an unanswered question fails, and the kernel drops what waits behind a failure.
            if not (cell.id in letters or "import ask" in cell.source):
                continue
            self.page.evaluate(
                """(number) => {
                    const panel = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells);
                    return panel.content.scrollToItem(number, "smart");
                }""",
                number,
            )
            shown = self.page.locator(f'.jp-Notebook [data-windowed-list-index="{number}"]')
            shown.locator(".cm-content").first.press("Control+Enter")
            if cell.id in letters:
                shown.locator(f'input[type=radio][value="{letters[cell.id]}"]').click()
        self.do("docmanager:save")
        saved = nbformat.read(self.hub.path(f"/home/{self.account}/{path}"), as_version=4).cells
        written = {cell.id: found[1] for cell in saved if (found := re.search(r'answer="(\w)"', cell.source))}
        assert written == letters


def right_answers(hub):
    """The key of the class's quiz: cell id -> letter."""
    cells = nbformat.read(hub.path(f"/home/grader/class/solutions/{SLUG}/quiz.ipynb"), as_version=4).cells
    return {cell.id: found[1] for cell in cells if (found := re.search(r'answer="(\w)"', cell.source))}


def answers(hub):
    """What each student clicks: everything right, three right, three wrong."""
    key = right_answers(hub)
    few = dict(list(key.items())[:3])
    return {"ada": key, "ben": few, "cem": {cell: "a" if letter != "a" else "b" for cell, letter in few.items()}}


def wait(condition):
    """Until something has happened on the machine, three minutes at most; returns what the condition gives."""
    for _ in range(900):
        if found := condition():
            return found
        time.sleep(0.2)
    raise AssertionError("it did not happen within three minutes")


@pytest.fixture(scope="module")
def desks(hub, browser):
    """A browser for each person."""
    made = {name: Desk(browser, hub, name) for name in (*STUDENTS, "assistant")}
    yield made
    for desk in made.values():
        desk.page.context.close()


@pytest.fixture
def say(capsys):
    """Print a line past pytest's capture, so that figures stand in the log of a passing run."""

    def say(text):
        with capsys.disabled():
            print(f"\n{text}", end="")

    return say


def memory(hub, account):
    """Proportional memory of an account's processes in MiB, by kind."""
    found = {}
    for pid in hub.processes(account):
        try:
            rollup, command = Path(f"/proc/{pid}/smaps_rollup").read_text(), Path(f"/proc/{pid}/cmdline").read_text()
        except OSError:
            continue
        kind = "kernel" if "ipykernel" in command else "server" if "singleuser" in command else "other"
        found.setdefault(kind, []).append(int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1]) / 1024)
    return {kind: [round(each) for each in sorted(sizes)] for kind, sizes in found.items()}


def test_homes_of_the_roster_are_closed_before_anybody_logs_in(hub):
    for name in STUDENTS:
        assert stat.S_IMODE(hub.path(f"/home/{name}").stat().st_mode) == 0o700


def test_the_assistant_opens_formgrader_and_gives_out(hub, desks):
    page = desks["assistant"].page
    desks["assistant"].begin_login("/hub/spawn/grader")
    consent, listed = page.get_by_role("button", name="Authorize"), page.get_by_text(SLUG).first
    consent.or_(listed).first.wait_for()
    if consent.count():  # asked once: it is another account's server
        consent.click()
    listed.wait_for()
    hub.learn_environment("grader")
    hub.run("grader", typed("in the class")[0], folder="class")


def test_students_log_in_and_the_first_lesson_opens(hub, desks, say):
    """One alone, for the time that it takes, then two at once."""
    began = time.monotonic()
    desks["ada"].begin_login()
    desks["ada"].see_first_lesson()
    say(f"from log-in to the first lesson {time.monotonic() - began:.1f} s")
    for name in STUDENTS[1:]:
        desks[name].begin_login()
    for name in STUDENTS[1:]:
        desks[name].see_first_lesson()
    for name in STUDENTS:
        mine = hub.path(f"/home/{name}/securing-the-peace")
        assert (mine / "lessons" / "00-start-here.ipynb").stat().st_uid == hub.ids(name)
        assert not (mine / "exercises").exists(), "assignments come through the exchange"
        hub.learn_environment(name)


def test_three_at_once_fetch_answer_by_clicking_and_hand_in(hub, desks):
    for name in STUDENTS:
        desks[name].assignments()
        desks[name].page.get_by_role("button", name="Fetch", exact=True).click()
    for name in STUDENTS:
        desks[name].page.get_by_role("button", name="Submit", exact=True).wait_for()
    quiz = f"{SLUG}/quiz.ipynb"
    for name in STUDENTS:
        desks[name].open(quiz)
    for name, letters in answers(hub).items():
        desks[name].click_answers(quiz, letters)
    shoot(desks["ada"].page, "hub-quiz")
    for name in STUDENTS:
        desks[name].assignments()
        desks[name].page.get_by_role("button", name="Submit", exact=True).click()
    inbound = hub.path("/srv/postwar/exchange/class/inbound")
    wait(lambda: len(list(inbound.iterdir())) == len(STUDENTS))


def test_what_was_handed_in_is_collected_and_graded(hub):
    _, collect, grade, _ = typed("in the class")
    hub.run("grader", collect, folder="class")
    assert sorted(path.name for path in hub.path("/home/grader/class/submitted").iterdir()) == STUDENTS
    hub.run("grader", grade, folder="class", timeout=400)
    given = answers(hub)
    assert points(hub) == {"ada": len(given["ada"]), "ben": len(given["ben"]), "cem": 0}


def test_formgrader_lists_them_for_the_assistant_and_for_no_student(hub, desks):
    page = desks["assistant"].page
    page.reload()
    page.locator("tr", has_text=SLUG).get_by_text(str(len(STUDENTS)), exact=True).first.wait_for()
    shoot(page, "hub-formgrader")
    for path in ("grader/formgrader", "grader/lab", "grader/api/contents", "ada/lab"):
        answer = desks["ben"].page.context.request.get(f"{hub.url}/user/{path}")
        assert answer.status == 403, path


def test_the_student_sees_the_feedback(hub, desks):
    hub.run("grader", typed("in the class")[3], folder="class")
    page = desks["ada"].page
    page.locator("#refresh_assignments_list").click()
    page.get_by_role("button", name="Fetch Feedback").first.click()
    own = hub.path(f"/home/ada/{SLUG}/feedback")
    wait(lambda: [*own.rglob("quiz.html")])
    (found,) = own.rglob("quiz.html")
    place = found.relative_to(hub.path("/home/ada")).as_posix()
    page.goto(f"{hub.url}/user/ada/files/{urllib.parse.quote(place)}")
    page.get_by_text(re.compile(rf"\b{len(right_answers(hub))} of\s+\d+ points")).first.wait_for()
    shoot(page, "hub-feedback")


def test_a_lesson_runs_in_little_memory(hub, desks, say):
    desks["ada"].open("securing-the-peace/lessons/01-planning-peace.ipynb")
    desks["ada"].do("notebook:run-all-cells")
    sizes = memory(hub, "ada")
    say(f"memory of one student with a quiz and a lesson open, in MiB: {sizes}")
    assert sum(sum(each) for each in sizes.values()) < 1024


def points(hub):
    """Points of the quiz by student, from the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{hub.path('/home/grader/class/gradebook.db')}", "class") as gradebook:
        return {
            submission.student.id: next(each.score for each in submission.notebooks if each.name == "quiz")
            for submission in gradebook.assignment_submissions(SLUG)
        }


def test_a_student_reads_no_key_no_hidden_test_and_nobody_s_work(hub):
    """Every file that was made or changed since the set-up began, and that a student's account can open."""
    given = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in (paths.EXERCISES, paths.LESSONS)
        for file in folder.rglob("*")
        if file.suffix in (".ipynb", ".toml", ".md")
    )
    keys = {
        line.strip(" ,")
        for file in paths.solutions().rglob("*")
        if file.suffix in (".ipynb", ".toml", ".md") and file.name != "editions.md"  # no edition of a class
        for line in file.read_text(encoding="utf-8").splitlines()
        if len(line) > 80 and line.strip(" ,") not in given
    }
    assert len(keys) > 1000
    secret = hub.path("/home/grader/class/class.key").read_text().strip()
    hub.run("ben", "echo 'nobody else reads this' > my-essay.txt")
    hub.path("/opt/needles").write_text("\n".join([*keys, secret, "nobody else reads this", "### BEGIN HIDDEN TESTS"]))
    hub.path("/opt/needles").chmod(0o644)
    # Nothing that the set-up or a class writes lies elsewhere: the rest is the system's own.
    look = (
        "find /opt /srv /home /etc /var /tmp /run /dev/shm /usr/local -path /opt/needles -prune -o -type f -cnewer /opt/python -readable"
        " -size -40M -print0 2>/dev/null | LC_ALL=C xargs -0 grep -lFf /opt/needles 2>/dev/null"
    )
    found = hub.run("ada", look, check=False, timeout=300).stdout.split("\n")
    # Programs that name the delimiter, nbgrader's own samples, and the feedback on one's own work are no leak.
    allowed = re.compile(rf"^$|/site-packages/nbgrader/|/site-packages/postwar/.*\.pyc?$|^/home/ada/{SLUG}/feedback/")
    assert [path for path in found if not allowed.search(path)] == []
    # Of the programs that may name the delimiter of hidden tests, none holds a key.
    hub.path("/opt/needles").write_text("\n".join([*keys, secret]))
    programs = hub.run("ada", "grep -rlFf /opt/needles /opt/postwar", check=False, timeout=300).stdout
    assert programs == ""
    theirs = hub.run("grader", "grep -rlFf /opt/needles class keys | head", check=False, timeout=300).stdout
    assert "class/course" in theirs or "class/solutions" in theirs, "the search finds keys where there are some"

    exchange = "/srv/postwar/exchange"
    closed = ["/home/grader", "/home/ben", "/srv/postwar/state", f"{exchange}/class/inbound", "/srv/course"]
    for path in closed:
        assert hub.run("ada", f"ls {path}", check=False).returncode != 0, path
    assert hub.run("ada", f"mv {exchange}/class /tmp/stolen", check=False).returncode != 0


def test_a_student_hears_no_other_kernel(hub):
    """A kernel that speaks on ports of the machine tells every account what it prints; these speak through files in a closed folder.

    (The one port that each still has only takes in what its own child processes print.)
    """
    runtime = hub.path("/home/ada/.local/share/jupyter/runtime")
    said = [json.loads(file.read_text(encoding="utf-8")) for file in runtime.glob("kernel-*.json")]
    assert said and {each["transport"] for each in said} == {"ipc"}
    assert all(each["ip"].startswith("/home/ada/") for each in said)


@pytest.mark.skipif(
    not os.environ.get("POSTWAR_LONG"), reason="long: tests/test_repository.py asks the same without a browser"
)
def test_the_wheel_opens_the_same_copy_from_any_folder(hub, browser):
    """Without the hub: `postwar lab` of the installed wheel, typed in two folders, one after the other."""
    page = browser.new_page()
    page.set_default_timeout(180_000)
    mine = hub.path("/home/instructor/securing-the-peace/lessons/00-start-here.ipynb")
    for folder in ("/tmp", "/home/instructor/elsewhere"):
        hub.run("instructor", f"mkdir -p {folder}")
        with hub.opened("instructor", "/opt/postwar/bin/postwar lab --no-browser", folder) as said:
            page.goto(wait(lambda: re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/lab\S*token=\w+", said()))[0])
            page.get_by_role("heading", name="Securing the Peace").first.wait_for()
            if folder == "/tmp":
                page.get_by_role("menuitem", name="Run", exact=True).click()
                page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
                page.locator('.postwar-choice input[type=radio][value="c"]').first.click()
                page.get_by_text("✓ Right.").locator("visible=true").first.wait_for()
                page.keyboard.press("Control+s")
                wait(lambda: 'answer="c"' in mine.read_text(encoding="utf-8").replace("\\", ""))
            page.get_by_text('answer="c"').first.wait_for()
            shoot(page, f"wheel-{Path(folder).name}")
    page.close()


def test_marks_are_not_told_before_the_deadline(hub):
    done = hub.run("cem", f"/opt/postwar/bin/postwar mark {SLUG} --no-open", check=False)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1 and ("has no keys" in said or "given out by a class" in said), said
