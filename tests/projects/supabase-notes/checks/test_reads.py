"""Sessions that only read, direct and through a transaction pooler."""

import asyncio
import os
from uuid import uuid4

import pytest
from notes.database_kit.hot_reads import HotRead
from notes.database_kit.reads import (
    get_read_engine,
    read_session_scope,
    rls_read_session_scope,
)
from notes.database_kit.row_level_security import Identity, rls_session_scope
from sqlalchemy import Integer, bindparam, func, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from .conftest import Run

WRITE = text("INSERT INTO notes (body) VALUES (:body)")
READ = text("SELECT body FROM notes")
WHO = text("SELECT current_user || ''")

number = func.generate_series(1, bindparam("last", type_=Integer)).column_valued("number")
NUMBERS = HotRead(select(number))


@pytest.fixture(params=["DIRECT_URL", "POOLED_URL"], autouse=True)
def url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Connect directly, and through a pooler that the URL does not tell of."""
    name: str = request.param
    monkeypatch.setenv("DATABASE_URL", os.environ[name])
    if name == "POOLED_URL":
        monkeypatch.setenv("DATABASE_POOLER", "transaction")
    return name


def user() -> Identity:
    """Return somebody new."""
    return Identity("authenticated", {"sub": str(uuid4()), "role": "authenticated"})


async def refuses_to_write(session: AsyncSession) -> bool:
    """Tell whether a write fails for being one."""
    try:
        await session.execute(WRITE, {"body": "written by a reader"})
    except DBAPIError as error:
        await session.rollback()
        return "read-only" in str(error)
    return False


def test_reads_cannot_write(run: Run) -> None:
    async def check() -> None:
        for _ in range(5):
            async with read_session_scope() as session:
                assert await refuses_to_write(session)

    run(check())


def test_a_users_reads_are_in_the_users_name_and_cannot_write(run: Run) -> None:
    async def check() -> None:
        one, other = user(), user()
        for identity in (one, other):
            async with rls_session_scope(identity) as session:
                await session.execute(WRITE, {"body": str(identity.user_id)})
        for identity in (one, other):
            async with rls_read_session_scope(identity) as session:
                assert await session.scalar(WHO) == "authenticated"
                assert list(await session.scalars(READ)) == [str(identity.user_id)]
                assert await refuses_to_write(session)
                assert list(await session.scalars(READ)) == [str(identity.user_id)]

    run(check())


def test_nobodys_name_stays_on_a_connection(run: Run) -> None:
    async def read(identity: Identity | None) -> None:
        if identity is None:
            async with read_session_scope() as session:
                assert await session.scalar(WHO) != "authenticated"
        else:
            async with rls_read_session_scope(identity) as session:
                assert await session.scalar(WHO) == "authenticated"
                assert list(await session.scalars(READ)) == []

    async def check() -> None:
        await asyncio.gather(*(read(user() if n % 2 else None) for n in range(60)))

    run(check())


def test_hot_reads_at_once(run: Run) -> None:
    async def check() -> None:
        results = await asyncio.gather(*(NUMBERS.fetch(last=n) for n in range(1, 40)))
        assert [len(rows) for rows in results] == list(range(1, 40))

    run(check())


def test_a_pooler_that_drops_the_setting_is_told_off(
    url: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    if url == "DIRECT_URL":
        pytest.skip("there is no pooler")
    monkeypatch.setenv("DATABASE_URL", os.environ["DROPPING_URL"])
    monkeypatch.setenv("DATABASE_POOLER", "none")

    async def check() -> None:
        with pytest.raises(RuntimeError, match="DATABASE_POOLER"):
            async with get_read_engine().connect():
                pass

    run(check())
