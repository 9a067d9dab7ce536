"""A tenant who stays, for tests that commit; copied into a project."""

from uuid import uuid4

import pytest
from app.database import dispose_engine, session_scope
from app.database_kit.tenants import all_tenants_session_scope
from app.models import Tenant
from sqlalchemy import text

TABLES = ("invoice_tags", "invoices", "tags", "customers", "currencies", "tenants")


@pytest.fixture
async def tenant(migrated_database):
    """A tenant who stays."""
    tenant = Tenant(name="One", slug=uuid4().hex)
    async with session_scope() as session:
        session.add(tenant)
    yield tenant.id
    # Citus refuses to write shared tables after those of several tenants.
    for table in TABLES:
        async with all_tenants_session_scope() as session:
            await session.execute(text(f"DELETE FROM {table}"))
    await dispose_engine()
