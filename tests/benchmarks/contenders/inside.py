"""Run in an adopted project: what reads, inserts and bulk loads cost beside the driver."""

import os
import statistics
import sys
import time
from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID, uuid4

import asyncpg
import uvloop
import with_piccolo
import with_tortoise
from app.database import dispose_engine, get_engine, session_scope
from app.database_kit.bulk import copy_rows, upsert_rows
from app.database_kit.hot_reads import HotRead
from app.database_kit.hot_writes import HotWrite
from app.database_kit.reads import read_session_scope
from app.models import Author
from sqlalchemy import bindparam, insert, select
from tortoise import Tortoise

COLUMNS = select(Author.id, Author.name, Author.created_at, Author.updated_at)
ROWS = COLUMNS.where(Author.id == bindparam("key"))
ENTITY = select(Author).where(Author.id == bindparam("key"))
HOT, HOT_ALL = HotRead(ROWS), HotRead(COLUMNS)
MODEL, MODELS = HotRead(ENTITY, into=Author), HotRead(select(Author), into=Author)
INSERT = insert(Author).returning(*COLUMNS.selected_columns)
WRITE = HotWrite(INSERT)

SQL_COLUMNS = "id, name, created_at, updated_at"
SQL_ALL = f"SELECT {SQL_COLUMNS} FROM authors"
SQL_KEY = f"{SQL_ALL} WHERE id = $1"
SQL_INSERT = f"INSERT INTO authors (name) VALUES ($1) RETURNING {SQL_COLUMNS}"

NOW = datetime.now(UTC)
MANY = [
    {"id": uuid4(), "name": f"Author {number}", "created_at": NOW, "updated_at": NOW}
    for number in range(10_000)
]
RECORDS = [tuple(row.values()) for row in MANY]
NAMES = list(MANY[0])


async def no_reset(_: asyncpg.Connection) -> None:
    """Leave out the pool's query that resets a connection."""


async def main(rounds: int) -> None:
    pool = await asyncpg.create_pool(os.environ["DATABASE_URL"], reset=no_reset)
    raw = await asyncpg.connect(os.environ["DATABASE_URL"])
    await with_piccolo.DB.start_connection_pool()
    await Tortoise.init(db_url=with_tortoise.DB_URL, modules={"models": ["with_tortoise"]})
    key: UUID = await raw.fetchval("INSERT INTO authors (name) VALUES ('Ada') RETURNING id")
    one_statement = get_engine().execution_options(isolation_level="AUTOCOMMIT")

    async def raw_key() -> None:
        async with pool.acquire() as connection:
            dict(await connection.fetchrow(SQL_KEY, key))

    async def hot_key() -> None:
        await HOT.fetch_one(key=key)

    async def model_key() -> None:
        await MODEL.fetch_one(key=key)

    async def piccolo_key() -> None:
        await with_piccolo.Author.objects().where(with_piccolo.Author.id == key).first()

    async def tortoise_key() -> None:
        await with_tortoise.Author.get(id=key)

    async def rows_key() -> None:
        async with read_session_scope() as session:
            (await session.execute(ROWS, {"key": key})).one()

    async def entity_key() -> None:
        async with read_session_scope() as session:
            await session.scalar(ENTITY, {"key": key})

    async def session_key() -> None:
        async with session_scope() as session:
            await session.get(Author, key)

    async def raw_insert() -> None:
        async with pool.acquire() as connection:
            await connection.fetchrow(SQL_INSERT, "Somebody")

    async def hot_insert() -> None:
        await WRITE.fetch_one(name="Somebody")

    async def piccolo_insert() -> None:
        await with_piccolo.Author(name="Somebody").save()

    async def tortoise_insert() -> None:
        await with_tortoise.Author.create(name="Somebody")

    async def orm_insert() -> None:
        async with session_scope() as session:
            session.add(Author(name="Somebody"))

    async def single_insert() -> None:
        async with one_statement.connect() as connection:
            (await connection.execute(INSERT, {"name": "Somebody"})).one()

    async def empty() -> None:
        await raw.execute("TRUNCATE authors CASCADE")

    async def half() -> None:
        await empty()
        await raw.copy_records_to_table("authors", records=RECORDS[::2], columns=NAMES)

    async def raw_copy() -> None:
        async with raw.transaction():
            await raw.copy_records_to_table("authors", records=RECORDS, columns=NAMES)

    async def our_copy() -> None:
        async with session_scope() as session:
            await copy_rows(session, Author, MANY)

    async def our_upsert() -> None:
        async with session_scope() as session:
            await upsert_rows(session, Author, MANY, conflict=["id"], update=["name"])

    async def add_all() -> None:
        async with session_scope() as session:
            session.add_all([Author(**row) for row in MANY])

    async def full() -> None:
        await empty()
        await raw_copy()

    async def raw_all() -> None:
        async with pool.acquire() as connection:
            [dict(row) for row in await connection.fetch(SQL_ALL)]

    async def hot_all() -> None:
        await HOT_ALL.fetch()

    async def models_all() -> None:
        await MODELS.fetch()

    async def piccolo_all() -> None:
        await with_piccolo.Author.objects()

    async def tortoise_all() -> None:
        await with_tortoise.Author.all()

    async def rows_all() -> None:
        async with read_session_scope() as session:
            (await session.execute(COLUMNS)).all()

    async def entities_all() -> None:
        async with read_session_scope() as session:
            (await session.scalars(select(Author))).all()

    async def nothing() -> None:
        """Prepare nothing."""

    groups = {
        "read by key": (200, nothing, {
            "asyncpg": (raw_key, None), "HotRead": (hot_key, 0.90),
            "HotRead, model": (model_key, 0.60), "Piccolo, object": (piccolo_key, None),
            "Tortoise, object": (tortoise_key, None),
            "ReadSessionDep, rows": (rows_key, 0.27), "ReadSessionDep, entity": (entity_key, 0.22),
            "SessionDep, entity": (session_key, None),
        }),
        "insert": (100, nothing, {
            "asyncpg": (raw_insert, None), "HotWrite": (hot_insert, 0.92),
            "one statement": (single_insert, None), "Piccolo": (piccolo_insert, None),
            "Tortoise": (tortoise_insert, None),
            "SessionDep": (orm_insert, None),
        }),
        "10,000 rows in": (1, empty, {
            "COPY by asyncpg": (raw_copy, None), "copy_rows": (our_copy, 0.9),
            "add_all": (add_all, None),
        }),
        "10,000 rows in, half of them there": (1, half, {
            "COPY by asyncpg (none there)": (raw_copy, None), "upsert_rows": (our_upsert, 0.4),
        }),
        "10,000 rows out": (1, full, {
            "asyncpg": (raw_all, None), "HotRead": (hot_all, 0.95),
            "HotRead, models": (models_all, 0.60), "Piccolo, objects": (piccolo_all, None),
            "Tortoise, objects": (tortoise_all, None),
            "ReadSessionDep, rows": (rows_all, 0.65),
            "ReadSessionDep, entities": (entities_all, None),
        }),
    }  # fmt: skip
    print("| | | to asyncpg | goal | CPU to asyncpg's |\n|---|---|--:|--:|--:|")
    for group, (times, prepare, contenders) in groups.items():
        wall, cpu = defaultdict(list), defaultdict(list)
        for number in range(rounds + 1):
            for name, (run, _) in contenders.items():
                await (empty() if name.startswith("COPY") else prepare())
                if group == "read by key":
                    await raw.execute(
                        "INSERT INTO authors (id, name) VALUES ($1, 'Ada') ON CONFLICT DO NOTHING",
                        key,
                    )
                start, start_cpu = time.perf_counter(), time.process_time()
                for _ in range(times):
                    await run()
                if number:  # the first round warms
                    wall[name].append(time.perf_counter() - start)
                    cpu[name].append(time.process_time() - start_cpu)
        base = next(iter(contenders))
        for name, (_, goal) in contenders.items():
            ratio = statistics.median(
                ours / theirs for ours, theirs in zip(wall[base], wall[name], strict=True)
            )
            processor = min(cpu[base]) / min(cpu[name])
            print(f"| {group} | {name} | {ratio:.2f} | {goal or ''} | {processor:.2f} |")
    await raw.close()
    await pool.close()
    await with_piccolo.DB.close_connection_pool()
    await Tortoise.close_connections()
    await dispose_engine()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
