import asyncio

async def main():
    try:
        async with asyncio.timeout(1):
            try:
                async with asyncio.timeout(0.3):
                    await asyncio.sleep(5)
            except TimeoutError:
                print('inner')
            await asyncio.sleep(5)
    except TimeoutError:
        print('outer')
    async with asyncio.timeout(None) as cm:
        cm.reschedule(asyncio.get_running_loop().time() + 0.2)
        try:
            await asyncio.sleep(1)
        except asyncio.CancelledError:
            print('cancelled')
            raise
try:
    asyncio.run(main())
except TimeoutError:
    print('outermost')
