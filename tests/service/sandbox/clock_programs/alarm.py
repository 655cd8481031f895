import signal
import time


class TooSlow(Exception):
    pass


def ring(number, frame):
    raise TooSlow


signal.signal(signal.SIGALRM, ring)
signal.setitimer(signal.ITIMER_REAL, 0.3)
try:
    time.sleep(2)
    print("slept")
except TooSlow:
    print("too slow")
time.sleep(2)
print("slept")
