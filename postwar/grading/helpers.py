"""Helper processes: whatever reads what students handed in, or what student code sent back, runs in one of them.

Time and memory are bounded. A helper that takes too long or dies is replaced; the failure is that student's, and nobody else
waits for it. Helpers are forks of the coordinator, by way of a process that was forked off while there was one thread only: they find
loaded what they need and start in milliseconds. A request is the coordinator's own word; of a reply, the coordinator reads a JSON
object of limited size and hands the rest on as bytes.
"""

import contextlib
import json
import os
import pickle
import queue
import socket
import time
import traceback

from postwar.grading import forkserver, refusals, wire

#: Bounds for one task.
SECONDS = 60
MEMORY = 2 << 30

_LONGEST_REPLY, _LARGEST = 4 << 20, 1 << 30
_tasks = {}


class HelperError(Exception):
    """Why a task came to no end, in a few words for the instructor."""


class Helpers:
    """At most *count* helpers that do *tasks*: ``{name: function}``, each giving a JSON object and bytes."""

    def __init__(self, tasks, count, *, seconds=SECONDS, memory=MEMORY):
        global _tasks  # noqa: PLW0603
        _tasks = tasks  # inherited by the forks
        self._server = forkserver.ForkServer.of_this_process()
        self._seconds, self._memory = seconds, memory
        self._free = queue.LifoQueue()
        for _ in range(count):
            self._free.put(None)

    def call(self, task, *arguments, blob=None):
        """Have a helper do *task*; waits for a free one, and for its reply. Raises `HelperError`."""
        helper = self._free.get()
        try:
            while True:
                fresh = helper is None
                helper = helper or _Helper(self._server, self._memory)
                try:
                    return helper.do(task, arguments, blob, self._seconds)
                except TimeoutError:
                    helper = helper.end()
                    raise HelperError(f"takes more than {self._seconds} s to read") from None
                except (OSError, ValueError, RecursionError, wire.WireError):
                    helper = helper.end()
                    if fresh:  # else it may have been an earlier task that has used up the memory
                        mebibytes = self._memory >> 20
                        raise HelperError(f"takes more than {mebibytes} MiB of memory to read") from None
        finally:
            self._free.put(helper)

    def close(self):
        """End all helpers, whatever they are doing."""
        self._server.close()


class _Helper:
    """The coordinator's end of one helper."""

    def __init__(self, server, memory):
        self._sock, theirs = socket.socketpair()
        with theirs:
            self._process = server.spawn(f"{__name__}:serve", {"memory": memory}, fds=[theirs.fileno()])

    def do(self, task, arguments, blob, seconds):
        deadline = time.monotonic() + seconds
        self._sock.settimeout(seconds)
        wire.send_bytes(self._sock, pickle.dumps((task, arguments, blob is not None)))
        if blob is not None:
            wire.send_bytes(self._sock, blob)
        reply = json.loads(wire.receive_bytes(self._sock, _LONGEST_REPLY, deadline))
        passed = wire.receive_bytes(self._sock, _LARGEST, deadline)
        if not isinstance(reply, dict):
            raise ValueError("not a reply")
        return reply, passed

    def end(self):
        self._sock.close()
        self._process.kill()
        self._process.wait()


def serve(fd, memory):
    """What a helper does: one task after another, until nobody asks any more."""
    import resource

    most = min(
        limit for limit in (memory, resource.getrlimit(resource.RLIMIT_AS)[1]) if limit != resource.RLIM_INFINITY
    )
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    sock = socket.socket(fileno=fd)
    with contextlib.suppress(wire.WireError, OSError):
        while True:
            task, arguments, more = pickle.loads(wire.receive_bytes(sock, _LARGEST))
            blob = wire.receive_bytes(sock, _LARGEST) if more else b""
            try:
                reply, passed = _tasks[task](*arguments, blob)
                body = json.dumps(reply).encode()
            except MemoryError:
                os._exit(1)
            except Exception as error:  # a mistake of ours: tasks say themselves what is wrong with a submission
                reply = {
                    "refused": f"could not be read: {refusals.brief(error)}",
                    "details": traceback.format_exc(),
                    "broken": True,
                }
                body, passed = json.dumps(reply).encode(), b""
            wire.send_bytes(sock, body)
            wire.send_bytes(sock, passed)
