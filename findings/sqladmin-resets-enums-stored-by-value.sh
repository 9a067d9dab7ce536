#!/usr/bin/env bash
# sqladmin's form sets an enum that is stored by its value to the first of its values.
#
# Versions: sqladmin 0.32.0, SQLAlchemy 2.1.9, FastAPI 0.165.0; run in November 2026.
# Expected: the form of an order that is paid has "paid" selected, whether the column has the
#   members' names or, by values_callable, their values.
# Seen: by values no option is selected, as the names of the members are looked for among
#   them. A browser then shows and sends the first: whoever corrects a typing error in another
#   field makes a paid order a draft.
# Users: form_args = {"status": {"coerce": OrderStatus}} (docs/how-to/admin.md).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqladmin==0.32.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'fastapi==0.165.0' \
    'starlette==1.10.0' \
    'httpx==0.28.1' \
    'python-multipart'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import enum
import re
import sys

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqladmin import Admin, ModelView
from sqlalchemy import Enum, create_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.pool import StaticPool


class Status(enum.Enum):
    DRAFT = "draft"
    PAID = "paid"


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    by_name: Mapped[Status] = mapped_column(Enum(Status))
    by_value: Mapped[Status] = mapped_column(
        Enum(Status, values_callable=lambda members: [member.value for member in members])
    )


class OrderAdmin(ModelView, model=Order):
    pass


class CoercedAdmin(ModelView, model=Order):
    form_args = {"by_value": {"coerce": Status}}


engine = create_engine("sqlite://", poolclass=StaticPool, connect_args={"check_same_thread": False})
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Order(id=1, by_name=Status.PAID, by_value=Status.PAID))
    session.commit()


async def selected(view: type[ModelView]) -> dict[str, list[str]]:
    app = FastAPI()
    Admin(app, engine).add_view(view)
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        page = (await client.get("/admin/order/edit/1")).text
    fields = re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.DOTALL)
    return {name: re.findall(r'<option selected value="(\w+)"', options) for name, options in fields}


plain, coerced = asyncio.run(selected(OrderAdmin)), asyncio.run(selected(CoercedAdmin))
print("selected:", plain, "with coerce:", coerced)
if plain != {"by_name": ["PAID"], "by_value": []} or coerced["by_value"] != ["paid"]:
    sys.exit("changed: the option of a value is selected, or coerce does not help")
PYTHON
