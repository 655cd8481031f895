import _thread
import time

done = _thread.allocate_lock()
done.acquire()


def work():
    time.sleep(1)
    print("worked")
    done.release()


_thread.start_new_thread(work, ())
print("waits")
print(done.acquire(timeout=0.5))
print(done.acquire())
time.sleep(1)
print("end")
