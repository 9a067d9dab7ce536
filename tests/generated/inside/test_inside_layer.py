"""Run in an adopted project: what sessions, models and the lifespan promise."""

import asyncio
import importlib.util
import sys

import pytest
from app.database import SessionDep, dispose_engine, get_engine, session_scope
from app.models import Author, Book
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import event, select, text

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]


@pytest.fixture
def statements(monkeypatch):
    """The statements that reach the server, in their order."""
    seen = []

    def watch(connection, cursor, statement, *_):
        seen.append(" ".join(statement.split()))

    event.listen(get_engine().sync_engine, "before_cursor_execute", watch)
    return seen


@pytest.fixture(autouse=True)
async def _clean():
    yield
    async with session_scope() as session:
        await session.execute(text("TRUNCATE authors CASCADE"))
    await dispose_engine()


async def test_an_old_fastapi_is_named(monkeypatch):
    monkeypatch.setattr("fastapi.Depends", lambda dependency=None, *, use_cache=True: None)
    spec = importlib.util.find_spec("app.database")

    with pytest.raises(ImportError, match=r"is installed; 0\.121 is needed"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


@pytest.mark.parametrize("old", ["1.3.24", "1.4.54", "2.0.0b1", "2.0.9", "2.0.29"])
@pytest.mark.parametrize("module", ["app.database", "app.models.base"])
async def test_an_old_sqlalchemy_is_named(monkeypatch, module, old):
    monkeypatch.setattr("sqlalchemy.__version__", old)
    monkeypatch.delattr("sqlalchemy.orm.DeclarativeBase")
    monkeypatch.delattr("sqlalchemy.ext.asyncio.async_sessionmaker")
    spec = importlib.util.find_spec(module)

    with pytest.raises(ImportError, match=f"^SQLAlchemy {old} is installed; 2.0.30 is needed$"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


async def test_pydantic_1_is_named(monkeypatch):
    monkeypatch.setattr("pydantic.VERSION", "1.10.27")
    monkeypatch.delattr("pydantic.AfterValidator")
    spec = importlib.util.find_spec("app.database_kit.settings")

    with pytest.raises(ImportError, match=r"^pydantic 1\.10\.27 is installed; the settings need"):
        spec.loader.exec_module(importlib.util.module_from_spec(spec))


async def test_many_rows_go_in_one_insert_and_sort_by_time(statements):
    async with session_scope() as session:
        session.add_all([Author(name=str(number)) for number in range(50)])
    inserts = [statement for statement in statements if statement.startswith("INSERT")]
    async with session_scope() as session:
        names = await session.scalars(select(Author.name).order_by(Author.id))

    assert len(inserts) == 1
    assert list(names) == [str(number) for number in range(50)]


async def test_an_object_is_right_after_the_commit_without_a_query(statements):
    async with session_scope() as session:
        author = Author(name="A")
        session.add(author)
        await session.commit()
        created = author.updated_at
        author.name = "B"
        await session.commit()
        count = len(statements)
        assert author.name == "B"
        assert author.updated_at > created == author.created_at
        assert author.updated_at.tzinfo is not None
        assert repr(author) == f"Author(id={author.id})"
        assert len(statements) == count
    assert not [statement for statement in statements if statement.startswith("SELECT authors")]


async def test_every_writer_gets_key_and_timestamps():
    async with session_scope() as session:
        await session.execute(text("INSERT INTO authors (name) VALUES ('A')"))
        author = (await session.scalars(select(Author))).one()
        before = author.updated_at
    async with session_scope() as session:
        await session.execute(text("UPDATE authors SET name = 'B'"))
        after = await session.scalar(select(Author.updated_at))

    assert author.id.version == 4
    assert after > before


async def test_no_naive_datetime_comes_back():
    async with session_scope() as session:
        author = Author(name="A", books=[Book(title="T")])
        session.add(author)
    assert author.created_at.utcoffset() is not None


async def test_a_cancelled_request_gives_its_connection_back():
    started = asyncio.Event()

    async def slow():
        async with session_scope() as session:
            started.set()
            await session.execute(text("SELECT pg_sleep(60)"))

    for _ in range(20):
        started.clear()
        task = asyncio.create_task(slow())
        await started.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert get_engine().pool.checkedout() == 0


async def test_the_client_and_the_test_share_a_transaction(session):
    app = FastAPI()

    @app.post("/authors/{name}")
    async def add(name: str, session: SessionDep) -> int:
        session.add(Author(name=name))
        await session.flush()
        return len((await session.scalars(select(Author))).all())

    session.add(Author(name="from the test"))
    await session.commit()
    transport = ASGITransport(app)
    async with AsyncClient(transport=transport, base_url="http://test") as client:
        response = await client.post("/authors/from-the-request")

    assert response.json() == 2
    assert len((await session.scalars(select(Author))).all()) == 2


async def test_the_application_imports_nothing_of_autogenerate():
    command = (sys.executable, "-c", "import app.main, sys; print(*sys.modules)")
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    modules = (await process.communicate())[0].decode().split()

    assert "app.database_kit.settings" in modules
    assert [module for module in modules if "database_kit.autogenerate" in module] == []
