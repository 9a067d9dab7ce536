"""Properties of the migrated schema that Supabase's linter and PostgREST ask for."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.support.supabase import run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.environments import Environment
    from tests.support.supabase import SupabaseServer

FINDINGS = {
    "an exposed table without RLS": """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND NOT relrowsecurity
    """,
    "RLS without a policy": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = pg_class.oid)
    """,
    "a policy that does not count": """
        SELECT polname FROM pg_policy JOIN pg_class ON pg_class.oid = polrelid
        WHERE NOT relrowsecurity
    """,
    "a view that ignores the policies of its tables": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'v'
        AND NOT coalesce('security_invoker=true' = ANY(reloptions), false)
    """,
    "rows that are kept where no policy is": """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('m', 'f')
    """,
    "a view of Supabase's users": """
        SELECT ev_class::regclass FROM pg_rewrite JOIN pg_depend ON objid = pg_rewrite.oid
        WHERE refobjid = 'auth.users'::regclass
    """,
    "policies that run for every row": r"""
        SELECT policyname FROM pg_policies
        WHERE concat(qual, with_check) ~ '(auth|current_setting)'
            AND concat(qual, with_check) !~ 'SELECT auth\.\w+\(\)'
    """,
    "several permissive policies for a role and an action": """
        SELECT tablename, role, command
        FROM pg_policies CROSS JOIN unnest(roles) AS role
        CROSS JOIN unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS command
        WHERE permissive = 'PERMISSIVE' AND cmd IN (command, 'ALL')
        GROUP BY 1, 2, 3 HAVING count(*) > 1
    """,
    "a write that any row may have": """
        SELECT policyname FROM pg_policies
        WHERE cmd <> 'SELECT' AND 'true' IN (qual, with_check)
    """,
    "a policy that trusts what users say of themselves": """
        SELECT policyname FROM pg_policies
        WHERE concat(qual, with_check) LIKE '%user_metadata%'
    """,
    "a foreign key without an index": """
        SELECT conname FROM pg_constraint
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_index WHERE indrelid = conrelid
            AND (indkey::int2[])[0:cardinality(conkey) - 1] = conkey
        )
    """,
    "a table without a primary key": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND NOT EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisprimary)
    """,
    "a foreign key that PostgREST cannot see, to a unique key of auth": """
        SELECT conname FROM pg_constraint JOIN pg_index ON indexrelid = conindid
        WHERE contype = 'f' AND connamespace = 'public'::regnamespace AND NOT indisprimary
    """,
    "a function whose search_path the caller sets": """
        SELECT proname FROM pg_proc
        WHERE pronamespace IN ('public'::regnamespace, 'private'::regnamespace)
        AND NOT coalesce(proconfig @> ARRAY['search_path=""'], false)
    """,
    "a function with rights of its own that others may call": """
        SELECT proname, rolname FROM pg_proc CROSS JOIN pg_roles
        WHERE pronamespace IN ('public'::regnamespace, 'private'::regnamespace)
        AND rolname IN ('anon', 'authenticated', 'service_role', 'authenticator')
        AND has_function_privilege(rolname, pg_proc.oid, 'EXECUTE')
    """,
    "a way into the private schema": """
        SELECT rolname FROM pg_roles
        WHERE rolname IN ('anon', 'authenticated', 'service_role')
        AND has_schema_privilege(rolname, 'private', 'USAGE')
    """,
    "two indexes of the same columns": """
        SELECT indrelid::regclass, indkey FROM pg_index
        GROUP BY indrelid, indkey, indpred::text, indexprs::text HAVING count(*) > 1
        AND indrelid::regclass::text NOT LIKE '%.%'
    """,
    "a table that the documentation says nothing of": """
        SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND obj_description(pg_class.oid) IS NULL
    """,
    "a column that writers have to fill for the layer": """
        SELECT relname, attname FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
        AND attname IN ('id', 'created_at', 'updated_at')
        AND NOT atthasdef AND relname <> 'profiles'
    """,
    "the table of versions where it is served": """
        SELECT relname FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relname = 'alembic_version'
    """,
}
HOW_IT_COMES_ABOUT = {
    "an exposed table without RLS": "CREATE TABLE broken ()",
    "RLS without a policy": """
        CREATE TABLE broken (); ALTER TABLE broken ENABLE ROW LEVEL SECURITY
    """,
    "a policy that does not count": "ALTER TABLE books DISABLE ROW LEVEL SECURITY",
    "a view that ignores the policies of its tables": "CREATE VIEW broken AS SELECT 1 AS one",
    "rows that are kept where no policy is": "CREATE MATERIALIZED VIEW broken AS SELECT 1 AS one",
    "a view of Supabase's users": "CREATE VIEW broken AS SELECT id FROM auth.users",
    "policies that run for every row": """
        ALTER POLICY "owner updates" ON profiles USING (id = auth.uid())
    """,
    "several permissive policies for a role and an action": """
        CREATE POLICY broken ON genres TO anon USING (false)
    """,
    "a write that any row may have": """
        CREATE POLICY broken ON genres FOR UPDATE TO anon USING (true)
    """,
    "a policy that trusts what users say of themselves": """
        ALTER POLICY "owner updates" ON profiles
        USING ((SELECT auth.jwt()) -> 'user_metadata' ->> 'admin' = 'yes')
    """,
    "a foreign key without an index": "DROP INDEX ix_books_author_id",
    "a table without a primary key": "ALTER TABLE profiles DROP CONSTRAINT pk_profiles",
    "a foreign key that PostgREST cannot see, to a unique key of auth": """
        ALTER TABLE profiles ADD phone text REFERENCES auth.users (phone)
    """,
    "a function whose search_path the caller sets": """
        ALTER FUNCTION private.create_profile RESET search_path
    """,
    "a function with rights of its own that others may call": """
        GRANT EXECUTE ON FUNCTION private.create_profile TO anon
    """,
    "a way into the private schema": "GRANT USAGE ON SCHEMA private TO anon",
    "two indexes of the same columns": "CREATE INDEX broken ON books (author_id)",
    "a table that the documentation says nothing of": "COMMENT ON TABLE tag_reminders IS NULL",
    "a column that writers have to fill for the layer": """
        ALTER TABLE books ALTER created_at DROP DEFAULT
    """,
    "the table of versions where it is served": "CREATE TABLE alembic_version ()",
}
PRIVILEGES = """
    SELECT format('%s %s', rolname, string_agg(DISTINCT privilege_type, ' '))
    FROM pg_class CROSS JOIN aclexplode(relacl) JOIN pg_roles ON pg_roles.oid = grantee
    WHERE relnamespace = 'public'::regnamespace AND relname = $1 AND grantee <> relowner
    GROUP BY rolname ORDER BY rolname
"""
OF_OTHERS = """
    SELECT format('%s %s %s', nspname, relname, relacl) FROM pg_class
    JOIN pg_namespace ON pg_namespace.oid = relnamespace
    WHERE nspname IN ('auth', 'storage', 'realtime', 'vault', 'extensions', 'graphql_public')
    UNION ALL
    SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT proname FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
    WHERE nspname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""


def fetch(url: str, query: str, *values: object, first: str = "SELECT 1") -> list[Any]:
    """Return the rows of a query, after statements that are rolled back."""

    async def run() -> list[Any]:
        connection = await asyncpg.connect(url)
        await connection.execute("BEGIN")
        try:
            await connection.execute(first)
            return [tuple(row) for row in await connection.fetch(query, *values)]
        finally:
            await connection.close()

    return asyncio.run(run())


@pytest.fixture(scope="module")
def migrated(
    supabase: SupabaseServer, project: Path, environment: Environment, revision: str
) -> Iterator[str]:
    """A migrated database, in a project whose new tables are granted to everybody."""
    assert revision
    with supabase.new_database() as name:
        url = supabase.url(name)
        run_sql(
            url,
            "ALTER DEFAULT PRIVILEGES IN SCHEMA public "
            "GRANT ALL ON TABLES TO anon, authenticated, service_role",
        )
        environment.run(
            "-m", "alembic", "upgrade", "head", cwd=project, variables={"DATABASE_URL": url}
        )
        yield url


@pytest.mark.parametrize("finding", FINDINGS)
def test_nothing_is_found(migrated: str, finding: str) -> None:
    assert fetch(migrated, FINDINGS[finding]) == []


@pytest.mark.parametrize("finding", FINDINGS)
def test_something_would_be_found(migrated: str, finding: str) -> None:
    assert fetch(migrated, FINDINGS[finding], first=HOW_IT_COMES_ABOUT[finding]) != []


@pytest.mark.parametrize(
    ("relation", "privileges"),
    [
        (
            "genres",
            ["anon SELECT", "authenticated SELECT", "service_role DELETE INSERT SELECT UPDATE"],
        ),
        ("genre_names", ["anon SELECT"]),
        ("tags", ["service_role DELETE INSERT SELECT UPDATE"]),
        ("tag_reminders", ["service_role DELETE INSERT SELECT UPDATE"]),
    ],
)
def test_old_projects_grant_no_more_than_new_ones(
    migrated: str, relation: str, privileges: list[str]
) -> None:
    assert fetch(migrated, PRIVILEGES, relation) == [(line,) for line in privileges]


def test_a_downgrade_leaves_what_supabase_made(
    supabase: SupabaseServer, database: str, project: Path, environment: Environment, revision: str
) -> None:
    assert revision
    url = supabase.url(database)
    before = fetch(url, OF_OTHERS)
    for command in (("upgrade", "head"), ("check",), ("downgrade", "base")):
        environment.run("-m", "alembic", *command, cwd=project, variables={"DATABASE_URL": url})

    assert fetch(url, OF_OTHERS) == before


def test_the_cache_of_postgrest_is_reloaded(
    supabase: SupabaseServer, database: str, project: Path, environment: Environment, revision: str
) -> None:
    assert revision
    url = supabase.url(database)

    async def listen() -> list[object]:
        heard: list[object] = []

        def hear(*event: object) -> None:
            heard.append(event[-1])

        connection = await asyncpg.connect(url)
        await connection.add_listener("pgrst", hear)
        await asyncio.to_thread(
            environment.run,
            *["-m", "alembic", "upgrade", "head"],
            cwd=project,
            variables={"DATABASE_URL": url},
        )
        await connection.fetch("SELECT 1")
        await connection.close()
        return heard

    assert asyncio.run(listen()) == ["reload schema"]


def test_the_sql_can_be_printed(project: Path, environment: Environment, revision: str) -> None:
    assert revision
    variables = {"DATABASE_URL": "postgresql://nobody@localhost/nowhere"}
    printed = environment.run(
        "-m", "alembic", "upgrade", "head", "--sql", cwd=project, variables=variables
    ).stdout

    assert printed.count("CREATE POLICY") == revision.count("CREATE POLICY")
    assert "CREATE SCHEMA IF NOT EXISTS private" in printed
