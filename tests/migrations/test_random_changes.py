"""Migrations lead to what the models declare, and back, whatever tables there are."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.adopted import CASES
from tests.support.environments import Environment, make_environment
from tests.support.supabase import TEMPLATE, supabase_server
from tests.support.template import add_layer, copy_project, copy_with_layer

pytestmark = pytest.mark.long

INSIDE = Path(__file__).parent / "inside"
COUNT = os.environ.get("MIGRATION_CASES", "6")
SEED = os.environ.get("MIGRATION_SEED", "1")


def run(environment: Environment, project: Path, tests: str, url: str, template: str) -> None:
    for file in INSIDE.glob("*.py"):
        shutil.copy(file, project)
    environment.run(
        *["random_changes.py", tests, SEED, COUNT, template],
        cwd=project,
        variables={"DATABASE_URL": url},
    )


def test_postgresql(
    template: Path, environments: Path, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    [case] = [case for case in CASES if case.name == "uv-app"]
    project = copy_with_layer(template, case.name, tmp_path / "project", db_extras=["enums"])

    environment = case.environment(environments, project)

    run(environment, project, "tests.database", new_database(), "template1")


@pytest.mark.thorough
def test_supabase(template: Path, environments: Path, tmp_path: Path) -> None:
    project = copy_project("supabase-notes", tmp_path / "notes")
    add_layer(template, project, db_type="supabase", db_extras=["enums", "views"])
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, "supabase-notes", install, cwd=project)

    with supabase_server() as server:
        run(environment, project, "tests.database", server.url("postgres"), TEMPLATE)
