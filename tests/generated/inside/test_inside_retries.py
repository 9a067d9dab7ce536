"""Run in an adopted project: conflicts and lost connections, on real connections."""

import asyncio

import pytest
from app.database import dispose_engine, session_scope
from app.database_kit import retries
from app.database_kit.retries import SerializableSessionDep, retry
from app.models import Author
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]

END_BACKEND = text("SELECT pg_terminate_backend(pg_backend_pid())")
END_AT_COMMIT = (
    (
        "CREATE FUNCTION end_backend() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'"
    ),
    (
        "CREATE CONSTRAINT TRIGGER end_backend AFTER INSERT ON authors"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION end_backend()"
    ),
)


@pytest.fixture(autouse=True)
async def no_authors(monkeypatch):
    monkeypatch.setattr(retries, "FIRST_DELAY_SECONDS", 0.001)
    yield
    async with session_scope() as session:
        await session.execute(text("TRUNCATE authors CASCADE"))
    await dispose_engine()


async def names() -> list[str]:
    async with session_scope() as session:
        return list(await session.scalars(select(Author.name).order_by(Author.name)))


async def test_serialization_failures_are_run_again():
    """Of two that count and then insert, the later one sees the earlier one's row."""
    both_have_counted = asyncio.Barrier(2)
    runs = []

    @retry(serializable=True)
    async def add(session: AsyncSession, name: str) -> int:
        runs.append(name)
        count = await session.scalar(select(func.count()).select_from(Author))
        if len(runs) <= 2:
            await both_have_counted.wait()
        session.add(Author(name=f"{name} {count}"))
        return count or 0

    assert sorted(await asyncio.gather(add("a"), add(name="b"))) == [0, 1]
    assert len(runs) == 3
    assert {name.split()[1] for name in await names()} == {"0", "1"}


async def test_deadlocks_are_run_again():
    async with session_scope() as session:
        session.add_all([Author(name="a"), Author(name="b")])
    both_have_locked = asyncio.Barrier(2)
    runs = []

    @retry()
    async def lock(session: AsyncSession, *order: str) -> None:
        runs.append(order)
        for name in order:
            await session.scalar(select(Author).where(Author.name == name).with_for_update())
            if name == order[0] and len(runs) <= 2:
                await both_have_locked.wait()

    await asyncio.gather(lock("a", "b"), lock("b", "a"))

    assert len(runs) == 3


async def test_a_connection_lost_before_the_commit():
    runs = []

    @retry()
    async def add(session: AsyncSession) -> None:
        runs.append(session)
        session.add(Author(name="Ada"))
        await session.flush()
        async with session.begin_nested():
            pass
        if len(runs) == 1:
            await session.execute(END_BACKEND)

    await add()

    assert len(runs) == 2
    assert await names() == ["Ada"]


async def test_a_connection_lost_at_the_commit_is_not_run_again():
    async with session_scope() as session:
        for statement in END_AT_COMMIT:
            await session.execute(text(statement))
    runs = []

    @retry()
    async def add(session: AsyncSession) -> None:
        runs.append(session)
        session.add(Author(name="Ada"))

    try:
        with pytest.raises(DBAPIError):
            await add()
    finally:
        async with session_scope() as session:
            await session.execute(text("DROP FUNCTION end_backend CASCADE"))

    assert len(runs) == 1


@pytest.mark.parametrize(
    ("state", "expected"), [("40001", 3), ("40P01", 3), ("40002", 1), ("23505", 1)]
)
async def test_what_is_run_again_and_how_often(state, expected):
    runs = []

    @retry(attempts=3)
    async def fail(session: AsyncSession) -> None:
        runs.append(session)
        error = f"DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '{state}'; END $$"
        await session.execute(text(error))

    with pytest.raises(DBAPIError):
        await fail()

    assert len(runs) == expected


async def test_what_has_committed_is_not_run_again():
    runs = []

    @retry()
    async def fail(session: AsyncSession) -> None:
        runs.append(session)
        session.add(Author(name="Ada"))
        await session.commit()
        error = "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$"
        await session.execute(text(error))

    with pytest.raises(DBAPIError):
        await fail()

    assert len(runs) == 1
    assert await names() == ["Ada"]


async def test_the_session_of_a_request():
    app = FastAPI()

    @app.get("/level")
    async def level(session: SerializableSessionDep) -> str:
        return await session.scalar(text("SHOW transaction_isolation")) or ""

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/level")).json() == "serializable"
    async with session_scope() as session:
        assert await session.scalar(text("SHOW transaction_isolation")) == "read committed"


async def test_a_tests_transaction_is_shared(session):
    @retry(serializable=True)
    async def add(own: AsyncSession) -> None:
        own.add(Author(name="retried"))

    await add()
    async with retries.serializable_scope() as own:
        own.add(Author(name="in a scope"))

    assert {*await session.scalars(select(Author.name))} == {"retried", "in a scope"}
