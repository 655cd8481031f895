import asyncio

async def w(i, s, l):
    async with s:
        print('in', i)
        await asyncio.sleep(0.2)
        print('out', i)
    async with l:
        await asyncio.sleep(0.05)

async def main():
    s = asyncio.Semaphore(2)
    l = asyncio.Lock()
    await asyncio.gather(*[w(i, s, l) for i in range(5)])
    e = asyncio.Event()
    asyncio.get_running_loop().call_later(0.3, e.set)
    print(await e.wait())
    c = asyncio.Condition()

    async def n():
        await asyncio.sleep(0.2)
        async with c:
            c.notify_all()
    t = asyncio.create_task(n())
    async with c:
        await c.wait()
        print('notified')
asyncio.run(main())
