"""What Supabase's sessions of tenants do: the tenant is a claim of a verified token."""

from uuid import uuid4

import pytest
from app.database import dispose_engine, get_engine
from app.database_kit import tenant_checks
from app.database_kit.row_level_security import Identity, get_identity
from app.database_kit.tenants import (
    AllTenantsSession,
    TenantSessionDep,
    tenant_session_scope,
)
from app.models import Tag
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio


def identity(**claims) -> Identity:
    own = {"role": "authenticated", "sub": f"{uuid4()}"}
    return Identity("authenticated", own | claims)


async def test_the_tenant_is_a_claim_that_the_backend_writes(two) -> None:
    app = FastAPI()

    @app.get("/tags")
    async def list_tags(session: TenantSessionDep) -> list[str]:
        assert await session.scalar(text("SELECT auth.uid() IS NOT NULL"))
        return [*await session.scalars(text("SELECT label FROM tags"))]

    of = {"tenant_id": f"{two[1]}"}
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/tags")).status_code == 401
        for claims in (
            {},
            {"user_metadata": of},
            {"app_metadata": None},
            {"app_metadata": {"tenant_id": 1}},
            {"app_metadata": {"tenant_id": "x"}},
        ):
            app.dependency_overrides[get_identity] = lambda claims=claims: identity(**claims)
            assert (await client.get("/tags")).status_code == 403
        app.dependency_overrides[get_identity] = lambda: identity(app_metadata=of)
        assert (await client.get("/tags")).json() == ["Other"]


async def test_a_role_that_fails_leaves_no_session(two) -> None:
    async with AsyncSession(
        get_engine(), sync_session_class=AllTenantsSession, info={"all_tenants": "nobody"}
    ) as session:
        with pytest.raises(DBAPIError, match='role "nobody" does not exist'):
            await session.execute(text("SELECT 1"))
    async with tenant_session_scope(two[0]) as session:
        assert (await session.scalars(select(Tag.label))).all() == ["One"]


async def test_the_doctor_finds_what_is_open(migrated_database) -> None:
    async with get_engine().connect() as connection:
        finding = await tenant_checks.check_tenants(connection)
        assert (finding.level, finding.text) == ("ok", "kept apart in 11 tables")
        await connection.rollback()
        for change in (
            'DROP POLICY "one tenant" ON tags',
            'ALTER POLICY "one tenant" ON tags TO anon',
            "ALTER TABLE tags DISABLE ROW LEVEL SECURITY",
        ):
            await connection.execute(text(change))
            finding = await tenant_checks.check_tenants(connection)
            await connection.rollback()
            assert finding.level == "failure"
            assert finding.text == "no policy keeps tenants apart in tags"
    await dispose_engine()
