"""What the command finds that adopted layers get, and what it leaves alone."""

import re
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from types import ModuleType

import copier
import pytest

from tests.support.desk import NAME
from tests.support.template import (
    REPOSITORY,
    copy_project,
    copy_with_layer,
)

IMPORTS = """
import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends
from fastapi.responses import StreamingResponse
from sqlalchemy import Column, DateTime, func
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import Mapped, Session, mapped_column, relationship, sessionmaker

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


MODELS = """
class Owner(Base):
    __tablename__ = "owners"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    seen: Mapped[datetime]
    born: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    changed: Mapped[datetime] = mapped_column(DateTime(timezone=True), onupdate=func.now())
    pets: Mapped[list["Pet"]] = relationship(back_populates="owner")
    home: Mapped["Home"] = relationship(lazy="selectin")

class OwnerOut(BaseModel):
    id: int
    pets: list[PetOut]

"""
READ = f"""{MODELS}
async def count(owner_id: int, session: AsyncSession):
    owner = await session.get(Owner, owner_id)
    return len(owner.pets)
"""
LOOP = f"""{MODELS}
async def show(session: AsyncSession):
    statement = select(Owner).order_by(Owner.id)
    result = await session.execute(statement)
    for owner in result.scalars().all():
        print(owner.pets)
"""
ROUTE = f"""{MODELS}
@router.get("/owners/{{owner_id}}", response_model=OwnerOut)
async def show(owner_id: int, session: AsyncSession):
    owner = (await session.scalars(select(Owner).where(Owner.id == owner_id))).one()
    return owner
"""
CREATE = f"""{MODELS}
@router.post("/owners")
async def add(new: NewOwner, session: AsyncSession) -> OwnerOut:
    owner = Owner(**new.model_dump())
    session.add(owner)
    await session.commit()
    await session.refresh(owner)
    return owner
"""
COMMIT = f"""{MODELS}
Session = async_sessionmaker(engine)

async def add(session: AsyncSession):
    owner = Owner(name="Ada")
    session.add(owner)
    await session.commit()
    return owner.id
"""
UPDATE = f"""{MODELS}
Session = async_sessionmaker(engine, expire_on_commit=False)

async def rename(owner_id: int, session: AsyncSession):
    owner = await session.get(Owner, owner_id)
    owner.name = "Ada"
    await session.commit()
    return owner.changed
"""
COMPARE = f"""{MODELS}{ENGINE}
async def read(owner_id: str, session: AsyncSession):
    return await session.scalar(select(Owner).where(Owner.id == owner_id))
"""
RECENT = f"""{MODELS}{ENGINE}
async def read(session: AsyncSession):
    today = datetime.now(UTC)
    return await session.scalars(select(Owner).where(Owner.seen < today))
"""
BORN = f"""{MODELS}{ENGINE}
async def read(session: AsyncSession):
    session.add(Owner(born=datetime.utcnow()))
"""
FEE = f"""{MODELS}{ENGINE}
class Visit(Base):
    fee: Mapped[Decimal] = mapped_column(Numeric(10, 2))
    rate: Mapped[Decimal]
    minutes: Mapped[int]

async def read(fee: float, session: AsyncSession):
    session.add(Visit(fee=fee))
"""
TASKS = """
async def read(session: AsyncSession, names):
    tasks = []
    for name in names:
        tasks.append(one(session, name))
    await asyncio.gather(*tasks)
"""
OPTIONAL = """
async def get_db(commits: bool = False):
    async with factory() as session:
        yield session
        if commits:
            await session.commit()

Db = Depends(get_db)
"""
RESULTS = """
async def read(session: AsyncSession):
    first, second = await asyncio.gather(one(session), two())
    session.add(first)
"""
GROUP = """
async def read(session: AsyncSession):
    async with asyncio.TaskGroup() as group:
        group.create_task(one(session))
        group.create_task(two(session))
"""
GENERATOR = """
async def read(db: Annotated[AsyncSession, Depends(get_db)]):
    async def rows():
        async for row in await db.stream(query):
            yield row
    return StreamingResponse(rows())
"""
BEGUN = """
async def get_db():
    async with factory.begin() as session:
        yield session
"""
SYNC = """
def get_db():
    db = SessionLocal()
    try:
        yield db
        db.commit()
    finally:
        db.close()
"""
OPENED = """
SessionLocal = sessionmaker(engine)

async def read():
    with SessionLocal() as db:
        return db.scalars(query).all()
"""


@pytest.fixture(scope="session")
def audit(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    """The module as a project gets it."""
    place = tmp_path_factory.mktemp("audited") / "project"
    project = copy_with_layer(template, NAME, place, db_existing="adopt")
    with kit_of(project / "desk" / "database_kit") as package:
        yield import_module(f"{package}.audit")


@contextmanager
def kit_of(directory: Path) -> Generator[str]:
    """Modules of the kit without the packages that they are in."""
    package = ModuleType("audited_kit")
    package.__path__ = [str(directory)]
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setitem(sys.modules, package.__name__, package)
        yield package.__name__


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
        (OPENED, "blocking-session 6"),
        (TASKS, "shared-session 6"),
        (GROUP, "shared-session 5"),
        (GENERATOR, "streamed-session 6"),
        (f"{DEPENDENCY}\nDb = Depends(get_db)\n", "late-commit 5"),
        (f"{SYNC}\nDb = Depends(get_db)\n", "late-commit 6"),
        (f"{BEGUN}\nDb = Depends(get_db)\n", "late-commit 3"),
        (READ, "lazy-load 19"),
        (LOOP, "lazy-load 21"),
        (ROUTE, "lazy-response 20"),
        (CREATE, "lazy-response 23"),
        (COMMIT, "expired-attribute 23"),
        (UPDATE, "expired-attribute 23"),
        (COMPARE, "wrong-type 19"),
        (RECENT, "aware-datetime 20"),
        (BORN, "naive-datetime 19"),
        (FEE, "float-value 24"),
        (FEE.replace("fee=fee", "fee=1.005"), "float-value 24"),
        (FEE.replace("fee=fee", "minutes=2.5"), "float-value 24"),
        (FEE.replace("session.add(Visit(fee=fee))", "found(Visit.rate == fee)"), "float-value 24"),
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
        f"{BEGUN.replace('.begin()', '()')}\nDb = Depends(get_db)\n",
        # It commits on request.
        OPTIONAL,
        OPENED.replace("async def", "@asynccontextmanager\nasync def"),
        TASKS.replace("session, name)", "name)"),
        GROUP.replace("two(session)", "two()"),
        # A single task, and the response of another coroutine.
        RESULTS,
        GENERATOR.replace("db.stream", "other.stream"),
        READ.replace("owner.pets", "owner.home"),
        READ.replace("owner_id)", "owner_id, options=[selectinload(Owner.pets)])"),
        READ.replace("    return", "    await session.refresh(owner, ['pets'])\n    return"),
        READ.replace("    return len", "    owner.pets = []\n    return len"),
        READ.replace("await session.get(Owner, owner_id)", "await find(owner_id)"),
        LOOP.replace("Owner)", "Owner.id)"),
        ROUTE.replace("pets: list[PetOut]", "name: str"),
        CREATE.replace("-> OwnerOut", "-> None"),
        COMMIT.replace("(engine)", "(engine, expire_on_commit=False)"),
        COMMIT.replace("    return", "    await session.refresh(owner)\n    return"),
        COMMIT.replace("session.add(owner)", "pass"),
        COMMIT.replace("session: AsyncSession", "session: SessionDep"),
        UPDATE.replace("owner.changed", "owner.name"),
        UPDATE.replace('    owner.name = "Ada"\n', ""),
        COMPARE.replace("owner_id: str", "owner_id: int"),
        COMPARE.replace("engine = create_async_engine(url)", ""),
        RECENT.replace("Owner.seen", "Owner.born"),
        BORN.replace("utcnow", "now"),
        FEE.replace("fee: float", "fee: Decimal"),
        FEE.replace(ENGINE, ""),
        # Their digits are all there.
        FEE.replace("fee=fee", "fee=1.5, minutes=2.0"),
        FEE.replace("session.add(Visit(fee=fee))", "found(Visit.fee == fee)"),
        # The column may be of any type.
        RECENT.replace(ENGINE, f"{ENGINE}class Base:\n    type_annotation_map = {{}}\n"),
        # A default of a table that a migration creates.
        f"{ENGINE}down_revision = None\nat = Column(DateTime, default=datetime.now(UTC))\n",
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


def test_a_copy_shows_what_the_audit_finds(
    template: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = copy_project(NAME, tmp_path / "project")
    for number in range(6):
        code = "Base.metadata.create_all(engine)\n"
        (project / "desk" / f"more{number}.py").write_text(code, encoding="utf-8")

    copier.run_copy(
        str(template), project, data={"db_existing": "adopt"}, defaults=True, unsafe=True
    )

    said = capsys.readouterr().err
    assert (
        "Audit     desk/db/session.py:26: late-commit\n"
        "          desk/more0.py:1: create-all-at-import\n"
    ) in said
    assert "          desk/more3.py:1: create-all-at-import\n          2 more\n" in said
    assert "\n          uv run python -m desk.database_kit.audit\n" in said
    assert not [*project.rglob("__pycache__")]
    assert "audit_of_the_copy" not in " ".join(sys.modules)


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
