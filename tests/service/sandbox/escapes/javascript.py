"""The same attempts from JavaScript; tier `sealed` runs none."""

from tests.service.sandbox.escapes.escape import ANYTHING, Escape

TRY = """
const fs = require('fs')
const attempt = (name, action) => {
  try { console.log('ESCAPE', name, String(action()).slice(0, 40)) }
  catch (error) { console.log('blocked', name, error.code || error.name) }
}
"""

ESCAPES = (
    Escape(
        "js-hello",
        "JavaScript runs.",
        "console.log([1, 2, 3].map((x) => x * 2).join())",
        prints=r"\A2,4,6\n\Z",
        language="javascript",
    ),
    Escape(
        "js-files",
        "It can't read or write the host's files, nor see the environment.",
        f"""{TRY}
attempt('shadow', () => fs.readFileSync('/etc/shadow'))
attempt('canary', () => fs.readFileSync('@CANARY@'))
attempt('proc', () => fs.readdirSync('/proc'))
attempt('write', () => fs.writeFileSync('/usr/x', '1'))
attempt('environment', () => {{ if (!Object.keys(process.env).some((name) => /SECRET/.test(name))) throw Error() }})
""",
        language="javascript",
    ),
    Escape(
        "js-net",
        "It can't reach a service of the host or of a cloud.",
        """
const socket = require('net').connect(@TCP@, '127.0.0.1')
socket.on('connect', () => console.log('ESCAPE'))
socket.on('error', (error) => console.log('blocked', error.code))
fetch('http://169.254.169.254/').then(() => console.log('ESCAPE'), () => console.log('blocked fetch'))
""",
        language="javascript",
    ),
    Escape(
        "js-child-and-kill",
        "It can't signal a process of the host, nor become another user, nor have a child do so.",
        f"""{TRY}
attempt('kill', () => process.kill(@PID@, 0))
attempt('user', () => process.setuid(0))
attempt('child', () => require('child_process').execSync('cat /etc/shadow', {{ stdio: 'pipe' }}))
""",
        language="javascript",
    ),
    Escape(
        "js-memory",
        "It ends at the limit of memory.",
        "const all = []; for (;;) all.push(new Array(1e5).fill(1))",
        box=("memory_limit",),
        prints=ANYTHING,
        language="javascript",
    ),
    Escape(
        "js-spin",
        "It ends at the limit of processor time.",
        "for (;;);",
        box=("cpu_limit",),
        prints=ANYTHING,
        language="javascript",
        pace="spinning",
    ),
    Escape(
        "js-prototype-exit",
        "It can't live on in what runs at its exit.",
        """
process.on('exit', () => { for (;;); })
process.on('SIGTERM', () => {})
setTimeout(() => process.exit(0), 10)
""",
        box=("cpu_limit",),
        prints=ANYTHING,
        language="javascript",
        pace="spinning",
    ),
    Escape(
        "js-flood",
        "It ends at the limit of output.",
        "for (;;) console.log('x'.repeat(4096))",
        box=("output_limit", "memory_limit", "cpu_limit"),
        prints=ANYTHING,
        language="javascript",
    ),
    Escape(
        "js-worker-bomb",
        "Workers without end come to an end.",
        """
const { Worker } = require('worker_threads')
for (let number = 0; number < 500; number++)
  new Worker('setTimeout(() => {}, 9e9)', { eval: true }).on('error', () => {})
""",
        box=("memory_limit", "error", "timeout", "killed", "process_limit", "cpu_limit"),
        prints=ANYTHING,
        language="javascript",
        pace="spinning",
    ),
)
