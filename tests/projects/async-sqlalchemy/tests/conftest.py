import logging
from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient
from sqlalchemy import NullPool
from sqlalchemy.ext.asyncio import create_async_engine

from desk.db import session as db
from desk.db.base import Base
from desk.main import app
from desk.settings import get_settings


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def client(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[AsyncClient]:
    monkeypatch.setenv("DESK_ECHO_SQL", "0")
    get_settings.cache_clear()
    engine = create_async_engine(str(get_settings().postgres_dsn), poolclass=NullPool)
    monkeypatch.setattr(db, "engine", engine)
    db.SessionFactory.configure(bind=engine)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://desk") as client:
        yield client
    await engine.dispose()


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.INFO, "httpx")
    return caplog
