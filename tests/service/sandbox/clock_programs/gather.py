import asyncio

async def w(n, d):
    print(n, 'start')
    await asyncio.sleep(d)
    print(n, 'done')
    return n

async def main():
    print(await asyncio.gather(w('a', 0.6), w('b', 0.2), w('c', 0.4)))
asyncio.run(main())
