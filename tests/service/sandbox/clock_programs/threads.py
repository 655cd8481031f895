import threading, time

def w(n, d):
    time.sleep(d)
    print(n)
ts = [threading.Thread(target=w, args=(n, d)) for n, d in (('a', 0.6), ('b', 0.2), ('c', 0.4))]
[t.start() for t in ts]
[t.join() for t in ts]
print('joined')
