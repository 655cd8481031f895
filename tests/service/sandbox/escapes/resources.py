"""Attempts to use up the machine, or to make a failure look like something else."""

from tests.service.sandbox.escapes.escape import ANYTHING, TRY, Escape

ESCAPES = (
    Escape(
        "cpu-spin",
        "An endless loop ends at the limit of processor time.",
        "while True: pass",
        box=("cpu_limit",),
        prints=ANYTHING,
        pace="spinning",
    ),
    Escape(
        "cpu-spin-ignoring-sigxcpu",
        "So does one that ignores the limit's signal.",
        "import signal\nsignal.signal(signal.SIGXCPU, signal.SIG_IGN)\nwhile True: pass",
        box=("cpu_limit",),
        prints=ANYTHING,
        pace="spinning",
    ),
    Escape(
        "wall-sleep",
        "A program that sleeps ends at the limit of real time.",
        "import time; time.sleep(60)",
        box=("timeout",),
        prints=ANYTHING,
        pace="waiting",
    ),
    Escape(
        "ignore-signals",
        "So does one that ignores every signal.",
        """
import signal, time
for number in range(1, 65):
    try: signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError): pass
time.sleep(60)
""",
        box=("timeout",),
        prints=ANYTHING,
        pace="waiting",
    ),
    Escape(
        "memory-bytes",
        "A program that allocates for ever ends at the limit of memory.",
        "blocks = [bytearray(1 << 20) for _ in range(4000)]",
        box=("memory_limit",),
        prints=ANYTHING,
    ),
    Escape(
        "memory-children",
        "Children that together hold more than a run may are ended.",
        """
import os, time
for _ in range(20):
    if os.fork() == 0:
        block = b'x' * (180 << 20)
        time.sleep(60)
time.sleep(60)
print('ESCAPE')
""",
        box=("memory_limit",),
        sealed=("error",),
        prints=ANYTHING,
    ),
    Escape(
        "memory-recursion",
        "Endless recursion ends.",
        "import sys\nsys.setrecursionlimit(10**9)\ndef f(): f()\nf()",
        box=("memory_limit", "cpu_limit", "killed", "error"),
        prints=ANYTHING,
        pace="spinning",
    ),
    Escape(
        "c-stack-overflow",
        "An overflow of the interpreter's own stack ends the program only.",
        """
import sys
sys.setrecursionlimit(10**7)
nested = []
for _ in range(3 * 10**5): nested = [nested]
repr(nested)
""",
        box=("error", "ok", "killed", "memory_limit"),
        prints=ANYTHING,
    ),
    Escape(
        "fork-bomb",
        "A program that forks for ever ends.",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        box=("timeout", "cpu_limit", "killed", "memory_limit", "process_limit"),
        prints=ANYTHING,
        pace="waiting",
    ),
    Escape(
        "thread-bomb",
        "A program that starts threads for ever ends.",
        "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(1,)).start()",
        box=("process_limit",),
        sealed=("process_limit", "memory_limit", "error", "timeout"),
        prints=ANYTHING,
    ),
    Escape(
        "output-flood",
        "A program that prints for ever ends at the limit of output.",
        "while True: print('A' * 4096)",
        box=("output_limit",),
        prints=r"\A[A\n]{65536}\Z",
    ),
    Escape(
        "stderr-flood",
        "So does one that writes errors for ever.",
        "import sys\nwhile True: sys.stderr.write('E' * 4096)",
        box=("output_limit",),
        prints=ANYTHING,
    ),
    Escape(
        "binary-output",
        "Output that is no text is kept as text.",
        "import sys\nsys.stdout.buffer.write(bytes(range(256))); sys.stdout.flush()",
        prints=r"\\xfe\\xff\Z",
    ),
    Escape(
        "disk-fill",
        "The program's folder is full at its limit.",
        """
written = 0
try:
    for number in range(100):
        with open(f'/tmp/{number}', 'wb') as file:
            for _ in range(7): written += file.write(b'x' * (1 << 20))
    print('ESCAPE wrote', written >> 20)
except OSError as error: print('blocked at', written >> 20, error.errno)
""",
        prints=r"\Ablocked at (\d|1[0-6]) \d+\n\Z",
    ),
    Escape(
        "big-file-fsize",
        "No file can be longer than its limit.",
        f"""{TRY}
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def grow():
    with open('/tmp/big', 'wb') as file: file.truncate(1 << 40)
attempt('truncate', grow)
""",
    ),
    Escape(
        "inode-fill",
        "Files without end, all of them empty, come to an end.",
        """
made = 0
try:
    for number in range(10**6):
        open(f'/tmp/{number}', 'w').close()
        made += 1
    print('ESCAPE')
except OSError as error: print('blocked', made)
""",
        box=("ok", "cpu_limit", "timeout", "memory_limit", "killed"),
        sealed=("ok",),
        prints=ANYTHING,
        pace="spinning",
    ),
    Escape(
        "socket-buffers",
        "Memory in sockets' buffers comes to an end.",
        """
import socket
kept, sent = [], 0
try:
    while True:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 26)
        kept += [ours, theirs]
        try:
            while True: sent += ours.send(b'x' * 65536)
        except BlockingIOError: pass
except OSError as error: print('blocked', sent >> 20)
""",
        box=("ok", "memory_limit", "killed"),
        sealed=("ok", "memory_limit", "killed"),
        prints=ANYTHING,
    ),
    Escape(
        "close-std-streams",
        "A program that closes its output does not run on for ever.",
        "import os, time\nos.close(1)\nos.close(2)\ntime.sleep(60)",
        box=("timeout",),
        prints=ANYTHING,
        pace="waiting",
    ),
    Escape("exit-codes", "An exit code is a failure.", "import sys; sys.exit(7)", box=("error",), prints=r"\A\Z"),
    Escape(
        "abort-signal",
        "A program that aborts has failed.",
        "import os; os.abort()",
        box=("error",),
        sealed=("error", "killed"),
        prints=r"\A\Z",
    ),
    Escape(
        "segfault",
        "A program that crashes its interpreter has failed.",
        "import ctypes; ctypes.string_at(0)",
        box=("error",),
        prints=r"\A\Z",
    ),
    Escape(
        "fake-result-json",
        "What a program says of its own end does not count.",
        """print('{"status": "ok", "exit_code": 0}'); import sys; sys.exit(9)""",
        box=("error",),
        prints=ANYTHING,
    ),
    Escape(
        "virtual-heartbeat",
        "A program that waits for ever on a virtual clock ends.",
        """
import asyncio
async def main():
    while True: await asyncio.sleep(1)
asyncio.run(main())
""",
        box=("virtual_time_limit",),
        prints=ANYTHING,
        pace="patient",
        clock="virtual",
    ),
)
