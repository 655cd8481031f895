import asyncio, time

async def main():
    end = time.monotonic() + 0.3
    n = 0
    while time.monotonic() < end:
        await asyncio.sleep(0)
        n += 1
    print('spun', n > 10)
    end = asyncio.get_running_loop().time() + 0.2
    while asyncio.get_running_loop().time() < end:
        pass
    print('done')
asyncio.run(main())
