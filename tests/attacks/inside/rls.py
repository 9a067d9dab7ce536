"""Run in the adopted project: twenty users at once, who fail and leave at any moment."""

import argparse
import asyncio
import json
import logging
import random
from collections import Counter
from time import monotonic
from uuid import UUID, uuid4

from fastapi import BackgroundTasks, FastAPI, HTTPException
from fastapi.responses import StreamingResponse
from httpx import ASGITransport, AsyncClient
from notes.database import (
    SessionDep,
    dispose_engine,
    get_engine,
    get_session_factory,
    install_database,
    session_scope,
)
from notes.database_kit import row_level_security
from notes.database_kit.reads import ReadSessionDep, RLSReadSessionDep, get_read_engine
from notes.database_kit.row_level_security import (
    ANONYMOUS,
    Identity,
    IdentityDep,
    RLSSession,
    RLSSessionDep,
    get_identity,
    rls_session_scope,
)
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request

CLIENTS, USERS = 40, 20
CANCELLED = 1 / 3

WHO = text("""
    SELECT
        current_user::text,
        session_user::text,
        nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
""")
READ = text("SELECT owner, body FROM notes LIMIT 200")
WRITE = text("INSERT INTO notes (id, body) VALUES (:id, :body)")
FORGERIES = [
    text("INSERT INTO notes (id, owner, body) VALUES (gen_random_uuid(), :other, 'forged')"),
    text("UPDATE notes SET body = 'forged' WHERE owner = :other RETURNING 1"),
    text("UPDATE notes SET owner = :other RETURNING 1"),
    text("DELETE FROM notes WHERE owner = :other RETURNING 1"),
]
FAIL = text("SELECT 1 / 0")
SLEEP = text("SELECT pg_sleep(0.02)")
STEPS = (
    *("write", "commit", "rollback", "savepoint", "savepoint-fails", "forge", "fails", "crashes"),
    *("refuses", "catches", "times-out", "sleeps", "loses-identity", "both"),
)
ROLLED_BACK = {"fails", "crashes", "refuses", "catches", "rollback", "times-out", "forge"}
PATHS = ("/read", "/stream", "/task", "/visitor", "/backend", "/backend/read")

logging.disable(logging.CRITICAL)
app = FastAPI()
install_database(app)
wrong: Counter[str] = Counter()
seen: Counter[str] = Counter()
users = [str(uuid4()) for _ in range(USERS)]


def identity_of(user):
    return Identity("authenticated", {"sub": user, "role": "authenticated"})


@app.middleware("http")
async def pass_on(request, call_next):
    # Tasks of their own for each request, as much middleware has them.
    return await call_next(request)


async def identify(request: Request) -> Identity:
    return identity_of(request.headers["user"])


app.dependency_overrides[get_identity] = identify


async def check(session, user, role="authenticated"):
    """Compare whose transaction it is with whose it has to be."""
    current, login, claimed = (await session.execute(WHO)).one()
    seen["identities"] += 1
    expected = (role or login, user)
    if (current, claimed) != expected:
        wrong[f"{current} for {expected[0]}, {'other' if claimed != user else 'same'} user"] += 1


async def read(session, user):
    await check(session, user)
    rows = (await session.execute(READ)).all()
    seen["rows"] += len(rows)
    wrong["rows"] += sum((str(row.owner), row.body) != (user, user) for row in rows)


@app.post("/notes/{step}")
async def use_notes(
    step: str, key: UUID, other: UUID, identity: IdentityDep, session: RLSSessionDep
):
    me = identity.claims["sub"]
    await read(session, me)
    await session.execute(WRITE, {"id": key, "body": me})
    if step == "commit":
        await session.commit()
    elif step == "rollback":
        await session.rollback()
    elif step == "savepoint":
        async with session.begin_nested():
            await check(session, me)
        savepoint = await session.begin_nested()
        await check(session, me)
        await savepoint.rollback()
    elif step == "savepoint-fails":
        try:
            async with session.begin_nested():
                await session.execute(FAIL)
        except SQLAlchemyError:
            await check(session, me)
    elif step == "forge":
        await session.rollback()
        for forgery in FORGERIES:
            try:
                forged = (await session.execute(forgery, {"other": other})).rowcount
            except SQLAlchemyError:
                await session.rollback()
            else:
                wrong["forged"] += forged
    elif step == "fails":
        await session.execute(FAIL)
    elif step == "crashes":
        raise RuntimeError
    elif step == "refuses":
        raise HTTPException(418)
    elif step == "catches":
        try:
            await session.execute(FAIL)
        except SQLAlchemyError:
            return
    elif step == "times-out":
        await session.execute(text("SET LOCAL statement_timeout = 1"))
        try:
            await session.execute(SLEEP)
        except SQLAlchemyError:
            await session.rollback()
    elif step == "sleeps":
        await session.execute(SLEEP)
    elif step == "loses-identity":
        await use_without_identity()
    elif step == "both":
        async with rls_session_scope(identity_of(str(other))) as theirs:
            await read_both(session, me, theirs, str(other))
    await read(session, me)


async def read_both(session, me, theirs, other):
    # Unlike gather, it lets no task go on with a session that has to end.
    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(read(session, me))
            tasks.create_task(read(theirs, other))
    except ExceptionGroup as group:
        raise group.exceptions[0] from None


async def use_without_identity():
    async with get_session_factory()(sync_session_class=RLSSession) as session:
        for _ in range(3):
            try:
                await session.execute(WHO)
                wrong["without identity"] += 1
            except (RuntimeError, SQLAlchemyError):
                seen["refused"] += 1


@app.get("/read")
async def read_notes(identity: IdentityDep, session: RLSReadSessionDep):
    await read(session, identity.claims["sub"])
    try:
        await session.execute(WRITE, {"id": uuid4(), "body": "written by a reader"})
    except SQLAlchemyError:
        await session.rollback()
    else:
        wrong["written by a reader"] += 1
    await read(session, identity.claims["sub"])


@app.get("/stream")
async def stream_notes(identity: IdentityDep):
    async def lines():
        async with rls_session_scope(identity) as session:
            await read(session, identity.claims["sub"])
            async for row in await session.stream(READ):
                wrong["streamed"] += str(row.owner) != identity.claims["sub"]
                yield row.body

    return StreamingResponse(lines())


@app.get("/task")
async def use_later(identity: IdentityDep, session: RLSSessionDep, tasks: BackgroundTasks):
    await read(session, identity.claims["sub"])

    async def task():
        async with rls_session_scope(identity) as own:
            await read(own, identity.claims["sub"])
        try:
            await session.execute(WHO)
            wrong["after its end"] += 1
        except SQLAlchemyError:
            seen["refused"] += 1

    tasks.add_task(task)


@app.get("/visitor")
async def visit():
    async with rls_session_scope(ANONYMOUS) as session:
        await check(session, None, "anon")
        try:
            wrong["rows"] += len((await session.execute(READ)).all())
        except SQLAlchemyError:
            await session.rollback()


@app.get("/backend")
async def use_backend(session: SessionDep):
    await check(session, None, None)


@app.get("/backend/read")
async def read_backend(session: ReadSessionDep):
    await check(session, None, None)


class Ledger:
    """What was acknowledged, and what must not be there."""

    def __init__(self):
        self.acknowledged = set()
        self.rolled_back = set()

    async def lies(self):
        async with session_scope() as session:
            notes = (await session.execute(text("SELECT id, owner, body FROM notes"))).all()
        there = {note.id for note in notes}
        wrong["written for another"] += sum(str(note.owner) != note.body for note in notes)
        return len(self.acknowledged - there) + len(self.rolled_back & there)


async def attack(seconds, seed):
    ledger = Ledger()
    statuses: Counter[str] = Counter()
    end = monotonic() + seconds
    transport = ASGITransport(app, raise_app_exceptions=False)

    async def behave(client, number):
        chance = random.Random(f"{seed} {number}")
        while monotonic() < end:
            user, other = chance.sample(users, 2)
            key, step = uuid4(), chance.choice(STEPS)
            if chance.random() < len(STEPS) / (len(STEPS) + len(PATHS)):
                request = client.build_request(
                    "POST", f"/notes/{step}", params={"key": str(key), "other": other}
                )
            else:
                step = ""
                request = client.build_request("GET", chance.choice(PATHS))
            request.headers["user"] = user
            leaves = chance.uniform(0, 0.1) if chance.random() < CANCELLED else None
            if step in ROLLED_BACK:
                ledger.rolled_back.add(key)
            try:
                response = await asyncio.wait_for(client.send(request), leaves)
            except TimeoutError:
                statuses["cancelled"] += 1
                continue
            statuses[f"{response.status_code}"] += 1
            if response.is_success and step and step not in ROLLED_BACK:
                ledger.acknowledged.add(key)
            elif response.is_success and step == "catches":
                wrong["2xx of a failed transaction"] += 1

    async with AsyncClient(transport=transport, base_url="http://test") as client:
        await asyncio.gather(*(behave(client, number) for number in range(CLIENTS)))
    untrue = await ledger.lies()
    pools = {get_engine().pool, get_read_engine().pool}
    left = {
        "in use": sum(pool.checkedout() for pool in pools),
        "waiting": sum(pool.waiting() for pool in pools),
    }
    await dispose_engine()
    cancelled = statuses.pop("cancelled", 0)
    return {
        "requests": sum(statuses.values()) + cancelled,
        "cancelled": cancelled,
        "statuses": dict(sorted(statuses.items())),
        "identities": seen["identities"],
        "refused": seen["refused"],
        "rows": seen["rows"],
        "writes": len(ledger.acknowledged),
        "wrong": dict(+wrong),
        "untrue": untrue,
        "left": left,
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--sabotage", action="store_true")
    options = parser.parse_args()
    if options.sabotage:
        lasting = row_level_security.SET_IDENTITY.text.replace("true", "false")
        row_level_security.SET_IDENTITY = text(lasting)
    print(json.dumps(asyncio.run(attack(options.seconds, options.seed))))
