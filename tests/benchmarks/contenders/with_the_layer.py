"""The layer of an adopted project, in each of the ways that its guide shows."""

from typing import Any
from uuid import UUID

from answers import AuthorOut, NewAuthor
from app.database import SessionDep, get_engine, install_database
from app.database_kit.hot_reads import HotRead
from app.database_kit.hot_writes import HotWrite
from app.database_kit.reads import ReadSessionDep
from app.models import Author
from fastapi import FastAPI, Response
from sqlalchemy import bindparam, insert, select

app = FastAPI()
install_database(app)
app.state.statements = get_engine().execution_options(isolation_level="AUTOCOMMIT")

BY_KEY = select(Author).where(Author.id == bindparam("key"))
LIST = select(Author).order_by(Author.id).limit(50)
COLUMNS = select(Author.id, Author.name, Author.created_at, Author.updated_at)
HOT_BY_KEY = HotRead(COLUMNS.where(Author.id == bindparam("key")))
INSERT = insert(Author).returning(*COLUMNS.selected_columns)
HOT_LIST = HotRead(COLUMNS.order_by(Author.id).limit(50))
MODEL_BY_KEY, MODEL_LIST = HotRead(BY_KEY, into=Author), HotRead(LIST, into=Author)
HOT_INSERT = HotWrite(INSERT)


@app.get("/orm/authors/{key}", response_model=AuthorOut)
async def read(key: UUID, session: SessionDep) -> Any:
    return await session.get(Author, key)


@app.get("/orm/authors", response_model=list[AuthorOut])
async def read_many(session: SessionDep) -> Any:
    return (await session.scalars(LIST)).all()


@app.post("/orm/authors", response_model=AuthorOut, status_code=201)
async def add(new: NewAuthor, session: SessionDep) -> Any:
    author = Author(name=new.name)
    session.add(author)
    await session.flush()
    return author


@app.get("/reads/authors/{key}", response_model=AuthorOut)
async def read_only(key: UUID, session: ReadSessionDep) -> Any:
    return await session.scalar(BY_KEY, {"key": key})


@app.get("/reads/authors", response_model=list[AuthorOut])
async def read_only_many(session: ReadSessionDep) -> Any:
    return (await session.scalars(LIST)).all()


@app.get("/hot/authors/{key}", response_model=AuthorOut)
async def read_hot(key: UUID) -> Any:
    return await HOT_BY_KEY.fetch_one(key=key)


@app.get("/hot/authors", response_model=list[AuthorOut])
async def read_hot_many() -> Any:
    return await HOT_LIST.fetch()


@app.get("/models/authors/{key}", response_model=AuthorOut)
async def read_model(key: UUID) -> Any:
    return await MODEL_BY_KEY.fetch_one(key=key)


@app.get("/models/authors", response_model=list[AuthorOut])
async def read_models() -> Any:
    return await MODEL_LIST.fetch()


@app.get("/json/authors")
async def read_json() -> Response:
    return Response(await HOT_LIST.fetch_json(), media_type="application/json")


@app.post("/one/authors", response_model=AuthorOut, status_code=201)
async def add_by_one_statement(new: NewAuthor) -> Any:
    async with app.state.statements.connect() as connection:
        return (await connection.execute(INSERT, {"name": new.name})).one()


@app.post("/hot/authors", response_model=AuthorOut, status_code=201)
async def add_hot(new: NewAuthor) -> Any:
    return await HOT_INSERT.fetch_one(name=new.name)
