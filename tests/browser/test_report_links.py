"""The report of a class is one click away in JupyterLab and beside a submission in formgrader."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

sys.path.insert(0, str(Path(__file__).parents[1] / "report"))
import made_up


@pytest.fixture
def server(tmp_path):
    """`postwar lab --instructor` in a class with a report; yields its address, the token and the class folder."""
    folder = made_up.make(tmp_path / "class", 3, students=9, editions=1, slugs=made_up.SLUGS[:1])
    environment = {key: value for key, value in os.environ.items() if not key.startswith("JUPYTER")}
    environment["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), environment.get("PATH", "")])
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTERLAB_WORKSPACES_DIR"):
        environment[name] = str(tmp_path / name.lower())
    postwar = [sys.executable, "-m", "postwar"]
    subprocess.run([*postwar, "class", "report"], cwd=folder.root, env=environment, check=True, capture_output=True)
    log = tmp_path / "lab.log"
    with log.open("w") as output:
        command = [*postwar, "lab", "--no-browser", "--instructor"]
        process = subprocess.Popen(command, cwd=folder.root, env=environment, stdout=output, stderr=output)
    try:
        for _ in range(600):
            if found := re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+)/lab\S*token=(\w+)", log.read_text()):
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield found[1], found[2], folder
    finally:
        process.terminate()
        process.wait(30)


def test_the_report_is_one_click_away(server, page):
    address, token, folder = server
    page.goto(f"{address}/lab?token={token}")
    page.wait_for_function("() => window.jupyterapp?.restored || document.querySelector('#jp-MainMenu')")
    page.get_by_role("menuitem", name="View").click()
    page.get_by_text("Report of the Class", exact=True).click()
    page.frame_locator("iframe").get_by_role("heading", name="A made-up class: what the class learned").wait_for()

    with Gradebook(folder.db_url, "made-up") as gradebook:
        submission = gradebook.notebook_submissions("problems", made_up.SLUGS[0])[0].id
    page.route("https://cdnjs.cloudflare.com/**", lambda route: route.abort())
    page.goto(f"{address}/formgrader/submissions/{submission}?token={token}")
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Report", exact=True).click()
    opened.value.get_by_role("heading", name="Board").wait_for()
