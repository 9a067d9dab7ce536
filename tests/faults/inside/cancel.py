"""Requests whose clients go at any moment: COUNT."""

import asyncio
import json
import random
import sys
from collections import Counter

from app.database import dispose_engine, get_engine

from .application import open_client, what_is_left

AT_ONCE = 40


async def main(count):
    ended = Counter()
    chance = random.Random(1)

    async def ask(client, number):
        paths = [("GET", "/sleep/0.02"), ("POST", f"/numbers/{number}"), ("GET", "/numbers/1")]
        task = asyncio.create_task(client.request(*chance.choice(paths)))
        await asyncio.sleep(chance.uniform(0, 0.05))
        task.cancel()
        try:
            ended[(await task).status_code] += 1
        except asyncio.CancelledError:
            ended["cancelled"] += 1

    async def keep_asking(client, first):
        # As many again end before they are cancelled.
        number = first
        while ended["cancelled"] < count:
            await ask(client, number)
            number += AT_ONCE

    async with open_client() as client:
        await asyncio.gather(*(keep_asking(client, first) for first in range(AT_ONCE)))
        left = await what_is_left()
        capacity = get_engine().pool.capacity()
        paths = ["/sleep/0.2"] * capacity
        answers = await asyncio.gather(*(client.get(path) for path in paths))
        usable = sum(answer.status_code == 200 for answer in answers)
    await dispose_engine()
    result = {"ended": ended, "left": left, "capacity": capacity, "usable": usable}
    print(json.dumps(result))


asyncio.run(main(int(sys.argv[1])))
