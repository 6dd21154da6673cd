"""A class on the hub, from log-in to feedback seen; and what a student's account cannot read."""

import re
import stat
import time
from pathlib import Path

import nbformat
import pytest
from harness import shoot
from machine import PASSWORD, SLUG, STUDENTS, typed

from postwar import paths

pytestmark = pytest.mark.timeout(600)

PANEL = """(find) => [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells)"""


class Desk:
    """One person's browser."""

    def __init__(self, browser, hub, account):
        self.hub, self.account = hub, account
        self.page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        self.page.set_default_timeout(90_000)

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
            if cell.cell_type != "code" or not (cell.id in letters or "import" in cell.source):
                continue
            self.page.evaluate(
                """(number) => {
                    const panel = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells);
                    return panel.content.scrollToItem(number, "smart");
                }""",
                number,
            )
            shown = self.page.locator(f'.jp-Notebook [data-windowed-list-index="{number}"]')
            shown.locator(".jp-InputArea-editor").first.click()
            self.page.keyboard.press("Control+Enter")
            if cell.id in letters:
                shown.locator(f'input[type=radio][value="{letters[cell.id]}"]').click()
        self.do("docmanager:save")
        saved = nbformat.read(self.hub.path(f"/home/{self.account}/{path}"), as_version=4).cells
        written = {cell.id: found[1] for cell in saved if (found := re.search(r'answer="(\w)"', cell.source))}
        assert written == letters


def right_answers():
    """The key of the quiz: cell id -> letter."""
    cells = nbformat.read(paths.solutions() / SLUG / "quiz.ipynb", as_version=4).cells
    return {cell.id: found[1] for cell in cells if (found := re.search(r'answer="(\w)"', cell.source))}


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


def test_a_term_on_the_hub(hub, browser, capsys):
    release, collect, grade, give_back = typed("in the class")
    assistant = Desk(browser, hub, "assistant")
    assistant.begin_login("/hub/spawn/grader")
    consent, listed = assistant.page.get_by_role("button", name="Authorize"), assistant.page.get_by_text(SLUG).first
    consent.or_(listed).first.wait_for()
    if consent.count():  # asked once: it is another account's server
        consent.click()
    listed.wait_for()
    hub.learn_environment("grader")
    hub.run(
        "grader",
        release,
        folder="/home/grader/class",
        check=not hub.path("/srv/postwar/exchange/class/outbound/01-planning-peace").exists(),
    )

    # one logs in, then two at once; the first lesson opens, and it is the student's own
    ada, ben, cem = desks = [Desk(browser, hub, name) for name in STUDENTS]
    began = time.monotonic()
    ada.begin_login()
    ada.see_first_lesson()
    seconds = time.monotonic() - began
    for desk in (ben, cem):
        desk.begin_login()
    for desk in (ben, cem):
        desk.see_first_lesson()
    for name in STUDENTS:
        mine = hub.path(f"/home/{name}/securing-the-peace")
        assert (mine / "lessons" / "00-start-here.ipynb").stat().st_uid == hub.ids(name)
        assert not (mine / "exercises").exists(), "assignments come through the exchange"
        hub.learn_environment(name)

    # all fetch, then answer by clicking and hand in
    for desk in desks:
        desk.assignments()
        desk.page.get_by_role("button", name="Fetch", exact=True).click()
    for desk in desks:
        desk.page.get_by_role("button", name="Submit", exact=True).wait_for()
    key = right_answers()
    few = dict(list(key.items())[:3])
    wrong = {cell: "a" if letter != "a" else "b" for cell, letter in few.items()}
    quiz = f"{SLUG}/quiz.ipynb"
    for desk in desks:
        desk.open(quiz)
    for desk, letters in zip(desks, (key, few, wrong), strict=True):
        desk.click_answers(quiz, letters)
    shoot(ada.page, "hub-quiz")
    for desk in desks:
        desk.assignments()
        desk.page.get_by_role("button", name="Submit", exact=True).click()
    inbound = hub.path("/srv/postwar/exchange/class/inbound")
    for _ in range(300):
        if len(list(inbound.iterdir())) == len(desks):
            break
        time.sleep(0.2)

    # collected, graded, and seen in formgrader by the assistant alone
    hub.run("grader", collect, folder="/home/grader/class")
    assert sorted(path.name for path in hub.path("/home/grader/class/submitted").iterdir()) == STUDENTS
    hub.run("grader", grade, folder="/home/grader/class", timeout=400)
    assert points(hub) == {"ada": len(key), "ben": len(few), "cem": 0}
    assistant.page.reload()
    row = assistant.page.locator("tr", has_text=SLUG)
    row.get_by_text(str(len(desks)), exact=True).first.wait_for()
    shoot(assistant.page, "hub-formgrader")
    for path in ("formgrader", "lab", "api/contents"):
        answer = ben.page.context.request.get(f"{hub.url}/user/grader/{path}")
        assert answer.status == 403, path
    assert ben.page.context.request.get(f"{hub.url}/user/ada/lab").status == 403

    # the feedback reaches the student
    hub.run("grader", give_back, folder="/home/grader/class")
    ada.page.locator("#refresh_assignments_list").click()
    ada.page.get_by_role("button", name="Fetch Feedback").first.click()
    own = hub.path(f"/home/ada/{SLUG}/feedback")
    for _ in range(300):
        if pages := [*own.rglob("quiz.html")]:
            break
        time.sleep(0.2)
    seen = pages[0].relative_to(hub.path("/home/ada")).as_posix().replace(" ", "%20")
    ada.page.goto(f"{hub.url}/user/ada/files/{seen}")
    ada.page.get_by_text(f"{len(key)} of {len(key)}").first.wait_for()
    shoot(ada.page, "hub-feedback")

    # what a lesson takes, once it is run
    ada.open("securing-the-peace/lessons/01-planning-peace.ipynb")
    ada.do("notebook:run-all-cells")
    sizes = memory(hub, "ada")
    with capsys.disabled():
        print(f"\nfrom log-in to the first lesson {seconds:.1f} s; memory of one student in MiB: {sizes}", end="")
    for desk in (*desks, assistant):
        desk.page.context.close()


def points(hub):
    """Points of the quiz by student, from the gradebook."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{hub.path('/home/grader/class/gradebook.db')}", "class") as gradebook:
        return {
            submission.student.id: next(each.score for each in submission.notebooks if each.name == "quiz")
            for submission in gradebook.assignment_submissions(SLUG)
        }


def test_a_student_reads_no_key_no_hidden_test_and_nobody_s_work(hub):
    """Every file of the machine that was made or changed since the set-up began, and that a student's account can open."""
    given = "\n".join(
        file.read_text(encoding="utf-8")
        for folder in (paths.EXERCISES, paths.LESSONS)
        for file in folder.rglob("*")
        if file.suffix in (".ipynb", ".toml", ".md")
    )
    keys = {
        line.strip(" ,")
        for file in paths.solutions().rglob("*")
        if file.suffix in (".ipynb", ".toml", ".md")
        for line in file.read_text(encoding="utf-8").splitlines()
        if len(line) > 80 and line.strip(" ,") not in given
    }
    assert len(keys) > 1000
    secret = hub.path("/home/grader/class/class.key").read_text().strip()
    hub.run("ben", "echo 'nobody else reads this' > my-essay.txt")
    hub.path("/opt/needles").write_text("\n".join([*keys, secret, "nobody else reads this", "### BEGIN HIDDEN TESTS"]))
    hub.path("/opt/needles").chmod(0o644)
    look = (
        "find / \\( -path /proc -o -path /sys -o -path /opt/needles \\) -prune -o -type f -cnewer /opt/python -readable -size -40M "
        "-print0 2>/dev/null | LC_ALL=C xargs -0 grep -lFf /opt/needles 2>/dev/null"
    )
    found = hub.run("ada", look, check=False, timeout=300).stdout.split("\n")
    allowed = re.compile(r"^$|/site-packages/(nbgrader|postwar)/.*\.pyc?$|/site-packages/nbgrader/docs/")
    for path in [path for path in found if not allowed.search(path)]:
        pytest.fail(f"a student reads {path}")
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
    """A kernel on a port of the machine would tell every account what it prints: only servers listen there, and they ask who calls."""
    uid = hub.ids("ada")
    assert [pid for pid in hub.processes("ada") if "ipykernel" in Path(f"/proc/{pid}/cmdline").read_text()]
    lines = [line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()]
    listening = [fields[1] for fields in lines[1:] if fields[3] == "0A" and fields[7] == str(uid)]
    assert len(listening) == 1, listening
    sockets = [*hub.path("/home/ada").rglob("kernel-*-ipc-*")]
    assert sockets and all(stat.S_ISSOCK(each.stat().st_mode) for each in sockets)


def test_marks_are_not_told_before_the_deadline(hub):
    done = hub.run("cem", f"postwar mark {SLUG} --no-open", check=False)
    said = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1 and ("has no keys" in said or "given out by a class" in said), said
