"""The recording of requests and statements that adopted layers get, and its comparison."""

import importlib.util
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import (
    ARRAY,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    Insert,
    Select,
    String,
    insert,
    select,
)
from sqlalchemy.dialects.postgresql import asyncpg, psycopg, psycopg2
from sqlalchemy.orm import DeclarativeBase, Mapped, aliased, mapped_column

from tests.support.desk import NAME, Desk
from tests.support.environments import make_environment
from tests.support.template import changed_files, commit_all, copy_with_layer

RECORDING = ".database/trace.json"
TICKETS = ["pytest", "-q", "tests/test_tickets.py"]
TRACE = ("-m", "desk.database_kit.trace")
SHELTER = ("-m", "shelter.db.database_kit.trace")
AT_ONCE = """
import asyncio

from httpx import ASGITransport, AsyncClient
from shelter.database import engine
from shelter.main import app
from shelter.models import Base


async def add_many():
    async with AsyncClient(transport=ASGITransport(app), base_url="http://shelter") as client:
        names = [f"Rex {number}" for number in range(9)]
        await asyncio.gather(*(client.post("/animals", json={"name": name}) for name in names))


def test_at_once():
    Base.metadata.create_all(engine)
    asyncio.run(add_many())
    Base.metadata.drop_all(engine)
"""
RUN = """
def run(work):
    async def main():
        async with engine.begin() as connection:
            await connection.run_sync(work)
        await engine.dispose()
    asyncio.run(main())

"""
ASYNC = {
    "shelter/database.py": [
        ("import Iterator", "import AsyncIterator"),
        ("import create_engine", "import make_url"),
        (
            "from sqlalchemy.orm import Session, sessionmaker",
            "from sqlalchemy.ext.asyncio import *\nASYNCPG = 'postgresql+asyncpg'",
        ),
        (
            "create_engine(settings.database_url, pool_pre_ping=True)",
            "create_async_engine(make_url(settings.database_url).set(drivername=ASYNCPG))",
        ),
        ("= sessionmaker", "= async_sessionmaker"),
        ("def get_db() -> Iterator[Session]", "async def get_db() -> AsyncIterator[AsyncSession]"),
        ("db.close()", "await db.close()"),
    ],
    "shelter/main.py": [
        ("sqlalchemy.orm import Session", "sqlalchemy.ext.asyncio import AsyncSession as Session"),
        ("engine.dispose()", "await engine.dispose()"),
        ("def health", "async def health"),
        ("def add_animal", "async def add_animal"),
        ("def list_animals", "async def list_animals"),
        ("def adopt", "async def adopt"),
        ("db.commit()\n    return", "db.commit()\n    await db.refresh(animal)\n    return"),
        ("db.commit()", "await db.commit()"),
        ("db.scalars", "await db.scalars"),
        ("db.execute", "await db.execute"),
        ("db.get(", "await db.get("),
    ],
    "tests/conftest.py": [
        ("import pytest", "import asyncio\nimport pytest"),
        ("@pytest.fixture", f"{RUN}@pytest.fixture"),
        ("Base.metadata.create_all(engine)", "run(Base.metadata.create_all)"),
        ("Base.metadata.drop_all(engine)", "run(Base.metadata.drop_all)"),
    ],
}
REQUESTS = """\
### somebody to look after tickets
# who is new
POST http://desk/agents/Ada HTTP/1.1

###
POST /tickets
Content-Type: application/json

{"title": "Help", "agent_id": 1}
### and the ticket
GET /tickets/1?verbose=yes
"""


class Base(DeclarativeBase):
    """The base of the model that statements are about."""


class Animal(Base):
    """A model with types that drivers write differently."""

    __tablename__ = "animals"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    born: Mapped[datetime]
    weight: Mapped[float]
    nicknames: Mapped[list[str]] = mapped_column(ARRAY(String))


@pytest.fixture(scope="session")
def adopted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The async project with what adopting adds."""
    place = tmp_path_factory.mktemp("traced") / "project"
    project = copy_with_layer(template, NAME, place, db_existing="adopt")
    commit_all(project, "Adopted")
    return project


@pytest.fixture
def desk(
    adopted: Path, environments: Path, tmp_path: Path, new_database: Callable[[], str]
) -> Desk:
    """A copy of it, the environment that it declares, and an empty database."""
    return Desk.of(adopted, tmp_path / "project", environments, new_database())


@pytest.fixture(scope="session")
def trace(adopted: Path) -> Iterator[ModuleType]:
    """The module as a project gets it."""
    file = adopted / "desk" / "database_kit" / "trace.py"
    specification = importlib.util.spec_from_file_location("traced_trace", file)
    assert specification
    assert specification.loader
    module = importlib.util.module_from_spec(specification)
    sys.modules[module.__name__] = module
    specification.loader.exec_module(module)
    yield module
    del sys.modules[module.__name__]


def recorded(project: Path) -> list[Any]:
    """The requests of a recording."""
    text = (project / RECORDING).read_text(encoding="utf-8")
    requests: list[Any] = json.loads(text)["requests"]
    return requests


def edit(project: Path, name: str, *replacements: tuple[str, str]) -> None:
    """Replace texts of a file."""
    text = (project / name).read_text(encoding="utf-8")
    for old, new in replacements:
        assert old in text, old
        text = text.replace(old, new)
    (project / name).write_text(text, encoding="utf-8")


def test_a_difference_is_named_and_no_file_changes(desk: Desk) -> None:
    assert "3 passed" in desk.run(*TRACE, "record", "--", *TICKETS)
    assert [request[1:3] for request in recorded(desk.project)] == [
        ["POST /agents/Ada", 201],
        ["POST /tickets", 201],
        ["GET /tickets/1", 200],
        ["POST /tickets", 404],
        ["GET /agents", 200],
    ]
    assert changed_files(desk.project) == []
    edit(
        desk.project,
        "desk/main.py",
        ('404, "no such agent"', '422, "no such agent"'),
        ("await db.flush()", "await db.flush()\n    await db.refresh(ticket)"),
    )

    said = desk.fails(*TRACE, "compare")

    test = "tests/test_tickets.py::test_"
    assert f"{test}an_unknown_agent: POST /tickets: status 404 became 422.\n" in said
    # The refresh loads the ticket and its agent.
    also = f"{test}a_ticket_has_an_agent: POST /tickets: also runs SELECT"
    assert said.count(also) == 2
    assert f"{also} tickets.id, tickets.title, " in said
    assert "3 differences" in said
    assert changed_files(desk.project) == [" M desk/main.py"]


@pytest.mark.thorough
def test_a_plugin_that_the_settings_leave_out_gets_no_option(desk: Desk) -> None:
    plugin = """
def pytest_addoption(parser):
    parser.addoption("--randomly-seed")

def pytest_configure(config):
    print("seed", config.getoption("randomly_seed"))
"""
    (desk.project / "randomly.py").write_text(plugin, encoding="utf-8")

    on = desk.run(*TRACE, "record", "--", *TICKETS, "-s", "-p", "randomly")
    off = desk.run(*TRACE, "record", "--", *TICKETS, "-p", "no:randomly")

    assert "seed 1" in on
    assert "3 passed" in off


def test_requests_of_a_file(desk: Desk) -> None:
    desk.run("-m", "alembic", "upgrade", "head")
    file = desk.project / "smoke.http"
    file.write_text(REQUESTS, encoding="utf-8")

    said = desk.run(*TRACE, "record", "--mask", '"id": *[0-9]+', "--", "smoke.http")

    assert f"{RECORDING}: 3 requests, 7 statements" in said
    [agent, ticket, shown] = recorded(desk.project)
    assert agent[1:3] == ["POST /agents/Ada", 201]
    assert ticket[3] == "{<masked>}"
    assert shown[1:4] == ["GET /tickets/1?verbose=yes", 200, {"title": "Help", "agent": "Ada"}]
    file.write_text(REQUESTS.replace("GET /", "GET/"), encoding="utf-8")
    said = desk.fails(*TRACE, "compare")
    assert "Traceback" not in said
    assert "nothing is compared: no request reached an application" in said
    assert "smoke.http: 'GET/tickets/1?verbose=yes' does not begin a request\n" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["record"], "a command is missing, as in: record -- pytest"),
        (["record", "none/x", "--", "pytest"], "none is not a directory"),
        (["record", "notes.txt", "--", "pytest"], "notes.txt is not a recording"),
        (["record", "--mask", "(", "--", "pytest"], "missing ), unterminated"),
        (["compare"], f"{RECORDING} does not exist: record first"),
        (["compare", "notes.txt"], "notes.txt is not a recording"),
    ],
)
def test_mistakes_are_told_before_anything_runs(
    trace: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    sentence: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    notes = tmp_path / "notes.txt"
    notes.write_text('{"requests": 1}', encoding="utf-8")

    assert sentence in trace.main(arguments)

    assert [*tmp_path.iterdir()] == [notes]


@pytest.mark.long
@pytest.mark.thorough
def test_sync_before_and_async_after(
    template: Path, tmp_path: Path, environments: Path, new_database: Callable[[], str]
) -> None:
    project = copy_with_layer(
        template, "sync-sqlalchemy", tmp_path / "project", db_existing="adopt"
    )
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, "adopted-sync-sqlalchemy", install, cwd=project)
    url = new_database().replace("postgresql://", "postgresql+psycopg://")
    desk = Desk(project, environment, {"DATABASE_URL": url})
    (project / "tests" / "test_at_once.py").write_text(AT_ONCE, encoding="utf-8")
    # Its routes run in threads, several at once.
    desk.run(*SHELTER, "record", "--", "pytest", "-q", "tests/test_at_once.py")
    statements = [request[4] for request in recorded(project)]
    assert [[text.split()[0] for text in own] for own in statements] == [
        ["INSERT", "COMMIT", "SELECT"]
    ] * 9
    desk.run(*SHELTER, "record", "--", "pytest", "-q", "tests/test_animals.py")

    for name, replacements in ASYNC.items():
        edit(project, name, *replacements)

    assert "6 requests are as they were" in desk.run(*SHELTER, "compare")
    edit(
        project, "shelter/main.py", ("await db.commit()\n    await", "await db.flush()\n    await")
    )
    said = desk.fails(*SHELTER, "compare")
    assert "POST /animals: no longer runs COMMIT.\n" in said
    assert "POST /animals: also runs ROLLBACK.\n" in said


@pytest.mark.parametrize(
    "statement",
    [
        select(Animal).where(Animal.id.in_([1, 2]), Animal.name == "Rex").limit(1),
        select(Animal).where(Animal.born > datetime.now(UTC), Animal.weight < 1.5),
        select(Animal).where(Animal.name.contains("%")).order_by(Animal.id % 2),
        select(Animal, aliased(Animal)).where(Animal.nicknames == ["R"]),
        insert(Animal).values([{"name": "Rex", "weight": 1}, {"name": "Bello", "weight": 2}]),
    ],
)
def test_statements_of_all_drivers_are_alike(
    trace: ModuleType, statement: Select[Any] | Insert
) -> None:
    forms = [statement]
    if isinstance(statement, Select):
        # As session.query() does.
        forms.append(statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL))
    texts = {
        str(form.compile(dialect=driver.dialect(), compile_kwargs={"render_postcompile": True}))
        for form in forms
        for driver in (asyncpg, psycopg, psycopg2)
    }

    assert len(texts) > 2
    assert len({trace.normalize(text) for text in texts}) == 1


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("at 2026-11-28T10:01:02.345678+00:00", "at <time>+00:00"),
        ("at 2026-11-28 10:01", "at <time>"),
        (f"on {datetime.now(UTC).date()}", "on <today>"),
        ("born on 1815-12-10", "born on 1815-12-10"),
        ("/tickets/01939d7e-9c4b-7b51-a1e5-0c3fd1a1a3f8", "/tickets/<uuid>"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl", "<token>"),
        ("ticket-17", "ticket-<masked>"),
    ],
)
def test_what_differs_at_each_run_is_masked(trace: ModuleType, text: str, masked: str) -> None:
    assert trace.mask(text, ["17$"]) == masked


@pytest.mark.parametrize(
    ("before", "after", "sentences"),
    [
        ([1, {"a": None}], [1, {"a": None}], []),
        ({"price": 1.1}, {"price": 1.1000000000000001}, []),
        ({"price": 1.1}, {"price": "1.1"}, ['body.price 1.1 became "1.1"']),
        ({"a": 1, "b": [2]}, {"b": [3], "c": 1}, ["body.a is missing", "body.b[0] 2 became 3"]),
        ([1, 2], [1], ["body has 1 elements instead of 2"]),
        ("gone", None, ['body "gone" became null']),
    ],
)
def test_bodies_are_compared_by_value(
    trace: ModuleType, before: object, after: object, sentences: list[str]
) -> None:
    old, new = ([trace.Request("", "GET /", 200, body, ["SELECT 1"])] for body in (before, after))

    found = [*trace.differences(old, new)]

    assert found[: len(sentences)] == [f"GET /: {sentence}" for sentence in sentences]
    assert bool(found) == bool(sentences)


def test_requests_are_compared_within_their_tests(trace: ModuleType) -> None:
    old = [
        trace.Request("test_a", "GET /1", 200, None, ["SELECT 1", "SELECT 2", "COMMIT"]),
        trace.Request("test_b", "GET /2", 200, None, []),
        trace.Request("test_b", "GET /3", 200, None, []),
    ]
    new = [
        trace.Request("test_b", "GET /3", "ValueError", None, []),
        trace.Request("test_b", "GET /4", 200, None, []),
        trace.Request("test_a", "GET /1", 200, None, ["SELECT 2", "ROLLBACK"]),
    ]

    assert [*trace.differences(old, new)] == [
        "test_a: GET /1: no longer runs SELECT 1",
        "test_a: GET /1: no longer runs COMMIT",
        "test_a: GET /1: also runs ROLLBACK",
        "test_b: GET /2 is no longer sent",
        "test_b: GET /3: status 200 became ValueError",
        "test_b: GET /4 was not sent before",
    ]


def test_what_cannot_be_run(trace: ModuleType) -> None:
    sentence = trace.start(["make", "test"], SimpleNamespace(install=lambda: None))

    assert sentence == "make is neither a command of an installed package nor a file"
