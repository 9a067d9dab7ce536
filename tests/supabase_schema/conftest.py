"""A project with the Supabase layer and profiles, and databases to migrate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.environments import Environment, make_environment
from tests.support.supabase import SupabaseServer, supabase_server
from tests.support.template import add_layer, copy_project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def supabase() -> Iterator[SupabaseServer]:
    with supabase_server() as server:
        yield server


@pytest.fixture
def database(supabase: SupabaseServer) -> Iterator[str]:
    with supabase.new_database() as name:
        yield name


@pytest.fixture(scope="session")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("supabase-schema") / "notes"
    copied = copy_project("supabase-notes", directory)
    return add_layer(template, copied, db_type="supabase", db_auth_tables=True)


@pytest.fixture(scope="session")
def environment(environments: Path, project: Path) -> Environment:
    install = ["-r", "pyproject.toml", "--group", "dev"]
    return make_environment(environments, "supabase-notes", install, cwd=project)


@pytest.fixture(scope="session")
def revision(supabase: SupabaseServer, project: Path, environment: Environment) -> str:
    """The first revision, as Alembic writes it into the project."""
    with supabase.new_database() as name:
        environment.run(
            *["-m", "alembic", "revision", "--autogenerate", "-m", "initial"],
            cwd=project,
            variables={"DATABASE_URL": supabase.url(name)},
        )
    (file,) = (project / "alembic" / "versions").glob("*.py")
    return file.read_text(encoding="utf-8")
