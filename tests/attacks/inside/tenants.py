"""Run in a project with tenants: forty of them at once, who fail and leave at any moment."""

import argparse
import asyncio
import json
import logging
import random
from collections import Counter
from importlib.util import find_spec
from uuid import UUID, uuid4

from app.database import dispose_engine, get_engine, install_database, session_scope
from app.database_kit import tenants
from app.database_kit.bulk import copy_rows, upsert_rows
from app.database_kit.engine import create_migration_engine
from app.database_kit.tenant_reads import TenantReadSessionDep
from app.database_kit.tenants import (
    TenantSessionDep,
    all_tenants_session_scope,
    get_tenant_id,
    tenant_session_scope,
)
from app.models import Tag, Tenant
from fastapi import FastAPI, HTTPException, Request
from httpx import ASGITransport, AsyncClient
from sqlalchemy import event, exists, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError

TENANTS, AT_ONCE = 40, 200
CANCELLED = 1 / 4

ON_SUPABASE = find_spec("app.database_kit.row_level_security") is not None
SETTING = text("SELECT nullif(current_setting('app.tenant_id', true), '')")
if ON_SUPABASE:
    CLAIMS = "nullif(current_setting('request.jwt.claims', true), '')::jsonb"
    SETTING = text(f"SELECT {CLAIMS} -> 'app_metadata' ->> 'tenant_id'")
READ = text("SELECT label FROM tags")
WRITE = text("INSERT INTO tags (label) VALUES (:label)")
FORGERIES = (
    text("INSERT INTO tags (tenant_id, label) VALUES (:other, 'forged')"),
    text("UPDATE tags SET label = 'forged' WHERE tenant_id = :other"),
    text("UPDATE tags SET tenant_id = :other"),
    text("DELETE FROM tags WHERE tenant_id = :other"),
)
FAIL = text("SELECT 1 / 0")
SLEEP = text("SELECT pg_sleep(0.01)")
WRITES = ("add", "core", "sql", "upsert", "copy", "copy-upsert")
STEPS = (
    *("commits", "rollback", "savepoint", "savepoint-fails", "forge", "fails", "crashes"),
    *("refuses", "catches", "times-out", "sleeps", "other-too", "nobody", "unused", "ends"),
)
ROLLED_BACK = {"fails", "crashes", "refuses", "catches", "rollback", "times-out", "forge"}

logging.disable(logging.CRITICAL)
app = FastAPI()
install_database(app)
wrong: Counter[str] = Counter()
seen: Counter[str] = Counter()


def identify(request: Request) -> UUID:
    return UUID(request.headers["tenant"])


app.dependency_overrides[get_tenant_id] = identify
if ON_SUPABASE:
    from app.database_kit.row_level_security import Identity, get_identity

    # Of a token that was verified; the tenant is the request's.
    USER = Identity("authenticated", {"role": "authenticated", "sub": f"{uuid4()}"})
    app.dependency_overrides[get_identity] = lambda: USER


async def read(session, tenant_id):
    """Read in each way that there is: all of it has to be the tenant's."""
    current = await session.scalar(SETTING)
    seen["settings"] += 1
    wrong["setting"] += current != f"{tenant_id}"
    for query in (select(Tag.label), select(Tag.__table__.c.label), READ):
        labels = (await session.scalars(query)).all()
        seen["rows"] += len(labels)
        wrong["read"] += sum(not label.startswith(f"{tenant_id}") for label in labels)
    rows = (await session.scalars(select(Tag).limit(5))).all()
    wrong["read"] += sum(row.tenant_id != tenant_id for row in rows)
    mine = await session.scalar(select(exists().where(Tag.tenant_id != tenant_id)))
    wrong["read by exists()"] += mine


async def write(session, way, label):
    row = {"label": label}
    if way == "add":
        session.add(Tag(label=label))
        await session.flush()
    elif way == "core":
        await session.execute(insert(Tag.__table__).values(row))
    elif way == "sql":
        await session.execute(WRITE, row)
    elif way == "upsert":
        new = insert(Tag).values(row)
        keys = ["tenant_id", "label"]
        await session.execute(
            new.on_conflict_do_update(index_elements=keys, set_={"label": new.excluded.label})
        )
    elif way == "copy":
        await copy_rows(session, Tag, [row])
    else:
        await upsert_rows(session, Tag, [row], conflict=["tenant_id", "label"])


@app.post("/tags/{step}")
async def use_tags(step: str, way: str, key: UUID, other: UUID, session: TenantSessionDep):
    tenant_id = session.info["tenant_id"]
    await read(session, tenant_id)
    await write(session, way, f"{tenant_id} {key}")
    if step == "commits":
        await session.commit()
    elif step == "rollback":
        await session.rollback()
    elif step == "savepoint":
        async with session.begin_nested() as savepoint:
            await read(session, tenant_id)
            await savepoint.rollback()
    elif step == "savepoint-fails":
        try:
            async with session.begin_nested():
                await session.execute(FAIL)
        except SQLAlchemyError:
            seen["failed"] += 1
    elif step == "forge":
        await forge(session, other)
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
    elif step == "ends":
        # What a statement ends by itself, goes on without a tenant.
        await session.commit()
        try:
            await session.execute(text("COMMIT"))
            labels = (await session.scalars(READ)).all()
        except SQLAlchemyError:
            labels = []
        wrong["read after COMMIT"] += sum(not one.startswith(f"{tenant_id}") for one in labels)
        await session.invalidate()
        return
    else:
        # Whoever held a connection while waiting for another could wait for ever.
        await session.commit()
        await beside(step, other)
    await read(session, tenant_id)


async def forge(session, other):
    await session.rollback()
    for forgery in FORGERIES:
        try:
            forged = (await session.execute(forgery, {"other": other})).rowcount
        except SQLAlchemyError:
            await session.rollback()
        else:
            wrong["forged"] += forged


async def beside(step, other):
    """Use another session in the middle of it."""
    if step == "other-too":
        async with tenant_session_scope(other) as theirs:
            await read(theirs, other)
    elif step == "unused":
        async with tenant_session_scope(other) as theirs:
            await theirs.connection()
    else:
        async with session_scope() as session:
            wrong["nobody's tenant"] += await session.scalar(SETTING) is not None
            try:
                wrong["read by nobody"] += len((await session.scalars(READ)).all())
            except SQLAlchemyError:
                # On Supabase, the login has no privilege of its own.
                await session.rollback()
            try:
                await session.execute(WRITE, {"label": "nobody's"})
            except SQLAlchemyError:
                await session.rollback()
                seen["refused"] += 1
            else:
                wrong["written by nobody"] += 1


@app.get("/tags")
async def read_tags(session: TenantReadSessionDep):
    await read(session, session.info["tenant_id"])


class Ledger:
    """What was acknowledged, and what must not be there."""

    def __init__(self):
        self.acknowledged = set()
        self.rolled_back = set()

    async def lies(self):
        engine = create_migration_engine()
        async with engine.connect() as connection:
            tags = (await connection.execute(text("SELECT tenant_id, label FROM tags"))).all()
        await engine.dispose()
        there = {UUID(tag.label[-36:]) for tag in tags if len(tag.label) == 73}
        wrong["written for another"] += sum(tag.label[:36] != f"{tag.tenant_id}" for tag in tags)
        return len(self.acknowledged - there) + len(self.rolled_back & there)


async def attack(requests, seed):
    ids = [uuid4() for _ in range(TENANTS)]
    open_scope = all_tenants_session_scope if ON_SUPABASE else session_scope
    async with open_scope() as session:
        session.add_all([Tenant(id=one, name=f"{one}", slug=f"{one}") for one in ids])
    ledger = Ledger()
    statuses: Counter[str] = Counter()
    transport = ASGITransport(app, raise_app_exceptions=False)

    async def ask(client, number):
        chance = random.Random(f"{seed} {number}")
        tenant_id, other = chance.sample(ids, 2)
        key, step, way = uuid4(), chance.choice(STEPS), chance.choice(WRITES)
        leaves = chance.uniform(0, 0.2) if chance.random() < CANCELLED else None
        parameters = {"key": f"{key}", "other": f"{other}", "way": way}
        request = client.build_request("POST", f"/tags/{step}", params=parameters)
        if chance.random() < 1 / 10:
            request, step = client.build_request("GET", "/tags"), ""
        request.headers["tenant"] = f"{tenant_id}"
        if step in ROLLED_BACK:
            ledger.rolled_back.add(key)
        try:
            response = await asyncio.wait_for(client.send(request), leaves)
        except TimeoutError:
            statuses["cancelled"] += 1
            return
        statuses[f"{response.status_code}"] += 1
        if response.is_success and step and step not in ROLLED_BACK:
            ledger.acknowledged.add(key)
        elif response.is_success and step == "catches":
            wrong["2xx of a failed transaction"] += 1

    async with AsyncClient(transport=transport, base_url="http://test", timeout=60) as client:
        for first in range(0, requests, AT_ONCE):
            await asyncio.gather(*(ask(client, first + one) for one in range(AT_ONCE)))
    untrue = await ledger.lies()
    left = {"in use": get_engine().pool.checkedout(), "waiting": get_engine().pool.waiting()}
    await dispose_engine()
    cancelled = statuses.pop("cancelled", 0)
    return {
        "requests": sum(statuses.values()) + cancelled,
        "cancelled": cancelled,
        "statuses": dict(sorted(statuses.items())),
        "settings": seen["settings"],
        "refused": seen["refused"],
        "rows": seen["rows"],
        "writes": len(ledger.acknowledged),
        "wrong": dict(+wrong),
        "untrue": untrue,
        "left": left,
    }


async def drop_policy():
    engine = create_migration_engine()
    async with engine.begin() as connection:
        await connection.execute(text("ALTER TABLE tags DISABLE ROW LEVEL SECURITY"))
    await engine.dispose()


def sabotage(what):
    """Break what keeps tenants apart: it has to be found."""
    if what == "session":
        set_local = tenants.set_local
        tenants.set_local = lambda connection, settings: set_local(
            connection, settings.replace("SET LOCAL", "SET")
        )
    elif what:
        asyncio.run(drop_policy())
    if what == "both":
        event.remove(tenants.TenantSession, "do_orm_execute", tenants._add_tenant)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--requests", type=int)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--sabotage", default="")
    options = parser.parse_args()
    sabotage(options.sabotage)
    print(json.dumps(asyncio.run(attack(options.requests, options.seed))))
