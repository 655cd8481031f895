import asyncio, os

async def main():
    r, w = os.pipe()
    l = asyncio.get_running_loop()
    rd = asyncio.StreamReader()
    await l.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(rd), os.fdopen(r, 'rb'))
    l.call_later(0.4, os.write, w, b'hello\n')
    print(await asyncio.wait_for(rd.readline(), 2))
    os.close(w)
asyncio.run(main())
