"""Fork a process into namespaces of its own: users, processes, mounts and messages that are not those of the process around it.

An ordinary fork that then leaves the old namespaces needs a second one (a process cannot change its own process namespace), and the
first of the two only waits. Here one call to Linux does both. It goes past the C library, whose note of the new process's number is
then the old one's: who forks this way must have one thread, and start none in the child; what the child itself forks is all right.
"""

import ctypes
import os
import platform
import signal
import traceback
from pathlib import Path

_NEWNS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET, _NEWUTS = (
    0x00020000, 0x08000000, 0x10000000, 0x20000000, 0x40000000, 0x04000000,
)  # fmt: skip
#: The number of clone(2), which the C library's own function of that name does not reach: 220 in Linux's generic table.
_CLONE = 56 if platform.machine() == "x86_64" else 220


def fork(*, network=True):
    """As `os.fork`, but the child is the first process of its namespaces; without *network*, it has none. Raises `OSError`."""
    uid, gid = os.getuid(), os.getgid()
    flags = _NEWUSER | _NEWNS | _NEWPID | _NEWIPC | _NEWUTS | (0 if network else _NEWNET) | signal.SIGCHLD
    syscall = ctypes.PyDLL(None, use_errno=True).syscall  # which keeps Python's lock, as `os.fork` does
    syscall.restype, syscall.argtypes = ctypes.c_long, [ctypes.c_long] * 6
    ctypes.pythonapi.PyOS_BeforeFork()
    pid = syscall(_CLONE, flags, 0, 0, 0, 0)
    if pid == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        try:
            for name, content in (("setgroups", "deny"), ("uid_map", f"{uid} {uid} 1"), ("gid_map", f"{gid} {gid} 1")):
                Path("/proc/self", name).write_text(content)
        except OSError:
            traceback.print_exc()
            os._exit(1)
        return 0
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if pid < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"new namespaces: {os.strerror(number)}")
    return pid
