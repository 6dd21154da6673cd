"""``postwar lab`` opens clean: the start notebook in front, no news, instructor panels hidden from students."""

import os
import re
import socket
import subprocess
import sys
import time

import pytest


@pytest.fixture
def lab(tmp_path):
    """``url = lab("--instructor")`` starts the command as a new user would have it and returns the address it prints."""
    running = []

    def start(*options):
        home = {
            name: str(tmp_path / name.lower())
            for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")
        }
        environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
        log = tmp_path / "lab.log"
        with log.open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "postwar", "lab", "--no-browser", *options],
                env=environment | home | {"JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces")},
                stdout=output,
                stderr=output,
            )
        running.append(process)
        for _ in range(600):
            found = re.search(r"http://(?:localhost|127\.0\.0\.1):\d+/lab\S*token=\w+", log.read_text())
            if found:
                return found[0]
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        raise AssertionError(f"no address after a minute:\n{log.read_text()}")

    yield start
    for process in running:
        process.terminate()
        process.wait(30)


def _open(page, url):
    page.goto(url)
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.wait_for_timeout(3000)  # the question about news comes after the start
    menu = page.get_by_role("menuitem", name="Nbgrader")
    if not menu.count():
        return []
    menu.click()
    entries = page.locator(".lm-Menu-itemLabel").all_inner_texts()
    page.keyboard.press("Escape")
    return entries


def test_students_see_the_start_page_and_nothing_else(lab, page):
    entries = _open(page, lab())
    tabs = page.locator("#jp-main-dock-panel .lm-TabBar-tabLabel").all_inner_texts()
    assert tabs == ["00-start-here.ipynb"]
    page.get_by_role("heading", name="Securing the Peace").first.wait_for()
    assert page.locator(".Toastify__toast").count() == 0, "a notification is in the way"
    assert page.locator(".jp-Dialog").count() == 0
    assert entries == [], "a menu that students cannot use"
    assert page.get_by_text("Create Assignment").count() == 0
    assert page.get_by_role("button", name="Validate").is_visible()


def test_instructors_ask_for_their_panels(lab, page):
    assert set(_open(page, lab("--instructor"))) >= {"Formgrader"}


def test_the_port_can_be_chosen(lab):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert f":{port}/" in lab("--port", str(port))
