import time
t = time.perf_counter()
for i in range(3):
    time.sleep(0.5)
    print(i)
print(f'{time.perf_counter() - t:.1f}')
