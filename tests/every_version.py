"""Try each version that our bounds admit: `uv run python -m tests.every_version [PACKAGE[>=1] …]`.

For each package the other ones are at their newest; of each series (1.19, say) the first and the
last release are tried, of SQLAlchemy every one. Projects with all that can be chosen, on
PostgreSQL, with tenants, and on Supabase, are migrated, migrated again, which has to find no
change, tested, and taken down. It takes an hour or two, and is no part of CI.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from uuid import uuid4

from packaging.requirements import Requirement
from packaging.version import Version

from extensions.adoption.layer_requirements import FUNCTION_SCOPE, main_requirements
from extensions.answers import Answers
from tests.support.adopted import ON_SUPABASE, WITH_EVERYTHING, WITH_TENANTS
from tests.support.environments import Environment
from tests.support.postgres import running_server
from tests.support.supabase import run_sql, supabase_server
from tests.support.template import add_layer, copy_project, snapshot_template

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Sequence
    from contextlib import AbstractContextManager

    from tests.support.adopted import ProjectCase

PACKAGES = ("alembic", "sqlalchemy", "asyncpg", "pydantic-settings", "fastapi")
WHOLE = ("sqlalchemy",)
"""Packages whose every release is tried: their series are long, and bounds name releases."""
NO_CHANGE = re.compile(r"def upgrade\(\) -> None:\n(?: +#.*\n| *\n)* +pass\n")


@dataclass(frozen=True, slots=True)
class Project:
    """One that has the layer, and where its databases are."""

    case: ProjectCase
    path: Path
    server: str
    new_database: Callable[[], AbstractContextManager[str]]

    def try_out(self, environment: Environment) -> None:
        """Migrate, find no further change, run the tests, and migrate back.

        Raises:
            AssertionError: something of it fails.
        """
        versions = self.path / "alembic" / "versions"
        with self.new_database() as url:
            variables = {"DATABASE_URL": url, "TEST_DATABASE_URL": self.server}

            def run(*command: str) -> None:
                environment.run("-m", *command, cwd=self.path, variables=variables)

            try:
                run("alembic", "revision", "--autogenerate", "--rev-id", "first", "-m", "first")
                run("alembic", "upgrade", "head")
                run("alembic", "revision", "--autogenerate", "--rev-id", "second", "-m", "second")
                [second] = versions.glob("*second*.py")
                text = second.read_text(encoding="utf-8")
                assert NO_CHANGE.search(text), text.partition("def upgrade")[2].partition("def ")[0]
                second.unlink()
                run("pytest", "tests/database", "-q", "-p", "no:cacheprovider")
                run("alembic", "downgrade", "base")
            finally:
                for revision in versions.glob("*.py"):
                    revision.unlink()


def main(arguments: Sequence[str]) -> None:
    """Print a line for each version; exit with an error where one does not work."""
    bounds = [Requirement(text) for text in arguments] or list(_bounds())
    failed: list[str] = []
    with (
        tempfile.TemporaryDirectory() as name,
        running_server(18) as server,
        supabase_server() as supabase,
    ):
        scratch = Path(name)
        template = snapshot_template(scratch / "template")

        @contextmanager
        def on_supabase() -> Generator[str]:
            with supabase.new_database() as database:
                # There, `postgres` may; here it is no superuser.
                admin = supabase.url(database, "supabase_admin")
                run_sql(admin, "CREATE EXTENSION vector SCHEMA extensions")
                yield supabase.url(database)

        projects = [
            Project(
                case,
                add_layer(
                    template, copy_project(case.project, scratch / case.name), **case.answers
                ),
                server.url,
                new_database,
            )
            for case, new_database in (
                (WITH_EVERYTHING, partial(_new_database, server.url)),
                (WITH_TENANTS, partial(_new_database, server.url)),
                (ON_SUPABASE, on_supabase),
            )
        ]
        environment = Environment(scratch / "environment")
        _uv("venv", "--quiet", "--python", sys.executable, str(environment.path))
        for bound in bounds:
            for version in _versions(bound):
                pin = f"{bound.name}=={version}"
                problems = list(_problems(projects, environment, pin))
                print(pin, "; ".join(problems) or "ok", flush=True)
                failed += [pin] if problems else []
    if failed:
        sys.exit(f"does not work with {', '.join(failed)}")


def _bounds() -> Iterator[Requirement]:
    """What the template writes for the packages that the layer is made of."""
    answers = Answers(type="postgresql", python="3.10")
    for text in (*main_requirements(answers), f"fastapi{FUNCTION_SCOPE}"):
        requirement = Requirement(text)
        if requirement.name in PACKAGES:
            yield requirement


def _versions(bound: Requirement) -> Iterator[Version]:
    """The releases to try, the oldest first."""
    command = ["uvx", "--quiet", "pip", "index", "versions", "--json", bound.name]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    released = map(Version, json.loads(done.stdout)["versions"])
    admitted = sorted(version for version in released if version in bound.specifier)
    if bound.name in WHOLE:
        yield from admitted
        return
    for _, series in groupby(admitted, key=lambda version: version.release[:2]):
        releases = list(series)
        yield from dict.fromkeys([releases[0], releases[-1]])


@contextmanager
def _new_database(server: str) -> Generator[str]:
    name = f"test_{uuid4().hex}"
    run_sql(server, f"CREATE DATABASE {name}")
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        run_sql(server, f"DROP DATABASE {name} WITH (FORCE)")


def _problems(projects: list[Project], environment: Environment, pin: str) -> Iterator[str]:
    """What does not work with this version."""
    path = projects[-1].path
    # In place of what the project says, which may not admit it; extras are lost by that.
    override = environment.path / "override.txt"
    override.write_text(pin, encoding="utf-8")
    packages = ["-r", "pyproject.toml", "--group", "dev", "argon2-cffi", "greenlet", "pytest-xdist"]
    target = ["--upgrade", "--override", str(override), "--python", str(environment.python)]
    try:
        _uv("pip", "install", *target, *packages, cwd=path)
    except subprocess.CalledProcessError as error:
        yield f"cannot be installed: {error.stderr.strip().splitlines()[-1]}"
        return
    for project in projects:
        try:
            project.try_out(environment)
        except AssertionError as error:
            lines = [line for line in str(error).splitlines() if line.strip()]
            telling = [line for line in lines if line.startswith(("E ", "FAILED", "ERROR"))]
            shown = (telling or lines)[-1]
            yield f"{project.case.name}: {shown}"


def _uv(*arguments: str, cwd: Path | None = None) -> None:
    subprocess.run(["uv", *arguments], cwd=cwd, check=True, capture_output=True, text=True)


if __name__ == "__main__":
    main(sys.argv[1:])
