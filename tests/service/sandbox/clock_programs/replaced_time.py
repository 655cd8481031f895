import asyncio
import time
from unittest import mock

with mock.patch("time.sleep") as sleep, mock.patch("time.monotonic", return_value=5.0):
    time.sleep(3)
    print(sleep.call_args, time.monotonic())
real = time.sleep
time.sleep = lambda seconds: print("would sleep", seconds)
time.sleep(9)
time.sleep = real
time.sleep(1)
asyncio.run(asyncio.sleep(1))
print("end")
