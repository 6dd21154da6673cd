"""The two kernels of a notebook, the student's and the checker's, as one kernel that nbclient can use."""

import asyncio
import base64
import contextlib
import os
import queue
import secrets
import signal
import socket
from types import SimpleNamespace

from nbclient.exceptions import CellTimeoutError, DeadKernelError

from postwar.grading import checker, processes, sandbox, wire


class _Process:
    """A kernel's process and its connection; requests are answered in turn."""

    def __init__(self, sock, output_limit):
        self.sock = sock
        self._left = output_limit
        self.alive = True
        self.on_note = lambda text: None
        self.comms = []  # what nbclient's mimics of widgets have to say, before the next cell

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
            self._say_if_ended()

    def forget(self):
        """Forget the messages that nobody has read."""
        for unread in self.queues.values():
            while not unread.empty():
                unread.get_nowait()
        self._say_if_ended()

    def _say_if_ended(self):
        """None, in a queue of messages, says that there will be no more."""
        if not self.alive:
            for messages in self.queues.values():
                messages.put_nowait(None)

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
        # Not to be guessed: an output widget may claim what belongs to a request that it can name, errors of a test among them.
        self._current = secrets.token_hex(16)
        comms, self.comms = self.comms, []
        self._idle.clear()
        if self.alive:
            with contextlib.suppress(OSError):
                await wire.send_async(
                    self.sock, {"id": self._current, "code": code, "count": count, "comms": comms, **options}
                )
        return self._current

    async def run_unseen(self, code, count, timeout, **options):
        """Run *code* for what it defines, not for what it shows."""
        if not code.strip():
            return
        await self.request(code, count, test=False, **options)
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


class Kernels:
    """Starts, interrupts and ends the two kernels of a notebook; nbclient's kernel manager."""

    has_kernel = True

    def __init__(self, notebook, limits, folders, keeper):
        student, student_end = socket.socketpair()
        tests, tests_end = socket.socketpair()
        questions, answers = socket.socketpair()
        folders.repair()
        self._keeper = keeper
        keeper.start_kernel(student_end, answers)
        self._checker_pid = processes.fork(
            lambda: _check(tests_end, questions, notebook["instructor"], folders, limits), keep=(tests_end, questions)
        )
        for theirs in (student_end, tests_end, questions, answers):
            theirs.close()
        self.student, self.checker = _Process(student, limits.output << 20), _Process(tests, limits.output << 20)
        self.student.interrupt = lambda: keeper.tell("interrupt")
        self.checker.interrupt = lambda: processes.send_signal(self._checker_pid, signal.SIGINT)
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
        return await self._keeper.answer("why", timeout=10) or "its kernel died"

    async def note_leftovers(self):
        """Note the processes that still run when the notebook has come to its end."""
        count = int(await self._keeper.answer("left", timeout=10) or 0)
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
        processes.send_signal(self._checker_pid, signal.SIGKILL)
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
        self.process.forget()
        return await self.process.request(code, self.count, **self._options)

    async def is_alive(self):
        return self.process.alive

    async def message(self, channel, timeout):
        """The next message; raises `queue.Empty` after *timeout*, `DeadKernelError` when there will be none."""
        coming = self.process.queues[channel]
        try:
            message = await (coming.get() if timeout is None else asyncio.wait_for(coming.get(), timeout))
        except TimeoutError:
            raise queue.Empty from None
        if message is None:
            coming.put_nowait(None)
            raise DeadKernelError("Kernel died")
        return message


class _Channel:
    def __init__(self, client, name):
        self._client, self._name = client, name

    def send(self, message):
        if message["msg_type"] == "comm_msg":
            self._client.process.comms.append(message["content"])

    async def get_msg(self, timeout=None):
        return await self._client.message(self._name, timeout)


def _check(sock, questions, instructor, folders, limits):
    sandbox.hide_memory()
    sandbox.limit_resources(limits, alone=False)
    processes.move_in(folders.checked, folders.checker_home)
    checker.serve_checker(sock, questions, instructor, str(folders.trusted))
