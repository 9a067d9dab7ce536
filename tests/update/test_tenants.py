"""A layer whose tables have rows gains tenants by an update and two revisions."""

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import asyncpg
import pytest

from tests.support.adopted import WITH_EVERYTHING
from tests.support.template import (
    changed_files,
    commit_all,
    copy_with_layer,
    git,
    update_layer,
)

INSIDE = Path(__file__).parents[1] / "generated" / "inside" / "tenants"
MODELS = """
    Customer: name str, email str unique, referred_by -> Customer?, tags <-> Tag
    Tag: label str unique
    Friend: name str, friends <-> Friend.friend_of
    Document: title str search, embedding vector(3)?, state enum(draft, final) = draft
    {}Currency: code str(3) unique
"""
OWN_MODEL = '''"""The table of parcels, which nobody generated."""

from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Parcel(Base):
    """A parcel of a customer."""

    __tablename__ = "parcels"

    customer_id: Mapped[UUID] = mapped_column(ForeignKey("customers.id"))
'''
KEY = """
    __table_args__ = (tenant_key("customer_id", "customers", ondelete="CASCADE"),)
"""
OF_TENANTS = (
    ("from sqlalchemy import ForeignKey\n", ""),
    ("from app.models.base import Base", "from app.models.tenants import TenantBase, tenant_key"),
    ("class Parcel(Base)", "class Parcel(TenantBase)"),
    ('mapped_column(ForeignKey("customers.id"))\n', f"mapped_column()\n{KEY}"),
)
PARCELS = """
    parcels: Mapped[list["Parcel"]] = relationship(
        "Parcel", foreign_keys="Parcel.customer_id", lazy="raise"
    )
"""
ROWS = """
    INSERT INTO users (email, password_hash) VALUES ('ada@example.com', '$argon2id$x');
    INSERT INTO customers (id, name, email)
        VALUES ('00000000-0000-0000-0000-000000000009', 'Ada', 'ada@example.com');
    INSERT INTO customers (name, email, referred_by_id) SELECT 'Bob', 'bob@example.com', id
        FROM customers;
    INSERT INTO tags (label) VALUES ('paid');
    INSERT INTO customer_tags SELECT c.id, t.id FROM customers c, tags t;
    INSERT INTO parcels (customer_id) SELECT id FROM customers;
    INSERT INTO friends (name) VALUES ('Ada'), ('Bob');
    INSERT INTO friend_friends SELECT a.id, b.id FROM friends a, friends b WHERE a.id <> b.id;
    INSERT INTO documents (title) VALUES ('Words');
    INSERT INTO currencies (code) VALUES ('SEK');
"""


@pytest.mark.long
def test_rows_get_a_tenant(
    template: Path,
    environments: Path,
    new_database: Callable[[], str],
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    everything = tmp_path / "everything"
    environment = WITH_EVERYTHING.environment(
        environments, copy_with_layer(template, "uv-app", everything, **WITH_EVERYTHING.answers)
    )
    answers = {"db_auth_tables": True, "db_extras": ["enums"], "db_example_model": False}
    models = {"db_models": MODELS.format("")}
    project = copy_with_layer(template, "uv-app", tmp_path / "project", **answers, **models)
    url = {"DATABASE_URL": new_database()}
    parcel = project / "app" / "models" / "parcel.py"
    parcel.write_text(OWN_MODEL)
    exported = project / "app" / "models" / "__init__.py"
    exported.write_text(exported.read_text() + "\nfrom app.models.parcel import Parcel as Parcel\n")
    customer = project / "app" / "models" / "customer.py"
    customer.write_text(customer.read_text() + PARCELS)
    alembic = ("-m", "alembic", "revision", "--autogenerate", "-m")
    environment.run(*alembic, "initial", cwd=project, variables=url)
    environment.run("-m", "alembic", "upgrade", "head", cwd=project, variables=url)
    asyncio.run(execute(url["DATABASE_URL"], ROWS))
    commit_all(project, "Make it ours")

    update_layer(project, {"db_tenants": True, "db_models": MODELS.format("shared ")})

    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""
    assert "class Customer(TenantBase)" in customer.read_text()
    assert PARCELS in customer.read_text()
    assert parcel.read_text() == OWN_MODEL
    said = capfd.readouterr().err
    assert "app/models/parcel.py: tenants share Parcel; if rows belong to one" in said
    assert "currency.py" not in said
    assert "let autogenerate write two revisions" in said
    with pytest.raises(AssertionError, match=r"parcels\.customer_id refers to customers, whose"):
        environment.run(*alembic, "expand", cwd=project, variables=url)
    for old, new in OF_TENANTS:
        parcel.write_text(parcel.read_text().replace(old, new, 1))
    shutil.copy(INSIDE / "expand_and_contract.py", project)
    environment.run("expand_and_contract.py", cwd=project, variables=url)
    commit_all(project, "Gain tenants")
    capfd.readouterr()

    update_layer(project)

    assert changed_files(project) == []
    assert "tenant" not in capfd.readouterr().err


async def execute(url: str, sql: str) -> None:
    """Run statements on a connection of their own."""
    connection = await asyncpg.connect(url)
    await connection.execute(sql)
    await connection.close()
