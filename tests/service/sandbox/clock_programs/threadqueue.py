import threading, queue, time
q = queue.Queue()

def prod():
    for i in range(3):
        time.sleep(0.3)
        q.put(i)
threading.Thread(target=prod).start()
while True:
    try:
        print(q.get(timeout=0.5))
    except queue.Empty:
        print('empty')
        break
ev = threading.Event()
threading.Timer(0.4, ev.set).start()
print(ev.wait(0.1), ev.wait(5))
