"""What a program may do: a sandbox that stops everything would pass every other test."""

from tests.service.sandbox.escapes.escape import ANYTHING, Escape

ESCAPES = (
    Escape(
        "virtual-sleep5",
        "A long sleep takes as long as the program thinks.",
        """
import asyncio, time
async def main():
    start = time.perf_counter()
    await asyncio.sleep(5)
    print(round(time.perf_counter() - start))
asyncio.run(main())
""",
        prints=r"\A5\n\Z",
        clock="virtual",
    ),
    Escape(
        "useful-subprocess",
        "A command can be called.",
        """
import asyncio
async def main():
    process = await asyncio.create_subprocess_exec('/bin/echo', 'hi', stdout=-1)
    print((await process.communicate())[0])
asyncio.run(main())
""",
        sealed=("error",),
        prints=r"\Ab'hi\\n'\n\Z",
        sealed_prints=ANYTHING,
    ),
    Escape(
        "useful-tempfile",
        "A temporary file can be written and read.",
        """
import tempfile
with tempfile.NamedTemporaryFile('w+') as file:
    file.write('x')
    file.seek(0)
    print(file.read())
""",
        sealed=("error",),
        prints=r"\Ax\n\Z",
        sealed_prints=ANYTHING,
    ),
    Escape(
        "useful-threads",
        "Threads can be used.",
        """
import concurrent.futures
with concurrent.futures.ThreadPoolExecutor(8) as executor: print(sum(executor.map(lambda n: n * n, range(100))))
""",
        prints=r"\A328350\n\Z",
    ),
    Escape(
        "useful-multiprocessing",
        "Processes can be used.",
        """
import multiprocessing
def work(queue): queue.put('works')
if __name__ == '__main__':
    context = multiprocessing.get_context('fork')
    queue = context.SimpleQueue()
    process = context.Process(target=work, args=(queue,))
    process.start()
    print(queue.get())
    process.join()
""",
        sealed=("error",),
        prints=r"\Aworks\n\Z",
        sealed_prints=ANYTHING,
    ),
)
