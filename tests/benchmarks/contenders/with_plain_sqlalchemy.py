"""Async SQLAlchemy as its documentation and FastAPI's put it together."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from answers import IS_POOLED, URL, AuthorOut, NewAuthor
from fastapi import Depends, FastAPI
from sqlalchemy import DateTime, func, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.pool import NullPool

# What SQLAlchemy's documentation says of asyncpg and PgBouncer.
POOLED: dict[str, Any] = {
    "poolclass": NullPool,
    "connect_args": {
        "statement_cache_size": 0,
        "prepared_statement_cache_size": 0,
        "prepared_statement_name_func": lambda: f"__asyncpg_{uuid4()}__",
    },
}

engine = create_async_engine(
    URL.replace("postgresql", "postgresql+asyncpg"), **(POOLED if IS_POOLED else {})
)
async_session = async_sessionmaker(engine, expire_on_commit=False)


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(
        DateTime(timezone=True), server_default=func.now(), onupdate=func.now()
    )


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


async def get_session() -> AsyncIterator[AsyncSession]:
    async with async_session() as session:
        yield session


SessionDep = Annotated[AsyncSession, Depends(get_session)]

app = FastAPI(lifespan=lifespan)


@app.get("/authors/{key}", response_model=AuthorOut)
async def read(key: UUID, session: SessionDep) -> Any:
    return await session.get(Author, key)


@app.get("/authors", response_model=list[AuthorOut])
async def read_many(session: SessionDep) -> Any:
    result = await session.execute(select(Author).order_by(Author.id).limit(50))
    return result.scalars().all()


@app.post("/authors", response_model=AuthorOut, status_code=201)
async def add(new: NewAuthor, session: SessionDep) -> Any:
    author = Author(name=new.name)
    session.add(author)
    await session.commit()
    await session.refresh(author)
    return author
