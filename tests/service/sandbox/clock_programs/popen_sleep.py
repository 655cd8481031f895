import subprocess, time
t = time.perf_counter()
subprocess.run(['/bin/sleep', '0.4'])
print(f'{time.perf_counter() - t:.1f}')
try:
    subprocess.run(['/bin/sleep', '3'], timeout=0.4)
except subprocess.TimeoutExpired:
    print('expired')
time.sleep(2)
print('end')
