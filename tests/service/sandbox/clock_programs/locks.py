import threading
import time

lock, reentrant = threading.Lock(), threading.RLock()


def hold(name, kind, delay):
    with kind:
        print(name, "has it")
        time.sleep(delay)
        print(name, "is done")


for kind in (lock, reentrant):
    threads = [threading.Thread(target=hold, args=(name, kind, 0.3)) for name in "abc"]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    print("in time:", kind.acquire(timeout=0.2))
    print("patient:", kind.acquire(timeout=5))
    kind.release()
    for thread in threads:
        thread.join()
