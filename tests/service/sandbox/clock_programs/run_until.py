import asyncio
loop = asyncio.new_event_loop()

async def m():
    await asyncio.sleep(0.5)
    return 1
print(loop.run_until_complete(m()))
loop.close()
with asyncio.Runner() as r:
    print(r.run(m()))
    print(r.run(m()))
