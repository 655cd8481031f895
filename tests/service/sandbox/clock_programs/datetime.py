import asyncio, datetime

async def main():
    a = datetime.datetime.now()
    await asyncio.sleep(2)
    b = datetime.datetime.now()
    print(round((b - a).total_seconds()))
    print(type(b).__name__, isinstance(b, datetime.datetime), repr(datetime.timedelta(seconds=2)))
    a = datetime.datetime.now(datetime.timezone.utc)
    await asyncio.sleep(1)
    print(int((datetime.datetime.now(datetime.timezone.utc) - a).total_seconds()))
asyncio.run(main())
