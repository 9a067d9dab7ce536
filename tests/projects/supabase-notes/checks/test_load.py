"""Two hundred requests of twenty users at once over four connections, and nobody meets another.

Some requests fail, roll back, use savepoints, try to write for another user, or are cancelled in
the middle of a query.
"""

import asyncio
import os
import random
from collections import Counter
from typing import Annotated
from uuid import UUID, uuid4

import pytest
from fastapi import Body, FastAPI, HTTPException
from httpx import ASGITransport, AsyncClient
from notes.database_kit import row_level_security
from notes.database import SessionDep, session_scope
from notes.database_kit.row_level_security import IdentityDep, RLSSessionDep
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from .conftest import Run, legacy_token

REQUESTS, USERS = 200, 20
STEPS = ("write", "commit", "rollback", "savepoint", "forge", "fail", "crash", "slow", "plain")

WRITE = text("INSERT INTO notes (body) VALUES (:body)")
FORGE = text("INSERT INTO notes (owner, body) VALUES (:owner, 'forged')")
READ = text("SELECT owner, body FROM notes")
WHO = text("SELECT current_user = session_user AND auth.uid() IS NULL")
FORGED = text("SELECT count(*) FROM notes WHERE owner::text <> body")


class Application:
    """An application that counts what must not happen."""

    def __init__(self) -> None:
        self.violations: Counter[str] = Counter()
        self.app = FastAPI()
        self.app.post("/notes")(self.use_notes)
        self.app.post("/plain")(self.use_plain)

    async def use_notes(
        self,
        identity: IdentityDep,
        session: RLSSessionDep,
        step: Annotated[str, Body()],
        other: Annotated[UUID, Body()],
    ) -> None:
        me = identity.user_id
        await self.read(session, me)
        await session.execute(WRITE, {"body": str(me)})
        if step == "commit":
            await session.commit()
        elif step == "rollback":
            await session.rollback()
        elif step == "savepoint":
            savepoint = await session.begin_nested()
            await session.execute(WRITE, {"body": str(me)})
            await savepoint.rollback()
        elif step == "forge":
            try:
                await session.execute(FORGE, {"owner": other})
            except DBAPIError:
                await session.rollback()
            else:
                self.violations["forged"] += 1
        elif step == "fail":
            raise HTTPException(418)
        elif step == "crash":
            await session.execute(text("SELECT 1 / 0"))
        elif step == "slow":
            await session.execute(text("SELECT pg_sleep(0.2)"))
        await self.read(session, me)

    async def read(self, session: AsyncSession, me: UUID) -> None:
        rows = (await session.execute(READ)).all()
        if any((row.owner, row.body) != (me, str(me)) for row in rows):
            self.violations["read"] += 1

    async def use_plain(self, session: SessionDep) -> None:
        if not await session.scalar(WHO):
            self.violations["remembered"] += 1


async def put_under_load(seed: int) -> Counter[str]:
    chance = random.Random(seed)
    users = [str(uuid4()) for _ in range(USERS)]
    tokens = {user: legacy_token(user) for user in users}
    application = Application()
    transport = ASGITransport(application.app, raise_app_exceptions=False)

    async def send(client: AsyncClient, number: int) -> int:
        user, other = chance.sample(users, 2)
        step = STEPS[number % len(STEPS)]
        headers = {"Authorization": f"Bearer {tokens[user]}"}
        json = {"step": step, "other": other}
        path = "/plain" if step == "plain" else "/notes"
        call = client.post(path, headers=headers, json=json)
        if step == "slow":
            try:
                # As a client does that has gone: the request is cancelled where it is.
                response = await asyncio.wait_for(call, chance.uniform(0.05, 0.5))
            except TimeoutError:
                return 499
        else:
            response = await call
        return response.status_code

    async with session_scope() as session:
        await session.execute(text("TRUNCATE notes"))
    async with AsyncClient(transport=transport, base_url="http://test", timeout=60) as client:
        statuses = Counter(await asyncio.gather(*(send(client, n) for n in range(REQUESTS))))

    async with session_scope() as session:
        application.violations["written"] = await session.scalar(FORGED) or 0
    crashes = len(range(STEPS.index("crash"), REQUESTS, len(STEPS)))
    application.violations["failed"] = statuses[500] - crashes
    assert not statuses.keys() - {200, 418, 499, 500}
    assert statuses[499] > 0, "nothing was cancelled"
    return +application.violations


@pytest.fixture(params=["DIRECT_URL", "POOLED_URL"], autouse=True)
def four_connections(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", os.environ[request.param])
    monkeypatch.setenv("DATABASE_POOL_SIZE", "4")
    monkeypatch.setenv("DATABASE_MAX_OVERFLOW", "0")
    monkeypatch.setenv("DATABASE_POOL_TIMEOUT_SECONDS", "60")
    monkeypatch.setenv("DATABASE_POOL_MAX_WAITING", f"{REQUESTS}")
    if request.param == "POOLED_URL":
        monkeypatch.setenv("DATABASE_POOLER", "transaction")


def test_nobody_meets_another(run: Run) -> None:
    assert run(put_under_load(seed=1)) == {}


def test_the_load_tells_when_an_identity_is_set_for_the_session(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for_the_session = text(row_level_security.SET_IDENTITY.text.replace("true", "false"))
    monkeypatch.setattr(row_level_security, "SET_IDENTITY", for_the_session)

    violations = run(put_under_load(seed=1))

    assert violations["remembered"] > 0
