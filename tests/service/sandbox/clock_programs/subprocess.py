import asyncio, sys

async def main():
    p = await asyncio.create_subprocess_exec('/bin/sh', '-c', 'sleep 0.3; echo out', stdout=asyncio.subprocess.PIPE)
    print((await asyncio.wait_for(p.communicate(), timeout=5))[0])
    p = await asyncio.create_subprocess_exec('/bin/sleep', '3')
    try:
        await asyncio.wait_for(p.wait(), timeout=0.3)
    except asyncio.TimeoutError:
        print('too slow')
        p.kill()
        print('rc', await p.wait())
asyncio.run(main())
