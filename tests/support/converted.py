"""A small project whose sync routes are converted."""

import ast
from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

from extensions.conversion.async_conversion import Conversion, Layer, convert
from tests.inspection.trees import write_tree

DATABASE = """
from sqlalchemy import create_engine
from sqlalchemy.orm import DeclarativeBase, sessionmaker

engine = create_engine("postgresql://localhost/shop")
SessionLocal = sessionmaker(bind=engine, autoflush=False)


class Base(DeclarativeBase):
    pass


def get_db():
    db = SessionLocal()
    try:
        yield db
    finally:
        db.close()
"""
MODELS = """
from datetime import UTC, datetime

from sqlalchemy import Column, DateTime, ForeignKey, Integer, Numeric, String, func
from sqlalchemy.orm import relationship

from app.db import Base


class Author(Base):
    __tablename__ = "authors"

    id = Column(Integer, primary_key=True)
    name = Column(String)
    seen_at = Column(DateTime(timezone=True))
    born_at = Column(DateTime)
    fee = Column(Numeric(10, 2))
    books = relationship("Book", back_populates="author")

    @property
    def titles(self):
        return [book.title for book in self.books]


class Book(Base):
    __tablename__ = "books"

    id = Column(Integer, primary_key=True)
    title = Column(String)
    author_id = Column(ForeignKey("authors.id"))
    changed_at = Column(DateTime(timezone=True), onupdate=func.now())
    author = relationship("Author", back_populates="books")


class Visit(Base):
    __tablename__ = "visits"

    id = Column(Integer, primary_key=True)
    at = Column(DateTime, default=lambda: datetime.now(UTC))
"""
SCHEMAS = """
from datetime import datetime

from pydantic import BaseModel


class BookOut(BaseModel):
    id: int
    title: str


class AuthorOut(BaseModel):
    id: int
    name: str


class AuthorWithBooks(AuthorOut):
    books: list[BookOut]


class NewAuthor(BaseModel):
    name: str
    seen_at: datetime | None = None


class Priced(BaseModel):
    fee: float


class Caller(BaseModel):
    id: str
"""
HEAD = """
import asyncio
import time
from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, BackgroundTasks, Depends
from sqlalchemy import func, text
from sqlalchemy.orm import Session, joinedload, selectinload

from app.db import SessionLocal, get_db
from app.models import Author, Book, Visit
from app.schemas import AuthorOut, AuthorWithBooks, BookOut, Caller, NewAuthor, Priced

router = APIRouter()
"""
LAYER = Layer(
    base="app.db:Base",
    dependency="app.db:get_db",
    driver="psycopg2",
    import_base="",
    sessions_module="app.async_sessions",
    overrides_module="app.database_kit.async_override",
)


def converted(directory: Path, code: str, files: Mapping[str, str] | None = None) -> Conversion:
    """Convert a project whose routes are `code`."""
    project = {
        "app/__init__.py": "",
        "app/db.py": DATABASE.lstrip(),
        "app/models.py": MODELS.lstrip(),
        "app/schemas.py": SCHEMAS.lstrip(),
        "app/routes.py": f"{HEAD.lstrip()}\n\n{dedent(code).lstrip()}",
    }
    write_tree(directory, project | {name: dedent(text) for name, text in (files or {}).items()})
    return convert(directory, LAYER)


def reasons(conversion: Conversion) -> dict[str, str]:
    """The reasons, by the names of the functions that stay."""
    return {function.name: reason for function, reason in conversion.stays()}


def body(conversion: Conversion, name: str = "route") -> str:
    """What is written for a function, without its decorators."""
    text = conversion.files["app/routes.py"]
    [node] = [n for n in ast.parse(text).body if getattr(n, "name", "") == name]
    lines = text.splitlines()[node.lineno - 1 : node.end_lineno]
    return "\n".join(lines)
