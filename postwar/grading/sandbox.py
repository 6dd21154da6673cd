"""Keep student code in its place: limits always, and a sandbox where bubblewrap is installed.

Bubblewrap wraps the whole fork server: a read-only system, no network, nothing of the course but what notebooks may import, and
of Linux itself only the calls that `syscalls` lists.
Each submission's processes get namespaces of their own on top (`namespaces`), so that submissions do not see each other either.
"""

import contextlib
import ctypes
import os
import shutil
import site
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from importlib import util
from pathlib import Path

from postwar.grading import namespaces, syscalls

_NOSUID, _NODEV, _NOEXEC, _BIND, _REC = 2, 4, 8, 4096, 16384
_PR_SET_DUMPABLE, _PR_CAPBSET_DROP, _PR_SET_CHILD_SUBREAPER, _PR_SET_NO_NEW_PRIVS = 4, 24, 36, 38

#: Parts of the system that notebooks may need; what does not exist is left out.
_SYSTEM = (
    "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives", "/etc/fonts", "/etc/group",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/localtime", "/etc/mime.types", "/etc/nsswitch.conf",
    "/etc/passwd", "/etc/timezone", "/sys/devices/system/cpu",
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """What one submission may use. Sizes in MiB, times in seconds."""

    memory: int = 2048
    disk: int = 256
    files: int = 5000
    processes: int = 128
    output: int = 64
    total: int = 600

    def as_dict(self):
        return asdict(self)


def limit_resources(limits, *, alone):
    """Set the limits that a process keeps for itself and hands on to its children.

    *alone*: the process has a user namespace of its own, in which only its own processes are counted.
    """
    import resource  # not on Windows, which imports this module all the same

    mib = 1 << 20
    for name, value in (
        ("RLIMIT_AS", (limits.memory + 1024) * mib),  # libraries map about 1 GiB that they never touch
        ("RLIMIT_FSIZE", limits.disk * mib),
        ("RLIMIT_CPU", limits.total),
        ("RLIMIT_NPROC", limits.processes if alone else resource.RLIM_INFINITY),
        ("RLIMIT_NOFILE", 512),
        ("RLIMIT_CORE", 0),
    ):
        kind = getattr(resource, name, None)
        if kind is not None:
            hard = resource.getrlimit(kind)[1]
            allowed = [each for each in (value, hard) if each != resource.RLIM_INFINITY]
            most = min(allowed, default=resource.RLIM_INFINITY)
            resource.setrlimit(kind, (most, most))


def _libc(function, *arguments):
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, function)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{function}: {os.strerror(number)}")


def mount_tmpfs(folder, *, mebibytes, files, mode="755"):
    options = f"size={mebibytes}m,nr_inodes={files},mode={mode}".encode()
    _libc("mount", b"tmpfs", os.fsencode(folder), b"tmpfs", _NOSUID | _NODEV, options)


def mount_tmp(*, mebibytes, files):
    """An empty ``/tmp``, but for an interpreter or packages that lie in the old one: they stay in their places."""
    shown = (path for path in (*sys_folders(), *visible_paths([])) if path != "/tmp" and os.path.isdir(path))
    kept = [path for path in shown if _inside(path, ["/tmp"])]
    handles = [os.open(path, os.O_PATH) for path in kept]
    mount_tmpfs("/tmp", mebibytes=mebibytes, files=files)
    for path, handle in zip(kept, handles, strict=True):
        os.makedirs(path, exist_ok=True)
        _libc("mount", f"/proc/self/fd/{handle}".encode(), os.fsencode(path), None, _BIND | _REC, None)
        os.close(handle)


def mount_proc():
    """Show this process namespace alone under /proc; where that is refused, show nothing there."""
    try:
        _libc("mount", b"proc", b"/proc", b"proc", _NOSUID | _NODEV | _NOEXEC, None)
    except OSError:
        mount_tmpfs("/proc", mebibytes=1, files=10)


def hide(folder):
    mount_tmpfs(folder, mebibytes=1, files=10)


def forbid_namespaces():
    """No further user namespaces below this one: they are the widest part of the kernel that a process can reach."""
    with contextlib.suppress(OSError):
        Path("/proc/sys/user/max_user_namespaces").write_text("0")


def drop_privileges():
    """Give up every capability for good."""

    class Header(ctypes.Structure):
        _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]

    class Data(ctypes.Structure):
        _fields_ = [(name, ctypes.c_uint32) for name in ("effective", "permitted", "inheritable")]

    libc = ctypes.CDLL(None)
    for capability in range(64):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = Header(0x20080522, 0)
    _libc("capset", ctypes.byref(header), ctypes.byref((Data * 2)()))


def hide_memory(hidden=True):
    """Let no other process of this user read or trace this one."""
    ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(not hidden), 0, 0, 0)


def adopt_orphans():
    """Have the background processes that a submission leaves behind become children of this process."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


_probing = None


def begin():
    """Start to find out what `missing` says, for who will ask it later."""
    global _probing  # noqa: PLW0603
    if _not_installed() is None:
        _probing = _start_probe()


@cache
def missing():
    """Why there is no sandbox here, in a few words; None when there is one."""
    reason = _not_installed()
    if reason:
        return reason
    probing = _probing or _start_probe()
    _, errors = probing.communicate(timeout=60)
    if probing.returncode != 0:
        last = (errors.strip() or "no reason given").splitlines()[-1]
        return f"bubblewrap or user namespaces are refused here ({last})"
    return None


def available():
    """Whether everything is installed that a sandbox needs; `missing` says whether the system lets us have one."""
    return _not_installed() is None


def _not_installed():
    if sys.platform != "linux":
        return "the sandbox needs Linux"
    if shutil.which("bwrap") is None:
        return "bubblewrap is not installed (Debian and Ubuntu: apt install bubblewrap)"
    return syscalls.missing()


def _start_probe():
    code = "from postwar.grading import sandbox, forkserver; forkserver.drop_root(); sandbox.probe()"
    fd = syscalls.grading()
    try:
        return subprocess.Popen(
            [*wrapper(course=None, seccomp=fd), sys.executable, "-I", "-c", code],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env=environment(), pass_fds=[fd],
        )  # fmt: skip
    finally:
        os.close(fd)


def probe():
    """Try, inside the wrapper, what each submission will do; raises `OSError` where it is refused."""
    pid = namespaces.fork()
    if pid == 0:
        try:
            mount_proc()
            mount_tmp(mebibytes=1, files=100)
            inner = namespaces.fork(network=False)
            os._exit(os.waitstatus_to_exitcode(os.waitpid(inner, 0)[1]) if inner else 0)
        except OSError as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
    if os.waitpid(pid, 0)[1]:
        raise OSError("a namespace inside a namespace")


def environment():
    """A clean environment: nothing of the instructor's but language and time zone."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in ("LANG", "LANGUAGE", "TZ") or name.startswith("LC_")
    }
    path = [os.path.dirname(sys.executable), "/usr/local/bin", "/usr/bin", "/bin"]
    return (
        kept
        | {"PATH": os.pathsep.join(path), "HOME": "/tmp", "TMPDIR": "/tmp", "POSTWAR_DROP_ROOT": "1"}
        | ({} if syscalls.missing() else {"POSTWAR_SYSCALLS": syscalls.for_students()})
    )


def wrapper(course, seccomp=None):
    """The bubblewrap command line to put before the fork server's.

    *course* is the folder that must stay invisible, *seccomp* a descriptor with the filter of calls to Linux (`syscalls`).
    """
    command = ["bwrap", "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
    if os.getuid() == 0:
        command += ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]  # only to give up root inside
    # Folders that lead to a shown one; bubblewrap would make them for root alone.
    command += _open_folders(_SYSTEM)
    for path in _SYSTEM:
        if os.path.islink(path) and path.count("/") == 1:
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind-try", path, path]
    command += ["--perms", "1777", "--tmpfs", "/tmp"]  # before the folders to show, which may lie in it
    hidden = [] if course is None else [os.path.realpath(course)]
    python = sys_folders()
    own = [folder for folder in python if _inside(folder, hidden)]
    shown = visible_paths(hidden)
    command += _open_folders((*python, *hidden, *shown))
    for path in python:
        if path not in own:
            command += ["--ro-bind", path, path]
    for folder in hidden:
        if _inside(folder, [*_SYSTEM, *python]):
            command += ["--perms", "0755", "--tmpfs", folder]
    for path in [*own, *shown]:
        command += ["--ro-bind", path, path]
    command += [word for path in _keys([*python, *shown]) for word in ("--perms", "0755", "--tmpfs", path)]
    # The whole /proc, so that each submission may mount its own over it; the fork server itself runs no student code.
    command += [
        "--dev",
        "/dev",
        "--tmpfs",
        "/dev/shm",
        "--remount-ro",  # or submissions could leave each other files there
        "/dev",
        "--bind",
        "/proc",
        "/proc",
        "--chdir",
        "/",
        "--remount-ro",
        "/",
    ]
    if seccomp is not None:
        command += ["--seccomp", str(seccomp)]
    return [*command, "--new-session", "--"]


def _open_folders(paths):
    """Words that make the folders that lead to *paths*, for everybody."""
    folders = sorted({str(parent) for path in paths for parent in Path(path).parents} - {"/"})
    return [word for each in folders if not _inside(each, _SYSTEM) for word in ("--perms", "0755", "--dir", each)]


def _keys(shown):
    """Where in the folders *shown* the package with the public keys lies, if it is installed: no student code is to read it."""
    spec = util.find_spec("postwar_keys")
    folders = map(os.path.realpath, (spec and spec.submodule_search_locations) or ())
    return [folder for folder in folders if _inside(folder, shown)]


def _inside(path, folders):
    return any(Path(path).is_relative_to(folder) for folder in folders)


def sys_folders():
    """Where Python and its libraries are."""
    folders = {sys.prefix, sys.base_prefix, *site.getsitepackages()}
    return sorted(os.path.realpath(folder) for folder in folders if os.path.isdir(folder))


def visible_paths(hidden):
    """What else ``import`` needs: entries of ``sys.path``, but of a hidden folder only the packages in it.

    An editable installation puts the whole course checkout on ``sys.path``; with it would come solutions and gradebook.
    """
    from postwar import paths

    shown = {str(path) for path in (paths._PACKAGE, paths.DATA, paths.LESSONS) if path.is_dir()}
    covered = sys_folders()
    for entry in map(os.path.realpath, filter(None, sys.path)):
        if not os.path.isdir(entry) or _inside(entry, covered):
            continue
        if entry == str(paths.COURSE) or any(_inside(folder, [entry]) or _inside(entry, [folder]) for folder in hidden):
            shown |= {str(package.parent) for package in Path(entry).glob("*/__init__.py")} - _course_folders(hidden)
            shown |= {str(module) for module in Path(entry).glob("*.py") if module.name != "nbgrader_config.py"}
        elif entry != os.path.realpath(os.getcwd()):
            shown.add(entry)
    return sorted(shown)


def _course_folders(hidden):
    names = ("source", "solutions", "submitted", "autograded", "feedback", "tests", "release", "exercises")
    return {os.path.join(folder, name) for folder in hidden for name in names}
