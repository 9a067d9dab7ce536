"""Run in an adopted project: what the log, the server and OpenTelemetry are told."""

import asyncio
import logging
import os
import re
from types import SimpleNamespace

import pytest
from app.database_kit import telemetry as database_telemetry
from app.database import SessionDep, dispose_engine, get_engine, install_database, session_scope
from app.database_kit.settings import get_database_settings
from fastapi import APIRouter, FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]


# On a busy machine all takes longer than it should.
SECONDS = r"\d+\.[1-9] s|[1-9]\d*\.0 s"


@pytest.fixture
def slow_seconds():
    return "0.05"


@pytest.fixture
async def client(monkeypatch, caplog, slow_seconds):
    caplog.set_level(logging.INFO, "app.database_kit.telemetry")
    monkeypatch.setenv("DATABASE_SLOW_SECONDS", slow_seconds)
    get_database_settings.cache_clear()
    app = FastAPI()
    install_database(app)
    router = APIRouter(prefix="/orders")

    @router.get("/{order}")
    async def read_order(order: str, session: SessionDep):
        await session.execute(text("SELECT pg_sleep(0.06),\n :order"), {"order": order})

    @router.get("/{order}/quick")
    async def read_quick(order: str, session: SessionDep):
        await session.execute(text("SELECT 1"))

    @router.get("/{order}/holding")
    async def hold(order: str, session: SessionDep):
        await session.execute(text("SELECT 1"))
        await asyncio.sleep(0.06)

    app.include_router(router, prefix="/api")
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await dispose_engine()
    monkeypatch.undo()
    get_database_settings.cache_clear()


def logged(caplog):
    return [record.getMessage() for record in caplog.records if record.name.startswith("app.")]


async def test_a_slow_query_is_logged_with_its_route_and_no_value(client, caplog):
    await client.get("/api/orders/s3cr3t")

    opened, slow, held = logged(caplog)
    route = re.escape("in GET /api/orders/{order}")
    assert opened == "Connection opened in GET /api/orders/{order}"
    assert re.match(rf"({SECONDS}) {route} for SELECT pg_sleep\(0\.06\), \$1", slow)
    assert re.fullmatch(rf"Connection held for ({SECONDS}) {route}", held)
    assert "s3cr3t" not in caplog.text


@pytest.mark.parametrize("slow_seconds", ["60"])
async def test_what_is_quick_is_not_logged(client, caplog):
    await client.get("/api/orders/1/quick")
    caplog.clear()

    await client.get("/api/orders/1/quick")

    assert logged(caplog) == []


async def test_a_connection_that_is_held(client, caplog):
    await client.get("/api/orders/1/holding")

    [held] = [line for line in logged(caplog) if "held" in line]
    route = re.escape("in GET /api/orders/{order}/holding")
    assert re.fullmatch(rf"Connection held for ({SECONDS}) {route}", held)


async def test_a_slow_query_that_fails(client, caplog):
    async with session_scope() as session:
        await session.execute(text("SET LOCAL statement_timeout = 60"))
        with pytest.raises(DBAPIError):
            await session.execute(text("SELECT pg_sleep(5)"))
        await session.rollback()

    slow = rf"({SECONDS}) in no route for SELECT pg_sleep\(5\)"
    assert [line for line in logged(caplog) if re.fullmatch(slow, line)]


async def test_a_connection_that_is_lost(client, caplog):
    with pytest.raises(DBAPIError):
        async with session_scope() as session:
            await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert [line for line in logged(caplog) if line.startswith("Connection lost in no route: ")]


async def test_the_server_knows_the_process(client):
    async with session_scope() as session:
        name = await session.scalar(text("SHOW application_name"))

    assert name.startswith("parcel-tracking ")
    assert name.endswith(f":{os.getpid()}")
    assert len(name) <= 63


async def test_a_long_name_keeps_the_process(client, monkeypatch):
    await dispose_engine()
    monkeypatch.setenv("DATABASE_APPLICATION_NAME", "x" * 80)
    get_database_settings.cache_clear()

    async with session_scope() as session:
        name = await session.scalar(text("SHOW application_name"))

    assert name.endswith(f":{os.getpid()}")
    assert len(name) == 63


class Span:
    def __init__(self, name, kind, attributes):
        self.name, self.attributes, self.ended = name, attributes, False
        self.status = None

    def set_attribute(self, name, value):
        self.attributes[name] = value

    def set_status(self, status):
        self.status = status

    def end(self):
        self.ended = True


async def test_spans(client, monkeypatch):
    spans = []

    def start_span(name, *, kind, attributes):
        spans.append(Span(name, kind, attributes))
        return spans[-1]

    tracer = SimpleNamespace(start_span=start_span)
    trace = SimpleNamespace(
        get_tracer=lambda name: tracer,
        SpanKind=SimpleNamespace(CLIENT="client"),
        StatusCode=SimpleNamespace(ERROR="error"),
    )
    monkeypatch.setattr(database_telemetry, "trace", trace)
    async with session_scope() as session:
        await session.execute(text("select 1"))
    good = spans[-1]
    with pytest.raises(DBAPIError):
        async with session_scope() as session:
            await session.execute(text("SELECT 1 / 0"))
    bad = spans[-1]
    async with session_scope() as session:
        sleep = asyncio.create_task(session.execute(text("SELECT pg_sleep(60)")))
        while (await state_of_sleep(get_engine())) != "active":
            pass
        sleep.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sleep
        await session.rollback()
    cancelled = next(span for span in spans if "pg_sleep" in span.attributes["db.query.text"])

    assert (good.name, good.ended, good.status) == ("SELECT", True, None)
    assert good.attributes == {
        "db.system.name": "postgresql",
        "db.operation.name": "SELECT",
        "db.query.text": "select 1",
    }
    assert (bad.ended, bad.status, bad.attributes["error.type"]) == (True, "error", "22012")
    assert cancelled.ended


async def state_of_sleep(engine):
    async with engine.connect() as connection:
        query = "SELECT state FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)'"
        return await connection.scalar(text(query))
