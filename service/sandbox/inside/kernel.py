"""The system calls that confine a process from within, which Python has no functions for.

A process that has given up what it may do here never gets it back. Standard library alone.
"""

import ctypes
import errno
import fcntl
import os
import socket
import struct

SECCOMP = {"x86_64": 317, "aarch64": 277}
CAPSET = {"x86_64": 126, "aarch64": 91}
CLONE = {"x86_64": 56, "aarch64": 220}
LANDLOCK_CREATE_RULESET, LANDLOCK_RESTRICT_SELF = 444, 446

PR_SET_DUMPABLE, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 4, 24, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_SET_MODE_FILTER = 1
LANDLOCK_CREATE_RULESET_VERSION = 1
CAPABILITY_VERSION = 0x20080522
LAST_CAPABILITY = 63
MS_NOSUID, MS_NODEV = 2, 4
NEW_NAMESPACES = 0x6C020000  # CLONE_NEWNS | NEWUTS | NEWIPC | NEWPID | NEWNET
SIOCSIFFLAGS, IFF_UP = 0x8914, 1

# Rights over files that each version of Landlock knows; all of them are taken, and none given back.
FILE_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 4: (1 << 15) - 1, 5: (1 << 16) - 1}
NETWORK_FROM, SCOPE_FROM = 4, 6
ALL_NETWORK, ALL_SCOPES = 3, 3

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long
MACHINE = os.uname().machine


class _Program(ctypes.Structure):
    """`struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_void_p))


def load_filter(program: bytes) -> None:
    """Put this process under a system call filter, for good. Raises OSError."""
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    buffer = ctypes.create_string_buffer(program, len(program))
    header = _Program(len(program) // 8, ctypes.addressof(buffer))
    _checked(libc.syscall(SECCOMP[MACHINE], SECCOMP_SET_MODE_FILTER, 0, ctypes.byref(header)))


def hide_from_others() -> None:
    """Let no process of the same user look into this one. Raises OSError."""
    _prctl(PR_SET_DUMPABLE, 0)


def give_up_files() -> bool:
    """Give up every right over files and networks that Landlock knows; false where there is no Landlock."""
    version = libc.syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), LANDLOCK_CREATE_RULESET_VERSION)
    if version < 1:
        return False
    words = [FILE_RIGHTS[min(version, max(FILE_RIGHTS))]]
    words += [ALL_NETWORK] if version >= NETWORK_FROM else []
    words += [ALL_SCOPES] if version >= SCOPE_FROM else []
    rules = struct.pack(f"{len(words)}Q", *words)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    ruleset = _checked(libc.syscall(LANDLOCK_CREATE_RULESET, rules, ctypes.c_size_t(len(rules)), 0))
    _checked(libc.syscall(LANDLOCK_RESTRICT_SELF, ctypes.c_int(ruleset), 0))
    os.close(ruleset)
    return True


def give_up_rights() -> None:
    """Give up every capability, and the way to get one. Raises OSError."""
    for capability in range(LAST_CAPABILITY + 1):
        if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) and ctypes.get_errno() == errno.EINVAL:
            break  # the kernel knows no more
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    header = struct.pack("Ii", CAPABILITY_VERSION, 0)
    _checked(libc.syscall(CAPSET[MACHINE], header, bytes(24)))


def fork_into_namespaces() -> int:
    """Fork into new pid, mount, network, IPC and host name namespaces; return as `os.fork` does. Raises OSError."""
    ctypes.pythonapi.PyOS_BeforeFork()
    flags = ctypes.c_ulong(NEW_NAMESPACES | 17)  # SIGCHLD
    process = int(libc.syscall(CLONE[MACHINE], flags, None, None, None, None))
    if process == 0:
        ctypes.pythonapi.PyOS_AfterFork_Child()
        return 0
    number = ctypes.get_errno()
    ctypes.pythonapi.PyOS_AfterFork_Parent()
    if process < 0:
        raise OSError(number, os.strerror(number))
    return process


def mount_memory(path: str, size_bytes: int) -> None:
    """Mount an empty file system of its own at `path`. Raises OSError."""
    options = f"size={size_bytes},mode=1777".encode()
    _checked(libc.mount(b"tmpfs", path.encode(), b"tmpfs", MS_NOSUID | MS_NODEV, options))


def start_loopback() -> None:
    """Start the loopback device of a new network namespace. Raises OSError."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", IFF_UP))


def _prctl(option: int, value: int) -> None:
    _checked(libc.prctl(option, ctypes.c_ulong(value), 0, 0, 0))


def _checked(result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
    return int(result)
