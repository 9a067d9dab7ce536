"""What the doctor says of poolers, of TLS, and of tables that go past Row Level Security."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import run_sql

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.environments import Environment
    from tests.support.supabase import SupabaseServer

# Whatever it finds, the exit code of this is 0.
EXAMINE = "import asyncio; from notes.database_kit.doctor import main; asyncio.run(main())"
EXPOSED = """
    CREATE TABLE closed (id int PRIMARY KEY);
    ALTER TABLE closed ENABLE ROW LEVEL SECURITY;
    GRANT SELECT ON closed TO anon;
    CREATE VIEW polite WITH (security_invoker = true) AS SELECT * FROM closed;
    GRANT SELECT ON polite TO anon;
    CREATE VIEW hidden AS SELECT * FROM closed;
    REVOKE ALL ON hidden FROM anon, authenticated;
    CREATE SCHEMA own;
    CREATE TABLE own.unexposed (id int);
"""


def examine(environment: Environment, project: Path, url: str, **settings: str) -> dict[str, str]:
    """Each line by what it is about, with its advice; the name is left out."""
    variables = {"DATABASE_URL": url, **settings}
    said = environment.run("-c", EXAMINE, cwd=project, variables=variables).stdout
    found: dict[str, str] = {}
    for line in said.splitlines():
        if "->" in line:
            found[next(reversed(found))] += line.strip()
        else:
            level, name, *words = line.split()
            found[name] = " ".join([level, *words])
    return found


LOST = (
    "failure transaction mode, which breaks prepared statements-> Set DATABASE_POOLER=transaction"
)
KEPT = "ok transaction mode, with prepared statements"
"""As PgBouncer has it from 1.21 on."""


@pytest.mark.parametrize(
    ("mode", "setting", "expected"),
    [
        ("transaction", "session", {LOST, KEPT}),
        ("transaction", "transaction", {"ok transaction mode"}),
        ("session", "session", {"ok session mode"}),
    ],
)
def test_poolers(
    mode: str,
    setting: str,
    expected: set[str],
    supabase: SupabaseServer,
    database: str,
    project: Path,
    environment: Environment,
) -> None:
    with pgbouncer(supabase, {"pool_mode": mode}) as pooler:
        found = examine(environment, project, pooler.url(database), DATABASE_POOLER=setting)

    assert found["pooler"] in expected


def test_a_pooler_that_nobody_told_of(
    supabase: SupabaseServer, database: str, project: Path, environment: Environment
) -> None:
    with pgbouncer(supabase) as running:
        found = examine(environment, project, running.url(database))

    assert found["connection"].startswith("failure")
    assert "set DATABASE_POOLER=transaction" in found["connection"]


def test_no_pooler_where_the_settings_have_one(
    supabase: SupabaseServer, database: str, project: Path, environment: Environment
) -> None:
    found = examine(environment, project, supabase.url(database), DATABASE_POOLER="transaction")

    assert found["pooler"].startswith("warning none detected")


def test_what_goes_past_row_level_security(
    supabase: SupabaseServer, database: str, project: Path, environment: Environment
) -> None:
    url = supabase.url(database)
    run_sql(url, EXPOSED)
    good = examine(environment, project, url)
    run_sql(url, "CREATE TABLE open (id int); GRANT SELECT ON open TO anon")
    table = examine(environment, project, url)["exposure"]
    run_sql(url, "DROP TABLE open; GRANT SELECT ON hidden TO authenticated")
    view = examine(environment, project, url)["exposure"]
    run_sql(url, "DROP VIEW hidden; CREATE MATERIALIZED VIEW copied AS SELECT * FROM closed")
    run_sql(url, "GRANT SELECT ON copied TO anon")
    copied = examine(environment, project, url)["exposure"]

    assert good["exposure"].startswith("ok")
    assert "login_role.sql" in good["role"]
    assert table.startswith("failure no Row Level Security on open")
    assert view.startswith("failure policies do not apply to hidden")
    assert copied.startswith("failure policies do not apply to copied")
