import threading
import time
import traceback

for length in (-1, float("nan"), 1e300, "1", None, 0, 0.0, True):
    try:
        print(time.sleep(length))
    except Exception:
        traceback.print_exc()
for call in (
    lambda: threading.Lock().release(),
    lambda: threading.RLock().release(),
    lambda: threading.Lock().acquire(False, 1),
    lambda: threading.Lock().acquire(timeout=1e300),
    lambda: threading.Thread().join(),
    lambda: threading.current_thread().join(),
    lambda: threading.Thread().start(1),
    lambda: time.localtime("x"),
    lambda: time.strftime(1),
):
    try:
        call()
    except Exception as error:
        print(type(error).__name__)
time.sleep(-1)
