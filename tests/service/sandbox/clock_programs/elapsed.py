import asyncio, time

async def main():
    t = time.perf_counter()
    await asyncio.gather(asyncio.sleep(1), asyncio.sleep(1.5))
    print(f'{time.perf_counter() - t:.1f}')
    t = time.monotonic()
    await asyncio.sleep(0.5)
    print(f'{time.monotonic() - t:.1f}')
    t = time.time()
    await asyncio.sleep(0.5)
    print(f'{time.time() - t:.1f}')
    l = asyncio.get_running_loop()
    t = l.time()
    await asyncio.sleep(0.3)
    print(f'{l.time() - t:.1f}')
asyncio.run(main())
