"""Attempts at the network and at sockets of the host."""

from tests.service.sandbox.escapes.escape import TRY, Escape

ESCAPES = (
    Escape(
        "tcp-host-service",
        "A service on the host's loopback can't be reached.",
        f"{TRY}\nattempt('tcp', lambda: socket.create_connection(('127.0.0.1', @TCP@), timeout=2))",
    ),
    Escape(
        "tcp-internet",
        "Nothing beyond the host can be reached.",
        f"""{TRY}
attempt('4', lambda: socket.create_connection(('1.1.1.1', 53), timeout=2))
attempt('6', lambda: socket.create_connection(('2606:4700:4700::1111', 53), timeout=2))
""",
    ),
    Escape(
        "metadata-service",
        "A cloud's metadata address can't be reached.",
        f"{TRY}\nattempt('metadata', lambda: socket.create_connection(('169.254.169.254', 80), timeout=2))",
    ),
    Escape(
        "dns",
        "No name of the outside is resolved.",
        f"{TRY}\nattempt('name', lambda: socket.getaddrinfo('example.com', 80))",
    ),
    Escape(
        "udp-host",
        "A packet that is sent arrives at no one on the host.",
        """
import socket
try: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'udp-host', ('127.0.0.1', @UDP@))
except OSError as error: print('blocked', error)
else: print('sent')
""",
        prints=r"\A(sent|blocked.*)\n\Z",
    ),
    Escape(
        "unix-abstract",
        "An abstract socket of the host can't be reached.",
        f"{TRY}\nattempt('abstract', lambda: socket.socket(socket.AF_UNIX).connect(chr(0) + '@ABSTRACT@'))",
    ),
    Escape(
        "unix-path",
        "A socket of the host that everybody may write to can't be reached.",
        f"{TRY}\nattempt('path', lambda: socket.socket(socket.AF_UNIX).connect('@SOCKET@'))",
    ),
    Escape(
        "odd-families",
        "No raw, packet, virtual machine, crypto, Bluetooth, SCTP or uevent socket can be made.",
        f"""{TRY}
for name, arguments in (
    ('raw', (2, 3, 1)), ('packet', (17, 3, 3)), ('vsock', (40, 1, 0)), ('alg', (38, 5, 0)), ('bluetooth', (31, 3, 1)),
    ('xdp', (44, 3, 0)), ('can', (29, 3, 1)), ('icmp', (2, 2, 1)), ('sctp', (2, 1, 132)), ('mptcp', (2, 1, 262)),
    ('uevent', (16, 3, 15)),
):
    attempt(name, lambda: socket.socket(*arguments))
""",
    ),
    Escape(
        "own-loopback-works",
        "A server and its client in one program reach each other.",
        """
import asyncio
async def answer(reader, writer):
    writer.write(await reader.readline())
    await writer.drain()
    writer.close()
async def main():
    try:
        server = await asyncio.start_server(answer, 'localhost', 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection('localhost', port)
        writer.write(b'hi\\n')
        print(await reader.readline())
    except OSError as error: print('no network', type(error).__name__)
asyncio.run(main())
""",
        prints=r"\Ab'hi\\n'\n\Z",
        sealed_prints=r"\Ano network \w+\n\Z",
    ),
)
