"""Distribution on a server without Citus, or with it; copied into a project and run there."""

from io import StringIO

import pytest
from alembic.command import upgrade
from alembic.migration import MigrationContext
from alembic.operations import Operations
from app.database import dispose_engine, get_engine, session_scope
from app.database_kit.bulk import copy_rows, upsert_rows
from app.database_kit.citus import SETTINGS
from app.database_kit.citus_checks import check_citus
from app.database_kit.engine import create_migration_engine
from app.database_kit.tenants import tenant_session_scope
from app.models import Base, Currency, Tag
from sqlalchemy import select, text

pytestmark = pytest.mark.anyio


async def test_shared_rows_know_when_they_were_updated(tenant) -> None:
    async with session_scope() as session:
        await copy_rows(session, Currency, [{"code": "XTS"}])
    async with session_scope() as session:
        first = (await session.scalars(select(Currency.updated_at))).one()
    async with session_scope() as session:
        rows = [{"code": "XTS"}]
        await upsert_rows(session, Currency, rows, conflict=["code"], update=["code"])
        later = (await session.scalars(select(Currency.updated_at))).one()
    assert later > first


async def test_operations_act_once_and_on_citus_alone(tenant) -> None:
    async with tenant_session_scope(tenant) as session:
        session.add(Tag(label="stays"))
    engine = create_migration_engine()
    async with engine.connect() as connection:

        def run(sync) -> None:
            for setting in SETTINGS:
                sync.exec_driver_sql(f"SET LOCAL {setting}")
            operations = Operations(MigrationContext.configure(sync))
            for _ in range(2):
                operations.distribute_table("tags")
                operations.reference_table("currencies")
            sync.exec_driver_sql("ALTER TABLE tags FORCE ROW LEVEL SECURITY")
            for _ in range(2):
                operations.undistribute_table("tags")
            for table in Base.metadata.sorted_tables:
                if "tenant_id" not in table.primary_key.columns:
                    operations.reference_table(table.name)

        await connection.run_sync(run)
        is_forced = "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'tags'"
        assert await connection.scalar(text(is_forced))
        assert await connection.scalar(text("SELECT count(*) FROM tags")) == 1
    await engine.dispose()


def test_offline_sql_says_the_same(alembic_config) -> None:
    printed = StringIO()
    was, alembic_config.output_buffer = alembic_config.output_buffer, printed
    upgrade(alembic_config, "head", sql=True)
    alembic_config.output_buffer = was

    sql = printed.getvalue()
    assert all(f"SET LOCAL {setting};" in sql for setting in SETTINGS)
    assert sql.count("PERFORM create_distributed_table") == 11
    assert sql.count("PERFORM create_reference_table") == 5 + 1


async def test_the_doctor_tells_where_the_rows_are(migrated_database) -> None:
    async with get_engine().connect() as connection:
        finding = await check_citus(connection)
    await dispose_engine()
    assert finding.level == "ok"
    assert "on one PostgreSQL" in finding.text or "11 tables distributed" in finding.text
