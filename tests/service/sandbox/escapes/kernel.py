"""Attempts at the kernel: calls that are not needed, other ways to make calls, and rights."""

from tests.service.sandbox.escapes.escape import ANYTHING, CALL, TRY, Escape, Statuses

OTHER_INTERFACE: Statuses = ("forbidden_syscall",)

ESCAPES = (
    Escape(
        "syscalls-denied",
        "Calls that examples do not need are refused.",
        f"""{CALL}
call('io_uring_setup', 425, 1, buffer)
call('userfaultfd', 323, 1)
call('bpf', 321, 0, buffer, 72)
call('perf_event_open', 298, buffer, 0, -1, -1, 0)
call('add_key', 248, b'user', b'k', b'v', 1, -2)
call('keyctl', 250, 0, -3, 1)
call('memfd_create', 319, b'x', 0)
call('name_to_handle_at', 303, -100, b'/', buffer, buffer, 0)
call('kexec_load', 246, 0, 0, 0, 0)
call('init_module', 175, buffer, 0, b'')
call('mount', 165, b'a', b'/tmp', b'tmpfs', 0, 0)
call('umount2', 166, b'/tmp', 2)
call('pivot_root', 155, b'/tmp', b'/tmp')
call('chroot', 161, b'/tmp')
call('setns', 308, 0, 0)
call('fsopen', 430, b'tmpfs', 0)
call('open_tree', 428, -100, b'/', 1)
call('swapon', 167, b'/tmp/x', 0)
call('reboot', 169, 0, 0, 0, 0)
call('clock_settime', 227, 0, buffer)
call('personality', 135, 0x40000)
call('quotactl', 179, 0, b'/', 0, buffer)
call('fanotify_init', 300, 0, 0)
call('pidfd_getfd', 438, 0, 0, 0)
call('kcmp', 312, 1, 1, 0, 0, 0)
call('modify_ldt', 154, 1, buffer, 16)
call('seccomp', 317, 0, 0, buffer)
call('landlock_create_ruleset', 444, buffer, 8, 0)
""",
        machine="x86_64",
    ),
    Escape(
        "userns-unshare",
        "No new namespace can be made, by whichever call.",
        f"""{CALL}
call('unshare user', 272, 0x10000000)
call('unshare mounts', 272, 0x20000)
call('unshare network', 272, 0x40000000)
result = libc.syscall(56, ctypes.c_ulong(0x10000000 | 17), 0, 0, 0, 0)
if result == 0: os._exit(0)
print('ESCAPE' if result > 0 else 'blocked', 'clone')
new = ctypes.create_string_buffer(struct.pack('11Q', 0x10000000, 0, 0, 0, 17, 0, 0, 0, 0, 0, 0))
result = libc.syscall(435, new, 88)
if result == 0: os._exit(0)
print('ESCAPE' if result > 0 else 'blocked', 'clone3')
""",
        machine="x86_64",
    ),
    Escape(
        "x32-abi",
        "The x32 interface to the kernel ends the program.",
        f"{CALL}\ncall('getpid of x32', 0x40000000 + 39)",
        box=OTHER_INTERFACE,
        prints=ANYTHING,
        machine="x86_64",
    ),
    Escape(
        "int80-32bit",
        "The 32-bit interface to the kernel ends the program.",
        """
import ctypes, mmap
code = bytes.fromhex('b814000000cd80c3')  # mov eax, 20 (getpid); int 0x80; ret
memory = mmap.mmap(-1, 4096, prot=7)
memory.write(code)
function = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))
print('ESCAPE', function())
""",
        box=OTHER_INTERFACE,
        prints=ANYTHING,
        machine="x86_64",
    ),
    Escape(
        "setuid-binary",
        "No other user can be become.",
        f"""{TRY}
attempt('user', lambda: os.setuid(0))
attempt('group', lambda: os.setgid(0))
attempt('groups', lambda: os.setgroups([0]))
""",
    ),
    Escape(
        "tiocsti",
        "Nothing can be typed into the terminal that the service was started from.",
        f"""{TRY}
import fcntl
for number in (0, 1, 2):
    for command in (0x5412, 0x541C): attempt((number, command), lambda: fcntl.ioctl(number, command, b'x'))
""",
    ),
)
