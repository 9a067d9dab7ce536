"""Tortoise on asyncpg, as its documentation has it for FastAPI: objects, and rows as well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from answers import URL, AuthorOut, NewAuthor
from fastapi import FastAPI
from tortoise import Model, fields
from tortoise.contrib.fastapi import RegisterTortoise

DB_URL = URL.replace("postgresql", "asyncpg")


class Author(Model):
    id = fields.UUIDField(primary_key=True)
    name = fields.TextField()
    created_at = fields.DatetimeField(auto_now_add=True)
    updated_at = fields.DatetimeField(auto_now=True)

    class Meta:
        table = "authors"


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    async with RegisterTortoise(app, db_url=DB_URL, modules={"models": [__name__]}):
        yield


app = FastAPI(lifespan=lifespan)


@app.get("/authors/{key}", response_model=AuthorOut)
async def read(key: UUID) -> Any:
    return await Author.get(id=key)


@app.get("/authors", response_model=list[AuthorOut])
async def read_many() -> Any:
    return await Author.all().order_by("id").limit(50)


@app.get("/rows/authors/{key}", response_model=AuthorOut)
async def read_row(key: UUID) -> Any:
    return await Author.get(id=key).values()


@app.get("/rows/authors", response_model=list[AuthorOut])
async def read_rows() -> Any:
    return await Author.all().order_by("id").limit(50).values()


@app.post("/authors", response_model=AuthorOut, status_code=201)
async def add(new: NewAuthor) -> Any:
    return await Author.create(name=new.name)
