"""Tenants on Supabase: a claim that policies see, through the Data API as through sessions."""

from __future__ import annotations

import asyncio
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import asyncpg
import pytest

from tests.attacks import tenants
from tests.support.adopted import TENANTS_ON_SUPABASE
from tests.support.template import copy_with_layer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.environments import Environment
    from tests.support.supabase import SupabaseServer

STEAL = "INSERT INTO tags (tenant_id, label) VALUES ('{}', 'x') RETURNING label"
INSIDE = Path(__file__).parents[1] / "generated" / "inside"


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has everything."""
    directory = tmp_path_factory.mktemp("tenants") / "project"
    case = TENANTS_ON_SUPABASE
    return copy_with_layer(template, case.project, directory, **case.answers)


@pytest.fixture(scope="module")
def environment(environments: Path, project: Path) -> Environment:
    """What the project declares."""
    return TENANTS_ON_SUPABASE.environment(environments, project)


@pytest.fixture(scope="module")
def database(project: Path, environment: Environment, supabase: SupabaseServer) -> Iterator[str]:
    """A database that `postgres` has migrated."""
    with supabase.new_database() as name:
        tenants.prepare_on_supabase(environment, project, supabase.url(name))
        yield name


@pytest.mark.long
def test_all_tests_pass(project: Path, environment: Environment) -> None:
    for file in (
        "tenants/tenant_fixture.py",
        "tenants/test_inside_tenants.py",
        "tenants_on_supabase/test_inside_supabase.py",
    ):
        shutil.copy(INSIDE / file, project / "tests" / "database")

    done = environment.run(
        *["-m", "pytest", "tests/database", "-p", "tests.database.tenant_fixture"],
        *["-p", "no:cacheprovider"],
        cwd=project,
    )

    assert " skipped" not in done.stdout


@pytest.mark.long
@pytest.mark.thorough
def test_no_tenant_sees_another_under_load(
    project: Path, environment: Environment, supabase: SupabaseServer, database: str
) -> None:
    urls = {
        "DATABASE_URL": supabase.url(database, tenants.LOGIN),
        "DATABASE_MIGRATION_URL": supabase.url(database),
    }

    result = tenants.attack(environment, project, urls, "--requests=200", "--seed=1")

    assert [*tenants.promises(result).values()] == [True] * 4, result


def test_the_data_api_keeps_tenants_apart(supabase: SupabaseServer, database: str) -> None:
    """As PostgREST asks: a role and claims, for each transaction."""
    one, other = uuid4(), uuid4()

    async def ask(role: str, claims: object, *statements: str) -> list[str]:
        connection = await asyncpg.connect(supabase.url(database, "authenticator"))
        try:
            async with connection.transaction():
                await connection.execute(
                    "SELECT set_config('role', $1, true), "
                    "set_config('request.jwt.claims', $2, true)",
                    role,
                    json.dumps(claims),
                )
                for sql in statements[:-1]:
                    await connection.execute(sql)
                rows = await connection.fetch(statements[-1])
                return sorted(row[0] for row in rows)
        finally:
            await connection.close()

    async def try_it() -> None:
        owner = await asyncpg.connect(supabase.url(database))
        for tenant in (one, other):
            await owner.execute("INSERT INTO tenants VALUES ($1, $2, $2)", tenant, str(tenant))
        # What somebody adds by mistake, and a view as Supabase advises it.
        await owner.execute("CREATE POLICY more ON tags TO authenticated USING (true)")
        await owner.execute(
            "CREATE VIEW labels WITH (security_invoker = true) AS SELECT label FROM tags"
        )
        await owner.execute("GRANT SELECT ON labels TO authenticated")
        await owner.close()
        insert = "INSERT INTO tags (label) VALUES ('{}') RETURNING label"
        of_one, of_other = (
            {"role": "authenticated", "app_metadata": {"tenant_id": str(tenant)}}
            for tenant in (one, other)
        )
        for claims, label in ((of_one, "api one"), (of_other, "api other")):
            assert await ask("authenticated", claims, insert.format(label)) == [label]
            for read in ("SELECT label FROM tags", "SELECT label FROM labels"):
                assert await ask("authenticated", claims, read) == [label]
        slugs = "SELECT slug FROM tenants"
        assert await ask("authenticated", of_one, slugs) == [str(one)]
        api = "SELECT label FROM tags WHERE label LIKE 'api %'"
        assert await ask("service_role", {}, api) == ["api one", "api other"]
        forged = {"role": "authenticated", "user_metadata": {"tenant_id": str(one)}}
        assert await ask("authenticated", forged, api) == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await ask("authenticated", of_one, STEAL.format(other))
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await ask("anon", of_one, api)

    asyncio.run(try_it())
