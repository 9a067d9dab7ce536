"""Writes, each read at once from the replica, by many workers until its input ends: WORKERS.

Prints each as JSON: [when it began, what went wrong, whether a read found it, whether a read that
must see it did, whether that one was on the replica]; wall time.
"""

import asyncio
import json
import sys
from itertools import count
from time import time

from app.database import dispose_engine, session_scope
from app.database_kit import reads as database_reads
from app.database_kit.reads import get_write_position, read_session_scope
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from .application import CREATE, INSERT, SELECT

IS_REPLICA = text("SELECT pg_is_in_recovery()")

# To see it come back without waiting for half a minute.
database_reads.REPLICA_RETRY_SECONDS = 1


async def try_once(number):
    async with session_scope() as session:
        await session.execute(INSERT, {"number": number})
        await session.commit()
        position = await get_write_position(session)
    async with read_session_scope() as session:
        found = await session.scalar(SELECT, {"number": number})
    async with read_session_scope(after=position) as session:
        must_find = await session.scalar(SELECT, {"number": number})
        return found == number, must_find == number, await session.scalar(IS_REPLICA)


async def main(workers):
    seen = []
    numbers = count(1)
    ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))

    async def work():
        while not ended.done():
            start = time()
            try:
                seen.append((start, "", *await try_once(next(numbers))))
            except (DBAPIError, OSError) as error:
                seen.append((start, repr(error), False, False, False))

    async with session_scope() as session:
        await session.execute(CREATE)
    print("ready", flush=True)
    await asyncio.gather(*(work() for _ in range(workers)))
    await dispose_engine()
    print(json.dumps(seen))


asyncio.run(main(int(sys.argv[1])))
