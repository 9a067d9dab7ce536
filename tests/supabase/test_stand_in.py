"""The stand-in has the properties of a hosted project that other tests rely on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import asyncpg
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.supabase import SupabaseServer

POSTGRES = """
    SELECT rolsuper, rolbypassrls, rolcreaterole, rolcanlogin
    FROM pg_roles WHERE rolname = current_user
"""
AS_A_USER = """
    SELECT set_config('role', 'authenticated', true),
        set_config('request.jwt.claims', '{"sub": "00000000-0000-4000-8000-000000000001"}', true)
"""


@pytest.fixture
def project(supabase: SupabaseServer) -> Iterator[str]:
    with supabase.new_database() as name:
        yield supabase.url(name)


def test_postgres_is_no_superuser_and_bypasses_rls(project: str) -> None:
    async def look() -> tuple[bool, ...]:
        connection = await asyncpg.connect(project)
        [row] = await connection.fetch(POSTGRES)
        await connection.close()
        return tuple(row)

    assert asyncio.run(look()) == (False, True, True, True)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE auth.mine ()",
        "CREATE TABLE storage.mine ()",
        "CREATE FUNCTION auth.mine() RETURNS int LANGUAGE sql RETURN 1",
        "DROP TABLE auth.sessions",
        "ALTER ROLE postgres SUPERUSER",
    ],
)
def test_postgres_may_not(project: str, statement: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(project)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(run())


def test_new_tables_are_granted_to_nobody_and_claims_are_read(project: str) -> None:
    async def look() -> tuple[object, ...]:
        connection = await asyncpg.connect(project)
        await connection.execute("CREATE TABLE notes (owner uuid REFERENCES auth.users)")
        await connection.execute("CREATE SCHEMA private")
        async with connection.transaction():
            await connection.execute(AS_A_USER)
            uid = await connection.fetchval("SELECT auth.uid()")
            denied: BaseException | None = None
            try:
                async with connection.transaction():
                    await connection.fetch("SELECT * FROM notes")
            except asyncpg.InsufficientPrivilegeError as error:
                denied = error
        nobody = await connection.fetchval("SELECT auth.uid()")
        await connection.close()
        return str(uid), type(denied), nobody

    assert asyncio.run(look()) == (
        "00000000-0000-4000-8000-000000000001",
        asyncpg.InsufficientPrivilegeError,
        None,
    )
