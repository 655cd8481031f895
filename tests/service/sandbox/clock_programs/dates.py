import datetime
import pickle
import time
from datetime import date, datetime as moment


class Mine(moment):
    pass


before = moment.now(), Mine.now(), moment.utcnow(), moment.now(datetime.timezone.utc), date.today()
print([type(value).__name__ for value in before], moment.now is not None)
print(moment is datetime.datetime, isinstance(before[1], moment), issubclass(moment, date), type(moment))
print(repr(moment(2024, 1, 2)), pickle.loads(pickle.dumps(before[0])) == before[0])
time.sleep(3)
print(round((moment.now() - before[0]).total_seconds()), round((Mine.now() - before[1]).total_seconds()))
print(round((moment.now(datetime.timezone.utc) - before[3]).total_seconds()))
print(abs(time.time() - moment.now().timestamp()) < 0.1, abs(time.mktime(time.localtime()) - time.time()) < 2)
print(time.strftime("%H:%M") == moment.now().strftime("%H:%M"), time.ctime()[:16] == moment.now().ctime()[:16])
print(abs(time.clock_gettime(time.CLOCK_REALTIME) - time.time()) < 0.1)
print(abs(time.clock_gettime_ns(time.CLOCK_MONOTONIC) - time.monotonic_ns()) < 1e8)
print(time.perf_counter_ns() > 0, time.process_time() < 5, time.thread_time() < 5)
