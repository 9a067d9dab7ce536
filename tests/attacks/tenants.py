"""Tenants under load: `uv run python -m tests.attacks.tenants [--requests N] [--seed N]`.

Two hundred requests at once, of forty tenants, share four connections, directly and through
PgBouncer in transaction mode. They read and write by models, Core, SQL, upserts and bulk loads, use
savepoints, roll back, fail, forge and leave in the middle of it. Each row that is read or written
has to be the tenant's.

On an empty database of a cluster, as a superuser, where `TEST_DATABASE_URL` names one: Citus, then.
`--supabase` does so on Supabase's roles, where the tenant is a claim that policies see.

`--sabotage` has to be found: `session` sets the tenant for the connection in place of the
transaction, `policy` takes the policy from a table, and `both` the predicate of queries as well.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import shutil
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import asyncpg

from tests.faults.cluster import primary
from tests.faults.project import report
from tests.support.adopted import TENANTS_ON_SUPABASE, WITH_TENANTS
from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import supabase_server
from tests.support.template import add_layer, copy_project, snapshot_template

if TYPE_CHECKING:
    from tests.support.environments import Environment

INSIDE = Path(__file__).parent / "inside"


@dataclass(frozen=True, slots=True)
class GivenServer:
    """A server that was there before; it trusts everybody on this machine."""

    plain_url: str

    @property
    def location(self) -> str:
        """Where it is to PgBouncer."""
        parts = urlsplit(self.plain_url)
        return f"host={parts.hostname} port={parts.port or 5432}"

    @property
    def os_user(self) -> str | None:
        """Who runs PgBouncer, which refuses to run as root."""
        return None if os.getuid() else "nobody"


APPLICATION = "app_backend"
"""The application's role, which PgBouncer knows."""
LOGIN = "authenticator"
"""The one on Supabase: it may take the API's roles, and has no privileges of its own."""
CREATE_ROLE = """
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{0}') THEN
            CREATE ROLE {0} LOGIN NOINHERIT PASSWORD '{0}';
        END IF;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {0};
    END $$
"""
SETTINGS = {
    "DATABASE_POOL_SIZE": "4",
    "DATABASE_POOL_MAX_WAITING": "1000",
    "DATABASE_POOL_TIMEOUT_SECONDS": "60",
}


def prepare(environment: Environment, project: Path, owner: str, role: str = APPLICATION) -> None:
    """Migrate a database, and let the application's role use its tables.

    Args:
        environment: the project's.
        project: a project with tenants.
        owner: the URL of who migrates.
        role: the application's; it is its password, too.
    """
    shutil.copytree(INSIDE, project / "attacks", dirs_exist_ok=True)
    migrate(environment, project, owner)
    asyncio.run(execute(owner, CREATE_ROLE.format(role)))


def prepare_on_supabase(environment: Environment, project: Path, owner: str) -> None:
    """Migrate a database; the privileges of the API's roles are among the migrations."""
    shutil.copytree(INSIDE, project / "attacks", dirs_exist_ok=True)
    migrate(environment, project, owner)


def migrate(environment: Environment, project: Path, owner: str) -> None:
    """Create the tables of a database, by a revision that is written once."""
    alembic = [["upgrade", "head"]]
    if not [*(project / "alembic" / "versions").glob("*.py")]:
        alembic.insert(0, ["revision", "--autogenerate", "-m", "initial"])
    for command in alembic:
        environment.run("-m", "alembic", *command, cwd=project, variables={"DATABASE_URL": owner})


async def execute(url: str, statement: str) -> None:
    """Run a statement."""
    connection = await asyncpg.connect(url)
    await connection.execute(statement)
    await connection.close()


async def has_citus(url: str) -> bool:
    """Whether a database is one of a Citus cluster."""
    connection = await asyncpg.connect(url)
    found = await connection.fetchval("SELECT extname FROM pg_extension WHERE extname = 'citus'")
    await connection.close()
    return found is not None


def with_login(url: str, role: str) -> str:
    """Return a URL with another login."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=f"{role}:{role}@{place}").geturl()


def attack(
    environment: Environment,
    project: Path,
    variables: dict[str, str],
    *options: str,
) -> dict[str, Any]:
    """Run the load in a process of its own; its last line is JSON."""
    done = environment.run(
        *["-m", "attacks.tenants", *options], cwd=project, variables=SETTINGS | variables
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def without_vectors() -> str:
    """The models, for a server that has no pgvector."""
    return str(WITH_TENANTS.answers["db_models"]).replace(", embedding vector(3)?", "")


def promises(result: dict[str, Any]) -> dict[str, bool]:
    """What has to hold, and whether it did."""
    return {
        "no row of another tenant was read or written": not result["wrong"],
        "every 2xx was committed, and no other write": not result["untrue"],
        "no connection is in use afterwards": not any(result["left"].values()),
        "there was something to see": all(
            result[counted] for counted in ("cancelled", "refused", "rows", "settings", "writes")
        ),
    }


def main(arguments: argparse.Namespace) -> None:
    """Print what was counted and whether the promises were kept."""
    options = [f"--requests={arguments.requests}", f"--seed={arguments.seed}"]
    if arguments.sabotage:
        options.append(f"--sabotage={arguments.sabotage}")
    case = TENANTS_ON_SUPABASE if arguments.supabase else WITH_TENANTS
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        template = snapshot_template(scratch / "template")
        project = copy_project(case.project, scratch / "project")
        add_layer(template, project, **{**case.answers, "db_models": without_vectors()})
        environment = case.environment(scratch / "environments", project)
        if arguments.supabase:
            supabase = stack.enter_context(supabase_server())
            database = stack.enter_context(supabase.new_database())
            pooler = stack.enter_context(pgbouncer(supabase))
            owner, direct = supabase.url(database), supabase.url(database, LOGIN)
            pooled = pooler.url(database, LOGIN)
            prepare_on_supabase(environment, project, owner)
        else:
            given = os.environ.get("TEST_DATABASE_URL")
            server = GivenServer(given) if given else stack.enter_context(primary())
            pooler = stack.enter_context(pgbouncer(server))
            owner = server.plain_url
            direct = with_login(owner, APPLICATION)
            pooled = pooler.url(urlsplit(owner).path.strip("/"), APPLICATION)
            prepare(environment, project, owner)
        for place, url, variables in (
            ("direct", direct, {}),
            ("through PgBouncer", pooled, {"DATABASE_POOLER": "transaction"}),
        ):
            urls = {"DATABASE_URL": url, "DATABASE_MIGRATION_URL": owner}
            result = attack(environment, project, urls | variables, *options)
            print(f"\n{place}")
            for counted, value in result.items():
                print(f"{counted}: {value}")
            report(promises(result))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=4000, help="for each of the two")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--supabase", action="store_true")
    parser.add_argument("--sabotage", choices=["session", "policy", "both"])
    main(parser.parse_args())
