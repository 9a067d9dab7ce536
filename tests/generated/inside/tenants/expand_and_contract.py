"""Both revisions by which a layer with rows gains tenants; run inside the project."""

import asyncio
from uuid import UUID, uuid4

import pytest
from alembic.command import check, downgrade, revision, upgrade
from alembic.config import Config
from app.database import session_scope
from app.database_kit.engine import create_migration_engine
from app.database_kit.tenants import tenant_session_scope
from app.models import Customer, Friend, Membership, Tag, Tenant, User
from app.models.tenants import TenantError
from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import selectinload

FIRST = UUID(int=1)
TABLES = ["customers", "friends", "friend_friends", "documents", "parcels", "tags", "customer_tags"]
COUNTS = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in TABLES)
OF_FIRST = COUNTS.replace(" UNION", f" WHERE tenant_id = '{FIRST}' UNION")
INSERT = "INSERT INTO customers (name, email) VALUES ('Former', '{}')"


def run(*statements):
    """Run SQL as the owner, and return the rows of the last statement."""

    async def execute():
        engine = create_migration_engine()
        async with engine.begin() as connection:
            for sql in statements:
                result = await connection.execute(text(sql))
            rows = [tuple(row) for row in result] if result.returns_rows else []
        await engine.dispose()
        return rows

    return asyncio.run(execute())


async def use_new_version():
    async with tenant_session_scope(FIRST) as session:
        options = [selectinload(Customer.tags), selectinload(Customer.parcels)]
        customer = (await session.scalars(select(Customer).options(*options))).first()
        assert [tag.label for tag in customer.tags] == ["paid"]
        assert len(customer.parcels) == 1
        new = insert(Tag).values(label="paid")
        upsert = new.on_conflict_do_nothing(index_elements=["tenant_id", "label"])
        await session.execute(upsert)
        session.add(Friend(name="New", friends=[Friend(name="Newer")]))


async def use_two_tenants():
    other = uuid4()
    async with session_scope() as session:
        session.add(Tenant(id=other, name="Other", slug="other"))
        # Who had logged in before is a member once this is written.
        users = select(User.id, func.cast(f"{FIRST}", Membership.tenant_id.type))
        members = insert(Membership).from_select(["user_id", "tenant_id"], users)
        await session.execute(members)
    async with tenant_session_scope(other) as session:
        assert (await session.scalars(select(Customer))).all() == []
        session.add(Customer(name="Ada", email="ada@example.com"))
    with pytest.raises(TenantError):
        async with session_scope() as session:
            await session.scalars(select(Customer))


if __name__ == "__main__":
    config = Config("alembic.ini")
    before = run(COUNTS)
    revision(config, "expand", autogenerate=True)
    upgrade(config, "head")
    assert run(OF_FIRST) == before
    run(INSERT.format("former@example.com"))
    asyncio.run(use_new_version())
    revision(config, "contract", autogenerate=True)
    downgrade(config, "-1")
    upgrade(config, "head")
    check(config)
    asyncio.run(use_two_tenants())
    # The former version knows one customer of an address.
    with pytest.raises(IntegrityError, match="uq_customers_email"):
        downgrade(config, "-1")
    run("DELETE FROM customers WHERE tenant_id <> :first".replace(":first", f"'{FIRST}'"))
    downgrade(config, "-2")
    run(INSERT.format("again@example.com"))
    upgrade(config, "head")
    check(config)
    assert run(OF_FIRST) == run(COUNTS)
