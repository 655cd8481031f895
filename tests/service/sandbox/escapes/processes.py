"""Attempts at other processes, and at what the service holds."""

from tests.service.sandbox.escapes.escape import ANYTHING, TRY, Escape

ESCAPES = (
    Escape(
        "kill-host-pid",
        "A process of the host that belongs to the same user can't be signalled.",
        f"{TRY}\nimport signal\nattempt('kill', lambda: os.kill(@PID@, signal.SIGTERM))",
    ),
    Escape(
        "kill-all",
        "A signal to all processes reaches none of the host.",
        """
import os, signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
try: os.kill(-1, signal.SIGTERM)
except OSError as error: print('blocked', error)
else: print('sent')
""",
        prints=r"\A(sent|blocked.*)\n\Z",
    ),
    Escape(
        "killpg-parent",
        "The parent, where one can be seen, is the sandbox's own and can't be used to get away.",
        f"""{TRY}
if os.getppid() > 1: attempt('parent', lambda: os.kill(os.getppid(), 9) or os.kill(os.getppid(), 0))
else: print('blocked no parent')
""",
        box=("ok", "killed", "error"),
    ),
    Escape(
        "ptrace",
        "Another process can't be traced.",
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print('ESCAPE' if libc.ptrace(16, @PID@, 0, 0) == 0 else 'blocked', ctypes.get_errno())
""",
    ),
    Escape(
        "process_vm_readv",
        "Another process's memory can't be read.",
        """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(16)
result = libc.process_vm_readv(@PID@, buffer, 1, buffer, 1, 0)
print('ESCAPE' if result >= 0 else 'blocked', ctypes.get_errno())
""",
    ),
    Escape(
        "prlimit-renice-affinity",
        "Another process's limits, priority and processors can't be changed.",
        f"""{TRY}
import resource
attempt('limit', lambda: resource.prlimit(@PID@, resource.RLIMIT_NOFILE, (3, 3)))
attempt('priority', lambda: os.setpriority(os.PRIO_PROCESS, @PID@, 19))
attempt('affinity', lambda: os.sched_setaffinity(@PID@, {{0}}))
""",
    ),
    Escape(
        "proc-listing",
        "Processes can't be listed.",
        f"{TRY}\nattempt('proc', lambda: [name for name in os.listdir('/proc') if name.isdigit()])",
    ),
    Escape(
        "env-secrets",
        "The environment holds nothing of the service.",
        """
import os
names = sorted(os.environ)
print('ESCAPE' if any('SECRET' in name or 'hunter2' in os.environ[name] for name in names) else 'blocked', names)
""",
    ),
    Escape(
        "inherited-fds",
        "No descriptor but the standard streams is open.",
        f"{TRY}\nfor number in range(3, 300): attempt(number, lambda: os.fstat(number))",
    ),
    Escape(
        "sysv-ipc-shm",
        "Shared memory of the host, of either kind, can't be reached.",
        f"""{TRY}
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
print('ESCAPE' if libc.shmget(@SHM@, 0, 0) >= 0 else 'blocked', ctypes.get_errno())
attempt('posix', lambda: open('/dev/shm/@SHMFILE@').read())
""",
    ),
    Escape(
        "fcntl-setown-sigio",
        "No signal can be sent through the owner of a descriptor.",
        """
import fcntl, os, socket, struct, time
ours, theirs = socket.socketpair()
attempts = {
    'F_SETOWN': lambda: fcntl.fcntl(ours, 8, @PID@),
    'F_SETOWN_EX': lambda: fcntl.fcntl(ours, 15, struct.pack('ii', 1, @PID@)),
    'FIOSETOWN': lambda: fcntl.ioctl(ours, 0x8901, struct.pack('i', @PID@)),
    'F_SETSIG': lambda: fcntl.fcntl(ours, 10, 9),
}
for name, action in attempts.items():
    try: action()
    except OSError as error: print('blocked', name, error.errno)
    else: print('ESCAPE', name)
try: fcntl.fcntl(ours, 4, fcntl.fcntl(ours, 3) | 0o20000)  # O_ASYNC: without an owner it sends nothing
except OSError: pass
theirs.send(b'x')
time.sleep(0.1)
""",
    ),
    Escape(
        "state-does-not-leak",
        "A run finds nothing that another one has left.",
        """
import os
print('ESCAPE' if os.path.exists('/tmp/marker') or os.path.exists('/dev/shm/marker') else 'blocked')
for path in ('/tmp/marker', '/dev/shm/marker'):
    try: open(path, 'w').close()
    except OSError: pass
""",
    ),
    Escape(
        "daemon-orphan",
        "A daemon that left its session dies with the run.",
        """
import os, sys, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv(sys.executable, ['python', '-ISE', '-c', 'import time; time.sleep(300)', '@ORPHAN@'])
    os._exit(0)
print('daemonised', flush=True)
time.sleep(60)
""",
        box=("timeout",),
        sealed=("error",),
        prints=r"\Adaemonised\n\Z",
        sealed_prints=ANYTHING,
        pace="waiting",
    ),
    Escape(
        "orphan-holding-stdout",
        "A child that holds the output open does not hold up the end of the run, and dies with it.",
        """
import os, sys, time
if os.fork() == 0:
    os.execv(sys.executable, ['python', '-ISE', '-c', 'import time; time.sleep(300)', '@ORPHAN@'])
print('parent done')
""",
        sealed=("error",),
        prints=r"\Aparent done\n\Z",
        sealed_prints=ANYTHING,
    ),
)
