"""A real Jupyter server and a real browser for tests. The fixtures are described in ``conftest.py``."""

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from postwar import paths

CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

SERVER_CONFIG = """
c.ServerApp.open_browser = False
c.ServerApp.allow_root = True
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.port_retries = 0
c.LabApp.expose_app_in_browser = True
c.JupyterNotebookApp.expose_app_in_browser = True
c.FileContentsManager.always_delete_dir = True
"""

# No question about news on the first start, no request for updates.
QUIET = {"fetchNews": "false", "checkForUpdates": False, "doNotDisturbMode": True}

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


class JupyterServer:
    """A running server. ``root`` is the folder it serves; ``home`` holds its settings and ``server.log``."""

    def __init__(self, url: str, token: str, root: Path, home: Path):
        self.url = url
        self.token = token
        self.root = root
        self.home = home

    def api(self, path: str, method: str = "GET"):
        """Call the server's REST interface and return the decoded answer."""
        request = urllib.request.Request(
            f"{self.url}/api/{path}", method=method, headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            body = response.read()
        return json.loads(body) if body else None

    def write(self, path: str, cells: list[str | tuple[str, str]]) -> Path:
        """Write a notebook from code sources, or ``("markdown", text)`` pairs, into the course copy."""
        notebook = nbformat.v4.new_notebook(metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}})
        for number, cell in enumerate(cells):
            kind, text = ("code", cell) if isinstance(cell, str) else cell
            make = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
            notebook.cells.append(make(text, id=f"cell-{number}"))
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        return target


class NotebookPage:
    """A notebook opened in JupyterLab (``app="lab"``) or Notebook 7 (``app="notebook"``).

    ``page`` is the Playwright page; ``path`` is the notebook's path inside the course copy.
    """

    def __init__(self, page, server: JupyterServer, path: str, app: str):
        self.page = page
        self.server = server
        self.path = path
        self.app = app
        place = urllib.parse.quote(path)
        workspace = secrets.token_hex(4)
        route = {"lab": f"lab/workspaces/{workspace}/tree/{place}", "notebook": f"notebooks/{place}"}[app]
        page.goto(f"{server.url}/{route}?token={server.token}")
        self._ready()

    def close(self):
        """Leave the notebook, end its kernel and take back a change of theme."""
        self.page.goto("about:blank")
        for session in self.server.api("sessions"):
            if session["path"] == self.path:
                self.server.api(f"sessions/{session['id']}", "DELETE")
        (settings_folder(self.server.home) / "themes.jupyterlab-settings").unlink(missing_ok=True)

    def _ready(self):
        self.page.wait_for_function("() => window.jupyterapp?.restored")
        self.page.locator(".jp-Notebook .jp-Cell").first.wait_for()
        self.page.wait_for_function(
            """async () => {
                await jupyterapp.restored;
                const find = () => [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells);
                const panel = find();
                if (!panel) return false;
                await panel.context.ready;
                await panel.sessionContext.ready;
                return Boolean(panel.sessionContext.session?.kernel);
            }"""
        )

    def command(self, name: str, **args):
        """Run a command of the application, such as ``notebook:run-all-cells``, and wait until it is done."""
        return self.page.evaluate(
            "([name, args]) => jupyterapp.commands.execute(name, args).then(() => null)", [name, args]
        )

    def run_all(self):
        """Run all cells and wait for the last one; a cell that raises stops the run as it does for a student."""
        self.command("notebook:run-all-cells")
        self.page.wait_for_function(
            """() => [...jupyterapp.shell.widgets("main")].filter((w) => w.context?.model?.cells)
                .every((w) => w.sessionContext.session.kernel.status === "idle")"""
        )

    def save(self):
        """Save and wait until it is done."""
        self.command("docmanager:save")

    def reload(self):
        """Load the page again; the kernel keeps running."""
        self.page.reload()
        self._ready()

    def restart(self):
        """Restart the kernel without a question."""
        self.page.evaluate(
            """async () => {
                const panel = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells);
                await panel.sessionContext.session.kernel.restart();
                await panel.sessionContext.session.kernel.info;
            }"""
        )

    def saved(self) -> nbformat.NotebookNode:
        """The notebook as it stands on disk."""
        return nbformat.read(self.server.root / self.path, as_version=4)

    def set_source(self, number: int, text: str):
        """Replace the source of a cell, as typing would."""
        self.page.evaluate(
            """([number, text]) => [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells)
                .context.model.cells.get(number).sharedModel.setSource(text)""",
            [number, text],
        )

    def source(self, number: int) -> str:
        """The source of a cell as the page holds it, saved or not."""
        return self.page.evaluate(
            """(number) => [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells)
                .context.model.cells.get(number).sharedModel.getSource()""",
            number,
        )

    def cell(self, number: int):
        """Locator of a cell by its position; scrolls it into view, since JupyterLab attaches cells as they are seen."""
        self.page.evaluate(
            """(number) => {
                const panel = [...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells);
                return panel.content.scrollToItem(number, "smart");
            }""",
            number,
        )
        return self.page.locator(f'.jp-Notebook [data-windowed-list-index="{number}"]')

    def question(self, number: int):
        """Locator of the live question or prediction under a cell (its hidden plain version left out)."""
        return self.cell(number).locator(".postwar-choice")

    def theme(self, name: str):
        """Switch to ``"light"`` or ``"dark"`` and wait until it is applied."""
        self.command("apputils:change-theme", theme=THEMES[name])
        flag = str(name == "light").lower()
        self.page.wait_for_function("(flag) => document.body.dataset.jpThemeLight === flag", arg=flag)

    def axe(self, selector: str) -> list[str]:
        """Serious and critical accessibility findings of axe within ``selector``, one line each."""
        from axe_playwright_python.sync_playwright import Axe

        result = Axe().run(self.page, context={"include": [[selector]]})
        return [
            f"{finding['id']}: {finding['help']} – {node['html']}"
            for finding in result.response["violations"]
            if finding["impact"] in {"serious", "critical"}
            for node in finding["nodes"]
        ]


def chromium() -> str | None:
    """Path of the browser: the variable CHROMIUM, or the first of the usual names on the path."""
    names = ("chromium", "chromium-browser", "google-chrome", "chrome")
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium."""
    executable = chromium()
    if executable is None:
        reason = "no Chromium found: install it (Debian: apt-get install chromium) or set CHROMIUM to its path"
        if os.environ.get("CI"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        instance = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_FLAGS)
        yield instance
        instance.close()


@contextmanager
def new_page(browser):
    """A page of its own, 1280 by 900 pixels; an error in a widget's script fails the test at the end."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    page = context.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(error.stack or error.message))
    yield page
    context.close()
    ours = [error for error in errors if "blob:" in error]  # anywidget loads scripts from there; Jupyter has its own
    assert not ours, "script errors on the page:\n" + "\n".join(ours)


@pytest.fixture
def page(browser):
    """A page for one test."""
    with new_page(browser) as page:
        yield page


def shoot(page, name: str):
    """Keep a screenshot where POSTWAR_SCREENSHOTS names a folder, to be looked at."""
    if folder := os.environ.get("POSTWAR_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def settings_folder(home: Path) -> Path:
    """Where a server with this home keeps the user's settings of JupyterLab itself."""
    return home / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"


@contextmanager
def serve(root: Path, home: Path) -> Iterator[JupyterServer]:
    """Start a Jupyter server on the folder ``root``; settings and run-time files stay in ``home``."""
    settings = settings_folder(home)
    settings.mkdir(parents=True)
    (settings / "notification.jupyterlab-settings").write_text(json.dumps(QUIET))
    (home / "config" / "jupyter_server_config.py").write_text(SERVER_CONFIG)
    environment = {
        **os.environ,
        # As `postwar lab` does: nbgrader looks for alembic there.
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    token = secrets.token_hex(16)
    command = [sys.executable, "-m", "jupyterlab", f"--port={port}", f"--IdentityProvider.token={token}"]
    with (home / "server.log").open("w") as output:
        process = subprocess.Popen(
            [*command, f"--ServerApp.root_dir={root}"], cwd=root, env=environment, stdout=output, stderr=output
        )
    server = JupyterServer(f"http://127.0.0.1:{port}", token, root, home)
    try:
        _wait_until_up(server, process)
        yield server
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_up(server, process, seconds=90):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            server.api("status")
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"the Jupyter server did not start:\n{(server.home / 'server.log').read_text()[-4000:]}")


@pytest.fixture(scope="session")
def jupyter(tmp_path_factory, browser):
    """A server on a temporary copy of the course; one for the whole session."""
    home = tmp_path_factory.mktemp("jupyter")
    course = home / "course"
    course.mkdir()
    for name in ("lessons", "exercises", "data"):
        if (paths.COURSE / name).is_dir():
            shutil.copytree(paths.COURSE / name, course / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    shutil.copy(paths.COURSE / "nbgrader_config.py", course)
    with serve(course, home) as server:
        yield server


@pytest.fixture
def open_notebook(page, jupyter):
    """Open a notebook of the course copy: ``open_notebook("lessons/….ipynb", app="lab")`` → `NotebookPage`."""
    opened = []

    def open_one(path: str, app: str = "lab") -> NotebookPage:
        opened.append(NotebookPage(page, jupyter, path, app))
        return opened[-1]

    yield open_one
    for notebook in opened:
        notebook.close()
