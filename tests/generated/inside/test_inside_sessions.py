"""Run in an adopted project: a 2xx is committed, and a session that has ended stays so."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Annotated

import pytest
from app import database
from app.database import (
    SessionDep,
    dispose_engine,
    get_engine,
    get_session,
    install_database,
    session_scope,
)
from app.database_kit.bulk import copy_rows
from app.database_kit.hot_reads import HotRead
from app.database_kit.reads import ReadSessionDep, read_session_scope
from app.models import Genre
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, WebSocket
from fastapi.responses import JSONResponse, StreamingResponse
from fastapi.testclient import TestClient
from httpx import ASGITransport, AsyncClient
from sqlalchemy import column, select, table, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio

WRITE = text("INSERT INTO kept VALUES ('written')")
FAIL = text("SELECT 1 / 0")
COUNT = text("SELECT count(*) FROM kept")


@pytest.fixture
async def kept(migrated_database):
    """A table of what was committed."""
    async with session_scope() as session:
        await session.execute(text("CREATE TABLE kept (what text NOT NULL)"))
    yield
    await dispose_engine()
    async with session_scope() as session:
        await session.execute(text("DROP TABLE kept"))
    await dispose_engine()


async def count():
    async with session_scope() as session:
        return await session.scalar(COUNT)


def client_of(app):
    transport = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://test")


async def catch(session):
    with pytest.raises(DBAPIError):
        await session.execute(FAIL)


async def catch_in_savepoint(session):
    with pytest.raises(DBAPIError):
        async with session.begin_nested():
            await session.execute(FAIL)


async def catch_inside_of_savepoint(session):
    async with session.begin_nested():
        await catch(session)


async def catch_in_scalars_and_write_on(session):
    with pytest.raises(DBAPIError):
        await session.scalars(FAIL)
    await session.execute(WRITE)


async def catch_in_stream(session):
    rows = await session.stream(text("SELECT 1 / (99 - n) FROM generate_series(1, 99) n"))
    with pytest.raises(DBAPIError):
        await rows.all()


async def catch_in_flush(session):
    session.add(Genre(name=None))
    with pytest.raises(DBAPIError):
        await session.flush()


async def catch_in_copy(session):
    with pytest.raises(Exception, match="null value"):
        await copy_rows(session, Genre, [{"name": None}])


async def catch_in_driver(session):
    connection = await (await session.connection()).get_raw_connection()
    with pytest.raises(Exception, match="division"):
        await connection.driver_connection.execute(FAIL.text)


async def catch_a_timeout(session):
    await session.execute(text("SET LOCAL statement_timeout = 1"))
    with pytest.raises(DBAPIError):
        await session.execute(text("SELECT pg_sleep(9)"))


async def lose_the_connection(session):
    with pytest.raises(DBAPIError):
        await session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


async def end_the_transaction(session):
    await session.execute(text("ROLLBACK"))


async def close(session):
    await session.close()


async def refuse_what_the_driver_does_not_take(session):
    with pytest.raises(DBAPIError):
        await session.execute(text("SELECT CAST(:n AS int)"), {"n": "no number"})


COMMITTED = [catch_in_savepoint, refuse_what_the_driver_does_not_take]
NOT_COMMITTED = [
    catch,
    catch_inside_of_savepoint,
    catch_in_scalars_and_write_on,
    catch_in_stream,
    catch_in_flush,
    catch_in_copy,
    catch_in_driver,
    catch_a_timeout,
    lose_the_connection,
    end_the_transaction,
    close,
]


@pytest.mark.parametrize("step", COMMITTED + NOT_COMMITTED)
@pytest.mark.parametrize("mounted", [False, True])
async def test_no_2xx_for_a_write_that_is_not_there(step, mounted, kept):
    app = FastAPI()

    @app.post("/", status_code=201)
    async def write(session: SessionDep):
        await session.execute(WRITE)
        try:
            await step(session)
        except DBAPIError:
            # The route knows better.
            assert step in NOT_COMMITTED
        return JSONResponse({}, 201)

    outer = FastAPI()
    outer.mount("/", app)
    async with client_of(outer if mounted else app) as client:
        response = await client.post("/")

    is_kept = step in COMMITTED
    assert (response.status_code, await count()) == ((201, 1) if is_kept else (500, 0))
    assert get_engine().pool.checkedout() == 0


async def test_outside_of_requests_it_is_the_same(kept):
    async def write():
        async with session_scope() as session:
            await session.execute(WRITE)
            await catch(session)

    with pytest.raises(DBAPIError, match="rolled back"):
        await write()

    assert await count() == 0


async def test_a_dependency_that_hides_an_error_hides_no_commit(kept):
    async def hide(session: SessionDep) -> AsyncIterator[None]:
        await session.execute(WRITE)
        with suppress(DBAPIError):
            yield

    app = FastAPI()

    @app.post("/", dependencies=[Depends(hide, scope="function")])
    async def fail(session: SessionDep):
        await session.execute(FAIL)

    async with client_of(app) as client:
        response = await client.post("/")

    assert (response.status_code, await count()) == (500, 0)


async def test_two_sessions_are_two_transactions(kept):
    app = FastAPI()
    another = Depends(get_session, scope="function", use_cache=False)

    @app.post("/")
    async def write(first: SessionDep, second: Annotated[AsyncSession, another], how: str):
        assert first is not second
        await first.execute(WRITE)
        await second.execute(WRITE)
        if how == "fails":
            await catch(second)
        elif how == "raises":
            raise HTTPException(418)

    @app.post("/shared")
    async def share(first: Annotated[AsyncSession, another], second: SessionDep):
        # FastAPI's cache; the guide says in which order it is.
        assert first is second

    async with client_of(app) as client:
        assert (await client.post("/shared")).status_code == 200
        assert (await client.post("/?how=raises")).status_code == 418
        assert await count() == 0
        # What ends first is what was opened last.
        assert (await client.post("/?how=fails")).status_code == 500
        assert await count() == 0
        assert (await client.post("/?how=works")).status_code == 200
        assert await count() == 2


async def test_a_session_costs_a_task_only_where_it_fails(kept):
    tasks = []

    def make_task(loop, coroutine, **options):
        tasks.append(coroutine)
        return asyncio.Task(coroutine, loop=loop, **options)

    loop = asyncio.get_running_loop()
    loop.set_task_factory(make_task)
    try:
        async with session_scope() as session:
            await session.execute(WRITE)
        assert not tasks
        with pytest.raises(DBAPIError):
            async with session_scope() as session:
                await session.execute(FAIL)
        assert tasks
    finally:
        loop.set_task_factory(None)
    assert await count() == 1


@pytest.mark.parametrize("open_session", [session_scope, read_session_scope])
@pytest.mark.parametrize("is_used", [False, True])
async def test_a_session_that_has_ended_stays_so(open_session, is_used, kept):
    async with open_session() as session:
        if is_used:
            await session.execute(COUNT)

    for use in (
        lambda: session.execute(COUNT),
        lambda: session.stream(COUNT),
        lambda: session.get(Genre, "x"),
        session.begin,
        session.begin_nested,
        session.connection,
        session.commit,
    ):
        with pytest.raises(InvalidRequestError, match="permanently closed"):
            await use()
    with pytest.raises(InvalidRequestError, match="permanently closed"):
        session.add(Genre(name="late"))
    assert get_engine().pool.checkedout() == 0


LATE_PATHS = ["/stream", "/task", "/clean-up", "/generator"]


def use_late(dependency, statement, caught):
    """An application whose routes use their session when it has ended."""
    app = FastAPI()

    async def use(session):
        try:
            await session.execute(statement)
        except InvalidRequestError as error:
            caught.append(error)
            raise

    def pass_on(session: dependency):
        return session

    async def clean_up(session: Annotated[object, Depends(pass_on)]) -> AsyncIterator[None]:
        yield
        await use(session)

    @app.get("/stream")
    async def stream(session: dependency) -> StreamingResponse:
        async def lines():
            yield "first"
            await use(session)

        return StreamingResponse(lines())

    @app.get("/task")
    async def run_later(session: dependency, tasks: BackgroundTasks) -> None:
        tasks.add_task(use, session)

    @app.get("/clean-up", dependencies=[Depends(clean_up)])
    async def has_dependency() -> None:
        pass

    @app.get("/generator")
    async def generate(session: dependency) -> AsyncIterator[str]:
        yield "first"
        await use(session)

    return app


@pytest.mark.parametrize("path", LATE_PATHS)
@pytest.mark.parametrize(
    ("dependency", "statement"), [(SessionDep, WRITE), (ReadSessionDep, COUNT)]
)
async def test_what_comes_after_the_session_gets_an_error(path, dependency, statement, kept):
    caught = []
    app = use_late(dependency, statement, caught)
    gc.disable()
    try:
        async with client_of(app) as client:
            await client.get(path)
        assert get_engine().pool.checkedout() == 0
    finally:
        gc.enable()

    assert [str(error)[:42] for error in caught] == ["This Session has been permanently closed a"]
    assert await count() == 0


@pytest.fixture
async def one_connection(configure, kept):
    """A pool that is busy as soon as somebody uses it."""
    await configure(pool_size=1, max_overflow=0, pool_max_waiting=1, pool_timeout_seconds=0.01)


@pytest.mark.parametrize("extra", [True, False])
@pytest.mark.usefixtures("one_connection")
async def test_a_busy_pool_asks_a_websocket_to_come_back(extra, monkeypatch):
    if not extra:
        monkeypatch.setattr(database, "install_error_answers", lambda app: None)
    app = FastAPI()
    install_database(app)
    seen = []

    @app.websocket("/")
    async def talk(socket: WebSocket):
        await socket.accept()
        async for _ in socket.iter_text():
            async with session_scope() as session:
                await socket.send_text(f"{await session.scalar(COUNT)}")

    messages = [
        {"type": "websocket.connect"},
        {"type": "websocket.receive", "text": "free"},
        {"type": "websocket.receive", "text": "busy"},
    ]
    held = session_scope()

    async def receive():
        message = messages.pop(0)
        if message.get("text") == "busy":
            # Nobody speaks: the socket holds no connection.
            assert get_engine().pool.checkedout() == 0
            session = await held.__aenter__()
            await session.execute(COUNT)
        return message

    async def send(message):
        seen.append(message)

    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b"", "extensions": {}}
    await app(scope, receive, send)
    await held.__aexit__(None, None, None)

    assert [message["type"] for message in seen] == [
        "websocket.accept",
        "websocket.send",
        "websocket.close",
    ]
    assert seen[-1]["code"] == 1013


@pytest.mark.parametrize("extra", [True, False])
async def test_a_plan_from_before_a_migration_is_tried_again(extra, kept, monkeypatch):
    if not extra:
        monkeypatch.setattr(database, "install_error_answers", lambda app: None)
    app = FastAPI()
    install_database(app)
    query = select(column("what")).select_from(table("kept"))
    hot = HotRead(query)
    meet = asyncio.Barrier(5)

    @app.get("/")
    async def read(session: SessionDep) -> list[str | int]:
        await session.execute(text("SELECT 1"))
        await meet.wait()
        return list(await session.scalars(query))

    @app.get("/read")
    async def read_only(session: ReadSessionDep) -> list[str | int]:
        return list(await session.scalars(query))

    @app.get("/hot")
    async def read_hot() -> list[dict[str, str | int]]:
        return await hot.fetch()

    async def get_five(client):
        return await asyncio.gather(*(client.get("/") for _ in range(5)))

    async with session_scope() as session:
        await session.execute(text("INSERT INTO kept VALUES ('7')"))
    async with client_of(app) as client:
        assert {response.status_code for response in await get_five(client)} == {200}
        for path in ("/read", "/hot"):
            assert (await client.get(path)).status_code == 200
        async with session_scope() as session:
            alter = "ALTER TABLE kept ALTER what TYPE int USING what::int"
            await session.connection()
            driver = await (await session.connection()).get_raw_connection()
            await driver.driver_connection.execute(alter)

        first = await get_five(client)
        second = await get_five(client)
        hot_answers = [await client.get("/hot") for _ in range(2)]
        read_answers = [await client.get("/read") for _ in range(2)]

    assert {r.status_code for r in first} == {503}
    assert {r.headers["Retry-After"] for r in first} == {"1"}
    assert [r.json() for r in second] == [[7]] * 5
    assert hot_answers[-1].json() == [{"what": 7}]
    assert read_answers[-1].json() == [7]
    assert {r.status_code for r in (*hot_answers, *read_answers)} <= {200, 503}


def backends():
    """How many connections the application has."""

    async def ask():
        async with session_scope() as session:
            return await session.scalar(
                text(
                    "SELECT count(*) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                ),
            )

    return asyncio.run(ask())


def test_a_plain_test_client_works_again_and_again(migrated_database):
    app = FastAPI()
    install_database(app)

    @app.get("/")
    async def read(session: SessionDep, reader: ReadSessionDep) -> int:
        await reader.scalar(text("SELECT 1"))
        return await session.scalar(text("SELECT 1"))

    # Neither of them is told when it ends: each request has an event loop of its own.
    client = TestClient(app)
    assert [client.get("/").json() for _ in range(5)] == [1] * 5
    assert TestClient(app).get("/").json() == 1

    assert backends() == 0
    assert not database._engines
    assert not database._lifetimes


def test_an_engine_that_was_made_outside_of_a_loop_is_that_of_the_first(migrated_database):
    engine = get_engine()
    assert get_engine() is engine

    async def use():
        async with session_scope() as session:
            await session.execute(text("SELECT 1"))
        assert get_engine() is engine
        # A thread of the application sees the figures of its pool.
        assert await asyncio.to_thread(get_engine) is engine

    asyncio.run(use())
    assert not database._engines


async def test_an_engine_for_each_loop(migrated_database):
    async def use():
        async with session_scope() as session:
            await session.execute(text("SELECT pg_sleep(0.01)"))
        return get_engine()

    def run_in_thread():
        return asyncio.run(use())

    engines = await asyncio.gather(use(), *(asyncio.to_thread(run_in_thread) for _ in range(4)))

    assert len(set(engines)) == 5
    assert [*database._engines.values()] == [engines[0]]
    await dispose_engine()
    assert not database._engines


async def test_requests_at_once_share_the_transaction_of_a_test(client, app):
    @app.post("/test-genres/{name}")
    async def add(name: str, session: SessionDep) -> int:
        session.add(Genre(name=name))
        await session.flush()
        await asyncio.sleep(0)
        if name == "2":
            raise HTTPException(418)
        return len((await session.scalars(select(Genre))).all())

    answers = await asyncio.gather(*(client.post(f"/test-genres/{n}") for n in range(5)))

    assert sorted(answer.text for answer in answers if answer.is_success) == ["1", "2", "3", "4"]
