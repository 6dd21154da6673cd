"""Execute submissions: here, several at once, or on the workers of a Dask cluster. Each side keeps its own fork server."""

import atexit
import contextlib
import json
import os
import shutil
import signal
import socket
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from postwar.grading import forkserver, sandbox, syscalls, wire

_servers = {}
_lock = threading.Lock()

#: How long after a submission's own time limit its supervisor is given up.
_GRACE = 30
_LARGEST_JOB = 1 << 30


def execute(job, settings):
    """Execute *job* (bytes) in a fresh process; returns its result (bytes). *settings* come from `settings`."""
    server = start(settings)
    ours, theirs = socket.socketpair()
    arguments = {"confined": settings["confined"], "limits": settings["limits"]}
    seconds = settings["limits"]["total"] + _GRACE
    with ours:
        with theirs:
            child = server.spawn("postwar.grading.submission:start", arguments, fds=[theirs.fileno()])
        try:
            ours.settimeout(seconds)
            ours.sendall(len(job).to_bytes(4, "big") + job)
            return _receive(ours, time.monotonic() + seconds)
        except (OSError, wire.WireError) as error:
            return json.dumps({"failure": f"its supervisor was lost ({error})"}).encode()
        finally:
            ours.close()  # whatever is left of the submission ends now
            child.wait()


def _receive(sock, deadline):
    size = int.from_bytes(_exactly(sock, 8, deadline), "big")
    if size > _LARGEST_JOB:
        raise wire.WireError("the result is too long")
    return _exactly(sock, size, deadline)


def _exactly(sock, size, deadline):
    data = bytearray()
    while len(data) < size:
        sock.settimeout(max(deadline - time.monotonic(), 0.01))
        piece = sock.recv(min(size - len(data), 1 << 20))
        if not piece:
            raise wire.WireError("it ended early")
        data += piece
    return bytes(data)


def settings(*, course, preload, limits):
    """What a worker has to know to execute jobs: JSON, so that it travels."""
    return {
        "course": course and str(course),
        "preload": list(preload),
        "confined": sandbox.missing() is None,
        "limits": limits.as_dict(),
    }


def start(options):
    """The fork server for these settings in this process, started at first use."""
    key = json.dumps(options, sort_keys=True)
    with _lock:
        server = _servers.get(key)
        if server is None or not server.alive:
            server = _servers[key] = _confined(options) if options["confined"] else _unconfined(options)
        return server


_PREPARE = "postwar.grading.submission:prepare"


def _confined(options):
    seccomp = syscalls.grading()
    try:
        wrapper = sandbox.wrapper(options["course"], seccomp)
        env = sandbox.environment()
        return forkserver.ForkServer(
            options["preload"], prepare=_PREPARE, wrapper=wrapper, fds=[seccomp], env=env, isolated=True
        )
    finally:
        os.close(seccomp)


def _unconfined(options):
    home = tempfile.mkdtemp(prefix="grading-")  # not /tmp itself, where others may have left settings
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    env = sandbox.environment() | {"POSTWAR_DROP_ROOT": "", "HOME": home}
    return forkserver.ForkServer(options["preload"], prepare=_PREPARE, env=env, isolated=True)


def stop():
    """Stop this process's fork servers, and with them whatever they are executing."""
    with _lock:
        while _servers:
            _servers.popitem()[1].close()


atexit.register(stop)


def local(jobs):
    """An executor for *jobs* submissions at once on this machine."""
    return ThreadPoolExecutor(jobs, thread_name_prefix="grading")


def on_cluster(address):
    """An executor on the Dask cluster at *address* ("local": one on this machine), and how many submissions it takes at once."""
    from distributed import Client

    if address == "local":
        with deaf_to_interrupts():
            client = Client()
    else:
        client = Client(address)
    slots = sum(client.nthreads().values())
    return _DaskExecutor(client), slots


@contextlib.contextmanager
def deaf_to_interrupts():
    """Processes started meanwhile ignore Ctrl-C for good: it is for the process that hands out the work."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


class _DaskExecutor:
    """The part of `concurrent.futures.Executor` that grading uses, over a Dask client.

    A worker that dies has its submissions run again elsewhere; Dask gives one up when three workers died over it.
    """

    def __init__(self, client):
        self._client = client
        self._executor = client.get_executor(pure=False, retries=2)

    def submit(self, function, *arguments):
        return self._executor.submit(function, *arguments)

    def shutdown(self, wait=True, *, cancel_futures=False):
        self._executor.shutdown(wait=wait and not cancel_futures)
        self._client.close()
