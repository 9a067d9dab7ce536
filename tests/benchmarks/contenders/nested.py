"""Run in an adopted project: relationships by each way to load them."""

import asyncio
import json
import statistics
import sys
import time
from collections import defaultdict
from datetime import datetime
from uuid import UUID

from app.database import dispose_engine, session_scope
from app.database_kit import hot_statements
from app.database_kit.hot_pool import Driver
from app.database_kit.hot_reads import HotRead, use_driver
from app.models import Author, Book
from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload
from sqlalchemy.orm.attributes import set_committed_value

AUTHORS, BOOKS = hot_statements.Entities(Author), hot_statements.Entities(Book)
HOT = HotRead(select(Author), Author.books, into=Author)
WITH_BOOKS = select(Author).options(selectinload(Author.books))
OF_AUTHORS = ", ".join(f"a.{key}" for key in AUTHORS.keys)
OF_BOOKS = ", ".join(f"b.{key}" for key in BOOKS.keys)
SQL_AUTHORS = f"SELECT {OF_AUTHORS} FROM authors a"
SQL_BOOKS = f"SELECT {OF_BOOKS} FROM books b WHERE b.author_id = ANY($1)"
SQL_JSON = f"""
    SELECT json_agg(json_build_array({OF_AUTHORS}, (
        SELECT coalesce(json_agg(json_build_array({OF_BOOKS})), '[]')
        FROM books b WHERE b.author_id = a.id
    )))::text FROM authors a
"""


async def session() -> object:
    async with session_scope() as session:
        return (await session.scalars(WITH_BOOKS)).all()


async def by_level() -> object:
    return await HOT.fetch()


async def rows() -> object:
    async def call(driver: Driver) -> object:
        authors = await driver.fetch(SQL_AUTHORS)
        return authors, await driver.fetch(SQL_BOOKS, [author["id"] for author in authors])

    return await use_driver(call)


async def text() -> str:
    async def call(driver: Driver) -> str:
        return await driver.fetchval(SQL_JSON)

    return await use_driver(call)


async def decoded() -> list:
    return json.loads(await text())


async def by_json() -> object:
    found = await decoded()
    identities = {}
    of_authors, of_books = converters(AUTHORS.keys), converters(BOOKS.keys)
    values = (convert(row, of_authors) for row in found)
    authors = AUTHORS.load(values, AUTHORS.keys, identities)
    for author, row in zip(authors, found, strict=True):
        values = [convert(book, of_books) for book in row[-1]]
        books = BOOKS.load(values, BOOKS.keys, identities)
        set_committed_value(author, "books", books)
    return authors


def converters(keys: list[str]) -> list:
    """What makes Python's values of JSON's, by column."""
    by_ending = {"id": UUID, "at": datetime.fromisoformat}
    return [by_ending.get(key[-2:], str) for key in keys]


def convert(row: list, functions: list) -> list:
    # The books of an author come behind its columns.
    return [function(value) for function, value in zip(functions, row, strict=False)]


async def main(rounds: int) -> None:
    async with session_scope() as session_:
        await session_.execute(delete(Author))
        session_.add_all(
            Author(name=f"{n}", books=[Book(title=f"{n}.{m}") for m in range(20)])
            for n in range(50)
        )
    ways = {
        "`selectinload` in a session": session,
        "**ours**: `HotRead`, a statement a level": by_level,
        "the same by JSON that PostgreSQL makes": by_json,
        "that JSON, decoded and not converted": decoded,
        "that JSON, as text": text,
        "asyncpg's rows, two statements": rows,
    }
    for load in (session, by_level, by_json):
        assert sum(len(author.books) for author in await load()) == 1000
    times = defaultdict(list)
    for _ in range(rounds):
        for name, load in ways.items():
            start = time.process_time()
            for _ in range(3):
                await load()
            times[name].append((time.process_time() - start) / 3 * 1e3)
    await dispose_engine()
    first = times["`selectinload` in a session"]
    print("| 50 authors with 20 books each | ms | to `selectinload` |\n|---|--:|--:|")
    for name, taken in times.items():
        ratio = statistics.median(map(lambda a, b: a / b, first, taken))
        print(f"| {name} | {min(taken):.2f} | {ratio:.2f} |")


asyncio.run(main(int(sys.argv[1])))
