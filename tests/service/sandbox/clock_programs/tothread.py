import asyncio, time

def block():
    print('thread start')
    time.sleep(1)
    print('thread end')
    return 42

async def tick():
    await asyncio.sleep(0.1)
    for i in range(3):
        print('tick', i)
        await asyncio.sleep(0.4)

async def main():
    print(await asyncio.gather(asyncio.to_thread(block), tick()))
asyncio.run(main())
