"""Run in an adopted project: readiness, with a database in each state."""

import asyncio
from time import monotonic

import pytest
from alembic.command import downgrade, stamp, upgrade
from app import database
from app.database import dispose_engine, get_engine, install_database, session_scope
from app.database_kit.health import TIMEOUT_SECONDS
from fastapi import Depends, FastAPI, HTTPException
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text

pytestmark = pytest.mark.anyio

WAIT_SECONDS = 30
"""What the engine would wait for; a health check has a time limit of its own."""


def deny():
    raise HTTPException(401)


@pytest.fixture
def app():
    """An application that asks everybody who they are, and has an answer to all."""
    app = FastAPI(dependencies=[Depends(deny)])

    @app.get("/{path:path}")
    def catch_all(path: str):
        return "caught"

    install_database(app)
    return app


@pytest.fixture
async def client(app):
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        yield client
    await dispose_engine()


@pytest.mark.usefixtures("migrated_database")
async def test_a_database_that_answers(client):
    response = await client.get("/health/database")

    # The revision of this test run is none that the project has.
    assert response.json() == {
        "status": "ready",
        "migrations": "ahead",
        "pool": {"limit": 15, "open": 1, "in_use": 0, "waiting": 0},
    }
    assert response.status_code == 200


@pytest.mark.usefixtures("empty_database")
def test_migrations(app, alembic_config, monkeypatch, tmp_path):
    versions = alembic_config.get_main_option("version_locations")
    ini = tmp_path / "alembic.ini"
    with ini.open("w") as file:
        alembic_config.file_config.write(file)
    monkeypatch.setattr("app.database_kit.revisions.PROJECT", tmp_path)
    assert versions

    def state():
        with TestClient(app) as client:
            response = client.get("/health/database")
        return response.status_code, response.json()["migrations"]

    assert state() == (503, "behind")
    upgrade(alembic_config, "head")
    assert state() == (200, "newest")
    downgrade(alembic_config, "base")
    assert state() == (503, "behind")
    stamp(alembic_config, "head")
    assert state() == (200, "newest")


@pytest.mark.usefixtures("migrated_database")
async def test_a_role_that_may_not_read_the_revision(client, configure, server_url):
    async with session_scope() as session:
        await session.execute(text("CREATE ROLE reader LOGIN"))
        database = await session.scalar(text("SELECT current_database()"))
    try:
        host = server_url.hosts[0].name
        await configure(url=f"postgresql://reader@/{database}?host={host}")
        response = await client.get("/health/database")
    finally:
        await configure(url=server_url.dsn)
        async with session_scope() as session:
            await session.execute(text("DROP ROLE reader"))

    assert (response.status_code, response.json()["migrations"]) == (200, "unknown")


@pytest.mark.usefixtures("migrated_database")
async def test_an_exhausted_pool(client, configure):
    await configure(pool_size=1, max_overflow=0, pool_timeout_seconds=WAIT_SECONDS)
    async with session_scope() as session:
        await session.execute(text("SELECT 1"))
        begin = monotonic()
        responses = await asyncio.gather(*[client.get("/health/database") for _ in range(9)])
        took = monotonic() - begin
    after = await client.get("/health/database")

    assert {response.status_code for response in responses} == {503}
    pool = {"limit": 1, "open": 1, "in_use": 1, "waiting": 1}
    assert responses[0].json()["pool"] == pool
    assert took < WAIT_SECONDS / 2
    assert after.status_code == 200
    assert get_engine().pool.checkedout() == 0


async def test_a_network_that_is_silent(client, configure):
    async def swallow(reader, writer):
        await reader.read()
        writer.close()

    server = await asyncio.start_server(swallow, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    url = f"postgresql://u:s3cr3t@127.0.0.1:{port}/x"
    await configure(url=url, connect_timeout_seconds=WAIT_SECONDS)
    begin = monotonic()

    response = await client.get("/health/database")

    assert monotonic() - begin < WAIT_SECONDS / 2
    assert response.status_code == 503
    assert response.json()["problem"] == f"no answer within {TIMEOUT_SECONDS} s"
    server.close()


@pytest.mark.parametrize("url", ["postgresql://u:s3cr3t@127.0.0.1:1/x", "s3cr3t"])
async def test_no_server_and_no_settings(client, configure, url, caplog):
    await configure(url=url)

    response = await client.get("/health/database")

    assert response.status_code == 503
    assert response.json()["problem"] == "the database cannot be used"
    assert "s3cr3t" not in caplog.text + response.text
    assert "127.0.0.1" not in response.text
    assert "Not ready" in caplog.text


async def test_liveness_uses_no_database(client, configure):
    await configure(url="postgresql://u@127.0.0.1:1/x")

    response = await client.get("/health/live")

    assert response.status_code == 200
    assert not database._engines
