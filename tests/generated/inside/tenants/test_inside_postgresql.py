"""What PostgreSQL's own sessions of tenants do: a setting with BEGIN, and two roles."""

import pytest
from app.database import dispose_engine, get_engine
from app.database_kit import driver, tenant_checks
from app.database_kit.engine import create_migration_engine
from app.database_kit.tenants import (
    AllTenantsSession,
    TenantSession,
    TenantSessionDep,
    get_tenant_id,
    tenant_session_scope,
)
from app.models import Tag
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy import event, func, select, text
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.ext.asyncio import AsyncSession

pytestmark = pytest.mark.anyio


async def test_the_tenant_is_set_with_begin(two, monkeypatch) -> None:
    sent: list[str] = []
    execute = driver.Connection.execute

    def see(connection, query, *arguments, **options):
        sent.append(query)
        return execute(connection, query, *arguments, **options)

    def see_statement(_connection, _cursor, sql, *_) -> None:
        sent.append(sql)

    monkeypatch.setattr(driver.Connection, "execute", see)
    async with tenant_session_scope(two[0]) as session:
        connection = await session.connection()
        event.listen(connection.sync_connection, "before_cursor_execute", see_statement)
        await session.scalar(select(func.count(Tag.id)))
        await session.commit()

    # The statement is seen before SQLAlchemy begins the transaction for it.
    assert [query.split()[0] for query in sent if query != "COMMIT;"] == ["SELECT", "BEGIN;"]
    assert f"SET LOCAL app.tenant_id = '{two[0]}'" in sent[1]


async def test_a_setting_that_fails_leaves_no_session(two) -> None:
    def open_session(bind, tenant_id) -> AsyncSession:
        return AsyncSession(bind, sync_session_class=TenantSession, info={"tenant_id": tenant_id})

    async def use(session) -> object:
        return await (await session.connection()).scalar(text("SELECT 1"))

    async with AsyncSession(
        get_engine(), sync_session_class=AllTenantsSession, info={"all_tenants": "nobody"}
    ) as session:
        with pytest.raises(DBAPIError, match='role "nobody" does not exist'):
            await use(session)
        with pytest.raises(PendingRollbackError):
            await use(session)
    async with tenant_session_scope(two[0]) as session:
        assert await use(session) == 1
    autocommit = get_engine().execution_options(isolation_level="AUTOCOMMIT")
    async with open_session(autocommit, two[0]) as session:
        with pytest.raises(RuntimeError, match="not AUTOCOMMIT"):
            await use(session)
    engine = create_migration_engine()
    async with open_session(engine, two[0]) as session:
        with pytest.raises(TypeError, match="create_pooled_engine"):
            await use(session)
    await engine.dispose()


async def test_requests_are_of_their_tenants(two) -> None:
    app = FastAPI()

    @app.get("/tags")
    async def list_tags(session: TenantSessionDep) -> list[str]:
        return [*await session.scalars(select(Tag.label))]

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        with pytest.raises(NotImplementedError, match="still to be written"):
            await client.get("/tags")
        app.dependency_overrides[get_tenant_id] = lambda: two[1]
        assert (await client.get("/tags")).json() == ["Other"]


async def test_the_doctor_finds_who_is_above_policies(migrated_database) -> None:
    async with get_engine().connect() as connection:
        finding = await tenant_checks.check_tenants(connection)
        assert (finding.level, finding.text) == ("ok", "kept apart in 11 tables")
    await dispose_engine()
    engine = create_migration_engine()
    async with engine.connect() as connection:
        finding = await tenant_checks.check_tenants(connection)
        assert finding.level == "failure"
        assert "above the policies of" in finding.text
        role = "SET ROLE " + await connection.scalar(text("SELECT quote_ident(current_database())"))
        for change, level, words in (
            ("DROP POLICY tenant ON tags", "failure", "no policy"),
            ("ALTER TABLE tags DISABLE ROW LEVEL SECURITY", "failure", "no policy"),
            ("CREATE POLICY more ON tags USING (true)", "warning", "another policy"),
        ):
            await connection.execute(text(change))
            await connection.execute(text(role))
            finding = await tenant_checks.check_tenants(connection)
            await connection.rollback()
            assert finding.level == level
            assert words in finding.text
            assert "tags" in finding.text
    await engine.dispose()
