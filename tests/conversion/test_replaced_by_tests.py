"""Functions that tests replace: which can become async, and which not."""

from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.converted import converted, reasons

SERVICES = """
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Author, Book


class Authors:
    def __init__(self, db: Session):
        self.db = db

    def names(self):
        return self.db.scalars(select(Author.name)).all()


def titles(db: Session):
    return db.scalars(select(Book.title)).all()


class Other:
    def titles(self):
        return []
"""
ROUTES = """
    from app import services

    @router.get("/names")
    def route(db: Session = Depends(get_db)) -> list[str]:
        return services.Authors(db).names() + services.titles(db)
"""
TEST = """
from unittest.mock import Mock, patch

from app import services
from app.services import Authors, Other


def test_names(monkeypatch, mocker):
    {}
"""


def what_stays(directory: Path, statement: str) -> dict[str, str]:
    """The functions that stay because of a statement of a test."""
    files = {"app/services.py": SERVICES, "tests/test_names.py": TEST.format(statement)}
    return reasons(converted(directory, dedent(ROUTES), files))


@pytest.mark.parametrize(
    "statement",
    [
        "patch('app.services.Authors.names', return_value=['Ada'])",
        "patch.object(Authors, 'names', return_value=['Ada'])",
        "mocker.patch('app.services.titles', side_effect=ValueError)",
        "mocker.patch.object(services, 'titles')",
        "patch('app.services.Authors', autospec=True)",
        # Others of the name.
        "monkeypatch.setattr(Other, 'titles', lambda self: [])",
        "monkeypatch.setattr('app.services.Other.titles', lambda self: [])",
    ],
)
def test_a_mock_that_becomes_async_by_itself(tmp_path: Path, statement: str) -> None:
    assert what_stays(tmp_path, statement) == {}


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("patch('app.services.Authors.names', new=lambda self: [])", "names"),
        ("patch('app.services.Authors.names', lambda self: [])", "names"),
        ("patch('app.services.Authors.names', new_callable=Mock)", "names"),
        ("monkeypatch.setattr(Authors, 'names', lambda self: [])", "names"),
        ("patch('app.services.Authors')", "Authors"),
        ("monkeypatch.setattr(services, 'Authors', Other)", "Authors"),
        ("monkeypatch.setattr('services.titles', lambda db: [])", "titles"),
    ],
)
def test_another_function_in_its_place(tmp_path: Path, statement: str, name: str) -> None:
    found = what_stays(tmp_path, statement)

    assert f"a test replaces {name}" in "".join(found.values())
