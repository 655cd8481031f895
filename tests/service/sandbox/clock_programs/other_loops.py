import asyncio
import selectors


async def tick(name):
    for number in range(3):
        print(name, number)
        await asyncio.sleep(0.4)


for kind in (selectors.SelectSelector, selectors.PollSelector):
    with asyncio.Runner(loop_factory=lambda kind=kind: asyncio.SelectorEventLoop(kind())) as runner:
        runner.run(tick(kind.__name__))
asyncio.run(tick("debug"), debug=True)
