"""Lazy loads that no attribute shows where the session is."""

from pathlib import Path

import pytest

from tests.support.converted import DATABASE, converted, reasons

HELPERS = """
from app.models import Author


def shown(book):
    return {"author": book.author.name}


def summary(book):
    return [shown(book)]


def plain(book):
    return {"title": book.title}


def visitor(name):
    return Author(name=name, seen_at="today")


class Card:
    def __init__(self, book):
        self.author = book.author
"""
DESCRIBED = """
from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import relationship

from app.db import Base


class Shelf(Base):
    __tablename__ = "shelves"

    id = Column(Integer, primary_key=True)
    boxes = relationship("Box")

    def __repr__(self):
        return f"Shelf {self.boxes}"


class Box(Base):
    __tablename__ = "boxes"

    id = Column(Integer, primary_key=True)
    shelf_id = Column(ForeignKey("shelves.id"))
"""
ROUTE = """
    from operator import attrgetter

    from fastapi.templating import Jinja2Templates

    from app.helpers import Card, plain, shown, summary, visitor
    from app.shelves import Box, Shelf

    templates = Jinja2Templates(directory="templates")

    @router.get("/x")
    def route(request, field: str, db: Session = Depends(get_db)):
        book = db.get(Book, 1)
        shelf = db.get(Shelf, 1)
        boxes = db.query(Box).all()
        {}
"""
FILES = {"app/helpers.py": HELPERS, "app/shelves.py": DESCRIBED, "app/db.py": DATABASE}


def why(directory: Path, statement: str, template: str = "") -> str:
    """Why a route with a statement stays; empty where it becomes async."""
    files = FILES | {"templates/page.html": template}
    return reasons(converted(directory, ROUTE.format(statement), files)).get("route", "")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("return shown(book)", "shown: book.author may load lazily"),
        ("return summary(book)", "shown: book.author may load lazily"),
        ("return [*map(shown, [book])]", "shown: book.author may load lazily"),
        ("return Card(book)", "Card.__init__: book.author may load lazily"),
        ("db.add(visitor('Ada'))", "visitor: Author.seen_at: the value is a str"),
        ("return getattr(book, 'author')", "getattr(book, 'author') reads author"),
        ("return getattr(book, field)", "getattr(book, field) may read"),
        ("return sorted([book], key=attrgetter('author.name'))", "may read what loads lazily"),
        ("return f'{shelf}'", "shelf is written as text: Shelf.__repr__"),
        ("print(shelf)", "shelf is written as text: Shelf.__repr__"),
        ("return [str(row) for row in db.query(Shelf)]", "row is written as text"),
        (
            "match book:\n            case Book(author=author):\n                return author",
            "the pattern reads author",
        ),
    ],
)
def test_what_may_load_lazily(tmp_path: Path, statement: str, reason: str) -> None:
    assert reason in why(tmp_path, statement)


@pytest.mark.parametrize(
    "statement",
    [
        "return plain(book)",
        "return getattr(book, 'title')",
        "return [getattr(Book, field)]",
        "return f'{book} {shelf.id}'",
    ],
)
def test_what_does_not(tmp_path: Path, statement: str) -> None:
    assert not why(tmp_path, statement)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ book.author.name }}", "a template reads author"),
        ("{{ book['author'] }}", "a template reads author"),
        ("{{ book.title }} {{ request.books() }}", ""),
    ],
)
def test_a_template(tmp_path: Path, template: str, reason: str) -> None:
    statement = "return templates.TemplateResponse(request, 'page.html', {'book': book})"

    found = why(tmp_path, statement, template)

    assert reason in found if reason else not found
