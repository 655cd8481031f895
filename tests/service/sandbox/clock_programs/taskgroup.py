import asyncio

async def ok(n):
    await asyncio.sleep(n)
    print('ok', n)

async def bad():
    await asyncio.sleep(0.3)
    raise ValueError('boom')

async def main():
    try:
        async with asyncio.TaskGroup() as tg:
            tg.create_task(ok(0.1))
            tg.create_task(bad())
            tg.create_task(ok(1))
    except* ValueError as e:
        print('caught', [str(x) for x in e.exceptions])
asyncio.run(main())
