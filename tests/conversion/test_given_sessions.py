"""Sessions that a parameter without an annotation holds."""

from pathlib import Path

import pytest

from tests.support.converted import body, converted, reasons

SERVICE = """
from sqlalchemy import select

from app.models import Author


class Repository:
    def __init__(self, session):
        self.session = session

    def names(self):
        return self.session.scalars(select(Author.name)).all()


class Authors:
    def __init__(self, session):
        self.repository = Repository(session)

    def names(self):
        return self.repository.names()
"""
ROUTE = """
    from app.services import Authors

    @router.get("/names")
    def route(db=Depends(get_db)) -> list[str]:
        return Authors(db).names()
"""


def test_what_each_call_gives_a_session_is_one(tmp_path: Path) -> None:
    conversion = converted(tmp_path, ROUTE, {"app/services.py": SERVICE})

    assert reasons(conversion) == {}
    assert body(conversion) == (
        "async def route(db=Depends(get_async_db)) -> list[str]:\n"
        "    return await Authors(db).names()"
    )
    written = conversion.files["app/services.py"]
    assert "async def names(self):\n        return await self.repository.names()" in written
    assert "return (await self.session.scalars(select(Author.name))).all()" in written


@pytest.mark.parametrize("given", ["object()", "None", "*sessions"])
def test_another_value_in_one_call_is_no_proof(tmp_path: Path, given: str) -> None:
    files = {
        "app/services.py": SERVICE,
        "app/other.py": f"from app.services import Authors\n\n\ndef other(sessions):\n"
        f"    return Authors({given})\n",
    }

    conversion = converted(tmp_path, ROUTE, files)

    assert "the session is handed to Authors" in reasons(conversion)["route"]
    assert not conversion.files


def test_a_class_that_an_alias_names_is_read(tmp_path: Path) -> None:
    pages = """
        from typing import Annotated

        from fastapi import Depends, Query
        from sqlalchemy.orm import Session

        from app.db import get_db


        class Page:
            def __init__(self, number: int = Query(1), db: Session = Depends(get_db)):
                self.number = number
                self.db = db


        Paged = Annotated[Page, Depends()]
    """
    code = """
    from app.pages import Paged

    @router.get("/names")
    def route(page: Paged, db: Session = Depends(get_db)) -> list[str]:
        return db.scalars(text("SELECT name FROM authors")).all()
    """

    conversion = converted(tmp_path, code, {"app/pages.py": pages})

    assert reasons(conversion) == {}
    assert "db: AsyncSession = Depends(get_async_db)" in conversion.files["app/pages.py"]
