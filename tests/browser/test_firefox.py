"""The course in Firefox: a question is answered by clicking and kept in the notebook, and an explorer draws.

Playwright drives a Firefox of its own only, so the one of the system is driven by WebDriver BiDi, which is built into it.
"""

import json
import os
import re
import shutil
import subprocess
import time

import pytest

PROMISE = {"awaitPromise": True, "resultOwnership": "none"}


class Firefox:
    """A headless Firefox with one page. ``run(script)`` evaluates an expression in it and returns its JSON."""

    def __init__(self, process, address):
        import websocket

        self.process, self.number = process, 0
        self.socket = websocket.create_connection(f"{address}/session", timeout=120, suppress_origin=True)
        self.send("session.new", capabilities={})
        self.page = self.send("browsingContext.getTree")["contexts"][0]["context"]

    def send(self, method, **params):
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": params}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number:
                assert answer["type"] == "success", answer
                return answer["result"]

    def open(self, url):
        self.send("browsingContext.navigate", context=self.page, url=url, wait="interactive")

    def run(self, script):
        wrapped = f"(async () => JSON.stringify((await ({script})) ?? null))()"
        done = self.send("script.evaluate", expression=wrapped, target={"context": self.page}, **PROMISE)
        assert done["type"] == "success", done
        return json.loads(done["result"]["value"])

    def wait(self, script, seconds=90):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := self.run(script):
                return found
            time.sleep(0.3)
        raise AssertionError(f"not within {seconds} s: {script}")

    def click(self, script):
        """A real click of the mouse in the middle of an element."""
        place = self.run(
            f"(() => {{ const e = {script}; e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
            " return [Math.round(r.x + r.width / 2), Math.round(r.y + r.height / 2)]; })()"
        )
        moves = [
            {"type": "pointerMove", "x": place[0], "y": place[1]},
            {"type": "pointerDown", "button": 0},
            {"type": "pointerUp", "button": 0},
        ]
        mouse = {"type": "pointer", "id": "mouse", "actions": moves}
        self.send("input.performActions", context=self.page, actions=[mouse])


@pytest.fixture
def firefox(tmp_path):
    executable = next(filter(None, map(shutil.which, ("firefox-esr", "firefox"))), None)
    if executable is None:
        reason = "no Firefox found: install it (Debian: apt-get install firefox-esr)"
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)
    log = tmp_path / "firefox.log"
    (tmp_path / "profile").mkdir()
    with log.open("w") as output:
        process = subprocess.Popen(
            [
                executable,
                "--headless",
                "--no-remote",
                "--profile",
                tmp_path / "profile",
                "--remote-debugging-port",
                "0",
            ],
            env=os.environ | {"HOME": str(tmp_path), "MOZ_DISABLE_CONTENT_SANDBOX": "1"},
            stdout=output,
            stderr=output,
        )
    try:
        for _ in range(600):
            if found := re.search(r"WebDriver BiDi listening on (ws://\S+)", log.read_text()):
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield Firefox(process, found[1])
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


PANEL = '[...jupyterapp.shell.widgets("main")].find((w) => w.context?.model?.cells)'


def test_a_question_and_an_explorer_in_firefox(firefox, jupyter):
    path = "tmp/firefox.ipynb"
    file = jupyter.write(
        path, ['from postwar import check, explore\ncheck("planning-report-or-reading")', "explore.bargaining_range()"]
    )
    firefox.open(f"{jupyter.url}/lab/tree/{path}?token={jupyter.token}")
    firefox.wait(f"Boolean(window.jupyterapp?.restored && {PANEL}?.sessionContext?.session?.kernel)")
    firefox.run('jupyterapp.commands.execute("notebook:run-all-cells").then(() => true)')
    option = 'document.querySelectorAll(".postwar-choice input[type=radio]")'
    firefox.wait(f"{option}.length > 3")
    firefox.click(f"{option}[1].closest('label') ?? {option}[1]")
    firefox.wait('document.querySelector(".postwar-choice").innerText.includes("looked up")')
    firefox.wait(f"{PANEL}.context.model.cells.get(0).sharedModel.getSource().includes('answer=\"b\"')")
    firefox.wait('document.querySelectorAll(".jp-OutputArea svg, .jp-OutputArea img").length > 0')
    firefox.run(f"{PANEL}.context.save().then(() => true)")
    assert 'answer=\\"b\\"' in file.read_text(encoding="utf-8")
    assert firefox.run("navigator.userAgent").count("Firefox") == 1
