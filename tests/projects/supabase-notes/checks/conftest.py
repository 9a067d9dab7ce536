"""What the checks of the added layer need: keys, tokens, and settings that point at them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any
from uuid import uuid4

import jwt
import pytest
from notes import database
from notes.database_kit import row_level_security
from notes.database_kit.settings import get_database_settings

SUPABASE_URL = "http://127.0.0.1:54321"
SECRET = "a-secret-of-the-old-days-with-more-than-32-characters"

Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give every check settings of its own."""
    monkeypatch.setenv("SUPABASE_URL", SUPABASE_URL)
    monkeypatch.setenv("SUPABASE_JWT_SECRET", SECRET)
    for cache in (get_database_settings, row_level_security.get_token_verifier):
        cache.cache_clear()
    yield
    # Engines that were made outside of an event loop.
    database._engines.clear()


@pytest.fixture
def run() -> Run:
    """Run a coroutine, and close what it opened on its event loop."""

    async def run_and_close(coroutine: Coroutine[Any, Any, Any]) -> Any:
        try:
            return await coroutine
        finally:
            await database.dispose_engine()

    return lambda coroutine: asyncio.run(run_and_close(coroutine))


def claims_of(user: str | None = None, **changes: Any) -> dict[str, Any]:
    """Return what Supabase puts into an access token; None removes a claim."""
    claims = {
        "iss": f"{SUPABASE_URL}/auth/v1",
        "aud": "authenticated",
        "sub": user or str(uuid4()),
        "role": "authenticated",
        "iat": 1_700_000_000,
        "exp": 4_000_000_000,
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


def legacy_token(user: str | None = None, **changes: Any) -> str:
    """Sign a token with the legacy secret."""
    return jwt.encode(claims_of(user, **changes), SECRET, "HS256")
