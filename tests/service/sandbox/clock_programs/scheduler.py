import sched
import time

scheduler = sched.scheduler()
start = time.monotonic()
for delay, name in ((2, "second"), (1, "first"), (3, "third")):
    scheduler.enter(delay, 1, lambda name=name: print(name, round(time.monotonic() - start)))
scheduler.run()
