"""A project with all that the Supabase layer has for a schema, and databases to migrate."""

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


MODELS = (
    "Reminder: owner -> User cascade, text str, extra json?;"
    " Tag: label str unique, reminders <-> Reminder"
)
GENRES = '"""A kind of book, known by its name."""\n\n    __tablename__ = "genres"\n'
VIEW = '        View("genre_names", "SELECT name FROM genres", to="anon"),\n'


@pytest.fixture(scope="session")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("supabase-schema") / "notes"
    copied = copy_project("supabase-notes", directory)
    add_layer(
        template,
        copied,
        db_type="supabase",
        db_auth_tables=True,
        db_extras=["diagnostics", "enums", "views"],
        db_models=MODELS,
    )
    example = directory / "notes" / "models" / "example.py"
    head, genres, rest = example.read_text().partition(GENRES)
    assert genres, "the example has no genres any more"
    head = head.replace("import Grant, ", "import Grant, View, ")
    rest = rest.replace("__table_args__ = (\n", f"__table_args__ = (\n{VIEW}", 1)
    example.write_text(head + genres + rest)
    return directory


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
