"""Fork the processes of a submission, and give each no more than it needs: its sockets, its folder, its environment."""

import contextlib
import os
import tempfile

from postwar.grading import forkserver, namespaces


def send_signal(pid, signum):
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signum)


def fork(function, keep, *, apart=False):
    """Fork a process that calls *function* and ends; of the sockets, it keeps *keep* alone. *apart*: without network, in namespaces of its own."""
    pid = namespaces.fork(network=False) if apart else os.fork()
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


def move_in(folder, home):
    os.chdir(folder)
    environment = _environment(home)
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
