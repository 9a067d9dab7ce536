"""Run in a project with an old FastAPI: the commit comes before the response there, too."""

from typing import Annotated

import pytest
from app.database import SessionDep, dispose_engine, get_engine, get_session, session_scope
from app.database import install_database as install
from app.database_kit.reads import ReadSessionDep
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, WebSocket
from fastapi.responses import JSONResponse, StreamingResponse
from httpx import ASGITransport, AsyncClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InvalidRequestError
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.middleware.gzip import GZipMiddleware

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("kept")]

WRITE = text("INSERT INTO kept VALUES (1)")
COUNT = text("SELECT count(*) FROM kept")
another = Depends(get_session, use_cache=False)


@pytest.fixture
async def kept(migrated_database):
    """A table whose key is checked by the COMMIT."""
    async with session_scope() as session:
        await session.execute(
            text("CREATE TABLE kept (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)"),
        )
    yield
    async with session_scope() as session:
        await session.execute(text("DROP TABLE kept"))
    await dispose_engine()


async def count():
    async with session_scope() as session:
        return await session.scalar(COUNT)


@pytest.fixture
def app():
    """An application with middleware around the layer's."""
    app = FastAPI()
    install(app)
    app.add_middleware(GZipMiddleware)

    @app.middleware("http")
    async def pass_on(request, call_next):
        return await call_next(request)

    return app


@pytest.fixture
def client(app):
    transport = ASGITransport(app, raise_app_exceptions=False)
    return AsyncClient(transport=transport, base_url="http://test")


async def test_a_2xx_is_committed_and_a_refused_commit_is_none(app, client):
    @app.post("/", status_code=201)
    async def write(session: SessionDep):
        await session.execute(WRITE)

    assert (await client.post("/")).status_code == 201
    assert await count() == 1
    refused = await client.post("/")
    assert (refused.status_code, await count()) == (409, 1)
    assert get_engine().pool.checkedout() == 0


async def test_without_a_handler_a_refused_commit_is_a_500(app, client):
    app.exception_handlers.clear()

    @app.post("/", status_code=201)
    async def write(session: SessionDep):
        await session.execute(WRITE)
        await session.execute(WRITE)

    assert (await client.post("/")).status_code == 500
    assert await count() == 0


async def test_an_exception_rolls_back_and_a_returned_answer_does_not(app, client):
    @app.post("/{how}")
    async def write(how: str, session: SessionDep):
        await session.execute(WRITE)
        if how == "raised":
            raise HTTPException(409)
        if how == "crashed":
            raise RuntimeError
        return JSONResponse({}, 409)

    for how, status, rows in [("raised", 409, 0), ("crashed", 500, 0), ("returned", 409, 1)]:
        assert (await client.post(f"/{how}")).status_code == status
        assert await count() == rows


async def test_a_caught_error_is_no_success(app, client):
    @app.post("/")
    async def write(session: SessionDep):
        await session.execute(WRITE)
        with pytest.raises(DBAPIError):
            await session.execute(text("SELECT 1 / 0"))

    assert (await client.post("/")).status_code == 500
    assert await count() == 0


@pytest.mark.parametrize("dependency", [SessionDep, ReadSessionDep])
async def test_what_comes_after_the_response_has_no_session(app, client, dependency):
    caught = []

    async def use(session):
        try:
            await session.execute(COUNT)
        except InvalidRequestError as error:
            caught.append(error)
            raise

    @app.get("/stream")
    async def stream(session: dependency):
        await session.execute(COUNT)

        async def lines():
            caught.append(get_engine().pool.checkedout())
            yield "first"
            await use(session)

        return StreamingResponse(lines())

    @app.get("/task")
    async def run_later(session: dependency, tasks: BackgroundTasks):
        tasks.add_task(use, session)

    await client.get("/stream")
    await client.get("/task")

    assert caught[0] == 0
    assert [type(error) for error in caught[1:]] == [InvalidRequestError] * 2


async def test_two_sessions_and_a_mounted_application(app, client):
    mounted = FastAPI()

    @mounted.post("/")
    async def write(first: SessionDep, second: Annotated[AsyncSession, another]):
        assert first is not second
        await first.execute(WRITE)
        await second.execute(text("INSERT INTO kept VALUES (2)"))

    app.mount("/mounted", mounted)

    assert (await client.post("/mounted/")).status_code == 200
    assert await count() == 2
    assert not (await client.post("/mounted/")).is_success
    assert await count() == 2


async def test_a_websocket_commits_at_its_end(app):
    @app.websocket("/")
    async def talk(socket: WebSocket, session: SessionDep):
        await socket.accept()
        await session.execute(WRITE)
        await socket.close()

    async def receive():
        return {"type": "websocket.connect"}

    async def send(message):
        pass

    scope = {"type": "websocket", "path": "/", "headers": [], "query_string": b""}
    await app(scope, receive, send)

    assert await count() == 1


async def test_without_the_middleware_there_is_no_session():
    app = FastAPI()

    @app.get("/")
    async def read(session: SessionDep):
        raise AssertionError

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        with pytest.raises(RuntimeError, match="install_database"):
            await client.get("/")
