"""What sessions of tenants do, by models and without; copied into a project and run there."""

from decimal import Decimal
from functools import partial
from uuid import uuid4

import pytest
from app.database_kit.bulk import copy_rows, upsert_rows
from app.database_kit.hot_reads import HotRead
from app.database_kit.hot_writes import HotWrite
from app.database_kit.pages import page
from app.database_kit.retries import retry
from app.database_kit.tenant_reads import tenant_read_session_scope
from app.database_kit.tenants import (
    all_tenants_session_scope,
    tenant_session_scope,
)
from app.models import Currency, Customer, Friend, Invoice, Tag
from app.models.tenants import TenantError
from sqlalchemy import event, exists, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import joinedload, selectinload

pytestmark = pytest.mark.anyio


def make_customer(**values):
    currency = Currency(code=uuid4().hex[:3])
    return Customer(**{"name": "Ada", "email": "ada@x.org", "currency": currency} | values)


def make_invoice(**values):
    return Invoice(**{"customer": make_customer(), "total": Decimal(1)} | values)


async def test_relations_stay_with_the_tenant(tenant_session, tenants) -> None:
    tag = Tag(label="paid", currencies=[Currency(code="XTS")])
    invoice = make_invoice(tags=[tag], parent=make_invoice(customer=make_customer(email="b")))
    friend = Friend(name="Ada", friends=[Friend(name="Bob")])
    tenant_session.add_all([invoice, friend])
    await tenant_session.commit()
    tenant_session.expunge_all()

    options = [
        joinedload(Invoice.customer).joinedload(Customer.currency),
        selectinload(Invoice.parent).selectinload(Invoice.children),
        selectinload(Invoice.tags).selectinload(Tag.currencies),
    ]
    found = await tenant_session.get_one(Invoice, invoice.id, options=options)

    assert found.customer.currency.code
    assert [child.id for child in found.parent.children] == [invoice.id]
    assert [t.currencies[0].code for t in found.tags] == ["XTS"]
    query = select(Friend).where(Friend.name == "Ada").options(selectinload(Friend.friends))
    assert [f.name for f in (await tenant_session.scalars(query)).one().friends] == ["Bob"]
    async with tenant_session_scope(tenants[1].id) as theirs:
        assert await theirs.scalar(select(func.count(Invoice.id))) == 0
        assert await theirs.scalar(text("SELECT count(*) FROM invoice_tags")) == 0
        # Shared, and yet its tags are not.
        query = select(Currency).where(Currency.code == "XTS").options(selectinload(Currency.tags))
        assert (await theirs.scalars(query)).one().tags == []
        # SQLAlchemy adds no criteria within these: the policies hold alone.
        for condition in (Currency.tags.any(), exists().where(Tag.label == "paid")):
            assert (await theirs.scalars(select(Currency.code).where(condition))).all() == []


async def test_an_optional_reference_is_emptied_without_the_tenant(tenant_session) -> None:
    invoice = make_invoice(parent=make_invoice(customer=make_customer(email="b")))
    tenant_session.add(invoice)
    await tenant_session.flush()

    invoice.parent = None
    await tenant_session.flush()

    assert invoice.parent_id is None
    assert invoice.tenant_id


async def test_nothing_refers_to_a_row_of_another_tenant(tenant_session, tenants) -> None:
    customer = make_customer()
    tenant_session.add(customer)
    await tenant_session.commit()

    async with tenant_session_scope(tenants[1].id) as theirs:
        theirs.add(Invoice(customer_id=customer.id, total=Decimal(1)))
        with pytest.raises(IntegrityError, match="foreign key"):
            await theirs.flush()
        await theirs.rollback()
        # What is unique, is so for each tenant.
        theirs.add(make_customer())
        await theirs.flush()


async def test_a_row_stays_with_its_tenant(tenant_session, tenants) -> None:
    customer = make_customer()
    tenant_session.add(customer)
    await tenant_session.commit()

    customer.tenant_id = tenants[1].id
    with pytest.raises(TenantError, match="belongs to another tenant"):
        await tenant_session.flush()
    await tenant_session.rollback()
    await tenant_session.refresh(customer)
    async with tenant_session_scope(tenants[1].id) as theirs:
        merged = await theirs.merge(customer)
        merged.name = "Eve"
        with pytest.raises(TenantError, match="belongs to another tenant"):
            await theirs.flush()
        theirs.expunge_all()
    give_away = update(Customer).values(tenant_id=tenants[1].id)
    with pytest.raises(DBAPIError, match=r"row-level security|the partition value"):
        await tenant_session.execute(give_away)
    await tenant_session.rollback()


async def test_the_tenant_is_part_of_each_query(tenant_session) -> None:
    """The predicate is there without the policy, which some role may be above."""
    seen: list[str] = []

    def see(_connection, _cursor, sql, *_) -> None:
        seen.append(sql)

    connection = await tenant_session.connection()
    tenant_session.add(make_customer())
    await tenant_session.flush()
    tenant_session.expunge_all()
    event.listen(connection.sync_connection, "before_cursor_execute", see)
    await tenant_session.get(Customer, uuid4())
    await tenant_session.scalar(select(func.count()).select_from(Customer))
    await tenant_session.scalars(select(Customer).options(selectinload(Customer.invoices)))
    await tenant_session.execute(update(Customer).values(name="Eve"))

    own = [sql for sql in seen if "customers" in sql or "invoices" in sql]
    assert len(own) == 5
    assert all("tenant_id = " in sql for sql in own), own


async def test_core_upserts_and_bulk_loads(tenant_session, tenants) -> None:
    label = insert(Tag).values(label="new")
    upsert = label.on_conflict_do_update(
        index_elements=["tenant_id", "label"], set_={"label": label.excluded.label}
    )
    for _ in range(2):
        await tenant_session.execute(upsert)
    await copy_rows(tenant_session, Tag, [{"label": f"{n}"} for n in range(3)])
    await upsert_rows(
        tenant_session,
        Tag,
        [{"label": "2"}, {"label": "3"}],
        conflict=["tenant_id", "label"],
    )
    await tenant_session.commit()

    labels = await tenant_session.scalars(select(Tag.label).order_by(Tag.label))
    assert labels.all() == ["0", "1", "2", "3", "new"]
    async with tenant_session_scope(tenants[1].id) as theirs:
        assert (await theirs.scalars(select(Tag.label))).all() == []


async def test_all_tenants_are_written_by_who_says_which(two) -> None:
    async with all_tenants_session_scope() as session:
        await copy_rows(session, Tag, [{"label": "9", "tenant_id": one} for one in two])
        session.add(Tag(label="nobody's"))
        with pytest.raises(TenantError, match="needs a tenant_id"):
            await session.flush()
        session.expunge_all()
        assert await session.scalar(select(func.count(Tag.id))) == 4


async def test_reads_have_a_tenant_or_are_refused(two) -> None:
    async with tenant_read_session_scope(two[0]) as session:
        assert (await session.scalars(select(Tag.label))).all() == ["One"]
        with pytest.raises(DBAPIError, match="read-only"):
            await session.execute(text("DELETE FROM tags"))
        await session.rollback()
        assert await session.scalar(text("SELECT string_agg(label, '') FROM tags")) == "One"
    for hot in (
        lambda: HotRead(select(Tag.id)),
        lambda: HotRead(select(Currency), Currency.tags, into=Currency),
        lambda: HotWrite(update(Tag).values(label="x")),
        lambda: HotWrite(insert(Tag)),
    ):
        with pytest.raises(TenantError, match="and a hot statement none"):
            hot()


async def test_retries_and_pages_are_of_a_tenant(two) -> None:
    @retry(scope=partial(tenant_session_scope, two[0]), serializable=True)
    async def read(session: AsyncSession) -> list[str]:
        assert await session.scalar(text("SHOW transaction_isolation")) == "serializable"
        found = await page(session, select(Tag), order_by=[Tag.label], limit=5)
        return [tag.label for tag in found.items]

    assert await read() == ["One"]
