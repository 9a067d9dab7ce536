"""Run in an adopted project: the lifespan composes with the application's own."""

import gc
from contextlib import asynccontextmanager

import pytest
from app import database
from app.database import install_database, session_scope
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import text

pytestmark = pytest.mark.usefixtures("migrated_database")


def lifespan_that_notes(notes, name):
    @asynccontextmanager
    async def lifespan(app):
        notes.append(f"{name} starts")
        async with session_scope() as session:
            await session.execute(text("SELECT 1"))
        yield {"state": name}
        async with session_scope() as session:
            await session.execute(text("SELECT 1"))
        notes.append(f"{name} ends")

    return lifespan


@pytest.mark.parametrize("times", [1, 2])
def test_the_applications_own_lifespan_runs_inside(times, monkeypatch):
    notes = []
    original = database.dispose_engine

    async def dispose():
        await original()
        notes.append("disposed")

    monkeypatch.setattr(database, "dispose_engine", dispose)
    app = FastAPI(lifespan=lifespan_that_notes(notes, "own"))
    install_database(app)

    for _ in range(times):
        with TestClient(app) as client:
            assert client.app_state["state"] == "own"

    assert notes == ["own starts", "own ends", "disposed"] * times
    assert not database._engines


def test_a_failing_shutdown_still_closes_the_connections():
    @asynccontextmanager
    async def lifespan(app):
        async with session_scope() as session:
            await session.execute(text("SELECT 1"))
        yield
        raise RuntimeError("shutdown")

    app = FastAPI(lifespan=lifespan)
    install_database(app)

    with pytest.raises(RuntimeError, match="shutdown"), TestClient(app):
        pass

    assert not database._engines


def test_the_garbage_collector_is_left_alone():
    before = gc.get_freeze_count()
    app = FastAPI()
    install_database(app)

    with TestClient(app):
        assert gc.get_freeze_count() == before


def test_importing_the_layer_makes_no_engine():
    assert not database._engines
