"""Execute one submission in a process of its own, apart from everything else; runs in a fork of the fork server.

The processes, each a fork with the libraries loaded::

    fork server ── supervisor            drives nbgrader's Execute; runs no student code
                     ├── keeper ── student's kernel      namespaces of their own; one pair for each notebook
                     └── checker's kernel                runs only what the instructor wrote

A job and its result are JSON: see `supervise`.
"""

import asyncio
import base64
import contextlib
import itertools
import json
import os
import re
import shutil
import signal
import socket
import stat
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbgrader.preprocessors import Execute
from traitlets.config import Config

from postwar.grading import checker, forkserver, kernel, sandbox, syscalls, wire

_TICK = 0.25
_calls = None  # the filter of system calls for students' kernels


class Failure(Exception):
    """Why a submission could not be graded, in a few words for the instructor."""


# -- the supervisor ------------------------------------------------------------------------------------------------------


def prepare():
    """Load, in the fork server, what every submission needs: the kernel, and nbformat's schema (compiled at first use)."""
    global _calls  # noqa: PLW0603
    _calls = os.environ.pop("POSTWAR_SYSCALLS", None)
    kernel.prepare()
    nbformat.v4.new_output("stream")


def start(job_fd, confined, limits):
    """Entry point in the fork server's child: read a job from *job_fd*, execute it, write the result back."""
    channel, limits = socket.socket(fileno=job_fd), sandbox.Limits(**limits)
    if not confined:
        return supervise(channel, limits, confined=False)
    sandbox.enter()
    pid = os.fork()
    if pid == 0:
        forkserver.end_with_parent()
        sandbox.mount_proc()
        supervise(channel, limits, confined=True)
        os._exit(0)
    channel.close()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def supervise(channel, limits, *, confined):
    """Execute the job that arrives on *channel*.

    Job: ``notebooks`` (``[{"name", "nb", "roles", "instructor"}]``), ``files`` and ``trusted`` (``{path: base64}``),
    ``config`` (of `Execute`). Result: ``notebooks`` (``{name: outcome}``), ``files`` that the notebooks wrote,
    ``failure`` (a text, or None), ``notes`` (what the instructor may want to look at).
    """
    result = {"notebooks": {}, "files": {}, "failure": None, "notes": []}
    with _Folders(limits, confined) as folders:
        # The keeper is forked before the job is read: no process of the student's ever holds the hidden tests in memory.
        keeper = _Keeper(folders, limits, confined)
        try:
            job = wire.receive(channel, limit=1 << 30)
            folders.fill(job)
            for notebook in job["notebooks"]:
                run = _Run(notebook, job, limits, folders, channel, keeper)
                result["notebooks"][notebook["name"]] = _outcome(run.execute())
                result["notes"] += run.km.notes
            result["files"] = folders.changed(job)
            result["notes"] += folders.notes
        except Failure as failure:
            result["failure"] = str(failure)
        finally:
            keeper.stop()
        with contextlib.suppress(OSError, wire.WireError):
            _send_result(channel, result)


def _outcome(nb):
    """What execution adds to a notebook."""
    cells = [{key: cell.get(key) for key in ("outputs", "execution_count")} for cell in nb.cells]
    return {"metadata": nb.metadata, "cells": cells}


def _send_result(channel, result):
    body = json.dumps(result, ensure_ascii=False).encode("utf-8", "replace")
    channel.setblocking(True)
    channel.sendall(len(body).to_bytes(8, "big") + body)


class _Folders:
    """The submission's folder as the student's code sees it, and a copy that only the checker sees."""

    def __init__(self, limits, confined):
        self._limits = limits
        self._confined = confined
        self.notes = []

    def __enter__(self):
        if self._confined:
            self.root = Path("/tmp")
            sandbox.mount_tmp(mebibytes=self._limits.disk, files=self._limits.files)
            sandbox.mount_tmpfs("/dev/shm", mebibytes=64, files=100, mode="1777")
        else:
            self.root = Path(tempfile.mkdtemp(prefix="submission-"))
        self.checker = self.root / "checker"
        self.work, self.home = self.root / "work", self.root / "home"
        self.checked, self.trusted = self.checker / "work", self.checker / "trusted"
        self.checker_home = self.checker / "home"
        for folder in (self.checker, self.work, self.home, self.checked, self.trusted, self.checker_home):
            folder.mkdir()
        return self

    def __exit__(self, *_):
        if not self._confined:
            shutil.rmtree(self.root, ignore_errors=True)

    def fill(self, job):
        """Write the submission's files for both, and the instructor's for the checker."""
        for folder in (self.work, self.checked):
            for path, content in job["files"].items():
                _write(folder / path, base64.b64decode(content))
            for notebook in job["notebooks"]:
                # Without hidden tests, for a student's code that reads its own notebook.
                _write(folder / f"{notebook['name']}.ipynb", json.dumps(_without_hidden(notebook)).encode())
        for path, content in job["trusted"].items():
            _write(self.trusted / path, base64.b64decode(content))
        self._instructors = set(job["trusted"])
        self._seen = {path: _stamp(status) for path, status in self._files()}

    def _files(self):
        """``(path, status)`` of the regular files in the work folder, as many as allowed."""
        count = 0
        for folder, _, names in os.walk(self.work):
            for name in names:
                path = os.path.join(folder, name)
                with contextlib.suppress(OSError):
                    status = os.lstat(path)
                    if stat.S_ISREG(status.st_mode):
                        yield os.path.relpath(path, self.work), status
                        count += 1
                if count > self._limits.files:
                    return

    def repair(self):
        """Make the work folder usable again: an earlier notebook may have deleted or locked it."""
        with contextlib.suppress(OSError):
            if not self.work.is_dir() or self.work.is_symlink():
                self.work.unlink(missing_ok=True)
                self.work.mkdir()
            self.work.chmod(0o755)

    def mirror(self):
        """Show the checker what the student's notebook has written since, but never in place of the instructor's files."""
        for path, status in self._files():
            if self._seen.get(path) != _stamp(status) and path not in self._instructors and not _is_settings(path):
                self._seen[path] = _stamp(status)
                with contextlib.suppress(OSError):
                    _write(self.checked / path, _read_regular(self.work / path, self._limits.disk << 20))

    def changed(self, job):
        """``{path: base64}`` of the files that the notebooks wrote, as plain nbgrader leaves them beside the notebook."""
        found, size = {}, 0
        for path, status in self._files():
            size += status.st_size
            parts = Path(path).parts
            if os.path.isabs(path) or any(part == "__pycache__" or part.lower().endswith(".ipynb") for part in parts):
                continue
            if _is_settings(path):
                if self._seen.get(path) != _stamp(status):
                    self.notes.append(f"wrote “{path[:100]}”, which is not kept: programs would take it for settings")
                continue
            if size > self._limits.disk << 20:
                raise Failure(f"wrote more than {self._limits.disk} MiB")
            with contextlib.suppress(OSError):
                content = base64.b64encode(_read_regular(self.work / path, self._limits.disk << 20)).decode()
                if job["files"].get(path) != content:
                    found[path] = content
        return found


_SETTINGS = re.compile(
    r"(nbgrader|jupyter\w*|ipython\w*)_config\.(py|json)|timestamp\.txt|matplotlibrc|(site|user)customize\.py|conftest\.py|.*\.pth",
    re.IGNORECASE,
)


def _is_settings(path):
    """Whether programs that instructors run would read *path* as settings, or nbgrader as the time of handing in."""
    return any(_SETTINGS.fullmatch(part) for part in Path(path).parts)


def _stamp(status):
    return status.st_mtime_ns, status.st_size


def _write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _read_regular(path, limit):
    fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(fd, "rb") as file:
        return file.read(limit) if stat.S_ISREG(os.fstat(fd).st_mode) else b""


def _without_hidden(notebook):
    nb = json.loads(json.dumps(notebook["nb"]))
    for cell, role in zip(nb["cells"], notebook["roles"], strict=True):
        if role is not None:
            cell["source"] = role["visible"]
    return nb


class _Run(Execute):
    """nbgrader's Execute over the two kernels of one notebook."""

    def __init__(self, notebook, job, limits, folders, channel, keeper):
        config = Config(job["config"])
        super().__init__(config=config)
        self._notebook, self._limits, self._folders, self._keeper = notebook, limits, folders, keeper
        self._channel = channel
        self._source = nbformat.from_dict(notebook["nb"])
        self._deadline = time.monotonic() + limits.total

    def execute(self):
        """The executed notebook. Raises `Failure` when it could not be run to its end."""
        kernels = _Kernels(self._notebook, self._limits, self._folders, self._keeper)
        NotebookClient.__init__(self, self._source, km=kernels)
        self.kc = kernels.client()
        self.record_timing = False
        try:
            asyncio.run(self._watched())
        finally:
            kernels.stop()
        return self.nb

    async def _watched(self):
        work = asyncio.create_task(self._all_cells())
        gone = asyncio.create_task(self._until_told_to_stop())
        try:
            done, _ = await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED, timeout=self._limits.total)
            if gone in done:
                os._exit(0)
            if work not in done:
                raise Failure(f"took longer than {self._limits.total} s in all{self._where()}")
            work.result()
            await self.km.note_leftovers()
        except DeadKernelError:
            raise Failure(f"{await self.km.cause_of_death()}{self._where()}") from None
        except CellTimeoutError:
            raise Failure(f"an endless loop that cannot be interrupted{self._where()}") from None
        except wire.WireError as error:
            raise Failure(f"{error}{self._where()}") from None
        except Failure:
            raise
        except Exception:  # of nbclient or nbformat, over what the kernel sent
            raise Failure(f"its kernel sent something that is not a message{self._where()}") from None
        finally:
            gone.cancel()
            work.cancel()
            self.km.close()

    async def _until_told_to_stop(self):
        """The coordinator closes its end when it stops; then this process and all below it end at once."""
        loop = asyncio.get_running_loop()
        self._channel.setblocking(False)
        with contextlib.suppress(OSError):
            await loop.sock_recv(self._channel, 1)

    async def _all_cells(self):
        self.km.connect()
        self.reset_execution_trackers()
        self.nb.metadata["language_info"] = kernel.FrameKernel.language_info
        for index, cell in enumerate(self.nb.cells):
            self._index = index
            await self._cell(cell, index, self._notebook["roles"][index])
        self.set_widgets_metadata()

    async def _cell(self, cell, index, role):
        """Student's cells run in the student's kernel; a test in the checker's; what is given, in both."""
        if cell.cell_type != "code" or not cell.source.strip():
            return
        self.kc.count += 1
        if role is None or role["live"]:
            self.kc.use("student")
            await self.async_execute_cell(cell, index, store_history=True)
            self._note_timeout(cell)
            return
        self._folders.mirror()
        if role["test"]:
            self.kc.use("checker", test=True)
            await self.async_execute_cell(cell, index, store_history=True)
            if self._note_timeout(cell):
                return
            if self.km.checker.changed or role["leaves"] is None or self._is_named_later(role["leaves"]):
                await self.km.student.run_unseen(role["visible"], self.kc.count, self.timeout)
        else:
            await self.km.checker.run_unseen(cell.source, self.kc.count, self.timeout)
            self.kc.use("student")
            await self.async_execute_cell(cell, index, store_history=True)

    def _note_timeout(self, cell):
        """Note, for the instructor, that *cell* was stopped at its time limit; says whether it was."""
        stopped = any(output.get("ename") == "CellTimeoutError" for output in cell.outputs)
        if stopped:
            self.km.notes.append(f"took longer than {self.timeout} s{self._where()}")
        return stopped

    def _is_named_later(self, names):
        """Whether the student's kernel will run a cell in which one of *names* occurs."""
        following = zip(self.nb.cells, self._notebook["roles"], strict=True)
        code = [cell.source for cell, role in itertools.islice(following, self._index + 1, None)
                if cell.cell_type == "code" and not (role and role["test"] and not role["live"])]  # fmt: skip
        return any(re.search(rf"\b{re.escape(name)}\b", source) for name in names for source in code)

    def _where(self):
        cells = self._notebook["nb"]["cells"]
        index = getattr(self, "_index", 0)
        name = cells[index].get("metadata", {}).get("nbgrader", {}).get("grade_id") or cells[index].get("id", index)
        return f" (in {self._notebook['name']}, cell “{name}”)"


class _Keeper:
    """The supervisor's end of the process that starts the student's kernels and watches over them."""

    def __init__(self, folders, limits, confined):
        self._sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = _fork(lambda: _keep(theirs, folders, limits, confined), keep=(theirs,))
        theirs.close()

    def start_kernel(self, *sockets):
        """Start a kernel that serves *sockets*: its cells and the checker's questions."""
        with contextlib.suppress(OSError):
            socket.send_fds(self._sock, [b"start"], [sock.fileno() for sock in sockets])

    def tell(self, word):
        with contextlib.suppress(OSError):
            self._sock.send(word.encode())

    async def answer(self, word, timeout):
        """What the keeper answers to *word*; None when it does not."""
        self.tell(word)
        self._sock.setblocking(False)
        try:
            return (await asyncio.wait_for(asyncio.get_running_loop().sock_recv(self._sock, 4096), timeout)).decode()
        except (TimeoutError, OSError):
            return None
        finally:
            self._sock.setblocking(True)

    def end_kernel(self):
        """End the kernel and everything that it started, and wait until that is done."""
        self.tell("end")
        self._sock.settimeout(5)
        with contextlib.suppress(OSError):
            while self._sock.recv(4096) not in (b"ended", b""):
                pass

    def stop(self):
        self._sock.close()
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._pid, 0)


# -- the two kernels, as nbclient sees them ------------------------------------------------------------------------------


class _Process:
    """A kernel's process and its connection; requests are answered in turn."""

    def __init__(self, sock, output_limit):
        self.sock = sock
        self._left = output_limit
        self.alive = True
        self.on_note = lambda text: None
        self.comms = []  # what nbclient's mimics of widgets have to say, before the next cell
        self._count = 0

    def connect(self):
        self.sock.setblocking(False)
        self.queues = {"shell": asyncio.Queue(), "iopub": asyncio.Queue()}
        self._current = None
        self._idle = asyncio.Event()
        self._idle.set()
        self.why = None
        self.pump = asyncio.create_task(self._receive())

    async def _receive(self):
        try:
            while True:
                frame, length = await wire.receive_async(self.sock)
                self._left -= length
                if self._left < 0:
                    raise wire.WireError("printed more than is allowed")
                for message in frame["messages"]:
                    self._take(message)
        except wire.WireError as error:
            if "closed" not in str(error):
                self.why = str(error)
        except (KeyError, TypeError, ValueError, AttributeError, OSError):
            self.why = "its kernel sent something that is not a message"
        finally:
            self.alive = False
            self._idle.set()

    def _take(self, parcel):
        if parcel["channel"] == "note":
            self.on_note(parcel["text"])
            return
        if parcel["channel"] == "changed":
            self.changed = True
            return
        if parcel["channel"] == "flood":
            raise wire.WireError("printed more than is allowed")
        message = _as_message(parcel)
        if message["parent_header"]["msg_id"] != self._current:
            return
        self.queues[parcel["channel"]].put_nowait(message)
        if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
            self._idle.set()

    async def request(self, code, count, **options):
        self.changed = False
        self._count += 1
        self._current = f"cell-{self._count}"
        comms, self.comms = self.comms, []
        self._idle.clear()
        if self.alive:
            with contextlib.suppress(OSError):
                await wire.send_async(
                    self.sock, {"id": self._current, "code": code, "count": count, "comms": comms, **options}
                )
        return self._current

    async def run_unseen(self, code, count, timeout):
        """Run *code* for what it defines, not for what it shows."""
        if not code.strip():
            return
        await self.request(code, count, test=False)
        try:
            await asyncio.wait_for(self._idle.wait(), timeout)
        except TimeoutError:
            self.interrupt()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._idle.wait(), 4)
            if not self._idle.is_set():
                raise CellTimeoutError("unseen") from None
        if not self.alive:
            raise DeadKernelError("Kernel died")


def _as_message(frame):
    """A message as nbclient expects it, from what a kernel sent."""
    message = frame["message"]
    return {
        "msg_type": message["msg_type"],
        "header": {"msg_type": message["msg_type"]},
        "parent_header": {"msg_id": message["parent"]},
        "content": message["content"],
        "metadata": {},
        "buffers": [base64.b64decode(buffer) for buffer in message["buffers"]],
    }


class _Kernels:
    """Starts, interrupts and ends the two kernels of a notebook; nbclient's kernel manager."""

    has_kernel = True

    def __init__(self, notebook, limits, folders, keeper):
        student, student_end = socket.socketpair()
        tests, tests_end = socket.socketpair()
        questions, answers = socket.socketpair()
        folders.repair()
        self._keeper = keeper
        keeper.start_kernel(student_end, answers)
        self._checker_pid = _fork(
            lambda: _check(tests_end, questions, notebook["instructor"], folders, limits), keep=(tests_end, questions)
        )
        for theirs in (student_end, tests_end, questions, answers):
            theirs.close()
        self.student, self.checker = _Process(student, limits.output << 20), _Process(tests, limits.output << 20)
        self.student.interrupt = lambda: keeper.tell("interrupt")
        self.checker.interrupt = lambda: _signal(self._checker_pid, signal.SIGINT)
        self.notes = []
        self.checker.on_note = lambda text: text in self.notes or self.notes.append(text)

    def client(self):
        return _Client(self)

    def connect(self):
        self.student.connect()
        self.checker.connect()

    async def interrupt_kernel(self):
        self.student.interrupt()
        self.checker.interrupt()

    async def cause_of_death(self):
        """What the keeper reported when the student's kernel ended, in a few words."""
        for process in (self.student, self.checker):
            if process.why:
                return process.why
        if self.student.alive:
            return "the checker's kernel died: a value that a test read may be too large"
        return await self._keeper.answer("why", timeout=3) or "its kernel died"

    async def note_leftovers(self):
        """Note the processes that still run when the notebook has come to its end."""
        count = int(await self._keeper.answer("left", timeout=2) or 0)
        if count:
            self.notes.append(f"left {count} process{'es' * (count > 1)} running")

    def close(self):
        for process in (self.student, self.checker):
            pump = getattr(process, "pump", None)
            if pump is not None:
                pump.cancel()

    def stop(self):
        """End both kernels and everything that they started."""
        self.student.sock.close()
        self.checker.sock.close()
        self._keeper.end_kernel()
        _signal(self._checker_pid, signal.SIGKILL)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self._checker_pid, 0)

    # What nbclient asks of a kernel manager that it does not own.
    async def shutdown_kernel(self, now=False):
        pass

    async def cleanup_resources(self):
        pass


class _Client:
    """nbclient's kernel client over whichever kernel the next cell belongs to."""

    allow_stdin = False
    session = SimpleNamespace(msg=lambda kind, content=None, **_: {"msg_type": kind, "content": content})

    def __init__(self, kernels):
        self._kernels = kernels
        self.process = kernels.student
        self.shell_channel, self.iopub_channel = _Channel(self, "shell"), _Channel(self, "iopub")
        self.count = 0

    def use(self, which, **options):
        self.process = getattr(self._kernels, which)
        self._options = options

    async def execute(self, code, **_):
        for queue in self.process.queues.values():
            while not queue.empty():
                queue.get_nowait()
        return await self.process.request(code, self.count, **self._options)

    async def is_alive(self):
        return self.process.alive

    async def message(self, channel, timeout):
        """The next message; raises `queue.Empty` after *timeout*, `DeadKernelError` when there will be none."""
        from queue import Empty

        queue = self.process.queues[channel]
        with contextlib.suppress(asyncio.QueueEmpty):
            return queue.get_nowait()
        end = None if timeout is None else time.monotonic() + timeout
        while True:
            wait = _TICK if end is None else min(_TICK, end - time.monotonic())
            try:
                return await asyncio.wait_for(queue.get(), max(wait, 0.001))
            except TimeoutError:
                if not self.process.alive and queue.empty():
                    raise DeadKernelError("Kernel died") from None
                if end is not None and time.monotonic() >= end:
                    raise Empty from None


class _Channel:
    def __init__(self, client, name):
        self._client, self._name = client, name

    def send(self, message):
        if message["msg_type"] == "comm_msg":
            self._client.process.comms.append(message["content"])

    async def get_msg(self, timeout=None):
        return await self._client.message(self._name, timeout)


def _signal(pid, signum):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


# -- what the forked processes do ----------------------------------------------------------------------------------------


def _fork(function, keep):
    """Fork a process that calls *function* and ends; of the sockets, it keeps *keep* alone."""
    pid = os.fork()
    if pid:
        return pid
    try:
        forkserver.end_with_parent()
        _close_all_but({0, 1, 2, *(sock.fileno() for sock in keep)})
        function()
    finally:
        os._exit(1)  # whoever waits for it reports that it ended


def _close_all_but(kept):
    with contextlib.suppress(OSError):
        for fd in map(int, os.listdir("/proc/self/fd")):
            if fd not in kept:
                with contextlib.suppress(OSError):
                    os.close(fd)


def _environment(home):
    kept = {
        name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LANGUAGE", "TZ", "MPLBACKEND")
    }
    kept |= {
        name: value for name, value in os.environ.items() if name.startswith("LC_") or name.endswith("_NUM_THREADS")
    }
    return kept | {
        "HOME": str(home),
        "NBGRADER_EXECUTION": "autograde",
        "IPYTHONDIR": f"{home}/.ipython",
        "JUPYTER_CONFIG_DIR": f"{home}/.jupyter",
        "JUPYTER_DATA_DIR": f"{home}/.local/share/jupyter",
        "PYTHONNOUSERSITE": "1",
    }


def _move_in(folder, home):
    os.chdir(folder)
    environment = _environment(home)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None


def _check(sock, questions, instructor, folders, limits):
    sandbox.hide_memory()
    sandbox.limit_resources(limits, alone=False)
    _move_in(folders.checked, folders.checker_home)
    checker.serve_checker(sock, questions, instructor, str(folders.trusted))


def _keep(control, folders, limits, confined):
    """Run the student's kernels, one after another, and watch: what they use, when they end, and that nothing outlives them."""
    if confined:
        sandbox.enter(network=False)
        pid = os.fork()
        if pid:  # the first process of the new namespace is the child; this one only waits for it
            control.close()
            os.waitpid(pid, 0)
            os._exit(0)
        sandbox.mount_proc()
        sandbox.hide(folders.checker)
        sandbox.forbid_namespaces()
    sandbox.adopt_orphans()
    sandbox.hide_memory()
    _Watch(control, folders, limits, confined).serve()
    os._exit(0)


class _Watch:
    """The keeper's work: answers the supervisor's words until it goes."""

    def __init__(self, control, folders, limits, confined):
        self._control, self._folders, self._limits, self._confined = control, folders, limits, confined
        self._pid = None
        self._why = ""

    def serve(self):
        self._control.settimeout(_TICK)
        while True:
            try:
                word, fds, _, _ = socket.recv_fds(self._control, 64, 4)
                if not word:
                    break
                self._obey(word.decode(), fds)
            except TimeoutError:
                pass
            if self._pid is not None:
                self._look()
        self._end()

    def _obey(self, word, fds):
        if word == "start":
            self._start([socket.socket(fileno=fd) for fd in fds])
        elif word == "interrupt" and self._pid is not None:
            _signal(self._pid, signal.SIGINT)
        elif word == "left":
            self._look()
            self._control.send(str(len(_descendants()) - (self._pid is not None)).encode())
        elif word == "why":
            self._look()
            self._control.send(self._why.encode() or b"its kernel closed its connection")
        elif word == "end":
            self._end()
            self._control.send(b"ended")

    def _start(self, sockets):
        self._why = ""
        self._pid = os.fork()
        if self._pid == 0:
            try:
                self._control.close()
                os.setsid()
                sandbox.hide_memory(False)
                if self._confined:
                    sandbox.drop_privileges()
                sandbox.limit_resources(self._limits, alone=self._confined)
                _move_in(self._folders.work, self._folders.home)
                checker.serve_student(*sockets, confine=self._confine)
            finally:
                os._exit(1)
        for sock in sockets:
            sock.close()

    def _confine(self):
        if self._confined or _calls:  # without a filter, a sandbox is none: stop
            syscalls.load(_calls)

    def _look(self):
        """Notice that the kernel has ended, or end it for using too much."""
        if self._pid is None:
            return
        ended, status = _reap(self._pid)
        if ended:
            self._pid, self._why = None, _how_it_ended(os.waitstatus_to_exitcode(status), self._limits)
            return
        excess = _excess(_descendants(), self._limits)
        if excess:
            self._why = excess
            self._end()

    def _end(self):
        """End the kernel's process group and whatever else is left of it."""
        if self._confined:
            with contextlib.suppress(OSError):
                os.kill(-1, signal.SIGKILL)  # in this namespace, everything but this process
            with contextlib.suppress(ChildProcessError):
                while True:
                    os.waitpid(-1, 0)
        else:
            self._end_one_by_one()
        self._pid = None

    def _end_one_by_one(self):
        with contextlib.suppress(OSError, TypeError):
            os.killpg(self._pid, signal.SIGKILL)
        for _ in range(200):
            _reap(-2)
            left = _descendants()
            if not left:
                return
            for process in left:
                _signal(process.pid, signal.SIGKILL)
            time.sleep(0.01)


def _reap(pid):
    """Collect children that ended; says whether *pid* was among them, and its status."""
    while True:
        try:
            ended, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return True, 0
        if ended == pid:
            return True, status
        if ended == 0:
            return False, 0


def _how_it_ended(code, limits):
    if code == -signal.SIGXCPU:
        return f"used more than {limits.total} s of processor time"
    if code < 0:
        with contextlib.suppress(ValueError):
            return f"its kernel was ended by {signal.Signals(-code).name}"
    return f"its kernel ended itself (exit code {code})"


def _descendants():
    import psutil

    with contextlib.suppress(psutil.Error, OSError):
        return psutil.Process().children(recursive=True)
    return []


def _excess(processes, limits):
    """Which limit *processes* exceed together, in a few words; None while they keep them."""
    if len(processes) > limits.processes:
        return f"started more than {limits.processes} processes"
    most = limits.memory << 20
    if sum(map(_resident, processes)) > most and sum(map(_own_share, processes)) > most:
        return f"used more than {limits.memory} MiB of memory"
    return None


def _resident(process):
    """Bytes of memory that are not a file's, shared memory among them; memory inherited by a fork counts in full."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{process.pid}/status") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(("RssAnon:", "RssShmem:")))
    return 0


def _own_share(process):
    """As `_resident`, with inherited memory divided among those who share it; slower to read."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{process.pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) << 10 for line in file if line.startswith(("Pss_Anon:", "Pss_Shmem:")))
    return _resident(process)
