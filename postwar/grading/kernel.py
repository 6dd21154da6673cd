"""A kernel without ZeroMQ: ipykernel's own kernel and shell, speaking frames over one socket.

`prepare` builds the kernel in the fork server, before any student code exists; a fork of it then calls `serve`. The messages
are those an ordinary ipykernel sends, so that nbclient stores the outputs it always stores.
"""

import ast
import asyncio
import base64
import contextlib
import functools
import inspect
import logging
import os
import signal
import sys
import tempfile
import threading
import time
import zlib
from types import SimpleNamespace

from ipykernel.compiler import XCachingCompiler, get_tmp_directory
from ipykernel.displayhook import ZMQShellDisplayHook
from ipykernel.iostream import IOPubThread, OutStream
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.inputtransformer2 import TransformerManager
from IPython.core.profiledir import ProfileDir
from jupyter_client.session import Session
from traitlets import Any, Instance, Type
from traitlets.config import Config

from postwar.grading import wire
from postwar.grading.forkserver import start_afresh

_kernel = None


class FrameSession(Session):
    """Builds messages as usual and hands them to ``sink(channel, message)`` instead of a ZeroMQ socket."""

    sink = Any()

    def send(
        self,
        stream,
        msg_or_type,
        content=None,
        parent=None,
        ident=None,
        buffers=None,
        track=False,
        header=None,
        metadata=None,
    ):
        if isinstance(msg_or_type, dict):
            msg = msg_or_type
            buffers = buffers or msg.get("buffers")
        else:
            msg = self.msg(msg_or_type, content=content, parent=parent, header=header, metadata=metadata)
        if self.sink is not None:
            # The kernel's shell stream is None, its iopub socket is not.
            self.sink("shell" if stream is None else "iopub", msg, buffers)
        return msg


class InlinePublisher(IOPubThread):
    """Stands in for ipykernel's output thread: whatever is scheduled runs at once, in the calling thread."""

    flush_interval = OutStream.flush_interval
    thread = None

    def __init__(self):  # no thread, no ZeroMQ socket
        self._waiting = {}

    @property
    def io_loop(self):
        return self

    def schedule(self, function):
        function()

    def call_later(self, delay, flush):
        """Streams ask for a flush *delay* seconds from now; it happens at the first write after that, or when the cell ends."""
        stream, now = getattr(flush, "__self__", None), time.monotonic()
        if now - self._waiting.setdefault(stream, now) > delay:
            del self._waiting[stream]
            flush()
        elif stream is not None:
            stream._flush_pending = False

    def begin(self):
        """A cell begins: nothing waits."""
        self._waiting.clear()


class _Stream(OutStream):
    """Gathers what is printed, but not much of it: a flood has to be seen before it has filled the memory."""

    _MOST = 8 << 20
    _gathered = 0

    def write(self, string):
        written = super().write(string)
        self._gathered += written or 0
        if self._gathered > self._MOST:
            self.flush()
        return written

    def flush(self):
        self._gathered = 0
        super().flush()


class _Transformers(TransformerManager):
    """IPython's, which look for magics token by token, in Python's own tokenizer: not in a cell that is plain Python."""

    _OWN = tuple(TransformerManager().token_transformers)

    def do_token_transforms(self, lines):
        source = "".join(lines)
        # Reading a backslash may warn, and a cell warns once.
        if "\\" not in source and tuple(self.token_transformers) == self._OWN and _is_python(source):
            return lines
        return super().do_token_transforms(lines)


@functools.lru_cache(maxsize=8)
def _is_python(source):  # of each cell asked twice: by ipykernel and by IPython
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, MemoryError):
        ast.parse(source)
        return True
    return False


class _Compiler(XCachingCompiler):
    """ipykernel's, which names a cell by a hash of its text that debuggers know; it is a slow one, and nobody debugs here."""

    def get_code_name(self, raw_code, code, number):
        return os.path.join(get_tmp_directory(), f"{zlib.crc32(raw_code.encode(errors='surrogatepass'))}.py")


class _DisplayHook(ZMQShellDisplayHook):
    """ipykernel's, which reads a cell token by token to see whether it ends in a semicolon; not where code follows the last one."""

    @staticmethod
    def semicolon_at_end_of_expression(expression):
        _, found, rest = expression.rpartition(";")
        following = (line.lstrip() for line in rest.splitlines()[1:])
        if not found or any(line and not line.startswith("#") for line in following):
            return False
        return ZMQShellDisplayHook.semicolon_at_end_of_expression(expression)


class Shell(ZMQInteractiveShell):
    """ipykernel's shell; *clean* may edit an exception before it is shown."""

    clean = None
    displayhook_class = Type(_DisplayHook)
    input_transformer_manager = Instance(_Transformers, ())

    def run_cell(self, *arguments, **keywords):
        return super().run_cell(*arguments, **keywords)

    # ipykernel works it out anew for every cell.
    run_cell.__signature__ = inspect.signature(ZMQInteractiveShell.run_cell)

    def should_run_async(self, raw_cell, *, transformed_cell=None, **keywords):
        """As IPython's, which compiles every cell to see whether it waits; one without the words does not."""
        if transformed_cell is not None and not any(word in transformed_cell for word in ("await", "async")):
            return False
        return super().should_run_async(raw_cell, transformed_cell=transformed_cell, **keywords)

    def showtraceback(self, exc_tuple=None, *arguments, **keywords):
        if self.clean is not None:
            _, error, _ = self._get_exc_info(exc_tuple)
            self.clean(error)
            exc_tuple = type(error), error, error.__traceback__
        super().showtraceback(exc_tuple, *arguments, **keywords)


class FrameKernel(IPythonKernel):
    """ipykernel's kernel, driven one execution at a time by `execute`."""

    shell_class = Shell
    compiler_class = Type(_Compiler)

    def _publish_execute_input(self, *_):
        """Whoever sent the code knows it, and its number."""

    async def execute(self, message_id, code, count):
        """Run *code* as cell number *count*; everything it publishes goes to the session's sink."""
        parent = {
            "header": {"msg_id": message_id, "msg_type": "execute_request", "session": self.session.session},
            "parent_header": {},
            "metadata": {},
            # As nbclient asks for it: errors do not end the notebook, and there is nobody to answer input().
            "content": {
                "code": code,
                "silent": False,
                "store_history": True,
                "allow_stdin": False,
                "stop_on_error": False,
            },
        }
        parent["msg_id"], parent["msg_type"] = message_id, "execute_request"
        self.shell.execution_count = count
        self.iopub_thread.begin()
        self.set_parent([], parent)
        with interruptible():
            try:
                await self.execute_request(None, [], parent)
            except KeyboardInterrupt:  # between two statements of the kernel itself
                self.session.send(None, "execute_reply", {"status": "aborted"}, parent)
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(Exception):
                stream.flush()
        self._publish_status("idle", "shell", parent)


@contextlib.contextmanager
def interruptible():
    """SIGINT raises `KeyboardInterrupt` inside, and is ignored outside."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def prepare():
    """Build the kernel and its shell; they have no thread and no socket, so they survive a fork."""
    global _kernel  # noqa: PLW0603
    config = Config(IPKernelApp=Config())  # by which libraries know that they are in a notebook
    config.HistoryManager.enabled = False  # its database has a thread
    config.IPythonKernel._execute_sleep = 0  # it gives ZeroMQ time to send
    quiet = logging.Logger("kernel", logging.CRITICAL + 1)  # nobody reads its log
    with tempfile.TemporaryDirectory(prefix="ipython-") as folder:
        config.InteractiveShell.ipython_dir = folder
        _kernel = FrameKernel.instance(
            config=config,
            session=FrameSession(),
            iopub_socket="iopub",
            iopub_thread=InlinePublisher(),
            shell_channel_thread=SimpleNamespace(parent_thread=threading.main_thread()),  # where cells with await run
            log=quiet,
            profile_dir=ProfileDir.create_profile_dir_by_name(folder, "grading"),
        )
    _kernel.shell.displayhook.topic = b"execute_result"
    _kernel.shell.displayhook.get_execution_count = lambda: _kernel.execution_count


def start(send):
    """Connect the prepared kernel, in this process from now on: its messages go to ``send(channel, message)``."""
    if _kernel is None:
        prepare()
    kernel = _kernel
    start_afresh()
    session = kernel.session
    session.pid = os.getpid()
    session.sink = lambda channel, msg, buffers: send({"channel": channel, "message": _portable(msg, buffers)})
    captured = _CapturedDescriptors()
    for name in ("stdout", "stderr"):
        setattr(sys, name, _Stream(session, kernel.iopub_thread, name, watchfd=False))
    kernel.shell.events.register("post_execute", captured.publish)
    return kernel


def _portable(msg, buffers):
    return {
        "msg_type": msg["header"]["msg_type"],
        "parent": msg["parent_header"].get("msg_id"),
        "content": msg["content"],
        "buffers": [base64.b64encode(buffer).decode() for buffer in buffers or ()],
    }


class _CapturedDescriptors:
    """What is written to the file descriptors 1 and 2 (by C code, by child processes) becomes output of the cell."""

    def __init__(self):
        self._files = {}
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        for fd, name in ((1, "stdout"), (2, "stderr")):
            file = os.memfd_create(name, os.MFD_CLOEXEC)
            os.dup2(file, fd)
            os.set_inheritable(fd, True)
            self._files[name] = [file, 0]

    def publish(self):
        for name, entry in self._files.items():
            file, position = entry
            text = os.pread(file, 1 << 20, position)
            if text:
                entry[1] += len(text)
                getattr(sys, name).write(text.decode(errors="replace"))


def serve(sock, handlers=(), around=None, clean=None, confine=None):
    """Answer requests that arrive on *sock*, and on the sockets of *handlers* (``{socket: function}``), until *sock* closes.

    A request is ``{"id", "code", "count"}``; *around* may do something before and after each (and say so to the other end:
    it is given `put`), and *clean* edit the exceptions they end with. *confine* is called once, before the first of them. Requests are answered one at a time, in the order in
    which they arrive; meanwhile the notebook's own asyncio tasks run, as in an ordinary kernel.
    """
    handlers = dict(handlers)
    outbox = wire.Outbox(sock)

    async def run(kernel):
        loop = asyncio.get_running_loop()
        requests = asyncio.Queue()
        for source in (sock, *handlers):
            loop.add_reader(source, _read, loop, source, requests)
        while True:
            source, request = await requests.get()
            if source is sock and request is None:
                return
            if request is None:
                continue
            if source is sock:
                _quietly(_deliver, kernel, request.get("comms", ()))
                if around is not None:
                    _quietly(around.before, kernel, request)
                await kernel.execute(request["id"], request["code"], request["count"])
                if around is not None:
                    _quietly(around.after, kernel, request)
                outbox.flush()
            else:
                handlers[source](kernel, request)

    kernel = start(outbox.put)
    kernel.shell.clean = clean
    if around is not None:
        around.put = outbox.put
    if confine is not None:
        confine()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
        with contextlib.suppress(asyncio.CancelledError):
            runner.get_loop().run_until_complete(run(kernel))
        os._exit(0)


def _deliver(kernel, comms):
    """Hand the kernel's widgets what the client's mimics of them have to say: an output widget learns its outputs so."""
    with interruptible():
        for content in comms:
            kernel.comm_manager.comm_msg(None, None, {"content": content})


def _quietly(function, *arguments):
    # What fails here fails again, and visibly, in the cell that follows or precedes: a name is missing there.
    with contextlib.suppress(Exception, KeyboardInterrupt):
        function(*arguments)


def _read(loop, source, requests):
    try:
        requests.put_nowait((source, wire.receive(source)))
    except (wire.WireError, OSError):
        loop.remove_reader(source)
        requests.put_nowait((source, None))
