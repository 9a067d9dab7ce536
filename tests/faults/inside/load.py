"""Writes and reads by many workers, until its input ends: WORKERS.

Prints each request as JSON, [when it began, when it ended, status, number, what it was]; wall time,
as another process tells when the server was away.
"""

import asyncio
import json
import sys
from itertools import count
from time import time

from app.database import dispose_engine

from .application import open_client


async def main(workers):
    seen = []
    numbers = count(1)
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))

    async def work(client):
        while not ended.done():
            number = next(numbers)
            start = time()
            status = (await client.post(f"/numbers/{number}")).status_code
            seen.append((start, time(), status, number, "write"))
            if status != 201:
                # As a client does that was told to come back later.
                await asyncio.sleep(0.02)
                continue
            start = time()
            response = await client.get(f"/numbers/{number}")
            status = response.status_code
            right = status == 200 and response.json() == number
            seen.append((start, time(), 200 if right else -status, number, "read"))

    async with open_client() as client:
        print("ready", flush=True)
        await asyncio.gather(*(work(client) for _ in range(workers)))
    await dispose_engine()
    print(json.dumps(seen))


asyncio.run(main(int(sys.argv[1])))
