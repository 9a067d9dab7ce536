"""Requests at four times the rate that the pool can serve: SECONDS."""

import asyncio
import json
import sys
from collections import Counter
from time import perf_counter

from app.database import dispose_engine, get_engine

from .application import open_client, percentile, what_is_left

HOLD_SECONDS = 0.5
FACTOR = 4


async def main(seconds):
    statuses = Counter()
    accepted, refused = [], []
    without_retry_after = 0

    async def ask(client):
        nonlocal without_retry_after
        start = perf_counter()
        response = await client.get(f"/sleep/{HOLD_SECONDS}")
        took = perf_counter() - start
        statuses[response.status_code] += 1
        (accepted if response.status_code == 200 else refused).append(took)
        if response.status_code == 503 and "Retry-After" not in response.headers:
            without_retry_after += 1

    async with open_client() as client:
        capacity = get_engine().pool.capacity() / HOLD_SECONDS
        tasks = set()
        start = perf_counter()
        count = 0
        while (now := perf_counter() - start) < seconds:
            while count < now * capacity * FACTOR:
                count += 1
                task = asyncio.create_task(ask(client))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            await asyncio.sleep(0.005)
        await asyncio.gather(*tasks)
        took = perf_counter() - start
        left = await what_is_left()
    await dispose_engine()
    result = {
        "statuses": statuses,
        "without_retry_after": without_retry_after,
        "served": len(accepted) / (capacity * took),
        "p50": percentile(accepted, 0.5),
        "p99": percentile(accepted, 0.99),
        "refused_p99": percentile(refused, 0.99),
        "left": left,
    }
    print(json.dumps(result))


asyncio.run(main(float(sys.argv[1])))
