"""Tenants who stay, for tests that commit; copied into a project."""

from uuid import uuid4

import pytest
from app.database import dispose_engine, session_scope
from app.database_kit.tenants import all_tenants_session_scope, tenant_session_scope
from app.models import Tag, Tenant
from sqlalchemy import text

TABLES = ("invoice_tags", "invoices", "tags", "customers", "currencies", "tenants")


async def add_tenant(name):
    tenant = Tenant(name=name, slug=uuid4().hex)
    async with session_scope() as session:
        session.add(tenant)
    return tenant.id


async def delete_rows(*tables):
    # Citus refuses to write shared tables after those of several tenants.
    for table in tables:
        async with all_tenants_session_scope() as session:
            await session.execute(text(f"DELETE FROM {table}"))
    await dispose_engine()


@pytest.fixture
async def tenant(migrated_database):
    """A tenant who stays."""
    yield await add_tenant("One")
    await delete_rows(*TABLES)


@pytest.fixture
async def two(migrated_database):
    """Two tenants who stay, with a tag each."""
    both = {name: await add_tenant(name) for name in ("One", "Other")}
    for name, tenant_id in both.items():
        async with tenant_session_scope(tenant_id) as session:
            session.add(Tag(label=name))
    yield [*both.values()]
    await delete_rows("tags", "tenants")
