import asyncio

async def prod(q):
    for i in range(5):
        await asyncio.sleep(0.1)
        await q.put(i)
        print('put', i)
    await q.put(None)

async def cons(q):
    while (x := (await q.get())) is not None:
        print('got', x)
        await asyncio.sleep(0.25)

async def main():
    q = asyncio.Queue(2)
    await asyncio.gather(prod(q), cons(q))
asyncio.run(main())
