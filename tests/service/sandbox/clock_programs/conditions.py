import threading
import time

condition, items = threading.Condition(), []


def produce():
    for number in range(3):
        time.sleep(0.2)
        with condition:
            items.append(number)
            condition.notify()
            time.sleep(0.1)
            print("told of", number)


threading.Thread(target=produce).start()
start = time.monotonic()
with condition:
    for _ in range(3):
        condition.wait_for(lambda: items)
        print("took", items.pop(), f"{time.monotonic() - start:.1f}")
    print("nothing more:", condition.wait(timeout=1.5))
print(f"{time.monotonic() - start:.1f}")
