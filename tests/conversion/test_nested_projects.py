"""Directories of another project, whose functions only look like callers."""

from pathlib import Path

import pytest

from tests.support.converted import converted, reasons

ROUTE = """
    from app.crud import names

    @router.get("/names")
    def route(db: Session = Depends(get_db)) -> list[str]:
        return names(db)
"""
CRUD = """
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Author


def names(db: Session) -> list[str]:
    return db.scalars(select(Author.name)).all()
"""
WORKER = "from app.crud import names\n\n\ndef work(db):\n    return names(db)\n"


def test_a_project_with_modules_of_its_own_calls_nothing_of_this_one(tmp_path: Path) -> None:
    files = {
        "app/crud.py": CRUD,
        "worker/requirements.txt": "sqlalchemy\n",
        "worker/main.py": WORKER,
        "worker/app/__init__.py": "",
        "worker/app/crud.py": CRUD,
    }

    conversion = converted(tmp_path, ROUTE, files)

    assert reasons(conversion) == {}
    assert "app/crud.py" in conversion.files
    assert not any(file.startswith("worker/") for file in conversion.files)


@pytest.mark.parametrize(
    "files",
    [
        # It has the project on its path.
        {"worker/requirements.txt": "sqlalchemy\n", "worker/main.py": WORKER},
        # It is no project.
        {"worker/main.py": WORKER, "worker/app/crud.py": CRUD},
        # The project imports it.
        {
            "worker/requirements.txt": "sqlalchemy\n",
            "worker/main.py": WORKER,
            "worker/app/crud.py": CRUD,
            "app/jobs.py": "from worker.main import work\n",
        },
    ],
)
def test_what_may_call_the_project_counts(tmp_path: Path, files: dict[str, str]) -> None:
    conversion = converted(tmp_path, ROUTE, {"app/crud.py": CRUD, **files})

    found = {function.place: reason for function, reason in conversion.stays()}
    assert "work calls it, and stays" in found["app/crud.py, line 8"]


def test_a_script_that_carries_a_package_is_read(tmp_path: Path) -> None:
    large = f"DATA = '{'x' * 2_000_000}'\n"

    conversion = converted(tmp_path, ROUTE, {"app/crud.py": CRUD, "scripts/get_pip.py": large})

    assert reasons(conversion) == {}
