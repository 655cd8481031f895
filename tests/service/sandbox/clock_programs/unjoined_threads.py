import atexit
import threading
import time


def work(name, delay):
    time.sleep(delay)
    print(name)


atexit.register(print, "at exit")
threading.Thread(target=work, args=("slow", 1.0)).start()
threading.Thread(target=work, args=("quick", 0.3)).start()
threading.Thread(target=work, args=("never", 60), daemon=True).start()
print("main ends")
