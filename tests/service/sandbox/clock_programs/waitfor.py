import asyncio

async def main():
    try:
        await asyncio.wait_for(asyncio.sleep(10), timeout=1)
    except asyncio.TimeoutError:
        print('timeout!')
    print(await asyncio.wait_for(asyncio.sleep(0.5, 'ok'), timeout=1))
asyncio.run(main())
