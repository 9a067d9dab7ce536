"""Sync SQLModel as FastAPI's documentation has it."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID, uuid4

from answers import IS_POOLED, URL, AuthorOut, NewAuthor
from fastapi import Depends, FastAPI
from sqlmodel import DateTime, Field, Session, SQLModel, create_engine, select

connect_args = {"prepare_threshold": None} if IS_POOLED else {}
engine = create_engine(URL.replace("postgresql", "postgresql+psycopg"), connect_args=connect_args)


def now() -> datetime:
    return datetime.now(UTC)


class Author(SQLModel, table=True):
    __tablename__ = "authors"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    name: str
    created_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=now, sa_type=DateTime(timezone=True))


def get_session() -> Any:
    with Session(engine) as session:
        yield session


SessionDep = Annotated[Session, Depends(get_session)]

app = FastAPI()


@app.get("/authors/{key}", response_model=AuthorOut)
def read(key: UUID, session: SessionDep) -> Any:
    return session.get(Author, key)


@app.get("/authors", response_model=list[AuthorOut])
def read_many(session: SessionDep) -> Any:
    return session.exec(select(Author).order_by(Author.id).limit(50)).all()


@app.post("/authors", response_model=AuthorOut, status_code=201)
def add(new: NewAuthor, session: SessionDep) -> Any:
    author = Author.model_validate(new, from_attributes=True)
    session.add(author)
    session.commit()
    session.refresh(author)
    return author
