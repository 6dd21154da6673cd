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

from postwar.grading import forkserver, sandbox, syscalls, wire

_servers = {}
_begun = None
_lock = threading.Lock()

#: How long after a submission's own time limit its supervisor is given up.
_GRACE = 30
_LARGEST = 1 << 30


def execute(job, settings):
    """Execute *job* (bytes) in a fresh process; returns its result (bytes). *settings* come from `settings`."""
    server = start(settings)
    ours, theirs = socket.socketpair()
    arguments = {"confined": settings["confined"], "limits": settings["limits"]}
    seconds = settings["limits"]["total"] + _GRACE
    with ours:
        with theirs:
            child = server.spawn(
                "postwar.grading.supervisor:start", arguments, fds=[theirs.fileno()], apart=settings["confined"]
            )
        try:
            ours.settimeout(seconds)
            wire.send_bytes(ours, job)
            return wire.receive_bytes(ours, _LARGEST, time.monotonic() + seconds)
        except (OSError, wire.WireError) as error:
            return json.dumps({"failure": f"its supervisor was lost ({error})"}).encode()
        finally:
            ours.close()  # whatever is left of the submission ends now
            child.wait()


def settings(*, course, preload, ahead, limits):
    """What a worker has to know to execute jobs: JSON, so that it travels."""
    return {
        "course": course and str(course),
        "preload": list(preload),
        "ahead": list(ahead),
        "confined": sandbox.missing() is None,
        "limits": limits.as_dict(),
    }


def begin(course):
    """Start a fork server for *course* before it is known what else it has to load, or whether there is a sandbox."""
    global _begun  # noqa: PLW0603
    if sandbox.available():
        _begun = str(course), _confined(str(course))


def start(options):
    """The fork server for these settings in this process, started at first use."""
    key = json.dumps(options, sort_keys=True)
    with _lock:
        server = _servers.get(key)
        if server is None or not server.alive:
            server = _servers[key] = _take_begun(options) or (
                _confined(options["course"]) if options["confined"] else _unconfined()
            )
            server.load(options["preload"], statements=options["ahead"], prepare="postwar.grading.supervisor:prepare")
        return server


def _take_begun(options):
    """The fork server that was begun, if it is for these settings; else it ends."""
    global _begun  # noqa: PLW0603
    if _begun is None:
        return None
    (course, server), _begun = _begun, None
    if options["confined"] and course == options["course"]:
        return server
    server.close()
    return None


def _confined(course):
    seccomp = syscalls.grading()
    try:
        wrapper = sandbox.wrapper(course, seccomp)
        return forkserver.ForkServer(wrapper=wrapper, fds=[seccomp], env=sandbox.environment(), isolated=True)
    finally:
        os.close(seccomp)


def _unconfined():
    home = tempfile.mkdtemp(prefix="grading-")  # not /tmp itself, where others may have left settings
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    env = sandbox.environment() | {"POSTWAR_DROP_ROOT": "", "HOME": home}
    return forkserver.ForkServer(env=env, isolated=True)


def stop():
    """Stop this process's fork servers, and with them whatever they are executing."""
    global _begun  # noqa: PLW0603
    with _lock:
        if _begun is not None:
            _begun[1].close()
            _begun = None
        while _servers:
            _servers.popitem()[1].close()


def _stop_at_the_end():
    """The work is done or given up: a Ctrl-C that comes now has nothing to stop."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    stop()


atexit.register(_stop_at_the_end)


class Local:
    """Executes at most *jobs* submissions at once on this machine."""

    def __init__(self, jobs, settings):
        self._settings, self._free = settings, threading.Semaphore(jobs)
        self._stopped = False
        start(settings)

    def execute(self, job):
        with self._free:
            if self._stopped:
                raise wire.WireError("grading was stopped")
            return execute(job, self._settings)

    def close(self):
        """Nothing to do: this process's fork server serves the next run as well."""

    def stop(self):
        self._stopped = True
        stop()


class Cluster:
    """Executes submissions on the Dask cluster at *address* ("local": one on this machine), *slots* of them at once.

    A worker that dies has its submissions run again elsewhere; Dask gives one up when three workers died over it.
    """

    def __init__(self, address, settings):
        from distributed import Client

        if address == "local":
            with deaf_to_interrupts():
                self._client = Client()
        else:
            self._client = Client(address)
        self._settings = settings
        self.slots = sum(self._client.nthreads().values())
        self._executor = self._client.get_executor(pure=False, retries=2)

    def execute(self, job):
        return self._executor.submit(execute, job, self._settings).result()

    def close(self):
        self._executor.shutdown()
        self._client.close()

    def stop(self):
        self._executor.shutdown(wait=False)
        self._client.close()


@contextlib.contextmanager
def deaf_to_interrupts():
    """Processes started meanwhile ignore Ctrl-C for good: it is for the process that hands out the work."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
