"""What a Citus cluster makes of the layer; copied into a project and run there."""

import re
from decimal import Decimal

import pytest
from app.database import dispose_engine, get_engine, session_scope
from app.database_kit.citus import SETTINGS
from app.database_kit.citus_advice import COMPUTE, SPANS, find_advice
from app.database_kit.citus_checks import check_citus
from app.database_kit.engine import create_migration_engine
from app.database_kit.errors import find_answer
from app.database_kit.tenants import tenant_session_scope
from app.models import Base, Currency, Customer, Invoice, Tag
from sqlalchemy import event, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import joinedload, selectinload

pytestmark = pytest.mark.anyio

KINDS = text("SELECT table_name::text, citus_table_type, colocation_id FROM citus_tables")
UPDATED = text("""
    SELECT result
    FROM run_command_on_placements('currencies', 'SELECT updated_at::text FROM %s')
""")
UNDISTRIBUTE = "SELECT undistribute_table('invoice_tags', cascade_via_foreign_keys => true)"
TASKS = re.compile(r"Task Count: (\d+)")


async def test_tables_are_distributed(migrated_database) -> None:
    engine = create_migration_engine()
    async with engine.connect() as connection:
        found = {row[0]: row for row in await connection.execute(KINDS)}
    await engine.dispose()

    assert found.pop("alembic_version").citus_table_type == "reference"
    assert found.keys() == Base.metadata.tables.keys()
    for name, table in Base.metadata.tables.items():
        is_tenants = "tenant_id" in table.primary_key.columns
        kind = "distributed" if is_tenants else "reference"
        assert found[name].citus_table_type == kind, name
    assert len({row.colocation_id for row in found.values()}) == 2


async def test_a_tenant_takes_one_task(tenant) -> None:
    """EXPLAIN of each statement that get, list, flush, and loaders of relationships send."""
    sent: list[tuple[str, object]] = []

    def see(_connection, _cursor, sql, parameters, *_) -> None:
        if sql.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
            sent.append((sql, parameters))

    async with tenant_session_scope(tenant) as session:
        connection = await session.connection()
        driver = (await connection.get_raw_connection()).driver_connection
        event.listen(connection.sync_connection, "before_cursor_execute", see)
        customer = Customer(name="Ada", email="a", currency=Currency(code="XTS"))
        invoice = Invoice(customer=customer, total=Decimal(1), tags=[Tag(label="a")])
        session.add(invoice)
        await session.flush()
        session.expunge_all()
        loaders = [selectinload(Invoice.tags), joinedload(Invoice.customer)]
        found = await session.get_one(Invoice, invoice.id, options=loaders)
        found.total = Decimal(2)
        await session.flush()
        await session.scalars(
            select(Customer)
            .order_by(Customer.name)
            .limit(50)
            .options(selectinload(Customer.invoices), joinedload(Customer.currency))
        )
        await session.delete(found.tags[0])
        await session.flush()
        kinds = {sql.split()[0] for sql, _ in sent}
        for sql, parameters in sent:
            explained = await driver.fetch(f"EXPLAIN (COSTS OFF) {sql}", *parameters)
            plan = "\n".join(row[0] for row in explained)
            assert TASKS.findall(plan) == ["1"], f"{sql}\n{plan}"

    assert kinds == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert len(sent) > 10


async def test_all_nodes_agree_on_shared_rows(tenant) -> None:
    currency = Currency(code="XTS")
    async with session_scope() as session:
        session.add(currency)
    async with session_scope() as session:
        session.add(currency)
        before, currency.code = currency.updated_at, "XXX"
        await session.flush()
        assert currency.updated_at > before
    engine = create_migration_engine()
    async with engine.connect() as connection:
        times = (await connection.scalars(UPDATED)).all()
    await engine.dispose()
    assert len(times) > 1
    assert len({*times}) == 1


@pytest.mark.parametrize(
    ("statement", "advice"),
    [
        ("SELECT * FROM tags FOR UPDATE", SPANS),
        ("SELECT * FROM invoices JOIN customers ON customers.id = customer_id", SPANS),
        ("SELECT * FROM tags, LATERAL (SELECT FROM desks WHERE id = tags.id LIMIT 1) d", SPANS),
        ("SELECT label FROM tags GROUP BY GROUPING SETS ((label), ())", SPANS),
        ("UPDATE tags SET label = random()", COMPUTE),
        ("INSERT INTO tags (label) VALUES ('a') RETURNING now()", COMPUTE),
        ("UPDATE tags SET tenant_id = NULL", "A row stays with its tenant"),
        (
            "UPDATE tags SET label = label; UPDATE currencies SET code = code",
            "Write shared tables first",
        ),
    ],
)
async def test_refusals_come_with_advice(statement, advice, tenant) -> None:
    async with tenant_session_scope(tenant) as session:
        *before, last = map(text, statement.split("; "))
        for each in before:
            await session.execute(each)
        with pytest.raises(DBAPIError) as refused:
            await session.execute(last)
        await session.rollback()
    assert find_advice(refused.value).startswith(advice)
    assert find_answer(refused.value) is None


async def test_a_missing_tenant_is_no_fault_of_the_client(migrated_database) -> None:
    async with session_scope() as session:
        with pytest.raises(DBAPIError) as refused:
            await session.execute(text("INSERT INTO tags (label) VALUES ('a')"))
        await session.rollback()
    assert find_advice(refused.value).startswith("No tenant is set")
    assert find_answer(refused.value) is None
    await dispose_engine()


TRAPS = {
    "not distributed by tenant_id: ": [UNDISTRIBUTE],
    "unique without tenant_id, and so not to be distributed: invoice_tags.pk_invoice_tags": [
        UNDISTRIBUTE,
        "ALTER TABLE invoice_tags DROP CONSTRAINT pk_invoice_tags",
        "ALTER TABLE invoice_tags ADD CONSTRAINT pk_invoice_tags PRIMARY KEY (tag_id)",
    ],
    "a sub-SELECT in a policy, which Citus refuses: tags.more": [
        UNDISTRIBUTE,
        "CREATE POLICY more ON tags USING ((SELECT current_setting('app.more', true)) IS NULL)",
    ],
    "a trigger on each node lets the copies of a row differ: tenants.more": [
        """CREATE TRIGGER more BEFORE UPDATE ON tenants
        FOR EACH ROW EXECUTE FUNCTION set_updated_at()"""
    ],
    "DELETE does not see the foreign keys of local tables: notes": [
        """CREATE TABLE notes (
            tenant_id uuid, id uuid, FOREIGN KEY (tenant_id, id) REFERENCES tags
        )"""
    ],
    "Citus' own functions lose rows with FORCE ROW LEVEL SECURITY: tags": [
        "ALTER TABLE tags FORCE ROW LEVEL SECURITY"
    ],
}


async def test_the_doctor_names_what_is_wrong(migrated_database) -> None:
    async with get_engine().connect() as connection:
        finding = await check_citus(connection)
        assert finding.level == "ok"
        assert finding.text.startswith("11 tables distributed, 5 shared, ")
    await dispose_engine()
    engine = create_migration_engine()
    async with engine.connect() as connection:
        for said, changes in TRAPS.items():
            for sql in (*(f"SET LOCAL {setting}" for setting in SETTINGS), *changes):
                await connection.execute(text(sql))
            finding = await check_citus(connection)
            await connection.rollback()
            assert finding.text.startswith(said)
    await engine.dispose()
