"""What the command finds that adopted layers get, and what it leaves alone."""

import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.template import REPOSITORY

SOURCE = "{% if db_adopted %}audit.py{% endif %}.jinja"
IMPORTS = """
import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from fastapi.responses import StreamingResponse
from sqlalchemy import Column, DateTime, func
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Session, mapped_column

"""
DEPENDENCY = """
async def get_db():
    async with factory() as session:
        yield session
        await session.commit()
"""
BLOCKING = """
async def read(db: Annotated[Session, Depends(get_db)]):
    return db.scalars(query)
"""
GATHER = """
async def read(session: AsyncSession):
    await asyncio.gather(one(session), two(session))
"""
GATHER_MANY = """
async def read(ids):
    async with SessionLocal() as db:
        await asyncio.gather(*(one(db, id) for id in ids))
"""
ENGINE = "engine = create_async_engine(url)\n"
STREAM = """
async def read(db: Annotated[AsyncSession, Depends(get_db)]):
    return StreamingResponse(rows(db))
"""


@pytest.fixture(scope="session")
def audit(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The module as a project gets it."""
    [source] = REPOSITORY.glob(f"template/*/database_kit/{SOURCE.replace('[', '[[]')}")
    file = tmp_path_factory.mktemp("audit") / "audit.py"
    file.write_bytes(source.read_bytes())
    specification = importlib.util.spec_from_file_location("audited_audit", file)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[module.__name__] = module
    specification.loader.exec_module(module)
    return module


def rules(audit: ModuleType, directory: Path, code: str) -> list[str]:
    """The rules that code breaks, with the lines that it has by itself."""
    (directory / "app.py").write_text(IMPORTS + code, encoding="utf-8")
    before = IMPORTS.count("\n")
    return [f"{each.rule} {each.line - before}" for each in audit.audit([directory])]


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (BLOCKING, "blocking-session 3"),
        (GATHER, "shared-session 3"),
        (GATHER_MANY, "shared-session 4"),
        (STREAM, "streamed-session 3"),
        (f"{DEPENDENCY}\nDb = Depends(get_db)\n", "late-commit 5"),
        ("Base.metadata.create_all(engine)\n", "create-all-at-import 1"),
        ("if debug:\n    Base.metadata.create_all(engine)\n", "create-all-at-import 2"),
        ("at = Column(DateTime(timezone=True), default=datetime.utcnow)\n", "naive-datetime 1"),
        (
            "at = mapped_column(DateTime(True), default=lambda: datetime.now())\n",
            "naive-datetime 1",
        ),
        (
            "at = mapped_column(DateTime(timezone=True), onupdate=lambda: datetime.now())\n",
            "naive-datetime 1",
        ),
        (
            f"{ENGINE}at = mapped_column(DateTime, default=lambda: datetime.now(UTC))\n",
            "aware-datetime 2",
        ),
    ],
)
def test_what_is_found(audit: ModuleType, tmp_path: Path, code: str, found: str) -> None:
    assert rules(audit, tmp_path, code) == [found]
    rule, number = found.split()
    line = code.splitlines()[int(number) - 1]
    allowed = code.replace(line, f"{line}  # audit: allow {rule}")
    assert rules(audit, tmp_path, allowed) == []


@pytest.mark.parametrize(
    "code",
    [
        BLOCKING.replace("async ", ""),
        BLOCKING.replace("[Session", "[AsyncSession").replace("db.scalars", "await db.scalars"),
        # The annotation is wrong, not the code.
        BLOCKING.replace("db.scalars", "await db.scalars"),
        # It runs where a sync session belongs.
        BLOCKING.replace("return db.scalars(query)", "await run(lambda: db.scalars(query))"),
        GATHER.replace(", two(session)", ", two(other)"),
        GATHER_MANY.replace("one(db, id)", "one(id)"),
        STREAM.replace("rows(db)", "rows()"),
        f'{DEPENDENCY}\nDb = Depends(get_db, scope="function")\n',
        DEPENDENCY,
        "async def main():\n    await connection.run_sync(Base.metadata.create_all)\n",
        'if __name__ == "__main__":\n    Base.metadata.create_all(engine)\n',
        "at = Column(DateTime(timezone=True), default=lambda: datetime.now(UTC))\n",
        "at = Column(DateTime(timezone=True), server_default=func.now())\n",
        "at = Column(DateTime, default=datetime.utcnow)\n",
        f"{ENGINE}at = Column(DateTime(True), default=lambda: datetime.now(UTC))\n",
        # psycopg takes it.
        "at = Column(DateTime, default=lambda: datetime.now(UTC))\n",
    ],
)
def test_what_is_left_alone(audit: ModuleType, tmp_path: Path, code: str) -> None:
    assert rules(audit, tmp_path, code) == []


def test_the_page_has_an_example_of_each_rule(audit: ModuleType, tmp_path: Path) -> None:
    page = (REPOSITORY / "docs" / "audit.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (\S+)\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE))

    assert sections.keys() == audit.MESSAGES.keys()
    for rule, text in sections.items():
        wrong, right = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
        assert [each.split()[0] for each in rules(audit, tmp_path, wrong)] == [rule]
        assert rules(audit, tmp_path, right) == []


def test_an_alias_of_another_module(audit: ModuleType, tmp_path: Path) -> None:
    alias = f"{IMPORTS}\nDb = Annotated[Session, Depends(get_db)]\n"
    (tmp_path / "dependencies.py").write_text(alias, encoding="utf-8")
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".venv" / "other.py").write_text(f"{IMPORTS}{BLOCKING}", encoding="utf-8")
    (tmp_path / "broken.py").write_text("def", encoding="utf-8")
    code = "from dependencies import Db\n\nasync def read(db: Db):\n    db.commit()\n"

    assert rules(audit, tmp_path, code) == ["blocking-session 4"]
    [problem] = audit.audit([tmp_path / "dependencies.py", tmp_path / "app.py"])
    assert problem.message.startswith("db is a sync Session in the async function read()")


def test_the_command(
    audit: ModuleType,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert audit.main([]) == ""
    (tmp_path / "app.py").write_text("Base.metadata.create_all(engine)\n", encoding="utf-8")

    assert audit.main([]) == "1 found"

    assert capsys.readouterr().out.startswith("app.py:1: create-all-at-import: whoever imports")
