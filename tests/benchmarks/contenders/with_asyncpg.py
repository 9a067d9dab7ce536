"""The driver's own pool inside the endpoint: what the others are measured by."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import asyncpg
from answers import IS_POOLED, URL, AuthorOut, NewAuthor
from fastapi import FastAPI

COLUMNS = "id, name, created_at, updated_at"
BY_KEY = f"SELECT {COLUMNS} FROM authors WHERE id = $1"
LIST = f"SELECT {COLUMNS} FROM authors ORDER BY id LIMIT 50"
INSERT = f"INSERT INTO authors (name) VALUES ($1) RETURNING {COLUMNS}"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    options = {"statement_cache_size": 0} if IS_POOLED else {}
    app.state.pool = await asyncpg.create_pool(URL, **options)
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


async def run(method: str, *arguments: Any) -> Any:
    async with app.state.pool.acquire() as connection:
        if IS_POOLED:
            # Or a statement is prepared on one server connection and run on another.
            async with connection.transaction():
                return await getattr(connection, method)(*arguments)
        return await getattr(connection, method)(*arguments)


@app.get("/authors/{key}", response_model=AuthorOut)
async def read(key: UUID) -> Any:
    return dict(await run("fetchrow", BY_KEY, key))


@app.get("/authors", response_model=list[AuthorOut])
async def read_many() -> Any:
    return [dict(row) for row in await run("fetch", LIST)]


@app.post("/authors", response_model=AuthorOut, status_code=201)
async def add(new: NewAuthor) -> Any:
    return dict(await run("fetchrow", INSERT, new.name))
