"""What is under load: an application that keeps numbers, and takes its time."""

import logging
import sys
from contextlib import asynccontextmanager

from app.database import SessionDep, get_engine, install_database, session_scope
from fastapi import FastAPI, HTTPException, Response
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

CREATE = text("CREATE TABLE IF NOT EXISTS numbers (number int PRIMARY KEY)")
INSERT = text("INSERT INTO numbers VALUES (:number)")
SELECT = text("SELECT number FROM numbers WHERE number = :number")
SLEEP = text("SELECT pg_sleep(:seconds)")
LEFT = text("""
    SELECT count(*) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()
""")

# Each request that is refused would have its line.
logging.disable(logging.WARNING)
app = FastAPI()
install_database(app)


@app.exception_handler(Exception)
async def tell(_request, error):
    print(f"500 for {error!r}", file=sys.stderr)
    return Response(status_code=500)


@app.post("/numbers/{number}", status_code=201)
async def add(number: int, session: SessionDep) -> None:
    await session.execute(INSERT, {"number": number})


@app.get("/numbers/{number}")
async def get(number: int, session: SessionDep) -> int:
    found = await session.scalar(SELECT, {"number": number})
    if found is None:
        raise HTTPException(404)
    return found


@app.get("/sleep/{seconds}")
async def sleep(seconds: float, session: SessionDep) -> None:
    await session.execute(SLEEP, {"seconds": seconds})


@asynccontextmanager
async def open_client():
    """A client of the application, once the table is there."""
    async with session_scope() as session:
        await session.execute(CREATE)
    transport = ASGITransport(app, raise_app_exceptions=False)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def what_is_left():
    """Count what still holds a connection, here and on the server."""
    pool = get_engine().pool
    left = {"checked_out": pool.checkedout(), "waiting": pool.waiting()}
    async with session_scope() as session:
        left["on_the_server"] = await session.scalar(LEFT)
    return left


def percentile(values, share):
    """The value below which a share of them lies."""
    return sorted(values)[min(int(len(values) * share), len(values) - 1)] if values else 0
