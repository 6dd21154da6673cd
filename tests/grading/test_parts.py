"""The parts that grading is made of, one promise per test."""

import contextlib
import decimal
import fractions
import functools
import json
import operator
import os
import random
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from unittest import mock

import course
import numpy as np
import pandas as pd
import pytest
from ipykernel.displayhook import ZMQShellDisplayHook
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.inputtransformer2 import TokenTransformBase, TransformerManager
from nbformat.v4 import output_from_msg
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.converters import Autograde
from nbgrader.coursedir import CourseDirectory

from postwar import paths
from postwar.grading import (
    checker,
    database,
    forkserver,
    kernel,
    marks,
    reading,
    records,
    refusals,
    release,
    sandbox,
    supervisor,
    syscalls,
    values,
    wire,
)

pytestmark = pytest.mark.xdist_group("grading")


# -- fork server -------------------------------------------------------------------------------------------------------


def report(fd):
    """Runs in a fork: says what state it found itself in."""
    facts = {
        "threads": len(os.listdir("/proc/self/task")),
        "random": [random.random(), float(np.random.random())],
        "numpy_loaded": "numpy" in sys.modules,
        "session": os.getsid(0) == os.getpid(),
        "environment": dict(os.environ),
        "cwd": os.getcwd(),
        "sockets": sum(link.startswith("socket:") for link in _open_files()),
    }
    os.write(fd, json.dumps(facts).encode())


def _open_files():
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            yield os.readlink(f"/proc/self/fd/{name}")


def leave(code):
    sys.exit(code)


def fail():
    os.abort()


def wait():
    time.sleep(60)


def _ask(server, **options):
    reader, writer = os.pipe()
    child = server.spawn(f"{__name__}:report", fds=[writer], **options)
    os.close(writer)
    with open(reader) as answer:
        facts = json.load(answer)
    assert child.wait() == 0
    return facts


@pytest.fixture
def server():
    """A fork server that can import this module."""
    running = forkserver.ForkServer(["numpy"], env=os.environ | {"PYTHONPATH": os.path.dirname(__file__)})
    yield running
    running.close()


def test_forks_are_fresh_and_independent(server, tmp_path):
    first = _ask(server, env={"ONLY": "this", "PATH": "/bin"}, cwd=tmp_path)
    second = _ask(server)
    assert first["threads"] == 1
    assert first["numpy_loaded"]
    assert first["session"]
    assert first["environment"] == {"ONLY": "this", "PATH": "/bin"}
    assert first["cwd"] == str(tmp_path)
    assert first["sockets"] == 0
    assert first["random"][0] != second["random"][0]
    assert first["random"][1] != second["random"][1]


def test_exit_codes_and_signals_reach_the_caller(server):
    assert server.spawn(f"{__name__}:leave", {"code": 7}).wait() == 7
    assert server.spawn(f"{__name__}:fail").wait() == -6
    child = server.spawn(f"{__name__}:wait")
    assert child.poll() is None
    child.kill()
    assert child.wait() == -9


@pytest.mark.skipif(sandbox.missing() is not None, reason="there are no namespaces here")
def test_a_fork_may_be_the_first_process_of_its_namespaces(server):
    assert server.spawn("os:getpid", apart=True).wait() == 1
    assert server.spawn(f"{__name__}:leave", {"code": 7}, apart=True).wait() == 7
    child = server.spawn(f"{__name__}:wait", apart=True)
    os.kill(child.pid, signal.SIGKILL)
    assert child.wait() == -9


def test_a_fork_that_is_refused_is_said_and_the_server_goes_on(server):
    server.load(statements=[f"from postwar.grading import syscalls; syscalls.load({syscalls.for_students()!r})"])
    with pytest.raises(forkserver.ForkServerError, match="could not fork: .*new namespaces"):
        server.spawn("os:getpid", apart=True)
    assert server.spawn("builtins:int").wait() == 0


def test_the_end_of_the_server_ends_its_forks(server):
    child = server.spawn(f"{__name__}:wait")
    server.close()
    assert child.wait() == -9
    with pytest.raises(forkserver.ForkServerError, match="gone"):
        server.spawn(f"{__name__}:wait")


def test_a_server_that_cannot_start_says_so():
    with pytest.raises(forkserver.ForkServerError, match="could not be started"):
        forkserver.ForkServer([], wrapper=["false"]).wait()


ASK_A_KERNEL = r"""
import json, os, sys, tempfile
from postwar.grading import forkserver, supervisor

def try_a_kernel(report):
    from ipykernel.kernelapp import IPKernelApp

    null = os.open(os.devnull, os.O_RDWR)
    for fd in (1, 2):
        os.dup2(null, fd)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IPYTHONDIR"] = folder
        app = IPKernelApp.instance()
        app.initialize(["-f", os.path.join(folder, "trial.json"), "--HistoryManager.hist_file=:memory:"])
        app.shell.run_cell(
            "import matplotlib.pyplot as plt\nplt.plot([1, 2]); plt.show()\n"
            "import pandas; display(pandas.DataFrame({'a': [1]}))\n1 / 0"
        )
    with open(report, "w") as file:
        json.dump(sorted(sys.modules), file)

forkserver.begin_to_load()
forkserver.preload(forkserver.PRELOAD)
reader, writer = os.pipe()
if os.fork() == 0:
    try:
        try_a_kernel(writer)
    finally:
        os._exit(0)
os.close(writer)
with open(reader) as file:
    found = json.load(file)
supervisor.prepare()
print(json.dumps([name for name in found if name not in sys.modules]))
"""


def test_a_kernel_finds_loaded_what_it_imports_by_itself(tmp_path):
    done = subprocess.run([sys.executable, "-c", ASK_A_KERNEL], capture_output=True, text=True, timeout=120, check=True)
    later = ("matplotlib_inline", "pydev", "_pydev", "__main__", "debugpy")  # what each kernel has to import for itself
    assert [name for name in json.loads(done.stdout) if not name.startswith(later)] == []


def brought():
    return 0 if {"postwar.data", "colorsys"} <= sys.modules.keys() else 1


def test_a_fork_finds_loaded_what_an_import_statement_brings(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    server = forkserver.ForkServer([])
    try:
        server.load(statements=["from postwar import data", "from no_such_package import thing", "import colorsys"])
        assert server.spawn(f"{__name__}:brought").wait() == 0
    finally:
        server.close()


def test_a_class_with_one_edition_is_graded_without_numeric_libraries_in_the_helpers():
    ask = "import sys, postwar.editions.grading; print('numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "False"


CELLS = [
    "",
    "x = 1",
    "\n\nx = 1",
    "    x = 1\n    y = 2",
    "%matplotlib inline",
    "%%time\nx = 1",
    "x = %time 1",
    "x = !ls",
    "!ls",
    "x?",
    "?x",
    "x.y??",
    ",f a b",
    ";f a b",
    "/f a b",
    ">>> x = 1\n>>> y",
    "In [1]: x = 1",
    "def f(:\n    pass",
    "def f():\n    !ls\n    %time 1",
    "(a\n%b)",
    "a \\\n% b",
    "a = \\\n!ls",
    "'50 % ?'  # !what?",
    'x = """\n%time\n!ls\n"""',
    "x != 1",
    "await x",
    "async with x: pass",
    "[i async for i in x]",
    "async def f():\n    await x",
    "awaited = 1",
    "await = 1",
    "return",
    "print('\\d')",
    "x\0",
    "é = 1; é",
    "(" * 300,
]


@pytest.mark.parametrize("cell", CELLS, ids=range(len(CELLS)))
def test_a_cell_is_read_as_ipython_reads_it(cell):
    def outcome(manager):
        try:
            return manager.transform_cell(cell)
        except Exception as error:
            return type(error)

    assert outcome(kernel._Transformers()) == outcome(TransformerManager())


@pytest.mark.parametrize("cell", CELLS, ids=range(len(CELLS)))
def test_a_cell_waits_where_ipython_s_would(cell):
    ours, theirs = (kind.__new__(kind) for kind in (kernel.Shell, ZMQInteractiveShell))
    assert ours.should_run_async(cell, transformed_cell=cell) == theirs.should_run_async(cell, transformed_cell=cell)


@pytest.mark.parametrize(
    "cell",
    [
        "x",
        "x;",
        "x; ",
        "x;  # no",
        "x;\n# no\n\n",
        "x  # a; b",
        "x;  # a; b",
        "';'",
        "f(\n';'\n)",
        "f(';');",
        "x;\ny",
        "x;\n\ny;",
        "",
    ],
)
def test_a_cell_is_silent_where_ipykernel_s_would_be(cell):
    ours, theirs = (kind.semicolon_at_end_of_expression(cell) for kind in (kernel._DisplayHook, ZMQShellDisplayHook))
    assert bool(ours) == bool(theirs)


OUTPUTS = [
    ("stream", {"name": "stdout", "text": "a"}),
    ("error", {"ename": "E", "evalue": "", "traceback": ["a", "b"]}),
    (
        "display_data",
        {"data": {"text/plain": "1", "image/png": "iVBO"}, "metadata": {"image/png": {"width": 3}}, "transient": {}},
    ),
    ("execute_result", {"data": {"text/plain": "1"}, "metadata": {}, "execution_count": 3}),
]
NO_PLAIN_ONES = [
    ("stream", {"name": "stdout", "text": ["a"]}),
    ("stream", {"name": 1, "text": "a"}),
    ("stream", {"text": "a"}),
    ("error", {"ename": "E", "evalue": "", "traceback": "a"}),
    ("error", {"ename": "E", "evalue": "", "traceback": ["a", 1]}),
    ("display_data", {"data": ["text/plain"], "metadata": {}}),
    ("display_data", {"data": {"application/json": {"a": 1}}, "metadata": {}}),
    ("display_data", {"data": {"text/plain": 1}, "metadata": {}}),
    ("display_data", {"data": {}, "metadata": None}),
    ("execute_result", {"data": {}, "metadata": {}, "execution_count": True}),
    ("execute_result", {"data": {}, "metadata": {}, "execution_count": -1}),
    ("execute_result", {"data": {}, "metadata": {}}),
    ("surprise", {"name": "stdout", "text": "a"}),
]


@pytest.mark.parametrize(("kind", "content"), OUTPUTS)
def test_a_plain_output_is_nbformat_s(kind, content):
    assert supervisor._plain_output(kind, content) == output_from_msg(
        {"header": {"msg_type": kind}, "content": content}
    )


@pytest.mark.parametrize(("kind", "content"), NO_PLAIN_ONES)
def test_any_other_output_is_left_to_nbformat(kind, content):
    assert supervisor._plain_output(kind, content) is None


def test_a_student_s_own_way_of_reading_cells_is_kept():
    class Shout(TokenTransformBase):
        @classmethod
        def find(cls, tokens_by_line):
            return cls((1, 0)) if tokens_by_line[0][0].string == "x" else None

        def transform(self, lines):
            return ["y\n"]

    manager = kernel._Transformers()
    manager.token_transformers.append(Shout)
    assert manager.transform_cell("x") == "y\n"


# -- values ------------------------------------------------------------------------------------------------------------


class Liar(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


FRAME = pd.DataFrame(
    {
        "number": [1, 2],
        "text": ["x", None],
        "kind": pd.Categorical(["u", "v"]),
        "day": pd.to_datetime(["2020-01-01", "2021-01-01"]),
        "count": pd.array([1, None], dtype="Int64"),
        "moment": pd.to_datetime(["2020-01-01", "2021-01-01"]).tz_localize("UTC"),
        "list": [[1], {"k": 2}],
    },
    index=pd.Index(["p", "q"], name="i"),
)


def _across(value):
    return values.decode(json.loads(json.dumps(values.encode(value))), lambda *rest: rest)


@pytest.mark.parametrize(
    "value",
    [None, True, 1, 2**100, -5.5, "é", [1, (2, {3})], {"a": 1, (1, 2): b"x"}, range(3), 1j, ..., np.float64(2.5), np.bool_(True),
     np.arange(6).reshape(2, 3), np.array(["a", "b"]), np.array([None, 1], dtype=object), pd.Timestamp("2020-01-01"), pd.NaT],
    ids=repr,
)  # fmt: skip
def test_plain_values_arrive_as_they_were(value):
    arrived = _across(value)
    assert type(arrived) is type(value)
    assert repr(arrived) == repr(value)


@pytest.mark.parametrize(
    "value", [FRAME, FRAME["text"], FRAME.groupby("number")["count"].sum(), FRAME.index, pd.DataFrame()]
)
def test_tables_arrive_as_they_were(value):
    arrived = _across(value)
    assert arrived.equals(value)
    if isinstance(value, pd.DataFrame):
        assert list(arrived.dtypes) == list(value.dtypes)


class Unpickled:
    def __reduce__(self):
        return os._exit, (1,)


@pytest.mark.parametrize("value", [fractions.Fraction(3, 4), decimal.Decimal("0.10"), fractions.Fraction(-7)])
def test_fractions_and_decimals_arrive_as_numbers(value):
    arrived = _across(value)
    assert type(arrived) is type(value)
    assert arrived == value


FORGED = [
    ["import", "unittest.mock", "ANY"], ["import", "IPython.__main__", "x"], ["module", "IPython.__main__"], ["module", "unittest.mock"],
    ["list", [["import", "unittest.mock", "ANY"]]], ["type", "ANY"], ["object", "unittest.mock", "_ANY", {"__eq__": 1, "value": 2}],
    ["function", 0, "ANY", None, None, "unittest.mock:ANY"], ["function", 0, "reference", None, None, "__main__:reference"],
    ["import", "builtins", "eval"], ["error", "unittest.mock", "ANY"], ["pickle", "gASVKgAA"], ["Fraction", 1, 0],
]  # fmt: skip


@pytest.mark.parametrize("encoded", FORGED, ids=repr)
def test_whatever_a_student_s_kernel_says_nothing_is_imported_and_nothing_equals_a_key(encoded):
    names = checker.Names(None, imports={"np": "import numpy as np"})
    namespace, notes = {}, []
    names.put = lambda parcel: notes.append(parcel["text"])
    before = set(sys.modules)
    names._define(namespace, "answer", encoded, looked_into=False)
    assert set(sys.modules) == before
    for key in (2.5, 0, "D", [1, 2], {"a": 1}, None, True):
        assert namespace["answer"] != key
        assert [namespace["answer"]] != [key]
    if encoded[0] != "function":
        assert len(notes) == 1
        assert "answer" in notes[0]


@pytest.mark.parametrize(
    "value",
    [mock.ANY, mock.MagicMock(), mock, operator.methodcaller("upper"), functools.partial(max, 3), [].append, np.add, np.mean, Liar, object(),
     operator.attrgetter("real"), lambda x: x, print, iter([1])],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_callable_crosses_as_a_stub_and_any_other_object_as_a_stand_in(value):
    answers = checker.Answers(None)
    names = checker.Names(None)
    names.put = lambda parcel: None
    namespace = {}
    names._define(namespace, "answer", json.loads(json.dumps(answers._encode(value))), looked_into=False)
    arrived = namespace["answer"]
    assert arrived is not value
    assert type(arrived).__module__ == "builtins" or isinstance(arrived, values.Opaque)


def test_builtins_that_an_answer_uses_are_not_the_student_s():
    described = reading.describe(
        [("def f(v):\n    if len(v) < 2:\n        raise ValueError\n    sum = 0\n    return sum\nmax = 3", False)]
    )
    assert "max" in described["touched"]
    assert not {"len", "ValueError", "sum"} & set(described["touched"])


def test_what_a_locked_cell_defines_is_the_student_s_only_where_an_answer_changes_it():
    cells = [("rank = table.share.rank() + case['x']\nprint(case)\nrows.append(1)\ntable['rank'] = rank", False)]
    assert {"table", "rows"} == set(reading.describe(cells)["changed"]) & {"case", "table", "rows"}


def test_a_subclass_arrives_as_its_plain_value():
    arrived = _across(Liar(1.0))
    assert type(arrived) is float
    assert arrived != 2.0


def test_an_object_arrives_as_a_description():
    assert _across({"a": Unpickled()})["a"][0] == "object"


def test_nesting_has_an_end():
    value = []
    for _ in range(10_000):
        value = [value]
    json.dumps(values.encode(value))


# -- wire --------------------------------------------------------------------------------------------------------------


def test_messages_survive_lone_surrogates_and_refuse_what_is_too_long():
    left, right = socket.socketpair()
    with left, right:
        wire.send(left, {"text": "\ud800"})
        assert wire.receive(right) == {"text": "?"}
        left.send(b"\xff\xff\xff\xff")
        with pytest.raises(wire.WireError, match="too long"):
            wire.receive(right)


def test_many_messages_go_in_one_frame_and_what_is_too_long_is_said():
    left, right = socket.socketpair()
    with left, right:
        outbox = wire.Outbox(left)
        for text in ("one", "two", "x" * wire.LIMIT):
            outbox.put({"text": text})
        outbox.flush()
        assert wire.receive(right) == {"messages": [{"text": "one"}, {"text": "two"}, {"channel": "flood"}]}


@pytest.mark.parametrize(
    "source, names",
    [
        ("import numpy as np\nassert x == 1", ["np"]),
        ("check(x, 'x')", []),
        ("y = x", None),
        ("np.random.seed(0)", None),
        ("import numpy as np\nnp.random.seed(0)", None),
        ("for i in x:\n    assert i", None),
        ("%time", None),
    ],
)
def test_what_the_visible_part_of_a_test_leaves_behind(source, names):
    assert reading.names_left(source) == names


@pytest.mark.parametrize("body", [b"[" * 100_000, b"{", b"[]", b"\xff"])
def test_what_is_not_a_message_is_refused(body):
    left, right = socket.socketpair()
    with left, right:
        left.sendall(len(body).to_bytes(4, "big") + body)
        with pytest.raises(wire.WireError, match="not a message"):
            wire.receive(right)


# -- what belongs to whom ----------------------------------------------------------------------------------------------


def test_the_instructors_notebook_says_what_can_be_part_of_an_answer():
    described = reading.describe(
        [
            ("import numpy as np\nfrom math import isclose as near\nfrom os.path import *", False),
            ("limit = 10\ntable = load()", True),
            ("a = load('facts')\ndef f():\n    return data.load('missions').merge(load(name))", False),
            ("%matplotlib inline\nmean = table['x'].mean()", False),
        ]
    )
    assert described["imports"] == {"np": "import numpy as np", "near": "from math import isclose as near"}
    assert described["tables"] == ["facts", "missions"]
    assert described["stars"] == ["from os.path import *"]
    assert {"mean", "table"} <= set(described["touched"])
    assert "limit" not in described["touched"]


@pytest.mark.parametrize(
    ("text", "noted"), [(r'"\ud83d\ude00"', False), (r'"\\ud800"', False), (r'"\ud800"', True), ('"é😀"', False)]
)
def test_only_a_half_of_a_character_is_replaced_and_noted(text, noted, tmp_path):
    path = tmp_path / "a.ipynb"
    path.write_text(text, encoding="utf-8")
    read, notes = refusals.read_text(path)
    assert (read != text, bool(notes)) == (noted, noted)
    json.loads(read).encode()


def test_nesting_is_counted_outside_of_texts():
    assert refusals.nesting(b'{"a": ["[[[[", "\\"[["]}') == 2
    assert refusals.nesting(b"[" * 5000) == 5000
    assert refusals.nesting(b'["\\\\", [["\\"[[["]]]') == 3


@pytest.mark.parametrize("text", [b'"', b'\\"', b'"\\"', b"[],", b"]", b'""', b"{}", b'"\\'], ids=repr)
def test_nesting_takes_little_time_for_any_text(text):
    start = time.process_time()
    refusals.nesting(b'["' + text * (1_000_000 // len(text)))
    refusals.nesting(text * (1_000_000 // len(text)))
    assert time.process_time() - start < 5


# -- gradebook ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course with a released assignment, and the assignment as the coordinator knows it."""
    folder = course.generate(tmp_path_factory.mktemp("marks") / "course")
    coursedir = CourseDirectory(root=str(folder))
    return folder, release.read(course.ASSIGNMENT, Autograde(coursedir=coursedir))


@pytest.fixture
def gradebook(released, tmp_path):
    """A copy of its gradebook, as the coordinator holds it."""
    shutil.copy(released[0] / "gradebook.db", tmp_path)
    return marks.Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", released[1])


def _marks(cells, score=1.0):
    """Marks as a helper reports them: every cell earned *score*."""
    notebooks = {}
    for name, every in cells.items():
        graded = {cell: [score, 0] for cell, each in every.items() if each["grade"] or each["task"]}
        answers = {cell: [None] for cell, each in every.items() if each["solution"] or each["task"]}
        notebooks[name] = {"penalty": None, "grades": graded, "comments": answers}
    return {"timestamp": "2026-01-10 12:00:00.000000", "notebooks": notebooks}


def _scores(folder):
    with Gradebook(f"sqlite:///{folder / 'gradebook.db'}", "fixture") as gradebook:
        return {each.student_id: each.score for each in gradebook.assignment_submissions(course.ASSIGNMENT)}


def test_marks_are_recorded_once_and_changed_when_graded_again(released, gradebook, tmp_path):
    cells = released[1].cells
    assert gradebook.earlier("ada") == {}
    gradebook.record("ada", marks.checked(_marks(cells), cells), {})
    count = sum(len(notebook["grades"]) for notebook in _marks(cells)["notebooks"].values())
    assert _scores(tmp_path) == {"ada": count}
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "fixture") as other:
        other.find_grade("essay", "analysis", course.ASSIGNMENT, "ada").manual_score = 3
        other.db.commit()
    earlier = gradebook.earlier("ada")
    assert len(earlier["grade"]) == count
    gradebook.record("ada", marks.checked(_marks(cells, 0), cells), earlier)
    assert _scores(tmp_path) == {"ada": 3}  # what a person gave stays


def test_a_submission_is_recorded_whole_or_not_at_all(released, gradebook, tmp_path, monkeypatch):
    cells = released[1].cells
    monkeypatch.setitem(gradebook._ids.cells, ("comment", "report", "idea"), object())  # the last row that is written
    with pytest.raises(database.ERRORS):
        gradebook.record("ada", marks.checked(_marks(cells), cells), {})
    with sqlite3.connect(tmp_path / "gradebook.db") as db:
        for table in ("student", "submitted_assignment", "submitted_notebook", "grade", "comment"):
            assert db.execute(f"select count(*) from {table}").fetchone() == (0,), table


def test_records_say_what_the_gradebook_says(released, gradebook, tmp_path):
    cells = released[1].cells
    new = records.Records(gradebook.released, gradebook.earlier("ada"))
    assert marks.checked(new.marks(), cells)["timestamp"] is None
    gradebook.record("ada", marks.checked(_marks(cells), cells), {})
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", "fixture") as theirs:
        theirs.update_or_create_assignment(course.ASSIGNMENT, duedate="2026-01-09 12:00:00 UTC")
        theirs.grant_extension(course.ASSIGNMENT, "ada", hours=6)
        graded = theirs.find_submission_notebook("analysis", course.ASSIGNMENT, "ada").grades
        graded[0].manual_score, graded[0].extra_credit = 0.5, 0.25
        graded[1].auto_score, graded[1].extra_credit = None, 0.25
        theirs.db.commit()
        ours = marks.Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}", released[1])
        again = records.Records(ours.released, ours.earlier("ada"))
        submission = theirs.find_submission(course.ASSIGNMENT, "ada")
        assert again.submission.total_seconds_late == submission.total_seconds_late == 18 * 3600
        for name in cells:
            one, other = (each.find_submission_notebook(name, course.ASSIGNMENT, "ada") for each in (again, theirs))
            assert one.score == other.score
            assert {cell: grade.score for cell, grade in one.grades.items()} == {
                grade.name: grade.score for grade in other.grades
            }
            for cell in theirs.find_notebook(name, course.ASSIGNMENT).source_cells:
                found = again.find_source_cell(cell.name, name, course.ASSIGNMENT)
                assert (found.source, found.checksum, found.locked, found.cell_type) == (
                    cell.source, cell.checksum, cell.locked, cell.cell_type,
                )  # fmt: skip
        released_cells = [cell.name for cell in again.find_notebook("analysis", course.ASSIGNMENT).source_cells]
        assert released_cells == [c.name for c in theirs.find_notebook("analysis", course.ASSIGNMENT).source_cells]
    with pytest.raises(MissingEntry):
        again.find_grade("nothing", "analysis", course.ASSIGNMENT, "ada")


def _changed(path, value):
    def change(said):
        place = said
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


@pytest.mark.parametrize(
    "path, value",
    [
        (("notebooks", "analysis", "grades", "test-mean"), [2.5, 0]), (("notebooks", "analysis", "grades", "test-mean"), [-1, 0]),
        (("notebooks", "analysis", "grades", "test-mean"), [float("nan"), 0]), (("notebooks", "analysis", "grades", "test-mean"), ["2", 0]),
        (("notebooks", "analysis", "grades", "test-mean"), [True, 0]), (("notebooks", "analysis", "grades", "test-mean"), [1, 0, 3]),
        (("notebooks", "analysis", "grades", "other"), [1, 0]), (("notebooks", "analysis", "grades"), {}), (("notebooks", "analysis"), 7),
        (("notebooks", "third"), {}), (("notebooks", "report", "penalty"), -1), (("notebooks", "report", "penalty"), float("inf")),
        (("notebooks", "report", "comments", "idea"), ["x" * 20_000]), (("notebooks", "report", "comments", "idea"), [{}]),
        (("timestamp",), "tomorrow"), (("timestamp",), 5), (("student",), "grace"), (("notebooks",), None),
    ],
    ids=str,
)  # fmt: skip
def test_what_are_no_marks_of_the_assignment_is_refused(released, path, value):
    said = _marks(released[1].cells)
    _changed(path, value)(said)
    with pytest.raises(marks.MarksError):
        marks.checked(said, released[1].cells)


# -- helper processes --------------------------------------------------------------------------------------------------

HELPERS = """
import sys, time
from postwar.grading import forkserver, helpers

kept = []

def do(what, blob):
    if what == "echo":
        return {"length": len(blob)}, blob
    if what == "sleep":
        time.sleep(60)
    if what == "hoard":
        kept.append(b"x" * (200 << 20))
        return {"hoarded": len(kept)}, b""
    if what == "grow":
        return {}, b"x" * (2000 << 20)
    if what == "die":
        import os
        os.abort()

tasks = helpers.Helpers({"do": do}, 1, seconds=10, memory=700 << 20)
print(tasks.call("do", "echo", blob=b"abc"))
for what in ("sleep", "grow", "die", "hoard", "hoard", "hoard", "hoard", "hoard", "echo"):
    try:
        print(what, tasks.call("do", what, blob=b"")[0])
    except helpers.HelperError as error:
        print(what, error)
tasks.close()
"""


def test_a_helper_that_takes_too_long_or_too_much_is_replaced(tmp_path):
    done = subprocess.run([sys.executable, "-c", HELPERS], capture_output=True, text=True, timeout=120, check=True)
    said = done.stdout.splitlines()
    assert said[0] == "({'length': 3}, b'abc')"
    assert said[1:4] == [
        "sleep takes more than 10 s to read",
        "grow takes more than 700 MiB of memory to read",
        "die takes more than 700 MiB of memory to read",
    ]
    assert all(line.startswith("hoard {") for line in said[4:9]), (
        said
    )  # what earlier tasks have used up is no later one's fault
    assert said[9] == "echo {'length': 0}"


def test_a_fraction_of_a_monstrous_text_is_refused_at_once():
    with pytest.raises(ValueError, match="invalid literal"):
        values.decode(["Fraction", "1e30000000"])


# -- sandbox -----------------------------------------------------------------------------------------------------------


def test_the_course_folder_is_not_shown(tmp_path, monkeypatch):
    """Not even when the course lies inside of what is shown, or is itself on the path for imports."""
    shown = sandbox.wrapper(tmp_path)
    binds = [shown[i + 1] for i, word in enumerate(shown) if word.startswith("--ro-bind")]
    assert not any(os.path.commonpath([path, tmp_path]) == str(tmp_path) for path in binds)
    monkeypatch.setattr(sys, "path", [entry for entry in sys.path if "tests" not in entry])  # pytest's doing
    binds = " ".join(sandbox.wrapper(paths.COURSE))
    for secret in ("solutions", "submitted", "gradebook.db", "autograded", "tests"):
        assert f"{paths.COURSE}/{secret}" not in binds


def test_the_system_s_settings_are_read_without_root():
    """Fonts, names of users and the time zone lie there: where root grades, too, who gave up root reads them."""
    if sandbox.missing():
        pytest.skip(sandbox.missing())
    code = "from postwar.grading import forkserver as f; f.drop_root(); print(len(open('/etc/passwd').read()))"
    command = [*sandbox.wrapper("/nowhere"), sys.executable, "-I", "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, env=sandbox.environment(), check=True)
    assert int(done.stdout) > 0


def test_installed_keys_are_empty_inside(tmp_path, monkeypatch):
    if sandbox.missing():
        pytest.skip(sandbox.missing())
    package = Path("/var/tmp") / tmp_path.name / "postwar_keys"  # /tmp is empty in there anyway
    (package / "solutions").mkdir(parents=True)
    (package / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [*sys.path, str(package.parent)])
    code = f"import os; print(os.listdir({str(package.parent)!r}), os.listdir({str(package)!r}))"
    command = [*sandbox.wrapper("/nowhere"), sys.executable, "-I", "-c", code]
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=sandbox.environment(), check=False)
    finally:
        shutil.rmtree(package.parent)
    assert done.stdout == "['postwar_keys'] []\n", done.stderr


def test_the_environment_is_clean(monkeypatch):
    monkeypatch.setenv("GRADING_SECRET", "swordfish")
    assert "swordfish" not in sandbox.environment().values()
