import asyncio
import concurrent.futures
import inspect
import sys
import threading
import time
import traceback

HIDDEN = ("threading.py", "thread.py", "base_events.py", "events.py", "runners.py", "_base.py")


def show(where):
    print(where, [frame.name for frame in traceback.extract_stack() if not frame.filename.endswith(HIDDEN)])


def fail(where):
    show(where)
    raise ValueError(where)


async def main():
    show("coroutine")
    asyncio.get_running_loop().call_later(0.1, show, "callback")
    await asyncio.sleep(0.2)
    with concurrent.futures.ThreadPoolExecutor() as pool:
        try:
            await asyncio.get_running_loop().run_in_executor(pool, fail, "executor")
        except ValueError:
            print(traceback.format_exc().count("File"))
    task = asyncio.create_task(asyncio.sleep(1, fail("task")))
    await task


thread = threading.Thread(target=fail, args=("thread",))
thread.start()
thread.join()
print(len(inspect.stack()), [type(time.sleep).__name__.startswith(("built", "func"))])
try:
    asyncio.run(main())
except ValueError:
    print([frame.name for frame in traceback.extract_tb(sys.exc_info()[2])][-2:])
asyncio.run(main())
