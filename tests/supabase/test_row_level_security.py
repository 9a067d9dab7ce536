"""Tokens and sessions of a project that has the layer, direct and through PgBouncer."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest

from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import run_sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.environments import Environment
    from tests.support.pgbouncer import PgBouncer
    from tests.support.supabase import SupabaseServer

NOTES = """
    CREATE TABLE notes (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        owner uuid NOT NULL DEFAULT auth.uid(),
        body text NOT NULL
    );
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON notes TO authenticated
        USING (owner = (SELECT auth.uid())) WITH CHECK (owner = (SELECT auth.uid()));
    GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
"""


@pytest.fixture
def urls(supabase: SupabaseServer, pooler: PgBouncer) -> Iterator[dict[str, str]]:
    with supabase.new_database() as name:
        run_sql(supabase.url(name), NOTES)
        yield {"DIRECT_URL": supabase.url(name), "POOLED_URL": pooler.url(name)}


def test_tokens(notes: Path, notes_environment: Environment) -> None:
    notes_environment.run("-m", "pytest", "checks/test_tokens.py", cwd=notes)


def test_sessions(notes: Path, notes_environment: Environment, urls: dict[str, str]) -> None:
    files = [f"checks/test_{name}.py" for name in ("sessions", "load", "errors")]
    notes_environment.run("-m", "pytest", *files, cwd=notes, variables=urls)


def test_the_login_role_takes_nothing_but_the_roles_of_requests(
    notes: Path,
    notes_environment: Environment,
    supabase: SupabaseServer,
    pooler: PgBouncer,
    urls: dict[str, str],
) -> None:
    script = (notes / "alembic" / "login_role.sql").read_text(encoding="utf-8")
    name = urlsplit(urls["POOLED_URL"]).path[1:]
    own = {
        "DIRECT_URL": supabase.url(name, "app_backend"),
        "POOLED_URL": pooler.url(name, "app_backend"),
    }
    run_sql(urls["DIRECT_URL"], script.replace("your_password_here", uuid4().hex))
    try:
        for forbidden in (
            "SELECT * FROM notes",
            "SET ROLE service_role",
            "SET ROLE postgres",
            "CREATE TABLE mine ()",
            "SELECT * FROM auth.users",
            "ALTER ROLE app_backend BYPASSRLS",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                run_sql(own["DIRECT_URL"], forbidden)
        notes_environment.run("-m", "pytest", "checks/test_sessions.py", cwd=notes, variables=own)
    finally:
        # The pooler's connections are the role's, too.
        run_sql(
            supabase.url("postgres", "supabase_admin"),
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'app_backend'",
        )
        run_sql(urls["DIRECT_URL"], "DROP ROLE app_backend")


def test_reads(
    notes: Path,
    notes_environment: Environment,
    supabase: SupabaseServer,
    urls: dict[str, str],
) -> None:
    dropped = {"ignore_startup_parameters": "default_transaction_read_only,statement_timeout"}
    with pgbouncer(supabase, dropped) as dropping:
        name = urlsplit(urls["POOLED_URL"]).path[1:]
        notes_environment.run(
            *["-m", "pytest", "checks/test_reads.py"],
            cwd=notes,
            variables={**urls, "DROPPING_URL": dropping.url(name)},
        )
    notes_environment.run("-m", "pytest", "tests/database/test_database_reads.py", cwd=notes)
