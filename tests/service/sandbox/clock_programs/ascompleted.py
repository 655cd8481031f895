import asyncio

async def f(n):
    await asyncio.sleep(n / 10)
    return n

async def main():
    for c in asyncio.as_completed([f(3), f(1), f(2)]):
        print(await c)
    ts = [asyncio.create_task(f(n)) for n in (5, 2, 8)]
    d, p = await asyncio.wait(ts, return_when=asyncio.FIRST_COMPLETED)
    print(len(d), len(p))
    d, p = await asyncio.wait(p, timeout=0.4)
    print(len(d), len(p))
    [t.cancel() for t in p]
asyncio.run(main())
