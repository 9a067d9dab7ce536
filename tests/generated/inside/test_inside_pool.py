"""Run in an adopted project: who gets a connection, at how many round trips."""

import asyncio
import logging
from contextlib import asynccontextmanager

import pytest
from app.database import SessionDep, dispose_engine, get_engine, install_database, session_scope
from app.database_kit.pool import DatabaseBusyError, FairPool
from app.database_kit.settings import get_database_settings
from app.database_kit.url import parse_database_url
from app.models import Author
from fastapi import FastAPI
from fastapi.responses import StreamingResponse
from httpx import ASGITransport, AsyncClient
from sqlalchemy import select, text

# ruff: noqa: ASYNC110
pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]


@pytest.fixture(autouse=True)
async def _dispose():
    yield
    await dispose_engine()
    get_database_settings.cache_clear()


@pytest.fixture
def setting(monkeypatch):
    """Set a variable of the environment before the first use."""

    def set_(name, value):
        monkeypatch.setenv(f"DATABASE_{name}", str(value))
        get_database_settings.cache_clear()

    return set_


class Wire:
    """A proxy before the server that counts how often a client has to wait for it."""

    def __init__(self):
        self.round_trips = 0
        self.is_silent = False
        self.writers = []

    async def serve(self, reader, writer):
        server_reader, server_writer = await asyncio.open_unix_connection(self.socket)
        self.writers += [writer, server_writer]
        asked = False

        async def forward(source, target, is_question):
            nonlocal asked
            while data := await source.read(65536):
                if self.is_silent:
                    continue
                if is_question and not asked:
                    self.round_trips += 1
                asked = is_question
                target.write(data)
            target.close()

        await asyncio.gather(
            forward(reader, server_writer, True), forward(server_reader, writer, False)
        )

    async def count(self, work):
        before = self.round_trips
        await work()
        return self.round_trips - before


@pytest.fixture
async def wire(setting):
    wire = Wire()
    url = parse_database_url(get_database_settings().url.get_secret_value())
    wire.socket = f"{url.hosts[0].name}/.s.PGSQL.5432"
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    setting("URL", f"postgresql://postgres@127.0.0.1:{port}/{url.database}?sslmode=disable")
    yield wire
    await dispose_engine()
    server.close()
    for writer in wire.writers:
        writer.close()


async def read():
    async with session_scope() as session:
        await session.scalars(select(Author))


async def add():
    async with session_scope() as session:
        session.add(Author(name="A"))


async def test_round_trips(wire):
    # To connect (1), json types (3), SQLAlchemy's questions about the server (7), and the read (4).
    assert await wire.count(read) <= 15

    # BEGIN, SELECT, COMMIT; BEGIN, INSERT ... RETURNING, COMMIT.
    assert await wire.count(read) == 3
    await add()
    assert await wire.count(add) == 3


async def test_a_session_that_asks_nothing_takes_no_connection(wire):
    async def ask_nothing():
        async with session_scope():
            pass

    assert await wire.count(ask_nothing) == 0


async def test_an_idle_connection_is_pinged_in_one_round_trip(wire, setting):
    setting("POOL_PRE_PING_IDLE_SECONDS", 0)
    await read()
    await read()

    assert await wire.count(read) == 4


async def test_no_ping_when_it_is_switched_off(wire, setting):
    setting("POOL_PRE_PING_IDLE_SECONDS", 0)
    setting("POOL_PRE_PING", "false")
    await read()

    assert await wire.count(read) == 3


async def backend():
    async with session_scope() as session:
        return await session.scalar(text("SELECT pg_backend_pid()"))


async def test_a_connection_that_the_server_has_closed_is_replaced(wire):
    first = await backend()
    async with get_engine().connect() as one, get_engine().connect() as other:
        driver = (await one.get_raw_connection()).driver_connection
        await other.execute(text(f"SELECT pg_terminate_backend({first})"))
        while not driver.is_closed():
            await asyncio.sleep(0)
    assert get_engine().pool.checkedin() == 2

    assert first not in [await backend() for _ in range(3)]


async def test_a_connection_that_went_silent_is_replaced_after_a_rest(wire, setting, monkeypatch):
    monkeypatch.setattr("app.database_kit.pool.PING_TIMEOUT_SECONDS", 0.1)
    setting("POOL_PRE_PING_IDLE_SECONDS", 0)
    first = await backend()
    old, wire.writers = wire.writers, []
    wire.is_silent = True
    task = asyncio.create_task(backend())
    while not wire.writers:
        await asyncio.sleep(0)
    for writer in old:
        writer.close()
    wire.is_silent = False

    assert await task != first


@asynccontextmanager
async def held(count):
    """Hold so many connections."""
    async with asyncio.TaskGroup() as group:
        free, taken = asyncio.Event(), asyncio.Semaphore(0)

        async def hold():
            async with get_engine().connect():
                taken.release()
                await free.wait()

        for _ in range(count):
            group.create_task(hold())
        for _ in range(count):
            await taken.acquire()
        yield
        free.set()


async def in_line(count):
    while get_engine().pool.waiting() != count:
        await asyncio.sleep(0)


@pytest.fixture
def small_pool(setting):
    setting("POOL_SIZE", 1)
    setting("MAX_OVERFLOW", 1)
    setting("POOL_MAX_WAITING", 3)
    setting("POOL_TIMEOUT_SECONDS", 10)


@pytest.mark.usefixtures("small_pool")
async def test_connections_are_given_in_turn():
    order = []

    async def take(number):
        async with get_engine().connect():
            order.append(number)

    async with held(2):
        waiting = [asyncio.create_task(take(number)) for number in range(3)]
        await in_line(3)
    # Whoever comes when a connection has just been given back does not overtake.
    newcomer = asyncio.create_task(take(3))
    await asyncio.gather(*waiting, newcomer)

    assert order == [0, 1, 2, 3]
    assert get_engine().pool.checkedout() == get_engine().pool.waiting() == 0


@pytest.mark.usefixtures("small_pool")
async def test_the_line_is_bounded_and_the_next_are_told_to_come_back_later():
    app = FastAPI()
    install_database(app)

    @app.get("/authors")
    async def count(session: SessionDep) -> int:
        return len((await session.scalars(select(Author))).all())

    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        async with held(2):
            waiting = [asyncio.create_task(client.get("/authors")) for _ in range(3)]
            await in_line(3)
            refused = await client.get("/authors")
        accepted = await asyncio.gather(*waiting)

    assert refused.status_code == 503
    assert refused.headers["Retry-After"] == "1"
    assert refused.json()["detail"].startswith("The database is busy")
    assert [response.status_code for response in accepted] == [200] * 3


@pytest.mark.usefixtures("small_pool")
async def test_waiting_ends_after_the_timeout(setting):
    setting("POOL_TIMEOUT_SECONDS", 0.01)

    async with held(2):
        with pytest.raises(DatabaseBusyError, match="all 2 database connections are in use"):
            await read()

    assert get_engine().pool.waiting() == 0
    await read()


@pytest.mark.usefixtures("small_pool")
async def test_whoever_goes_leaves_the_line():
    async with held(2):
        for _ in range(10):
            waiting = [asyncio.create_task(read()) for _ in range(3)]
            await in_line(3)
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting)
        assert get_engine().pool.waiting() == 0
    await asyncio.gather(*(read() for _ in range(5)))


@pytest.mark.usefixtures("small_pool")
async def test_whoever_goes_when_its_turn_has_come_passes_it_on():
    async with held(2):
        waiting = [asyncio.create_task(read()) for _ in range(3)]
        await in_line(3)
        pool = get_engine().pool
        release = pool._release_slot
        turns = list(pool._waiters)

        def release_and_cancel():
            release()
            for turn, task in zip(turns, waiting, strict=True):
                if turn.done():
                    task.cancel()

        pool._release_slot = release_and_cancel
    await asyncio.wait(waiting)
    assert all(task.cancelled() for task in waiting)
    pool._release_slot = release

    await asyncio.gather(*(read() for _ in range(5)))
    assert pool.checkedout() == 0


async def test_two_hundred_cancelled_requests_leave_no_connection_behind(setting):
    setting("POOL_SIZE", 3)
    setting("MAX_OVERFLOW", 1)

    async def slow():
        async with session_scope() as session:
            await session.execute(text("SELECT pg_sleep(0.002)"))

    # Whoever is cancelled while SQLAlchemy gets to know the server sees errors of its own.
    await read()
    for number in range(20):
        tasks = [asyncio.create_task(slow()) for _ in range(10)]
        for _ in range(number):
            await asyncio.sleep(0.0005)
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)

    pool = get_engine().pool
    assert (pool.checkedout(), pool.waiting()) == (0, 0)
    async with held(4):
        pass


async def test_no_server_no_slot_is_lost(setting):
    setting("URL", "postgresql://u:p@127.0.0.1:1/db")
    setting("POOL_SIZE", 1)
    setting("MAX_OVERFLOW", 0)
    setting("POOL_TIMEOUT_SECONDS", 0.01)

    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await read()


async def test_a_streaming_response_holds_no_connection():
    app = FastAPI()
    checked_out = []

    @app.get("/authors")
    async def stream(session: SessionDep) -> StreamingResponse:
        names = (await session.scalars(select(Author.name))).all()

        async def lines():
            checked_out.append(get_engine().pool.checkedout())
            for name in names:
                yield name

        return StreamingResponse(lines())

    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        await client.get("/authors")

    assert checked_out == [0]


async def test_a_disposed_engine_goes_on_with_a_pool_of_the_same_kind():
    await read()
    await get_engine().dispose()
    await read()

    assert isinstance(get_engine().pool, FairPool)
    assert get_engine().pool.checkedout() == 0


@pytest.fixture
async def silent_host():
    """A host that lets clients connect, and then says nothing; yields who came."""
    writers = []
    server = await asyncio.start_server(lambda _, writer: writers.append(writer), "127.0.0.1", 0)
    yield server.sockets[0].getsockname()[1], writers
    server.close()
    for writer in writers:
        writer.close()


async def test_a_silent_host_leaves_time_for_the_next(wire, silent_host, setting):
    port, came = silent_host
    url = get_database_settings().url.get_secret_value()
    setting("URL", url.replace("@", f"@127.0.0.1:{port},") + "&target_session_attrs=read-write")
    setting("CONNECT_TIMEOUT_SECONDS", 0.5)

    await read()
    async with held(5):
        pass

    assert len(came) == 1


async def test_the_log_counts_no_overflow_below_zero(caplog):
    caplog.set_level(logging.INFO)
    await dispose_engine()
    await read()
    pool = get_engine().pool
    await dispose_engine()

    assert "Pool disposed" in caplog.text
    assert "Overflow: 0" in pool.status()
    assert "Overflow: -" not in caplog.text


async def test_without_any_host_the_reason_is_told(setting):
    setting("URL", "postgresql://u:p@127.0.0.1:1,127.0.0.1:2/db")

    with pytest.raises(ConnectionRefusedError, match="2"):
        await read()
