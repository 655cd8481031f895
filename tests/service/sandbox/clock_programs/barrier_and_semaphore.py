import threading
import time

barrier, places = threading.Barrier(3), threading.BoundedSemaphore(2)


def work(number):
    time.sleep(number / 10)
    barrier.wait()
    time.sleep(number / 20)
    with places:
        print("in", number)
        time.sleep(0.5)
        print("out", number)


threads = [threading.Thread(target=work, args=(number,)) for number in (1, 2, 3)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join(timeout=0.35)
    print(thread.is_alive())
print(places.acquire(timeout=0.05))
try:
    threading.Barrier(2, timeout=0.5).wait()
except threading.BrokenBarrierError:
    print("broken")
