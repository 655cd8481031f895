import asyncio
import gc
from unittest import mock


class Mine(asyncio.Task):
    def get_name(self):
        print("get_name was called")
        return super().get_name()

    def exception(self):
        print("exception was called")
        return super().exception()

    def __repr__(self):
        print("__repr__ was called")
        return "mine"


class Callback:
    def __getattr__(self, name):
        print("asked for", name)
        raise AttributeError(name)

    def __call__(self):
        print("called back")


async def fail():
    await asyncio.sleep(0.1)
    raise ValueError("nobody looks")


async def main():
    loop = asyncio.get_running_loop()
    print(loop.get_task_factory(), asyncio.current_task().get_name(), len(asyncio.all_tasks()))
    task = asyncio.create_task(fail())
    await asyncio.sleep(0.2)
    del task
    gc.collect()
    mine = Mine(asyncio.sleep(0.1, "mine"), loop=loop)
    print(await mine)
    loop.call_soon(Callback())
    loop.call_soon(mock.Mock(side_effect=lambda: print("mocked")))
    tasks = [asyncio.create_task(asyncio.sleep(0.1 * number), name=f"task {number}") for number in range(60)]
    done, pending = await asyncio.wait(tasks, timeout=3.05)
    print(len(done), len(pending), sorted(task.get_name() for task in pending)[0])
    print(repr(tasks[59]).split(" coro")[0])
    for task in pending:
        task.cancel()
    print(len(await asyncio.gather(*tasks, return_exceptions=True)))


asyncio.run(main())
