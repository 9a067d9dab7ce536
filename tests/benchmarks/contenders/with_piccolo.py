"""Piccolo with its pool, as its template for FastAPI has it: rows, and objects as well."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from answers import URL, AuthorOut, NewAuthor
from fastapi import FastAPI
from piccolo import columns
from piccolo.engine.postgres import PostgresEngine
from piccolo.table import Table

DB = PostgresEngine(config={"dsn": URL})


class Author(Table, tablename="authors", db=DB):
    id = columns.UUID(primary_key=True)
    name = columns.Varchar()
    created_at = columns.Timestamptz()
    updated_at = columns.Timestamptz()


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    await DB.start_connection_pool()
    yield
    await DB.close_connection_pool()


app = FastAPI(lifespan=lifespan)


@app.get("/authors/{key}", response_model=AuthorOut)
async def read(key: UUID) -> Any:
    return await Author.select().where(Author.id == key).first()


@app.get("/authors", response_model=list[AuthorOut])
async def read_many() -> Any:
    return await Author.select().order_by(Author.id).limit(50)


@app.get("/objects/authors/{key}", response_model=AuthorOut)
async def read_object(key: UUID) -> Any:
    return await Author.objects().where(Author.id == key).first()


@app.get("/objects/authors", response_model=list[AuthorOut])
async def read_objects() -> Any:
    return await Author.objects().order_by(Author.id).limit(50)


@app.post("/authors", response_model=AuthorOut, status_code=201)
async def add(new: NewAuthor) -> Any:
    author = Author(name=new.name)
    await author.save()
    return author.to_dict()
