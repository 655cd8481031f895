import os
import select
import selectors
import threading
import time


def passed(start):
    return f"{time.monotonic() - start:.0f}"


start = time.monotonic()
read, write = os.pipe()
print(select.select([read], [], [], 0.5), passed(start))
poll = select.poll()
poll.register(read, select.POLLIN)
print(poll.poll(500), passed(start))
with select.epoll() as epoll:
    epoll.register(read, select.EPOLLIN)
    print(epoll.poll(0.5), passed(start))
threading.Timer(0.5, os.write, (write, b"x")).start()
print(len(poll.poll(5000)), passed(start))
print(os.read(read, 1))
for kind in (selectors.SelectSelector, selectors.PollSelector, selectors.EpollSelector):
    with kind() as selector:
        selector.register(read, selectors.EVENT_READ)
        print(selector.select(0.2), passed(start))
        threading.Timer(0.3, os.write, (write, b"x")).start()
        print(len(selector.select()), os.read(read, 1), passed(start))
