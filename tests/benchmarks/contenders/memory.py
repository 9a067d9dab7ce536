"""Run in an adopted project: what each of many rows takes of memory, as rows and as instances."""

import asyncio
import gc
import os
import tracemalloc

import asyncpg
import with_piccolo
import with_tortoise
from app.database import dispose_engine
from app.database_kit.hot_reads import HotRead
from app.database_kit.reads import read_session_scope
from app.models import Author
from sqlalchemy import select
from tortoise import Tortoise

COUNT = 100_000
COLUMNS = (Author.id, Author.name, Author.created_at, Author.updated_at)
FILL = "INSERT INTO authors (name) SELECT 'Author ' || generate_series(1, $1::int)"


async def entities() -> object:
    async with read_session_scope() as session:
        return (await session.scalars(select(Author))).all()


async def piccolo() -> object:
    return await with_piccolo.Author.objects()


async def tortoise() -> object:
    return await with_tortoise.Author.all()


async def main() -> None:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await connection.execute("TRUNCATE authors CASCADE")
    await with_piccolo.DB.start_connection_pool()
    await Tortoise.init(db_url=with_tortoise.DB_URL, modules={"models": ["with_tortoise"]})
    ways = {
        "`ReadSessionDep`, entities": entities,
        "**ours**: `HotRead`, models": HotRead(select(Author), into=Author).fetch,
        "**ours**: `HotRead`, rows": HotRead(select(*COLUMNS)).fetch,
        "Piccolo, objects": piccolo,
        "Tortoise, objects": tortoise,
    }
    for load in ways.values():
        await load()
    await connection.execute(FILL, COUNT)
    print(f"| bytes of each of {COUNT:,} | kept | at most | kept, to entities |\n|---|--:|--:|--:|")
    first = None
    for name, load in ways.items():
        gc.collect()
        tracemalloc.start()
        kept = await load()
        gc.collect()
        size, most = (total / COUNT for total in tracemalloc.get_traced_memory())
        tracemalloc.stop()
        del kept
        first = first or size
        print(f"| {name} | {size:.0f} | {most:.0f} | {size / first:.2f} |")
    await connection.close()
    await with_piccolo.DB.close_connection_pool()
    await Tortoise.close_connections()
    await dispose_engine()


asyncio.run(main())
