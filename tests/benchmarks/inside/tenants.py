"""Run in a project with tenants: what a tenant's session costs, beside a plain one."""

import asyncio
import json
import sys
from statistics import median
from time import perf_counter, process_time
from uuid import uuid4

from app.database import dispose_engine, session_scope
from app.database_kit.tenants import tenant_session_scope
from app.models import Customer, Plain, Tenant
from sqlalchemy import select

ROWS, LISTED, CALLS = 1000, 50, 40


async def get(scope, model, ids):
    async with scope() as session:
        return await session.get(model, ids[0])


async def list_some(scope, model, _ids):
    async with scope() as session:
        return (await session.scalars(select(model).order_by(model.id).limit(LISTED))).all()


async def save(scope, model):
    rows = [model(name=f"{n}", email=f"{n}@example.com") for n in range(ROWS)]
    async with scope() as session:
        session.add_all(rows)
    return scope, model, [row.id for row in rows]


async def main(rounds):
    tenant = Tenant(name="One", slug=uuid4().hex)
    async with session_scope() as session:
        session.add(tenant)
    contenders = {
        "plain": await save(session_scope, Plain),
        "tenant": await save(lambda: tenant_session_scope(tenant.id), Customer),
    }
    found = {}
    for call in (get, list_some):
        times = {name: [] for name in contenders}
        cpu = {name: [] for name in contenders}
        for _ in range(rounds):
            for name, contender in contenders.items():
                begin = process_time()
                for _ in range(CALLS):
                    start = perf_counter()
                    assert await call(*contender)
                    times[name].append(perf_counter() - start)
                cpu[name].append(process_time() - begin)
        found[call.__name__] = {
            **{name: median(times[name]) * 1000 for name in contenders},
            "time": median(times["tenant"]) / median(times["plain"]),
            "cpu": min(cpu["tenant"]) / min(cpu["plain"]),
        }
    await dispose_engine()
    print(json.dumps(found))


asyncio.run(main(int(sys.argv[1])))
