import concurrent.futures, time

def f(n):
    time.sleep(n / 10)
    print('did', n)
    return n
with concurrent.futures.ThreadPoolExecutor(2) as ex:
    print(list(ex.map(f, [5, 2, 2])))
    try:
        ex.submit(f, 9).result(timeout=0.3)
    except concurrent.futures.TimeoutError:
        print('result timeout')
