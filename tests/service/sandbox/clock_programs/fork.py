import os
import time

start = time.monotonic()
time.sleep(1)
child = os.fork()
if not child:
    time.sleep(0.3)
    print("child", round(time.monotonic() - start, 1), flush=True)
    os._exit(3)
time.sleep(0.1)
print("parent", round(time.monotonic() - start, 1))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), round(time.monotonic() - start, 1))
time.sleep(1)
print("end", round(time.monotonic() - start, 1))
