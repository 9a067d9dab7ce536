"""Run in an adopted project: logins hold when requests come at the same time, or fail."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from app.database_kit import auth as database_auth
from app.database import SessionDep, dispose_engine, get_engine, session_scope
from app.database_kit.auth import (
    EmailTakenError,
    authenticate,
    change_password,
    create_user,
    hash_password,
    issue_refresh_token,
    rotate_refresh_token,
)
from app.models import User
from argon2 import PasswordHasher
from fastapi import FastAPI, HTTPException
from httpx import ASGITransport, AsyncClient
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import IntegrityError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]

EMAIL = "ada@example.com"
PASSWORD = "a password"


class Spy:
    """Hashes quickly, and tells how often and where."""

    def __init__(self):
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.threads = []

    def hash(self, password):
        self.threads.append(threading.current_thread().name)
        return self._hasher.hash(password)

    def verify(self, password_hash, password):
        self.threads.append(threading.current_thread().name)
        return self._hasher.verify(password_hash, password)

    def check_needs_rehash(self, password_hash):
        return self._hasher.check_needs_rehash(password_hash)


@pytest.fixture(autouse=True)
def spy(monkeypatch):
    spy = Spy()
    monkeypatch.setattr(database_auth, "hasher", spy)
    return spy


@pytest.fixture(autouse=True)
async def user_id(spy):
    async with session_scope() as session:
        user = await create_user(session, email=EMAIL, password_hash=await hash_password(PASSWORD))
    spy.threads.clear()
    yield user.id
    async with session_scope() as session:
        await session.execute(text("TRUNCATE users CASCADE"))
    await dispose_engine()


async def issue(user_id):
    async with session_scope() as session:
        return await issue_refresh_token(session, user_id)


async def rotate(token):
    """Rotate in a transaction of its own; the next token, or None."""
    async with session_scope() as session:
        rotated = await rotate_refresh_token(session, token)
        return rotated and rotated[1]


async def test_of_two_rotations_at_once_one_succeeds_and_the_login_ends(user_id):
    for _ in range(20):
        token = await issue(user_id)

        rotated = await asyncio.gather(*[rotate(token) for _ in range(5)])

        [following] = filter(None, rotated)
        assert await rotate(following) is None


async def test_a_copy_ends_the_login_while_it_is_being_prolonged(user_id):
    for _ in range(20):
        copied = await issue(user_id)
        token = await rotate(copied)

        following, nothing = await asyncio.gather(rotate(token), rotate(copied))

        assert nothing is None
        assert following is None or await rotate(following) is None


async def test_a_route_that_raises_does_not_undo_the_end_of_the_login(user_id):
    app = FastAPI()

    @app.post("/refresh/{token}")
    async def refresh(token: str, session: SessionDep) -> str:
        rotated = await rotate_refresh_token(session, token)
        if rotated is None:
            raise HTTPException(401)
        return rotated[1]

    copied = await issue(user_id)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        token = (await client.post(f"/refresh/{copied}")).json()
        assert (await client.post(f"/refresh/{copied}")).status_code == 401

    assert await rotate(token) is None


async def test_of_two_users_with_an_address_one_is_made():
    password_hash = await hash_password(PASSWORD)

    async def create(email):
        async with session_scope() as session:
            await create_user(session, email=email, password_hash=password_hash)

    emails = ["bob@example.com", "BOB@example.com", "Bob@Example.com"]
    outcomes = await asyncio.gather(*map(create, emails), return_exceptions=True)

    assert outcomes.count(None) == 1
    assert sum(isinstance(outcome, EmailTakenError) for outcome in outcomes) == 2


async def test_whoever_comes_hashes_once_and_outside_of_the_event_loop(spy, user_id):
    async with session_scope() as session:
        for email, password in [(EMAIL, PASSWORD), (EMAIL, "wrong"), ("x@y", PASSWORD)]:
            spy.threads.clear()
            await authenticate(session, email=email, password=password)
            [thread] = spy.threads
            assert thread.startswith("password")


async def test_a_password_that_changes_during_the_login_is_the_one_that_counts(
    monkeypatch, user_id
):
    verify = database_auth.verify_password
    another = await hash_password("another")

    async def change_meanwhile(password_hash, password):
        async with session_scope() as session:
            await change_password(session, await session.get_one(User, user_id), another)
        return await verify(password_hash, password)

    monkeypatch.setattr(database_auth, "verify_password", change_meanwhile)
    async with session_scope() as session:
        assert await authenticate(session, email=EMAIL, password=PASSWORD) is None
    monkeypatch.undo()
    async with session_scope() as session:
        assert await authenticate(session, email=EMAIL, password="another")


async def test_a_change_of_the_password_waits_for_a_login_and_ends_it(user_id):
    another = await hash_password("another")
    async with session_scope() as login:
        user = await authenticate(login, email=EMAIL, password=PASSWORD)
        token = await issue_refresh_token(login, user.id)

        async def change():
            async with session_scope() as session:
                await change_password(session, await session.get_one(User, user_id), another)

        changing = asyncio.create_task(change())
        # Until PostgreSQL says that it waits for the login.
        waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        async with session_scope() as other:
            while not await other.scalar(text(waiting)):
                # Within a transaction, PostgreSQL would go on telling of the same moment.
                await other.rollback()
    await changing

    assert await rotate(token) is None


class SlowSpy(Spy):
    """Waits before it hashes, until it is let go."""

    def __init__(self):
        super().__init__()
        self.go_on = threading.Event()

    def hash(self, password):
        password_hash = super().hash(password)
        self.go_on.wait(30)
        return password_hash

    def verify(self, password_hash, password):
        self.threads.append(threading.current_thread().name)
        self.go_on.wait(30)
        return self._hasher.verify(password_hash, password)


@pytest.mark.parametrize("email", [EMAIL, "nobody@example.com"])
async def test_logins_hold_no_connection_while_they_hash(configure, monkeypatch, email):
    await configure(pool_size=2)
    slow = SlowSpy()
    monkeypatch.setattr(database_auth, "hasher", slow)
    # One for each login, or some would not have come so far.
    monkeypatch.setattr(database_auth, "hashing_threads", ThreadPoolExecutor(10))

    async def log_in():
        async with session_scope() as session:
            return await authenticate(session, email=email, password=PASSWORD)

    logins = [asyncio.create_task(log_in()) for _ in range(10)]
    try:
        async with asyncio.timeout(20):
            while len(slow.threads) < 10:  # noqa: ASYNC110
                await asyncio.sleep(0.001)
        assert get_engine().pool.checkedout() == 0
        async with asyncio.timeout(0.3), session_scope() as session:
            assert await session.scalar(text("SELECT 1")) == 1
    finally:
        slow.go_on.set()
    users = await asyncio.gather(*logins)

    assert {user is not None for user in users} == {email == EMAIL}


@pytest.mark.parametrize("odd", ["\ud800", "a\udfffb", "\0", "\ud83d\ude00"])
async def test_odd_text_is_a_wrong_password_or_token(odd, user_id):
    async with session_scope() as session:
        assert await authenticate(session, email=EMAIL, password=odd) is None
        assert await authenticate(session, email=f"{odd}@example.com", password=odd) is None
        assert await rotate_refresh_token(session, odd) is None
        assert await rotate_refresh_token(session, f"{odd}.{odd}") is None
        await database_auth.revoke_refresh_token(session, odd)
    assert not await database_auth.verify_password(await hash_password("x"), odd)


async def test_a_password_in_the_place_of_its_hash_is_in_no_error(user_id):
    plain = "plain text"
    with pytest.raises(ValueError, match="has to be hashed") as caught:
        User(email="bob@example.com", password_hash=plain)
    assert plain not in str(caught.value)
    async with session_scope() as session:
        with pytest.raises(IntegrityError) as failed:
            await session.execute(update(User).values(password_hash=plain))
        await session.rollback()
    # The server's own message, of which only its first line goes to a log.
    assert plain not in str(failed.value).partition("DETAIL")[0]
    assert "hide_parameters" in str(failed.value)


async def test_an_address_is_found_by_its_index():
    async with session_scope() as session:
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        query = select(User.id).where(func.lower(User.email) == func.lower("X"))
        sql = query.compile(session.bind, compile_kwargs={"literal_binds": True})
        plan = await session.scalars(text(f"EXPLAIN {sql}"))

    assert any("uq_users_email" in line for line in plan)
