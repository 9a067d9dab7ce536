"""Run in an adopted project: what clients hear of database errors."""

import asyncio
import logging
from pathlib import Path
from time import monotonic
from urllib.parse import quote

import pytest
from app import database
from app.database import SessionDep, dispose_engine, install_database, session_scope
from app.database_kit.bulk import copy_rows
from app.database_kit.hot_reads import HotRead
from app.models import Author
from fastapi import FastAPI, HTTPException, WebSocket
from fastapi.responses import JSONResponse
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient
from sqlalchemy import Uuid, bindparam, select, text
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]

SECRET = "s3cr3t"
TABLES = """
    CREATE TABLE parents (id int PRIMARY KEY, name varchar(5) NOT NULL UNIQUE, age smallint
        CHECK (age > 0), room int, EXCLUDE USING btree (room WITH =));
    CREATE TABLE children (parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
    CREATE TABLE restricted (parent int REFERENCES parents ON DELETE RESTRICT);
    INSERT INTO parents VALUES (1, 's3cr3', 5, 1)
"""


@pytest.fixture
async def tables():
    async with session_scope() as session:
        for statement in TABLES.split(";"):
            await session.execute(text(statement))
    yield
    async with session_scope() as session:
        await session.execute(text("DROP TABLE parents, children, restricted"))
    await dispose_engine()


def make_app():
    app = FastAPI()
    install_database(app)

    @app.post("/sql")
    async def run(sql: str, session: SessionDep):
        await session.execute(text(sql))

    @app.post("/age")
    async def set_age(age: int, session: SessionDep):
        await session.execute(text("UPDATE parents SET age = :age"), {"age": age})

    @app.get("/file")
    async def read_file(session: SessionDep):
        await session.execute(text("SELECT 1"))
        await (await session.connection()).run_sync(lambda _: Path("/no/such/file").read_text())

    @app.get("/own-timeout")
    async def own_timeout(session: SessionDep):
        async with asyncio.timeout(0.05):
            await session.execute(text("SELECT pg_sleep(5)"))

    return app


@pytest.fixture
def app():
    return make_app()


def client_of(app):
    transport = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://test")


async def post(app, sql):
    async with client_of(app) as client:
        return await client.post("/sql", params={"sql": sql})


@pytest.mark.parametrize(
    ("sql", "status"),
    [
        ("INSERT INTO parents VALUES (1, 's3cr3t')", 422),
        ("INSERT INTO parents VALUES (2, 's3cr3')", 409),
        ("INSERT INTO parents VALUES (2, 'a', 5, 1)", 409),
        ("INSERT INTO children VALUES (99)", 409),
        ("INSERT INTO children VALUES (1); DELETE FROM parents", 500),
        ("INSERT INTO parents VALUES (2, NULL)", 422),
        ("INSERT INTO parents VALUES (2, 'a', -1)", 422),
        ("INSERT INTO parents VALUES (2, 'a', 99999)", 422),
        ("SELECT 's3cr3t'::int", 422),
        ("SELECT 1 / 0", 500),
        ("SELECT s3cr3t", 500),
        ("SELECT broken syntax here", 500),
        ("SET LOCAL statement_timeout = 20; SELECT 1", 500),
        ("SELECT pg_terminate_backend(pg_backend_pid())", 503),
    ],
)
@pytest.mark.usefixtures("tables")
async def test_what_the_server_says(app, sql, status):
    response = await post(app, sql)

    assert response.status_code == status
    for leak in ("s3cr3", "INSERT", "parents", "asyncpg", "127.0.0.1", "sqlstate"):
        assert leak not in response.text
    if status != 500:
        assert response.headers["content-type"] == "application/json"
        assert response.json()["detail"]
    assert ("retry-after" in response.headers) == (status == 503)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        *[("23505", 409), ("23P01", 409), ("23503", 409), ("23001", 409)],
        *[("23502", 422), ("23514", 422), ("22001", 422), ("22003", 422), ("22P02", 422)],
        *[("40001", 503), ("40P01", 503), ("55P03", 503), ("57014", 504), ("25P04", 504)],
        *[("53300", 503), ("53200", 503), ("57P01", 503), ("57P02", 503), ("57P03", 503)],
        *[("08006", 503), ("08003", 503), ("22012", 500), ("42P01", 500), ("P0001", 500)],
        *[("42501", 500), ("XX000", 500)],
    ],
)
async def test_each_sqlstate(app, code, status):
    sql = f"DO $$ BEGIN RAISE EXCEPTION '{SECRET}' USING ERRCODE = '{code}'; END $$"

    response = await post(app, sql)

    assert response.status_code == status
    assert SECRET not in response.text
    assert ("retry-after" in response.headers) == (status == 503)
    await dispose_engine()


@pytest.mark.usefixtures("tables")
async def test_a_value_that_the_driver_refuses(app):
    async with client_of(app) as client:
        response = await client.post("/age", params={"age": 3_000_000_000})

    assert response.status_code == 422


async def test_a_value_that_copy_refuses(app):
    @app.post("/copy")
    async def copy(name: str, session: SessionDep):
        await copy_rows(session, Author, [{"name": name, "id": 5}])

    async with client_of(app) as client:
        response = await client.post("/copy", params={"name": "Ada"})

    assert response.status_code == 422
    await dispose_engine()


async def test_a_value_that_a_hot_read_refuses(app):
    read = HotRead(select(Author.name).where(Author.id == bindparam("id", type_=Uuid)))

    @app.get("/hot")
    async def hot():
        await read.fetch(id="no key")

    async with client_of(app) as client:
        response = await client.get("/hot")

    assert response.status_code == 422
    await dispose_engine()


async def test_what_the_driver_cannot_do_is_no_outage(app):
    async def use(session, call):
        connection = await (await session.connection()).get_raw_connection()
        await call(connection.driver_connection)

    async def no_codec(driver):
        await driver.execute("CREATE TEMP TABLE words (words tsvector) ON COMMIT DROP")
        await driver.copy_records_to_table("words", records=[("a",)])

    async def at_once(driver):
        await asyncio.gather(*[driver.fetch("SELECT pg_sleep(0.1)") for _ in range(2)])

    @app.post("/driver/{number}")
    async def call(number: int, session: SessionDep):
        await use(session, [no_codec, at_once][number])

    async with client_of(app) as client:
        statuses = [(await client.post(f"/driver/{number}")).status_code for number in range(2)]

    assert statuses == [500, 500]
    await dispose_engine()


async def test_a_deadlock_between_two_requests(app):
    async with session_scope() as session:
        await session.execute(text("CREATE TABLE pairs (id int PRIMARY KEY, n int)"))
        await session.execute(text("INSERT INTO pairs VALUES (1, 0), (2, 0)"))
    both = asyncio.Barrier(2)

    @app.post("/pairs/{first}/{second}")
    async def change(first: int, second: int, session: SessionDep):
        update = text("UPDATE pairs SET n = n + 1 WHERE id = :id")
        await session.execute(update, {"id": first})
        await both.wait()
        await session.execute(update, {"id": second})

    async with client_of(app) as client:
        responses = await asyncio.gather(client.post("/pairs/1/2"), client.post("/pairs/2/1"))

    assert sorted(response.status_code for response in responses) == [200, 503]
    async with session_scope() as session:
        assert list(await session.scalars(text("SELECT n FROM pairs"))) == [1, 1]
        await session.execute(text("DROP TABLE pairs"))
    await dispose_engine()


async def test_statement_timeouts_of_server_and_driver(app, configure):
    await configure(statement_timeout_seconds="0.1")
    by_server = await post(app, "SELECT pg_sleep(5)")
    await configure(statement_timeout_seconds="0.1", pooler="session")
    by_driver = await post(app, "SELECT pg_sleep(5)")

    assert [by_server.status_code, by_driver.status_code] == [504, 504]


async def test_a_pool_that_is_exhausted(app, configure):
    await configure(pool_size=1, max_overflow=0, pool_timeout_seconds="0.1")

    async with session_scope() as session:
        await session.execute(text("SELECT 1"))
        response = await post(app, "SELECT 1")

    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert (await post(app, "SELECT 1")).status_code == 200


@pytest.mark.parametrize(
    "place", ["127.0.0.1:1", "no-such-host.invalid", "/x?host=/no/such/socket"]
)
async def test_a_server_that_cannot_be_reached(app, configure, place, caplog):
    caplog.set_level(logging.WARNING)
    await configure(url=f"postgresql://user:{SECRET}@{place}", connect_timeout_seconds=2)
    begin = monotonic()

    response = await post(app, "SELECT 1")

    assert response.status_code == 503
    assert monotonic() - begin < 10
    assert response.headers["retry-after"] == "5"
    assert place.split(":")[0] not in response.text
    assert "503 for" in caplog.text
    assert SECRET not in caplog.text + response.text


@pytest.mark.parametrize("reply", [b"N", b"", b"S", None], ids=["no TLS", "closed", "bad", "mute"])
async def test_a_server_that_does_not_speak(app, configure, reply):
    async def answer(reader, writer):
        await reader.read(100)
        if reply is None:
            await reader.read()
        else:
            writer.write(reply * 10)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    await configure(
        url=f"postgresql://u:{SECRET}@127.0.0.1:{port}/x?sslmode=require",
        connect_timeout_seconds="0.5",
    )

    response = await post(app, "SELECT 1")

    assert response.status_code == 503
    await dispose_engine()
    server.close()


async def test_too_many_connections_and_a_wrong_login(app, configure, server_url):
    async with session_scope() as session:
        await session.execute(text("CREATE ROLE limited LOGIN CONNECTION LIMIT 0"))
    host = quote(server_url.hosts[0].name)
    try:
        await configure(url=f"postgresql://limited@/postgres?host={host}")
        full = await post(app, "SELECT 1")
        await configure(url=f"postgresql://nobody:{SECRET}@/postgres?host={host}")
        unknown = await post(app, "SELECT 1")
    finally:
        await configure(url=server_url.dsn)
        async with session_scope() as session:
            await session.execute(text("DROP ROLE limited"))

    assert full.status_code == 503
    assert unknown.status_code == 500
    assert SECRET not in unknown.text


async def test_other_errors_stay_what_they_are(app):
    async with client_of(app) as client:
        file = await client.get("/file")
        own_timeout = await client.get("/own-timeout")

    assert [file.status_code, own_timeout.status_code] == [500, 500]
    await dispose_engine()


@pytest.mark.parametrize("kind", [IntegrityError, SQLAlchemyError])
@pytest.mark.parametrize("comes_first", [True, False])
@pytest.mark.usefixtures("tables")
async def test_the_applications_own_handlers_win(kind, comes_first):
    app = FastAPI()

    async def teapot(request, error):
        return JSONResponse({}, 418)

    if comes_first:
        app.add_exception_handler(kind, teapot)
    install_database(app)
    if not comes_first:
        app.add_exception_handler(kind, teapot)

    @app.post("/sql")
    async def run(sql: str, session: SessionDep):
        await session.execute(text(sql))

    assert (await post(app, "INSERT INTO parents VALUES (1, 'a')")).status_code == 418


@pytest.mark.parametrize("is_async", [True, False])
@pytest.mark.usefixtures("tables")
async def test_answers_have_the_applications_form(app, is_async):
    def wrap(request, error):
        return JSONResponse({"error": error.detail}, error.status_code, error.headers)

    async def wrap_async(request, error):
        return wrap(request, error)

    app.add_exception_handler(HTTPException, wrap_async if is_async else wrap)

    response = await post(app, "INSERT INTO parents VALUES (1, 'a')")

    assert response.status_code == 409
    assert list(response.json()) == ["error"]


def test_a_websocket_gets_no_http_answer():
    app = FastAPI()
    install_database(app)

    @app.websocket("/socket")
    async def talk(socket: WebSocket, session: SessionDep):
        await session.execute(text("SELECT 1 FROM no_such_table"))

    with (
        TestClient(app) as client,
        pytest.raises(SQLAlchemyError),
        client.websocket_connect("/socket"),
    ):
        pass
    assert not database._engines
