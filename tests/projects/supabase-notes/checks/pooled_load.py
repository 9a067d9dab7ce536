"""Transactions on a table whose columns change places; run with `python -m checks.pooled_load N`.

Prints as JSON how many transactions ended well, failed, and read a wrong row.
"""

import asyncio
import json
import sys
from collections import Counter

from notes.database import dispose_engine, session_scope
from sqlalchemy import text

READ = text("SELECT * FROM items WHERE id = :id")
WRITE = text("INSERT INTO journal (item) VALUES (:id)")
TASKS = 6


async def work(first: int, transactions: int, seen: Counter[str]) -> None:
    for number in range(transactions):
        key = (first + number) % 100
        try:
            async with session_scope() as session:
                await session.execute(WRITE, {"id": key})
                row = (await session.execute(READ, {"id": key})).one()
            right = (row.id, row.a, row.b) == (key, f"a{key}", f"b{key}")
            seen["right" if right else "wrong"] += 1
        except Exception as error:
            seen["failed"] += 1
            print(error, file=sys.stderr)


async def main(transactions: int) -> None:
    seen: Counter[str] = Counter()
    try:
        async with asyncio.TaskGroup() as group:
            for task in range(TASKS):
                group.create_task(work(task * 17, transactions, seen))
    finally:
        await dispose_engine()
    print(json.dumps(seen))


asyncio.run(main(int(sys.argv[1])))
