import concurrent.futures
import multiprocessing
import time


def work(number):
    time.sleep(number / 10)
    return number


if __name__ == "__main__":
    context = multiprocessing.get_context("fork")
    with concurrent.futures.ProcessPoolExecutor(2, mp_context=context) as pool:
        for future in concurrent.futures.as_completed([pool.submit(work, number) for number in (3, 1)], timeout=4):
            print(future.result())
    time.sleep(1)
    print("end")
