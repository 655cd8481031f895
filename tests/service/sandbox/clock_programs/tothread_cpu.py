import asyncio

def cpu():
    import hashlib
    h = b'x'
    for i in range(400000):
        h = hashlib.sha256(h).digest()
    return h.hex()[:4]

async def main():
    print(await asyncio.wait_for(asyncio.to_thread(cpu), timeout=20))
asyncio.run(main())
