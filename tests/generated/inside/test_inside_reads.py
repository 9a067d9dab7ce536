"""Run in an adopted project: reads cannot write, and survive what happens to servers."""

import asyncio
from dataclasses import replace
from operator import methodcaller
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import anyio
import pytest
from app import database
from app.database_kit import (
    engine as database_engine,
    hot_pool,
    pool as database_pool,
    reads as database_reads,
)
from app.database import dispose_engine, get_engine, session_scope
from app.database_kit.hot_reads import HotRead, use_driver
from app.database_kit.reads import (
    ReadSessionDep,
    get_read_engine,
    get_write_position,
    read_session_scope,
)
from app.database_kit.settings import get_database_settings
from app.database_kit.url import Host, parse_database_url
from app.models import Author
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import ARRAY, Uuid, any_, bindparam, select, text
from sqlalchemy.exc import DBAPIError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]

WHERE = text("SELECT current_database()")
ME = text("SELECT pg_backend_pid()")
SHOW_ME = methodcaller("fetchval", ME.text)
BY_ID = HotRead(select(Author.id, Author.name).where(Author.id == bindparam("id")))


@pytest.fixture(autouse=True)
async def _clean():
    yield
    await dispose_engine()
    get_database_settings.cache_clear()
    async with session_scope() as session:
        await session.execute(text("TRUNCATE authors CASCADE"))
    await dispose_engine()


@pytest.fixture
def replica(monkeypatch):
    """Another database of the server, reached through a link that can be cut."""
    url = parse_database_url(get_database_settings().url.get_secret_value())
    # Below tmp_path it could be too long for the path of a socket.
    with TemporaryDirectory() as directory:
        link = Path(directory, "link")
        link.symlink_to(url.hosts[0].name)
        location = replace(url, hosts=(Host(str(link)),), database="postgres")
        monkeypatch.setenv("DATABASE_REPLICA_URL", location.dsn)
        get_database_settings.cache_clear()
        yield link


async def where():
    async with read_session_scope() as session:
        place = await session.scalar(WHERE)
    assert await use_driver(methodcaller("fetchval", WHERE.text)) == place
    return place


async def add(name):
    async with session_scope() as session:
        author = Author(name=name)
        session.add(author)
    return author.id


async def test_what_is_pending_at_the_end_is_refused_and_not_lost():
    with pytest.raises(DBAPIError, match="read-only"):
        async with read_session_scope() as session:
            session.add(Author(name="A"))


@pytest.mark.parametrize(
    "write",
    [
        "INSERT INTO authors (name) VALUES ('A')",
        "WITH new AS (INSERT INTO authors (name) VALUES ('A') RETURNING id) SELECT * FROM new",
        "SELECT id FROM authors FOR UPDATE",
        "CREATE TABLE mine ()",
        "TRUNCATE authors CASCADE",
    ],
)
async def test_each_kind_of_write_is_refused(write):
    async with read_session_scope() as session:
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text(write))
    with pytest.raises(Exception, match="read-only"):
        await use_driver(lambda driver: driver.execute(write))


async def test_a_read_begins_no_transaction():
    async with read_session_scope() as session:
        first = await session.scalar(text("SELECT now()"))
        assert await session.scalar(text("SELECT now()")) > first


async def test_a_request_reads():
    app = FastAPI()

    @app.get("/authors/{key}")
    async def get_author(key: str, session: ReadSessionDep) -> str:
        return (await session.get_one(Author, key)).name

    key = await add("Ada")
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        response = await client.get(f"/authors/{key}")

    assert response.json() == "Ada"


async def test_the_end_of_the_application_closes_the_connections_of_reads_too():
    await where()
    pool = get_read_engine().pool
    assert pool.checkedin() == 1

    await dispose_engine()

    assert pool.checkedin() == 0
    assert get_read_engine().pool is not pool
    assert await where()


async def test_reads_go_to_the_replica_and_writes_to_the_primary(replica):
    assert await where() == "postgres"
    async with session_scope() as session:
        assert await session.scalar(WHERE) != "postgres"


async def test_reads_go_to_the_primary_while_the_replica_is_away(replica, caplog, monkeypatch):
    now = 1000.0
    for module in (database_pool, database_reads):
        monkeypatch.setattr(module, "monotonic", lambda: now)
    async with session_scope() as session:
        name = await session.scalar(WHERE)
    target = replica.readlink()
    replica.unlink()

    assert await where() == name
    assert "Reads go to the primary" in caplog.text
    replica.symlink_to(target)
    assert await where() == name
    now += database_reads.REPLICA_RETRY_SECONDS
    assert await where() == "postgres"


async def test_a_hot_read_translates_the_schema(monkeypatch):
    options = {"schema_translate_map": {None: "tenant"}}
    original = database_reads.create_pooled_engine
    monkeypatch.setattr(
        database_reads,
        "create_pooled_engine",
        lambda *args, **more: original(*args, **more).execution_options(**options),
    )
    tenant = "TABLE tenant.authors (LIKE authors INCLUDING ALL)"
    async with session_scope() as session:
        for statement in ("SCHEMA tenant", tenant):
            await session.execute(text(f"CREATE {statement}"))
        await session.execute(text("INSERT INTO tenant.authors (name) VALUES ('theirs')"))
    try:
        assert await HotRead(select(Author.name)).fetch() == [{"name": "theirs"}]
        assert "theirs" in await HotRead(select(Author.name)).fetch_json()
    finally:
        async with session_scope() as session:
            await session.execute(text("DROP SCHEMA tenant CASCADE"))


async def test_what_is_wrong_with_a_replicas_url_is_not_hidden(replica, monkeypatch):
    url = get_database_settings().replica_url.get_secret_value()
    monkeypatch.setenv("DATABASE_REPLICA_URL", url.replace("/postgres?", "/no_such_database?"))
    get_database_settings.cache_clear()

    with pytest.raises(Exception, match="no_such_database"):
        await where()


async def test_a_session_that_must_see_a_write_leaves_a_replica_that_lags(replica, monkeypatch):
    behind = text("SELECT CAST(:position AS text) IS NULL")
    monkeypatch.setattr(database_reads, "HAS_REPLAYED", behind)
    async with session_scope() as session:
        session.add(Author(name="A"))
        await session.commit()
        position = await get_write_position(session)
        name = await session.scalar(WHERE)

    async with read_session_scope(after=position, patience_seconds=0) as session:
        assert await session.scalar(WHERE) == name
        assert await session.scalar(select(Author.name)) == "A"
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text("TRUNCATE authors CASCADE"))
        await session.rollback()


async def test_a_pooler_that_the_url_hides_is_told_off(monkeypatch):
    class Dropped(dict):
        def __ior__(self, other):
            return self

    original = database_reads.pooled_connect_args

    def connect_args(settings, url):
        arguments, pooler = original(settings, url)
        return {**arguments, "server_settings": Dropped(application_name="app")}, pooler

    monkeypatch.setattr(database_reads, "pooled_connect_args", connect_args)
    with pytest.raises(RuntimeError, match="DATABASE_POOLER"):
        await where()


async def test_through_a_pooler_reads_are_read_only_transactions(monkeypatch):
    monkeypatch.setenv("DATABASE_POOLER", "transaction")
    get_database_settings.cache_clear()

    assert get_read_engine().pool is get_engine().pool
    async with read_session_scope() as session:
        assert await session.scalar(text("SHOW transaction_read_only")) == "on"
    show = methodcaller("fetchval", "SHOW transaction_read_only")
    assert await use_driver(show) == "on"
    async with session_scope() as session:
        assert await session.scalar(text("SHOW transaction_read_only")) == "off"


async def test_a_hot_read_takes_what_a_session_takes():
    keys = [await add("A"), await add("B")]
    by_ids = HotRead(
        select(Author.name)
        .where(Author.id == any_(bindparam("ids", type_=ARRAY(Uuid))))
        .order_by(Author.name)
        .limit(bindparam("limit", 10)),
    )

    assert await BY_ID.fetch_one(id=keys[0]) == {"id": keys[0], "name": "A"}
    assert await BY_ID.fetch_one(id=uuid4()) is None
    assert await by_ids.fetch(ids=keys) == [{"name": "A"}, {"name": "B"}]
    assert await by_ids.fetch_json(ids=keys, limit=1) == '[{"name":"A"}]'


async def test_a_hot_read_tells_of_parameters_that_do_not_fit():
    listed = HotRead(select(Author.name).where(Author.id.in_(bindparam("ids", expanding=True))))
    with pytest.raises(ValueError, match="any_"):
        await listed.fetch(ids=[])
    with pytest.raises(KeyError, match="id"):
        await BY_ID.fetch()
    with pytest.raises(TypeError, match="other"):
        await BY_ID.fetch(id=uuid4(), other=1)


async def test_hot_reads_survive_cancellation_and_the_end_of_their_connection(monkeypatch):
    monkeypatch.setenv("DATABASE_POOL_PRE_PING", "false")
    get_database_settings.cache_clear()

    # The first connection of an engine takes longer than the patience below.
    await use_driver(SHOW_ME)
    # SQLAlchemy's first questions take longer than what follows.
    await use_driver(SHOW_ME)
    sleep = methodcaller("fetchval", "SELECT pg_sleep(60)")
    for _ in range(5):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(use_driver(sleep), 0.05)
    end = methodcaller("execute", "SELECT pg_terminate_backend(pg_backend_pid())")
    with pytest.raises(Exception, match=r"terminat|clos"):
        await use_driver(end)

    assert await BY_ID.fetch_one(id=uuid4()) is None
    assert get_read_engine().pool.checkedout() == 0


async def test_a_hot_read_that_is_cancelled_again_and_again_leaves_its_connection_to_nobody(
    monkeypatch,
):
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    get_database_settings.cache_clear()
    me = await use_driver(SHOW_ME)

    # AnyIO cancels whatever is awaited, until the scope has been left.
    with anyio.move_on_after(0.1):
        await use_driver(methodcaller("fetchval", "SELECT pg_sleep(60)"))

    # It is being closed, and nobody's until that has been done.
    assert get_read_engine().pool.checkedout() == 1
    assert await use_driver(SHOW_ME) != me
    assert get_read_engine().pool.checkedout() == 0


async def test_more_hot_reads_than_the_pool_keeps(monkeypatch):
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    get_database_settings.cache_clear()
    # Its log listens to checkouts, which only SQLAlchemy's own way tells of.
    monkeypatch.setattr(database_engine, "observe", print)
    await dispose_engine()
    key = await add("A")
    await BY_ID.fetch_one(id=key)
    # A greenlet costs more than all the rest, and nothing is to be opened or pinged.
    monkeypatch.setattr(hot_pool, "greenlet_spawn", None)

    rows = await asyncio.gather(*(BY_ID.fetch_one(id=key) for _ in range(20)))

    assert rows == [{"id": key, "name": "A"}] * 20
    monkeypatch.undo()
    assert get_read_engine().pool.checkedout() == 0
    assert len(database._engines) == 1


async def test_what_a_rush_of_hot_reads_has_opened_is_closed(monkeypatch):
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    monkeypatch.setenv("DATABASE_MAX_OVERFLOW", "2")
    get_database_settings.cache_clear()

    pids = await asyncio.gather(*(use_driver(SHOW_ME) for _ in range(9)))

    pool = get_read_engine().pool
    assert len(set(pids)) >= 3
    assert (pool.checkedin(), pool.checkedout(), pool.overflow()) == (1, 0, 0)


async def test_a_hot_read_pings_after_a_rest_and_replaces_what_is_old(monkeypatch):
    me = await use_driver(SHOW_ME)
    pings = []

    async def answers(_):
        pings.append(me)
        return True

    monkeypatch.setattr(database_pool, "_ping", answers)
    assert await use_driver(SHOW_ME) == me
    assert not pings
    monkeypatch.setattr(get_read_engine().pool, "ping_idle_seconds", 0)
    assert await use_driver(SHOW_ME) == me
    assert pings == [me]

    monkeypatch.setattr(get_read_engine().pool, "_recycle", 0)
    assert await use_driver(SHOW_ME) != me
