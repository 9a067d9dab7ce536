"""Row Level Security under load: `uv run python -m tests.attacks [--seconds S] [--seed N]`.

Forty clients of twenty users share four connections, directly and through PgBouncer. They read,
write, use savepoints, fail, catch errors, try to write for others and leave in the middle of it;
meanwhile the pool refuses some of them. Each answer of the database is compared with whose it has
to be.

`--sabotage` sets the identity for the connection in place of the transaction: it has to be found.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.faults.project import report
from tests.support.environments import Environment, make_environment
from tests.support.pgbouncer import pgbouncer
from tests.support.supabase import run_sql, supabase_server
from tests.support.template import add_layer, copy_project, snapshot_template

if TYPE_CHECKING:
    from collections.abc import Mapping

INSIDE = Path(__file__).parent / "inside"
NOTES = """
    CREATE TABLE notes (
        id uuid PRIMARY KEY,
        owner uuid NOT NULL DEFAULT auth.uid(),
        body text NOT NULL
    );
    ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
    CREATE POLICY own ON notes TO authenticated
        USING (owner = (SELECT auth.uid())) WITH CHECK (owner = (SELECT auth.uid()));
    GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;
"""
SETTINGS = {
    "DATABASE_POOL_SIZE": "4",
    "DATABASE_POOL_MAX_WAITING": "32",
    "DATABASE_POOL_TIMEOUT_SECONDS": "1",
    "SUPABASE_URL": "http://127.0.0.1:54321",
}
"""Fewer may wait than there are clients."""


def main(arguments: argparse.Namespace) -> None:
    """Print what was counted and whether the promises were kept."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        template = snapshot_template(scratch / "template")
        project = copy_project("supabase-notes", scratch / "notes")
        add_layer(template, project, db_extras=["errors", "reads"])
        shutil.copytree(INSIDE, project / "attacks")
        install = ["-r", "pyproject.toml", "--group", "dev"]
        environment = make_environment(scratch / "environments", "notes", install, cwd=project)
        with supabase_server() as server, pgbouncer(server) as pooler:
            for place, variables in (
                ("direct", {}),
                ("through PgBouncer", {"DATABASE_POOLER": "transaction"}),
            ):
                with server.new_database() as database:
                    run_sql(server.url(database), NOTES)
                    source = pooler if variables else server
                    url = {"DATABASE_URL": source.url(database)}
                    tell(place, attack(environment, project, {**url, **variables}, arguments))


def attack(
    environment: Environment,
    project: Path,
    variables: Mapping[str, str],
    arguments: argparse.Namespace,
) -> dict[str, Any]:
    """Run the load in a process of its own; its last line is JSON."""
    options = [f"--seconds={arguments.seconds}", f"--seed={arguments.seed}"]
    done = subprocess.run(
        [str(environment.python), "-m", "attacks.rls", *options]
        + ["--sabotage"] * arguments.sabotage,
        cwd=project,
        env={**os.environ, **SETTINGS, **variables},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        sys.exit(f"the attack failed with {done.returncode}")
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def tell(place: str, result: dict[str, Any]) -> None:
    """Print one run, and exit with an error where a promise was broken."""
    print(f"\n{place}")
    for counted in ("requests", "cancelled", "statuses", "identities", "rows", "writes", "wrong"):
        print(f"{counted}: {result[counted]}")
    report(
        {
            "no statement ran with another identity": not result["wrong"],
            "every 2xx was committed, and no other write": not result["untrue"],
            "no connection is in use afterwards": not any(result["left"].values()),
            "there was something to see": all(
                result[counted] for counted in ("cancelled", "identities", "rows", "writes")
            ),
        }
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60, help="for each of the two")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sabotage", action="store_true")
    main(parser.parse_args())
