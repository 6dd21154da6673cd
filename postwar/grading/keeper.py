"""Start a student's kernels, and watch over them: what they use, when they end, and that nothing outlives them.

`Keeper` is the supervisor's end. The process at the other end runs no student code; every process of the student's is below it.
"""

import asyncio
import contextlib
import os
import signal
import socket
import time

from postwar.grading import checker, processes, sandbox, syscalls

_TICK = 0.25
_WANTED_AT_ONCE = 2  # a kernel's own threads are seldom busy together
_calls = None  # the filter of system calls for students' kernels


def prepare():
    """Take over, in the fork server, the filter of system calls that its environment carries."""
    global _calls  # noqa: PLW0603
    _calls = os.environ.pop("POSTWAR_SYSCALLS", None)


class Keeper:
    """The supervisor's end of the process that starts the student's kernels and watches over them."""

    def __init__(self, folders, limits, confined):
        self._sock, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._pid = processes.fork(lambda: _keep(theirs, folders, limits, confined), keep=(theirs,), apart=confined)
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


def _keep(control, folders, limits, confined):
    """Run the student's kernels, one after another, and watch: what they use, when they end, and that nothing outlives them."""
    if confined:
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
        self._crowded = False

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
            processes.send_signal(self._pid, signal.SIGINT)
        elif word == "left":
            self._look()
            self._control.send(str(len(_descendants()) - (self._pid is not None)).encode())
        elif word == "why":
            self._look()
            patience = time.monotonic() + 1  # its connection closes a moment before it has ended
            while self._pid is not None and not self._why and time.monotonic() < patience:
                time.sleep(0.01)
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
                processes.move_in(self._folders.work, self._folders.home)
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
        running = _descendants()
        excess = _excess(running, self._limits)
        if excess:
            self._why = excess
            self._end()
            return
        self._keep_to_one_processor(running)

    def _keep_to_one_processor(self, running):
        """A notebook that wants several processors at two looks in a row has one from then on, the last, with all others of its kind.

        Else its processes would take the time of classmates, whose cells have time limits. Priorities do not help: Linux shares
        time between sessions first, and each process may open one. Who is on one processor cannot go back (`syscalls`).
        """
        crowded = sum(map(_runnable, running)) > _WANTED_AT_ONCE
        if crowded and self._crowded:
            for process in running:
                _move(process, max(os.sched_getaffinity(0)))
        self._crowded = crowded

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
                processes.send_signal(process.pid, signal.SIGKILL)
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


def _threads(process):
    with contextlib.suppress(OSError):
        return [int(thread) for thread in os.listdir(f"/proc/{process.pid}/task")]
    return []


def _runnable(process):
    """How many threads of *process* have a processor or wait for one."""
    count = 0
    for thread in _threads(process):
        with contextlib.suppress(OSError, IndexError), open(f"/proc/{process.pid}/task/{thread}/stat") as file:
            count += file.read().rpartition(")")[2].split()[0] == "R"
    return count


def _move(process, processor):
    for thread in _threads(process):
        with contextlib.suppress(OSError, AttributeError):
            os.sched_setaffinity(thread, [processor])


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
