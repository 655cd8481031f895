"""Which system calls an example may make: an allow-list, as data.

What is not named here is answered with ENOSYS, so that libc and interpreters fall back to something older. Absent on
purpose: new namespaces and mounts, io_uring, bpf, keyrings, ptrace and reading other processes' memory, userfaultfd,
memfd (its pages count against no limit), System V and POSIX message queues, device nodes, file handles, and seccomp
itself. `system_calls.csv` holds the numbers.
"""

from __future__ import annotations

import errno
import socket
import stat
from dataclasses import dataclass

ALLOWED = {
    "files": """
        read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 close close_range dup dup2 dup3
        lseek open openat openat2 creat access faccessat faccessat2 stat fstat lstat newfstatat statx statfs
        fstatfs readlink readlinkat getdents getdents64 getcwd chdir fchdir mkdir mkdirat rmdir unlink unlinkat
        rename renameat renameat2 link linkat symlink symlinkat truncate ftruncate fallocate fadvise64 fsync
        fdatasync sync_file_range readahead copy_file_range sendfile splice tee flock umask chmod fchmod
        fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat getxattr lgetxattr
        fgetxattr listxattr llistxattr flistxattr inotify_init inotify_init1 inotify_add_watch inotify_rm_watch""",
    "memory": "mmap munmap mremap mprotect madvise brk mincore msync membarrier pkey_alloc pkey_free pkey_mprotect",
    "signals": """
        rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigsuspend rt_sigtimedwait rt_sigqueueinfo
        rt_tgsigqueueinfo sigaltstack kill tkill tgkill pause alarm getitimer setitimer signalfd signalfd4""",
    "processes and threads": """
        fork vfork execve execveat exit exit_group wait4 waitid pidfd_open pidfd_send_signal futex futex_waitv
        set_robust_list get_robust_list set_tid_address rseq restart_syscall arch_prctl gettid getpid getppid
        getpgrp getpgid getsid setpgid setsid getuid geteuid getgid getegid getresuid getresgid getgroups setuid
        setgid setreuid setregid setresuid setresgid capget getrlimit setrlimit prlimit64 getrusage getpriority
        setpriority sched_yield sched_getaffinity sched_setaffinity sched_getparam sched_getscheduler
        sched_get_priority_max sched_get_priority_min sched_rr_get_interval getcpu""",
    "waiting": """
        epoll_create epoll_create1 epoll_ctl epoll_wait epoll_pwait epoll_pwait2 poll ppoll select pselect6
        eventfd eventfd2 timerfd_create timerfd_settime timerfd_gettime timer_create timer_settime timer_gettime
        timer_getoverrun timer_delete nanosleep clock_nanosleep clock_gettime clock_getres gettimeofday time
        times""",
    "pipes and sockets": """
        pipe pipe2 socketpair connect bind listen accept accept4 shutdown sendto recvfrom sendmsg recvmsg
        sendmmsg recvmmsg getsockname getpeername getsockopt setsockopt""",
    "the system": "uname sysinfo getrandom",
}


@dataclass(frozen=True, slots=True)
class Check:
    """Holds when an argument's low 32 bits under `mask` are one of `values`; the kernel reads no more here."""

    argument: int
    values: tuple[int, ...]
    mask: int = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Rule:
    """Allows a call when all checks of one of `alternatives` hold; else it fails with errno `refusal`."""

    name: str
    refusal: int
    alternatives: tuple[tuple[Check, ...], ...] = ()


NEW_NAMESPACES = 0x7E020000  # CLONE_NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET | NEWNS

# Terminal reads, sizes and interface names. TIOCSTI and TIOCLINUX, which type into the terminal, are not among them.
IOCTL_COMMANDS = (
    0x5401,  # TCGETS
    0x5402,  # TCSETS
    0x5413,  # TIOCGWINSZ
    0x541B,  # FIONREAD
    0x5421,  # FIONBIO
    0x5450,  # FIONCLEX
    0x5451,  # FIOCLEX
    0x8910,  # SIOCGIFNAME
    0x8912,  # SIOCGIFCONF
    0x8927,  # SIOCGIFHWADDR
    0x8933,  # SIOCGIFINDEX
)

# No F_SETOWN, F_SETOWN_EX, F_SETSIG, F_NOTIFY: with O_ASYNC they send any signal to any process of the same user.
FCNTL_COMMANDS = (
    *range(8),  # F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW
    9,  # F_GETOWN
    16,  # F_GETOWN_EX
    36,  # F_OFD_GETLK
    37,  # F_OFD_SETLK
    38,  # F_OFD_SETLKW
    *range(1030, 1035),  # F_DUPFD_CLOEXEC F_SETPIPE_SZ F_GETPIPE_SZ F_ADD_SEALS F_GET_SEALS
)

PRCTL_OPTIONS = (
    1,  # PR_SET_PDEATHSIG
    2,  # PR_GET_PDEATHSIG
    3,  # PR_GET_DUMPABLE
    4,  # PR_SET_DUMPABLE
    15,  # PR_SET_NAME
    16,  # PR_GET_NAME
    23,  # PR_CAPBSET_READ
    29,  # PR_SET_TIMERSLACK
    30,  # PR_GET_TIMERSLACK
    36,  # PR_SET_CHILD_SUBREAPER
    37,  # PR_GET_CHILD_SUBREAPER
    38,  # PR_SET_NO_NEW_PRIVS
    39,  # PR_GET_NO_NEW_PRIVS
    41,  # PR_SET_THP_DISABLE
    42,  # PR_GET_THP_DISABLE
    0x53564D41,  # PR_SET_VMA
)

SOCKET_TYPE = 0xF  # without SOCK_NONBLOCK and SOCK_CLOEXEC
ROUTE_NETLINK = 16  # AF_NETLINK; its protocol 0 is NETLINK_ROUTE, which libc asks for interface addresses
FIFO = Check(1, (stat.S_IFIFO,), mask=0o170000)

RULES: tuple[Rule, ...] = (
    Rule("clone3", errno.ENOSYS),  # its flags lie behind a pointer, where a filter can't read; libc falls back to clone
    Rule("clone", errno.EPERM, ((Check(0, (0,), mask=NEW_NAMESPACES),),)),
    Rule("ioctl", errno.ENOTTY, ((Check(1, IOCTL_COMMANDS),),)),
    Rule("fcntl", errno.EPERM, ((Check(1, FCNTL_COMMANDS),),)),
    Rule("prctl", errno.EINVAL, ((Check(0, PRCTL_OPTIONS),),)),
    Rule("personality", errno.EPERM, ((Check(0, (0, 0xFFFFFFFF)),),)),
    Rule("mknod", errno.EPERM, ((FIFO,),)),
    Rule("mknodat", errno.EPERM, ((Check(2, FIFO.values, FIFO.mask),),)),
    Rule(
        "socket",
        errno.EAFNOSUPPORT,
        (
            (
                Check(0, (socket.AF_UNIX, socket.AF_INET, socket.AF_INET6)),
                Check(1, (socket.SOCK_STREAM, socket.SOCK_DGRAM), mask=SOCKET_TYPE),
                Check(2, (0, socket.IPPROTO_TCP, socket.IPPROTO_UDP)),
            ),
            (Check(0, (ROUTE_NETLINK,)), Check(2, (0,))),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Policy:
    """Calls that are always allowed, and those that depend on their arguments; a rule wins over an allowed name."""

    allowed: frozenset[str]
    rules: tuple[Rule, ...]


BOX = Policy(frozenset(" ".join(ALLOWED.values()).split()), RULES)

# What `sealed` refuses of these: everything that names a path, …
PATH_CALLS = """
    open openat openat2 creat access faccessat faccessat2 stat lstat statfs readlink readlinkat getdents getdents64
    chdir fchdir mkdir mkdirat rmdir unlink unlinkat rename renameat renameat2 link linkat symlink symlinkat truncate
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes utimensat futimesat getxattr lgetxattr
    listxattr llistxattr inotify_add_watch mknod mknodat execve execveat"""
# … everything about other processes, which there are not to be, …
PROCESS_CALLS = """
    fork vfork kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_open pidfd_send_signal setpgid setsid
    setpriority setrlimit setuid setgid setreuid setregid setresuid setresgid personality"""
# … and every socket but pairs.
SOCKET_CALLS = "socket connect bind listen accept accept4"

CLONE_THREAD = 0x10000
AT_EMPTY_PATH = 0x1000
PR_SET_DUMPABLE = 4

# By pairs of another type than streams, a message could be sent to any socket that has a path.
STREAM_PAIR = (Check(0, (socket.AF_UNIX,)), Check(1, (socket.SOCK_STREAM,), mask=SOCKET_TYPE))
SEALED_RULES = (
    Rule("clone", errno.EPERM, ((Check(0, (CLONE_THREAD,), mask=CLONE_THREAD | NEW_NAMESPACES),),)),
    Rule("newfstatat", errno.EACCES, ((Check(3, (AT_EMPTY_PATH,), mask=AT_EMPTY_PATH),),)),  # libc's fstat
    Rule("statx", errno.EACCES, ((Check(2, (AT_EMPTY_PATH,), mask=AT_EMPTY_PATH),),)),
    Rule("prlimit64", errno.EPERM, ((Check(0, (0,)),),)),
    Rule("sched_setaffinity", errno.EPERM, ((Check(0, (0,)),),)),
    Rule("prctl", errno.EINVAL, ((Check(0, tuple(set(PRCTL_OPTIONS) - {PR_SET_DUMPABLE})),),)),
    Rule("socketpair", errno.EPERM, (STREAM_PAIR,)),
)


def _sealed() -> Policy:
    """Return the policy of one process that opens nothing: what it refuses fails as if for lack of rights."""
    refused = [Rule(name, errno.EACCES) for name in PATH_CALLS.split()]
    refused += [Rule(name, errno.EPERM) for name in (f"{PROCESS_CALLS} {SOCKET_CALLS}").split()]
    rules = [*SEALED_RULES, *refused]
    named = {rule.name for rule in rules}
    return Policy(BOX.allowed - named, (*(rule for rule in RULES if rule.name not in named), *rules))


SEALED = _sealed()
