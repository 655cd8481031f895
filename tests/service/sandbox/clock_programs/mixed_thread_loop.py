import asyncio, threading, time

async def main():
    loop = asyncio.get_running_loop()
    f = loop.create_future()

    def t():
        time.sleep(0.5)
        loop.call_soon_threadsafe(f.set_result, 'from thread')
    threading.Thread(target=t).start()

    async def tick():
        for i in range(4):
            print('tick', i)
            await asyncio.sleep(0.2)
    print((await asyncio.gather(f, tick()))[0])
    print(await asyncio.wait_for(loop.run_in_executor(None, lambda: (time.sleep(0.3), 'x')[1]), 1))
    try:
        await asyncio.wait_for(loop.run_in_executor(None, time.sleep, 1), 0.2)
    except asyncio.TimeoutError:
        print('executor timeout')
asyncio.run(main())
