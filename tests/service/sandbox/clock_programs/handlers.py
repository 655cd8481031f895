import os
import signal
import threading
import time


def handle(number, frame):
    print("signal", f"{time.monotonic() - start:.1f}")
    time.sleep(0.5)
    print("handled", f"{time.monotonic() - start:.1f}")


signal.signal(signal.SIGUSR1, handle)
start = time.monotonic()
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1)).start()
time.sleep(1)
print("slept", f"{time.monotonic() - start:.1f}")
