import asyncio

async def h(r, w):
    d = await r.readline()
    await asyncio.sleep(0.5)
    w.write(d.upper())
    await w.drain()
    w.close()

async def main():
    s = await asyncio.start_server(h, '127.0.0.1', 0)
    port = s.sockets[0].getsockname()[1]

    async def c(m):
        r, w = await asyncio.open_connection('127.0.0.1', port)
        w.write(m + b'\n')
        print(await asyncio.wait_for(r.readline(), 2))
        w.close()
    await asyncio.gather(c(b'a'), c(b'b'))
    try:
        r, w = await asyncio.open_connection('127.0.0.1', port)
        w.write(b'slow\n')
        await asyncio.wait_for(r.readline(), 0.1)
    except asyncio.TimeoutError:
        print('timeout')
    s.close()
asyncio.run(main())
