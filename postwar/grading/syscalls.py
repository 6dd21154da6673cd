"""Which calls to Linux student code may make: those that notebooks need, by name; all others fail as if they did not exist.

Two filters, both allow-lists. `grading` is for the whole fork server, through bubblewrap's ``--seccomp``: it may also make the
namespaces that keep submissions apart. `load` narrows it to `for_students` in each student's kernel, for good.
"""

import base64
import contextlib
import ctypes
import errno
import os

# Denied, then, are among others: io_uring, userfaultfd, keyrings, perf, bpf, ptrace and other processes' memory, modules, kexec,
# mounting, new namespaces, memory in no file (memfd), System V memory and message queues, fanotify, clocks, swap, quotas.
_NOTEBOOKS = [
    "read",
    "write",
    "readv",
    "writev",
    "pread64",
    "pwrite64",
    "preadv",
    "pwritev",
    "preadv2",
    "pwritev2",
    "sendfile",
    "splice",
    "tee",
    "vmsplice",
    "copy_file_range",
    "open",
    "openat",
    "openat2",
    "creat",
    "close",
    "close_range",
    "dup",
    "dup2",
    "dup3",
    "lseek",
    "access",
    "faccessat",
    "faccessat2",
    "pipe",
    "pipe2",
    "umask",
    "stat",
    "fstat",
    "lstat",
    "newfstatat",
    "statx",
    "statfs",
    "fstatfs",
    "readlink",
    "readlinkat",
    "getcwd",
    "chdir",
    "fchdir",
    "getdents",
    "getdents64",
    "mkdir",
    "mkdirat",
    "rmdir",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "unlink",
    "unlinkat",
    "mknod",
    "mknodat",
    "truncate",
    "ftruncate",
    "fallocate",
    "chmod",
    "fchmod",
    "fchmodat",
    "fchmodat2",
    "chown",
    "fchown",
    "lchown",
    "fchownat",
    "utime",
    "utimes",
    "utimensat",
    "futimesat",
    "flock",
    "fsync",
    "fdatasync",
    "sync_file_range",
    "sync",
    "syncfs",
    "fadvise64",
    "readahead",
    "getxattr",
    "lgetxattr",
    "fgetxattr",
    "listxattr",
    "llistxattr",
    "flistxattr",
    "setxattr",
    "fsetxattr",
    "lsetxattr",
    "removexattr",
    "inotify_init",
    "inotify_init1",
    "inotify_add_watch",
    "inotify_rm_watch",
    "ioctl",
    "mmap",
    "munmap",
    "mprotect",
    "mremap",
    "madvise",
    "brk",
    "mincore",
    "msync",
    "mlock",
    "mlock2",
    "munlock",
    "mlockall",
    "munlockall",
    "membarrier",
    "mbind",
    "get_mempolicy",
    "set_mempolicy",
    "pkey_alloc",
    "pkey_free",
    "pkey_mprotect",
    "fork",
    "vfork",
    "execve",
    "execveat",
    "exit",
    "exit_group",
    "wait4",
    "waitid",
    "kill",
    "tkill",
    "tgkill",
    "getpid",
    "getppid",
    "gettid",
    "getpgid",
    "getpgrp",
    "setpgid",
    "getsid",
    "setsid",
    "getuid",
    "geteuid",
    "getgid",
    "getegid",
    "getresuid",
    "getresgid",
    "getgroups",
    "setgroups",
    "setuid",
    "setgid",
    "setreuid",
    "setregid",
    "setresuid",
    "setresgid",
    "capget",
    "capset",
    "prctl",
    "arch_prctl",
    "set_tid_address",
    "set_robust_list",
    "get_robust_list",
    "rseq",
    "personality",
    "rt_sigaction",
    "rt_sigprocmask",
    "rt_sigreturn",
    "rt_sigpending",
    "rt_sigtimedwait",
    "rt_sigqueueinfo",
    "rt_tgsigqueueinfo",
    "rt_sigsuspend",
    "sigaltstack",
    "pause",
    "alarm",
    "signalfd",
    "signalfd4",
    "restart_syscall",
    "futex",
    "futex_waitv",
    "futex_wait",
    "futex_wake",
    "futex_requeue",
    "sched_yield",
    "sched_getaffinity",
    "sched_getparam",
    "sched_setparam",
    "sched_getscheduler",
    "sched_setscheduler",
    "sched_get_priority_max",
    "sched_get_priority_min",
    "sched_rr_get_interval",
    "sched_getattr",
    "getcpu",
    "getpriority",
    "setpriority",
    "getrlimit",
    "setrlimit",
    "prlimit64",
    "getrusage",
    "sysinfo",
    "times",
    "uname",
    "getrandom",
    "nanosleep",
    "clock_nanosleep",
    "clock_gettime",
    "clock_getres",
    "gettimeofday",
    "time",
    "getitimer",
    "setitimer",
    "timer_create",
    "timer_settime",
    "timer_gettime",
    "timer_getoverrun",
    "timer_delete",
    "timerfd_create",
    "timerfd_settime",
    "timerfd_gettime",
    "poll",
    "ppoll",
    "select",
    "pselect6",
    "epoll_create",
    "epoll_create1",
    "epoll_ctl",
    "epoll_wait",
    "epoll_pwait",
    "epoll_pwait2",
    "eventfd",
    "eventfd2",
    "socketpair",
    "connect",
    "accept",
    "accept4",
    "bind",
    "listen",
    "getsockname",
    "getpeername",
    "getsockopt",
    "setsockopt",
    "shutdown",
    "sendto",
    "recvfrom",
    "sendmsg",
    "recvmsg",
    "sendmmsg",
    "recvmmsg",
    "pidfd_open",
    "pidfd_send_signal",
    "seccomp",
]

#: What the processes around a student's kernel need besides: namespaces, mounts, the captured output's memory
#: files, and the choice of processors.
_WALLS = [
    "unshare",
    "mount",
    "umount2",
    "pivot_root",
    "chroot",
    "sethostname",
    "memfd_create",
    "setfsuid",
    "setfsgid",
    "sched_setaffinity",
]

_NEW_NAMESPACES = 0x00020000 | 0x02000000 | 0x04000000 | 0x08000000 | 0x10000000 | 0x20000000 | 0x40000000 | 0x00000080
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_LEASE, _DUPFD_CLOEXEC, _HIGHEST_OWN = 1024, 1030, 1040


def missing():
    """Why there is no filter here, in a few words; None when there is one."""
    try:
        import pyseccomp  # noqa: F401
    except (ImportError, OSError, RuntimeError):
        return "libseccomp is not installed (Debian and Ubuntu: apt install libseccomp2)"
    return None


def _filter(names, *, namespaces):
    import pyseccomp as seccomp

    # "No such call" rather than "not permitted": libraries know what to do then (clone3, for example, whose flags nobody can check).
    built = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    for name in names:
        with contextlib.suppress(OSError, ValueError):  # a call that this processor's Linux does not have
            built.add_rule(seccomp.ALLOW, name)
    if namespaces:
        built.add_rule(seccomp.ALLOW, "clone")
    else:
        built.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, _NEW_NAMESPACES, 0))
    for family in (_UNIX, _INET, _INET6, _NETLINK):
        built.add_rule(seccomp.ALLOW, "socket", seccomp.Arg(0, seccomp.EQ, family))
    # Leases on a file would delay everybody who opens it.
    built.add_rule(seccomp.ALLOW, "fcntl", seccomp.Arg(1, seccomp.LT, _LEASE))
    for command in range(_DUPFD_CLOEXEC, _HIGHEST_OWN):
        built.add_rule(seccomp.ALLOW, "fcntl", seccomp.Arg(1, seccomp.EQ, command))
    return built


def grading():
    """The filter for the fork server as a file descriptor to read it from, for bubblewrap."""
    return _exported(_filter([*_NOTEBOOKS, *_WALLS], namespaces=True))


def for_students():
    """The narrower filter as text, for the fork server's environment: libseccomp may be out of reach in there."""
    with open(_exported(_filter(_NOTEBOOKS, namespaces=False)), "rb") as file:
        return base64.b64encode(file.read()).decode()


def _exported(built):
    fd = os.memfd_create("filter", os.MFD_CLOEXEC)
    with open(os.dup(fd), "wb") as file:
        built.export_bpf(file)
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def load(text):
    """Confine this process and all that it starts to the filter *text* (`for_students`); it cannot be undone."""

    class Program(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    code = base64.b64decode(text)
    program = Program(len(code) // 8, code)
    libc = ctypes.CDLL(None, use_errno=True)
    set_no_new_privileges, set_seccomp, mode_filter = 38, 22, 2
    if libc.prctl(set_no_new_privileges, 1, 0, 0, 0) or libc.prctl(
        set_seccomp, mode_filter, ctypes.byref(program), 0, 0
    ):
        raise OSError(ctypes.get_errno(), "the filter of system calls was refused")
