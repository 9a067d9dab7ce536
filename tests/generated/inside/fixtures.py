"""Copied into the adopted project with each of the tests that run there."""

import pytest
from app.database import dispose_engine
from app.database_kit.settings import get_database_settings


@pytest.fixture
async def configure(monkeypatch):
    """Change settings; the next use makes an engine of them."""

    async def change(**settings):
        for name, value in settings.items():
            monkeypatch.setenv(f"DATABASE_{name.upper()}", str(value))
        await dispose_engine()
        get_database_settings.cache_clear()

    yield change
    monkeypatch.undo()
    await dispose_engine()
    get_database_settings.cache_clear()
