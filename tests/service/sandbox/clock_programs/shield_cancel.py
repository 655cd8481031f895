import asyncio

async def work():
    try:
        await asyncio.sleep(1)
        print('work done')
        return 'r'
    except asyncio.CancelledError:
        print('work cancelled')
        raise

async def main():
    t = asyncio.create_task(work())
    try:
        await asyncio.wait_for(asyncio.shield(t), 0.3)
    except asyncio.TimeoutError:
        print('gave up waiting')
    print(await t)
    t = asyncio.create_task(work())
    await asyncio.sleep(0.2)
    t.cancel()
    try:
        await t
    except asyncio.CancelledError:
        print('c')
asyncio.run(main())
