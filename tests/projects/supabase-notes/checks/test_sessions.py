"""Every transaction carries the identity, and nothing else does; at DIRECT_URL and POOLED_URL."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import pytest
from notes import database
from notes.database_kit import row_level_security
from notes.database import get_session_factory, session_scope
from notes.database_kit.reads import get_read_engine, new_read_session, rls_read_session_scope
from notes.database_kit.row_level_security import ANONYMOUS, Identity, RLSSession, rls_session_scope
from sqlalchemy import TextClause, text
from sqlalchemy.exc import DBAPIError, InvalidRequestError, SAWarning
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from .conftest import Run

READ = text("SELECT count(*) FILTER (WHERE owner = auth.uid()), count(*) FROM notes")
WHO = text("""
    SELECT
        current_user::text,
        (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
""")
WRITE = text("INSERT INTO notes (body) VALUES ('mine')")


@pytest.fixture(params=["DIRECT_URL", "POOLED_URL"], autouse=True)
def connection_kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", os.environ[request.param])
    monkeypatch.setenv("DATABASE_POOL_SIZE", "1")
    monkeypatch.setenv("DATABASE_MAX_OVERFLOW", "0")
    if request.param == "POOLED_URL":
        monkeypatch.setenv("DATABASE_POOLER", "transaction")


@pytest.fixture
def user() -> Iterator[Identity]:
    user = str(uuid4())
    return Identity("authenticated", {"sub": user, "role": "authenticated"})


async def who(session: AsyncSession) -> tuple[str, UUID | None]:
    row = (await session.execute(WHO)).one()
    return row[0], row[1]


def test_the_identity_returns_after_commit_and_rollback(run: Run, user: Identity) -> None:
    async def check() -> None:
        me = ("authenticated", user.user_id)
        async with rls_session_scope(user) as session:
            assert await who(session) == me
            await session.commit()
            assert await who(session) == me
            await session.rollback()
            assert await who(session) == me
            with pytest.raises(DBAPIError):
                await session.execute(text("SELECT 1 / 0"))
            await session.rollback()
            assert await who(session) == me

    run(check())


def test_the_identity_outlives_savepoints(run: Run, user: Identity) -> None:
    async def check() -> None:
        me = ("authenticated", user.user_id)
        async with rls_session_scope(user) as session:
            savepoint = await session.begin_nested()
            assert await who(session) == me
            await savepoint.rollback()
            assert await who(session) == me
            async with session.begin_nested():
                await session.execute(WRITE)
            assert await who(session) == me

    run(check())


def test_a_connection_remembers_nobody(run: Run, user: Identity) -> None:
    login = urlsplit(os.environ["DATABASE_URL"]).username

    async def check() -> None:
        for _ in range(3):
            async with rls_session_scope(user) as session:
                assert (await who(session))[1] == user.user_id
            async with session_scope() as session:
                assert await who(session) == (login, None)
            with pytest.raises(ZeroDivisionError):
                async with rls_session_scope(user) as session:
                    await session.execute(WRITE)
                    _ = 1 / 0
            async with session_scope() as session:
                assert await who(session) == (login, None)

    run(check())


def test_only_own_rows(run: Run, user: Identity) -> None:
    async def check() -> None:
        other = Identity("authenticated", {"sub": str(uuid4()), "role": "authenticated"})
        for identity in (user, other):
            async with rls_session_scope(identity) as session:
                await session.execute(WRITE)
        async with rls_session_scope(user) as session:
            assert (await session.execute(READ)).one() == (1, 1)
            forge = text("INSERT INTO notes (owner, body) VALUES (:owner, 'forged')")
            with pytest.raises(DBAPIError, match="row-level security"):
                await session.execute(forge, {"owner": other.user_id})
            await session.rollback()
            update = text("UPDATE notes SET body = 'forged' WHERE owner = :owner RETURNING 1")
            assert not (await session.execute(update, {"owner": other.user_id})).all()

    run(check())


def test_anonymous_visitors_have_no_user(run: Run) -> None:
    async def check() -> None:
        async with rls_session_scope(ANONYMOUS) as session:
            assert await who(session) == ("anon", None)
            with pytest.raises(DBAPIError, match="permission denied"):
                await session.execute(READ)
            await session.rollback()

    run(check())


async def execute(session: AsyncSession) -> None:
    await session.execute(WHO)


async def begin_nested(session: AsyncSession) -> None:
    async with session.begin_nested():
        await session.execute(WHO)


async def connect(session: AsyncSession) -> None:
    await session.connection()


async def stream(session: AsyncSession) -> None:
    await session.stream(WHO)


FIRST_USES = [execute, begin_nested, connect, stream]


def refused_sessions(user: Identity) -> Iterator[tuple[AsyncSession, str]]:
    """Sessions that must not begin, and what they say."""
    factory = get_session_factory()
    reads = get_read_engine()
    transactions = reads.execution_options(isolation_level="READ COMMITTED")
    for info in ({}, {"identity": None}):
        yield factory(sync_session_class=RLSSession, info=info), "needs an identity"
        yield (
            new_read_session(bind=transactions, sync_session_class=RLSSession, info=info),
            "needs an identity",
        )
    for engine in (database.get_engine(), reads):
        bound = engine.execution_options(isolation_level="AUTOCOMMIT")
        open_session = async_sessionmaker(bound, sync_session_class=RLSSession)
        yield open_session(info={"identity": user}), "needs transactions"
    yield factory(sync_session_class=RLSSession, info={"identity": "ada"}), "no attribute"


@pytest.mark.parametrize("use", FIRST_USES, ids=lambda use: use.__name__)
def test_a_session_without_its_identity_stays_unusable(
    run: Run, user: Identity, use: Callable[[AsyncSession], Awaitable[None]]
) -> None:
    async def check() -> None:
        for session, reason in refused_sessions(user):
            async with session:
                with pytest.raises((RuntimeError, AttributeError), match=reason):
                    await use(session)
                for _ in range(2):
                    with pytest.raises(InvalidRequestError):
                        await session.scalar(text("SELECT current_user"))
                with pytest.raises(InvalidRequestError):
                    await session.commit()
                await session.rollback()
                with pytest.raises((RuntimeError, AttributeError), match=reason):
                    await session.scalar(text("SELECT current_user"))
        assert not database.get_engine().pool.checkedout()

    run(check())


@pytest.mark.parametrize("scope", [rls_session_scope, rls_read_session_scope])
@pytest.mark.parametrize("error", [ValueError(), asyncio.CancelledError()])
def test_whatever_happens_while_the_identity_is_set(
    run: Run, user: Identity, scope: Any, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def check() -> None:
        async with scope(user) as session:
            with monkeypatch.context() as patch:
                # What the server or the client could do in the middle of it.
                patch.setattr(row_level_security, "SET_IDENTITY", Raises(error))
                with pytest.raises(type(error)):
                    await session.scalar(WHO)
            with pytest.raises(InvalidRequestError):
                await session.scalar(text("SELECT current_user"))
            await session.rollback()
            assert await who(session) == ("authenticated", user.user_id)

    run(check())


class Raises(TextClause):
    """A statement that does not get to the server."""

    def __init__(self, error: BaseException) -> None:
        super().__init__("SELECT 1")
        self._error = error

    def _execute_on_connection(self, *_: object, **__: object) -> Any:
        raise self._error


@pytest.mark.parametrize(
    "claims", [{"sub": uuid4()}, {"at": float("nan")}, {"key": b"bytes"}, {("a", "b"): 1}]
)
def test_claims_that_are_not_json_make_no_identity(claims: dict[Any, Any]) -> None:
    with pytest.raises((TypeError, ValueError), match="JSON|keys must be"):
        Identity("authenticated", claims)


def test_claims_cannot_be_changed_afterwards(run: Run) -> None:
    mine, other = str(uuid4()), str(uuid4())
    claims = {"sub": mine, "role": "authenticated"}
    identity = Identity("authenticated", claims)
    claims["sub"] = other

    async def check() -> None:
        async with rls_session_scope(identity) as session:
            assert (await who(session))[1] == UUID(mine)

    run(check())


def test_autocommit_is_refused(run: Run, user: Identity) -> None:
    autocommit = {"isolation_level": "AUTOCOMMIT"}

    async def check() -> None:
        async with rls_session_scope(user) as session:
            with pytest.raises(RuntimeError, match="needs transactions"):
                await session.connection(execution_options=autocommit)
            with pytest.raises(InvalidRequestError):
                await session.scalar(text("SELECT current_user"))
            await session.rollback()

            connection = await session.connection()
            with pytest.raises(InvalidRequestError):
                await connection.execution_options(**autocommit)
            assert await who(session) == ("authenticated", user.user_id)

    run(check())


@pytest.mark.parametrize("end", ["commit", "rollback"])
def test_no_transaction_begins_behind_the_session_s_back(
    run: Run, user: Identity, end: str
) -> None:
    async def check() -> None:
        async with rls_session_scope(user) as session:
            connection = await session.connection()
            await getattr(connection, end)()
            with pytest.raises(RuntimeError, match="only the session itself"):
                await who(session)
            with pytest.warns(SAWarning, match="already deassociated"):
                await session.rollback()
            assert await who(session) == ("authenticated", user.user_id)

    run(check())


def test_claims_of_any_content_arrive(run: Run) -> None:
    claims = {"sub": str(uuid4()), "role": "authenticated", "name": "O'Hara \u00e4\"\\ %s :x $1"}

    async def check() -> None:
        async with rls_session_scope(Identity("authenticated", claims)) as session:
            assert await session.scalar(text("SELECT auth.jwt()")) == claims

    run(check())
