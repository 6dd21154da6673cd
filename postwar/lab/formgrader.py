"""A server extension beside nbgrader's formgrader, which has no settings for what stands here.

Formgrader runs where a grader is logged in. A link from outside, as in a message, leads the grader's browser there; nbgrader 0.9 would
run the configuration in any folder that the link names (``?path=``), a page that came with a submission, or a script in the address
itself. And its *Autograde* button would run a student's code with the grader's rights. Here such addresses are refused before nbgrader
sees them, and the button runs ``postwar grade``.
"""

import asyncio
import json
import os
import re
import sys
from urllib.parse import unquote_to_bytes

from nbgrader.server_extensions.formgrader.base import BaseApiHandler, check_notebook_dir, check_xsrf
from tornado import web
from tornado.routing import Matcher, PathMatches, Rule

#: What nbgrader writes into its pages as it stands, inside HTML and inside a string of JavaScript.
_MARKUP = re.compile(rb'[<>"\\\x00-\x1f\x7f]')
_FILE_OF_A_SUBMISSION = re.compile(r"formgrader/submissions/(?!components/)[^/]+/(?!(next|prev)(_incorrect)?/?$).")


def _jupyter_server_extension_points():
    return [{"module": "postwar.lab.formgrader"}]


def _load_jupyter_server_extension(server):
    base = server.web_app.settings["base_url"]
    button = PathMatches(re.escape(base) + r"formgrader/api/submission/([^/]+)/([^/]+)/autograde")
    # First of all rules: nbgrader's may have been added before.
    server.web_app.default_router.rules[:0] = [Rule(_Strange(base), Refused), Rule(button, Autograde)]


class _Strange(Matcher):
    """An address below formgrader's to which none of its own pages leads."""

    def __init__(self, base_url: str):
        self._base_url = base_url

    def match(self, request):
        path = request.path.removeprefix(self._base_url)
        if path == request.path or not path.startswith("formgrader"):
            return None
        strange = (
            "path" in request.arguments or _FILE_OF_A_SUBMISSION.match(path) or _MARKUP.search(unquote_to_bytes(path))
        )
        return {} if strange else None


class Refused(BaseApiHandler):
    """What is asked for is not shown, and nothing else is done."""

    @web.authenticated
    def get(self):
        raise web.HTTPError(
            404,
            "Formgrader has no such page. It shows the class in whose folder JupyterLab was started; what came with a submission "
            "is read in the file browser.",
        )

    head = post = put = delete = get


class Autograde(BaseApiHandler):
    """The button of a submission. Its answer is that of nbgrader's own handler: success, log and, if it failed, error."""

    _one_at_a_time = asyncio.Lock()

    @web.authenticated
    @check_xsrf
    @check_notebook_dir
    async def post(self, assignment, student):
        root = self.coursedir.root
        command = ["postwar", "grade", f"--assignment={assignment}", f"--student={student}", "--force"]
        async with self._one_at_a_time:
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", "-m", *command, cwd=root, env=os.environ | {"COLUMNS": "110"},
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
            )  # fmt: skip
            said, _ = await process.communicate()
        log = said.decode(errors="replace")
        graded = self.coursedir.format_path(self.coursedir.autograded_directory, student, assignment)
        if process.returncode == 0 and os.path.isdir(graded):
            self.write(json.dumps({"success": True, "log": log}))
        else:
            self.write(json.dumps({"success": False, "log": log, "error": f"Not graded: {' '.join(command)}"}))
