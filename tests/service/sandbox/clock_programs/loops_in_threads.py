import asyncio
import threading


async def tick(name, delay):
    for number in range(4):
        await asyncio.sleep(delay)
        print(name, number)


threads = [
    threading.Thread(target=asyncio.run, args=(tick(name, delay),))
    for name, delay in (("a", 0.3), ("b", 0.35), ("c", 0.5))
]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
loop = asyncio.new_event_loop()
thread = threading.Thread(target=loop.run_forever)
thread.start()
future = asyncio.run_coroutine_threadsafe(asyncio.sleep(2, "from the other loop"), loop)
print(future.result(timeout=5))
future = asyncio.run_coroutine_threadsafe(asyncio.sleep(2), loop)
try:
    future.result(timeout=0.5)
except TimeoutError:
    print("too slow", future.cancel())
loop.call_soon_threadsafe(loop.call_later, 0.1, loop.stop)
thread.join()
