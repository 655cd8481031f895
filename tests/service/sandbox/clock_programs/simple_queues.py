import queue
import threading
import time

things = queue.SimpleQueue()
start = time.monotonic()


def take(name):
    while (thing := things.get()) is not None:
        print(name, thing)
        time.sleep(0.5)


workers = [threading.Thread(target=take, args=(name,)) for name in "ab"]
for worker in workers:
    worker.start()
    time.sleep(0.01)
for number in range(4):
    things.put(number)
    time.sleep(0.1)
for worker in workers:
    things.put_nowait(None)
for worker in workers:
    worker.join()
try:
    things.get(timeout=1)
except queue.Empty:
    print("empty", f"{time.monotonic() - start:.0f}")
bounded = queue.Queue(1)
bounded.put(1)
try:
    bounded.put(2, timeout=1)
except queue.Full:
    print("full", f"{time.monotonic() - start:.0f}")
print(bounded.get(), bounded.qsize())
bounded.task_done()
bounded.join()
