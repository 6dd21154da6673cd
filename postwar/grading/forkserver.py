"""Start Python processes that have the heavy libraries loaded already.

A fork server is one single-threaded process that imports the libraries once. Each process it is asked for is a fork of it:
fresh, independent, and ready in milliseconds. Nothing but read-only memory is shared across the fork.
"""

import builtins
import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import traceback
from types import SimpleNamespace

from postwar.grading import namespaces

#: Whether forking a process with numeric libraries loaded is safe here. macOS frameworks do not survive a fork.
AVAILABLE = sys.platform == "linux"

#: What notebooks of a data course commonly import; whatever is not installed is left out.
PRELOAD = (
    "numpy",
    "pandas",
    "matplotlib.figure",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "scipy.stats",
    "scipy.optimize",
    "ipywidgets",
    "anywidget",
    "lifelines",
    "ipykernel.kernelapp",
)

#: One thread per process: threads do not survive a fork, and a class is graded by many processes at once.
SINGLE_THREADED = {
    f"{library}_NUM_THREADS": "1" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "VECLIB_MAXIMUM", "NUMBA")
}

_MESSAGE = 1 << 20
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_LARGE_PAGE, _MADV_COLLAPSE = 2 << 20, 25
_STRETCH = 96 << 20  # about what the libraries' small objects take


class ForkServerError(RuntimeError):
    """The fork server has died."""


class NotStartedError(ForkServerError):
    """The fork server could not be started: trying again will not help."""


class ForkServer:
    """A running fork server.

    It begins to import *preload* at once; `load` may ask for more, and `spawn` waits for it. *wrapper* is
    put before the server's command line, for example a sandbox, and may use the descriptors *fds*; *env* is the server's
    environment (default: this process's). An *isolated* server reads no settings, start-up files or modules of the user's.
    """

    _loaded = False

    def __init__(self, preload=PRELOAD, *, wrapper=(), fds=(), env=None, isolated=False):
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        env = dict(os.environ if env is None else env) | SINGLE_THREADED
        env.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # what every ipykernel sets
        with theirs:
            self._process = subprocess.Popen(
                [*wrapper, sys.executable, *["-I"] * isolated, "-m", __name__, str(theirs.fileno())],
                pass_fds=[theirs.fileno(), *fds],
                env=env,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self._own(ours)
        self._ask({"modules": list(preload)})

    @classmethod
    def of_this_process(cls):
        """A fork server that is a fork of this process, with all that is loaded here; there must not be a second thread yet."""
        _only_one_thread()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        for stream in (sys.stdout, sys.stderr):
            stream.flush()  # or each fork would write the rest again
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for this process alone, from the fork on
        pid = os.fork()
        if pid:
            signal.signal(signal.SIGINT, before)
        else:
            try:
                os.setsid()
                end_with_parent()
                _close_sockets_but(theirs)
                gc.collect()
                gc.freeze()
                _until_it_closes(theirs)
            finally:
                os._exit(0)
        theirs.close()
        server = cls.__new__(cls)
        server._process = _Fork(pid)
        server._own(ours)
        server._loaded = True
        return server

    def _own(self, ours):
        self._socket = ours
        self._lock = threading.Lock()
        self.pid = self._process.pid
        self.owner = os.getpid()

    def _ask(self, request):
        with contextlib.suppress(OSError):  # it has just died, as who waits for it will see
            self._socket.send(json.dumps(request).encode())

    def load(self, modules=(), *, statements=(), prepare=None):
        """Have it import *modules* as well, execute *statements*, and call *prepare* ("module:function"), before the first fork."""
        self._ask({"modules": list(modules), "statements": list(statements), "prepare": prepare})

    def wait(self):
        """Wait until everything is loaded. Raises `NotStartedError` when it cannot be."""
        with self._lock:
            if self._loaded:
                return
            self._ask({"last": True})
            try:
                answer, why = self._socket.recv(_MESSAGE), "its last words are above"
            except OSError as error:
                answer, why = b"", str(error)
            if not answer:
                self.close()
                raise NotStartedError(f"the fork server could not be started: {why}")
            self._loaded = True

    def spawn(self, target, arguments=None, *, fds=(), env=None, cwd=None, apart=False):
        """Fork a process that calls *target* ("module:function") with *arguments* (a JSON object) and the open *fds*.

        *apart*: in namespaces of its own (`namespaces`). Raises `ForkServerError`.
        """
        self.wait()
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = {
            "target": target,
            "arguments": arguments or {},
            "env": env,
            "cwd": cwd and os.fspath(cwd),
            "apart": apart,
        }
        with theirs, self._lock:
            try:
                socket.send_fds(self._socket, [json.dumps(request).encode()], [theirs.fileno(), *fds])
            except OSError as error:
                ours.close()
                raise ForkServerError(f"the fork server is gone: {error}") from None
        reply = json.loads(ours.recv(_MESSAGE) or '{"refused": "the fork server died"}')
        if "refused" in reply:
            ours.close()
            raise ForkServerError(reply["refused"])
        return ForkedProcess(reply["pid"], ours)

    @property
    def alive(self):
        return self.owner == os.getpid() and self._process.poll() is None

    def close(self):
        """Stop the server; processes it forked end too."""
        self._socket.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class ForkedProcess:
    """A process forked by a fork server; the parts of ``subprocess.Popen`` that a kernel provisioner needs."""

    stdin = stdout = stderr = None

    def __init__(self, pid, status):
        self.pid = pid
        self.returncode = None
        self._status = status
        self._pidfd = None
        with contextlib.suppress(OSError):  # already gone, or in a process namespace of its own
            self._pidfd = os.pidfd_open(pid)

    def fileno(self):
        """Something to read appears here when the process ends."""
        return self._status.fileno()

    def poll(self):
        return self._receive(socket.MSG_DONTWAIT)

    def wait(self):
        return self._receive(0)

    def _receive(self, flags):
        if self.returncode is None:
            try:
                message = self._status.recv(_MESSAGE, flags)
            except BlockingIOError:
                return None
            self.returncode = json.loads(message)["returncode"] if message else -signal.SIGKILL
            self._status.close()
            if self._pidfd is not None:
                os.close(self._pidfd)
        return self.returncode

    def send_signal(self, signum):
        if self.poll() is None and self._pidfd is not None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended; word of it is on its way
                signal.pidfd_send_signal(self._pidfd, signum)

    def kill(self):
        self.send_signal(signal.SIGKILL)

    def terminate(self):
        self.send_signal(signal.SIGTERM)


class _Fork:
    """A child of this process that was forked; the parts of ``subprocess.Popen`` that are used above."""

    def __init__(self, pid):
        self.pid = pid
        self._pidfd = os.pidfd_open(pid)
        self._ended = False

    def poll(self):
        return 0 if self._ended or select.select([self._pidfd], [], [], 0)[0] else None

    def wait(self, timeout=None):
        if self._ended:
            return
        if not select.select([self._pidfd], [], [], timeout)[0]:
            raise subprocess.TimeoutExpired("fork", timeout)
        os.waitpid(self.pid, 0)
        os.close(self._pidfd)
        self._ended = True

    def kill(self):
        if not self._ended:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)


# What follows runs in the server.


def serve(control):
    """Load what the first messages ask for, then fork a process per message until the other end closes."""
    drop_root()
    _gather_small_objects()
    begin_to_load()
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may close at any moment
        while message := control.recv(_MESSAGE):
            request = json.loads(message)
            if "last" in request:
                break
            preload(request["modules"])
            for statement in request.get("statements", ()):
                with contextlib.suppress(Exception):
                    exec(statement, {})
            if request.get("prepare"):
                _function(request["prepare"])()
        else:
            return
        settle()
        control.send(b"ready")
        _until_it_closes(control, warming=True)


def _close_sockets_but(kept):
    """Close the sockets that a fork has inherited, to other processes among them; standard input and output stay."""
    for fd in map(int, os.listdir("/proc/self/fd")):
        with contextlib.suppress(OSError):
            if fd > 2 and fd != kept.fileno() and os.readlink(f"/proc/self/fd/{fd}").startswith("socket:"):
                os.close(fd)


def _until_it_closes(control, *, warming=False):
    children = {}
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        _fork_on_request(control, children, warming)
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _fork_on_request(control, children, warming):
    """Fork a process per message; *children* maps each one that runs to the socket that hears of its end."""
    wake, wake_writer = socket.socketpair()
    wake_writer.setblocking(False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's business; it closes the socket
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake_writer.fileno(), warn_on_full_buffer=False)
    poll = select.poll()
    poll.register(control, select.POLLIN)
    poll.register(wake, select.POLLIN)
    while True:
        ready = {fd for fd, _ in poll.poll()}
        if wake.fileno() in ready:
            wake.recv(4096)
            _reap(children)
        if control.fileno() in ready:
            message, fds, _, _ = socket.recv_fds(control, _MESSAGE, 16)
            if not message:
                return
            status, request = socket.socket(fileno=fds[0]), json.loads(message)
            try:
                pid = namespaces.fork() if request["apart"] else os.fork()
            except OSError as error:
                pid, answer = None, {"refused": f"the fork server could not fork: {error}"}
            else:
                answer = {"pid": pid}
            if pid == 0:
                signal.set_wakeup_fd(-1)
                for other in (control, wake, wake_writer, status, *children.values()):
                    other.close()
                _run_child(request, fds[1:])
            for fd in fds[1:]:
                os.close(fd)
            status.send(json.dumps(answer).encode())
            if pid is None:
                status.close()
                continue
            children[pid] = status
            if warming:  # now, rather than before: the first process need not wait for it
                _draw_once()
                gc.freeze()
                _use_large_pages()
                warming = False


def _reap(children):
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        channel = children.pop(pid, None)
        if channel is not None:
            with contextlib.suppress(OSError):
                channel.send(json.dumps({"returncode": os.waitstatus_to_exitcode(status)}).encode())
            channel.close()


def _run_child(request, fds):
    """Become the process that was asked for; never returns."""
    code = 1
    try:
        os.setsid()
        end_with_parent()
        start_afresh()
        if request["env"] is not None:
            os.environ.clear()
            os.environ.update(request["env"])
        if request["cwd"]:
            os.chdir(request["cwd"])
        code = _function(request["target"])(*fds, **request["arguments"]) or 0
    except SystemExit as leave:
        code = leave.code if isinstance(leave.code, int) else int(leave.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        with contextlib.suppress(BaseException):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code & 0xFF)


def drop_root():
    """Give up root for good: student code never runs as root. Without the right to do so (a container), stay."""
    if os.environ.get("POSTWAR_DROP_ROOT") and os.getuid() == 0:
        with contextlib.suppress(PermissionError):
            os.setgroups([])
            os.setresgid(65534, 65534, 65534)
            os.setresuid(65534, 65534, 65534)
            ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, 1, 0, 0, 0)  # or /proc/self would still be root's


def end_with_parent():
    """Have the kernel end this process when the one that forked it ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def start_afresh():
    """Undo what a fork inherits: random state, signal handlers, the frozen garbage collector."""
    for signum in (signal.SIGINT, signal.SIGCHLD, signal.SIGTERM):
        signal.signal(signum, signal.default_int_handler if signum == signal.SIGINT else signal.SIG_DFL)
    random.seed()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()
    gc.enable()


def begin_to_load():
    gc.disable()
    os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # or debugpy, which a kernel imports, prints advice
    from postwar.grading import lean  # noqa: F401


def preload(modules):
    """Import *modules*, and what a kernel imports by itself once it runs them."""
    if "pandas" in modules:
        _import_pandas()
    _import(modules)
    if "ipykernel.kernelapp" in modules:
        _import(_KERNELS)


def settle():
    """Make sure that forking is safe, and keep the garbage collector from writing to what the forks share."""
    _only_one_thread()
    gc.freeze()


def _only_one_thread():
    threads = os.listdir("/proc/self/task")
    if len(threads) != 1:
        raise ForkServerError(f"a preloaded module started a thread ({len(threads)} are running): forking is not safe")


def _gather_small_objects():
    """Have Python's small objects lie in one stretch of memory, not in pieces between libraries: all of it can have large pages then.

    Python takes memory by the mebibyte, and gives back what is wholly free: of every mebibyte taken here, an object stays.
    """
    global _kept  # noqa: PLW0603
    objects = [bytes(470) for _ in range(_STRETCH // 512)]  # each takes 512 bytes, the most that is small to Python
    _kept = objects[::1000]


def _draw_once():
    """Have matplotlib, where it is loaded, find its fonts and fill its caches."""
    if "matplotlib.backends.backend_agg" in sys.modules:
        from io import BytesIO

        from matplotlib.figure import Figure

        figure = Figure()
        figure.add_subplot().set_title("fonts and caches")
        figure.savefig(BytesIO())


def _use_large_pages():
    """Have this process's memory mapped in pages of 2 MiB: forking and ending a fork then cost about half.

    What a fork changes is still copied in small pages. Kernels before Linux 6.1 refuse, and nothing changes.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int
    with open("/proc/self/maps") as maps:
        regions = [line.split() for line in maps]
    for addresses, permissions, _, _, inode, *name in regions:
        if inode == "0" and permissions.startswith("rw") and name in ([], ["[heap]"]):
            start, end = (int(address, 16) for address in addresses.split("-"))
            for page in range(-(-start // _LARGE_PAGE) * _LARGE_PAGE, end - _LARGE_PAGE + 1, _LARGE_PAGE):
                madvise(page, _LARGE_PAGE, _MADV_COLLAPSE)


def _function(name):
    module, function = name.split(":")
    return getattr(importlib.import_module(module), function)


def _import(modules):
    for name in modules:
        with contextlib.suppress(Exception):
            importlib.import_module(name)


def _import_pandas():
    """When it is imported, pandas asks whether it is in a kernel, and sets its display options by the answer."""
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)
    try:
        _import(["pandas"])
    finally:
        del builtins.get_ipython


#: What a kernel imports when it starts, shows a table and reports an error; a test asks one. Not matplotlib_inline: importing it
#: connects it to the running shell, so each kernel does that for itself.
_KERNELS = (
    "IPython.core.debugger",
    "IPython.core.logger",
    "IPython.extensions.storemagic",
    "faulthandler",
    "pandas.io.formats.html",
    "pandas.io.formats.string",
    "psutil",
    "pygments.formatters.terminal256",
    "pygments.lexers.python",
    "sqlite3",
    "stack_data",
    "tornado.platform.asyncio",
)


if __name__ == "__main__":
    from postwar.grading import forkserver  # noqa: PLW0406  (one copy of this module, not a second called __main__)

    forkserver.serve(socket.socket(fileno=int(sys.argv[1])))
