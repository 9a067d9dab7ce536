"""What a policy forbids is a 403; at DIRECT_URL."""

import os
from uuid import uuid4

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from notes.database import install_database
from notes.database_kit.row_level_security import Identity, RLSSessionDep, get_identity
from sqlalchemy import text

from .conftest import Run

WRITE = text("INSERT INTO notes (owner, body) VALUES (:owner, 'somebody''s')")


@pytest.mark.parametrize("is_own", [True, False])
def test_writing_in_the_name_of_others(
    is_own: bool, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", os.environ["DIRECT_URL"])
    user = str(uuid4())
    app = FastAPI()
    install_database(app)
    app.dependency_overrides[get_identity] = lambda: Identity(
        "authenticated", {"sub": user, "role": "authenticated"}
    )

    @app.post("/notes")
    async def write(session: RLSSessionDep) -> None:
        await session.execute(WRITE, {"owner": user if is_own else str(uuid4())})
        # Nothing stays that other checks would count.
        await session.rollback()

    async def post() -> Response:
        transport = ASGITransport(app, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.post("/notes")

    response: Response = run(post())

    assert response.status_code == (200 if is_own else 403)
    assert "policy" not in response.text
