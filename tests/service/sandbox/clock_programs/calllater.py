import asyncio

async def main():
    l = asyncio.get_running_loop()
    e = asyncio.Event()
    l.call_later(0.5, print, 'later .5')
    l.call_at(l.time() + 0.2, print, 'at .2')
    l.call_soon(print, 'soon')
    h = l.call_later(0.3, print, 'never')
    h.cancel()
    l.call_later(0.7, e.set)
    await e.wait()
    print('end')
asyncio.run(main())
