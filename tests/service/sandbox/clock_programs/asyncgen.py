import asyncio

async def ticker(n, d):
    for i in range(n):
        yield i
        await asyncio.sleep(d)

async def main():
    async for i in ticker(4, 0.25):
        print(i)
    print([i async for i in ticker(3, 0.1)])
asyncio.run(main())
