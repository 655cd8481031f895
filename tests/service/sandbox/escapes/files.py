"""Attempts at the host's files and devices."""

from tests.service.sandbox.escapes.escape import TRY, Escape

ESCAPES = (
    Escape(
        "read-host-canary",
        "A file that everybody on the host may read can't be read.",
        f"{TRY}\nattempt('canary', lambda: open('@CANARY@').read())",
    ),
    Escape(
        "read-shadow",
        "The host's password file can't be read.",
        f"{TRY}\nattempt('shadow', lambda: open('/etc/shadow').read())",
    ),
    Escape(
        "read-ssh-env",
        "Homes, keys, other folders and the first process's environment can't be read.",
        f"""{TRY}
for path in ('/root/.bashrc', '/root/.ssh/id_rsa', '/home', '/proc/1/environ', '/proc/self/../1/environ', '/var/lib',
             '/srv', '/opt', '/etc/hostname'):
    attempt(path, lambda: os.listdir(path) if os.path.isdir(path) else open(path).read())
""",
    ),
    Escape(
        "dotdot-traversal",
        "A path with `..` leads nowhere else.",
        f"{TRY}\nattempt('..', lambda: open('/tmp/../../../../../../etc/shadow').read())",
    ),
    Escape(
        "symlink-out",
        "A symbolic link leads nowhere else.",
        f"{TRY}\nattempt('link', lambda: (os.symlink('@CANARY@', '/tmp/link'), open('/tmp/link').read()))",
    ),
    Escape(
        "hardlink-out",
        "No hard link to a file of the host can be made.",
        f"{TRY}\nattempt('link', lambda: (os.link('@CANARY@', '/tmp/hard'), open('/tmp/hard').read()))",
    ),
    Escape(
        "write-outside",
        "Nothing but the program's own folder can be written.",
        f"""{TRY}
for path in ('/etc/x', '/usr/x', '/python/x', '/inside/x', '/x', '/dev/x', '/home/x', '/var/tmp/x'):
    attempt(path, lambda: open(path, 'w').write('x'))
""",
    ),
    Escape(
        "chmod-utime-own-file",
        "A file of the host that belongs to the same user can't be changed, not even its times.",
        f"""{TRY}
attempt('chmod', lambda: os.chmod('@OWN@', 0o777))
attempt('utime', lambda: os.utime('@OWN@', (1, 1)))
attempt('xattr', lambda: os.setxattr('@OWN@', 'user.x', b'1'))
attempt('write', lambda: open('@OWN@', 'w'))
""",
    ),
    Escape(
        "devices",
        "Devices can't be opened or made.",
        f"""{TRY}
for name in ('vda', 'kvm', 'mem', 'kmsg', 'fuse', 'tty', 'ptmx', 'net/tun'):
    attempt(name, lambda: os.open('/dev/' + name, os.O_RDWR))
attempt('mknod', lambda: os.mknod('/tmp/node', 0o20666, os.makedev(1, 1)))
""",
    ),
    Escape(
        "proc-sys-write",
        "The kernel's settings can't be opened for writing.",
        f"""{TRY}
attempt('core pattern', lambda: open('/proc/sys/kernel/core_pattern', 'r+').read())
attempt('sysrq', lambda: open('/proc/sysrq-trigger', 'w'))
""",
    ),
    Escape(
        "proc-root-of-others",
        "Another process's root folder can't be entered.",
        f"""{TRY}
for root in ('/proc/1/root', '/proc/@PID@/root', '/proc/self/root/../..'):
    attempt(root, lambda: open(root + '@CANARY@').read())
""",
    ),
    Escape(
        "boot-files-readonly",
        "The interpreter's own files can't be changed.",
        f"{TRY}\nattempt('library', lambda: open(os.__file__, 'a').write('x'))",
    ),
)
