"""The layer on the oldest versions that it admits."""

import re
import shutil
from pathlib import Path

import pytest

from tests.support.environments import make_environment
from tests.support.template import add_layer, copy_project

from .test_quality import OLDEST

pytestmark = pytest.mark.long

INSIDE = Path(__file__).parent / "inside"
OLD_FASTAPI = INSIDE / "old_fastapi" / "test_inside_commits.py"
MODELS = "Invoice: user -> User, total decimal(12,2), tags str[] index, sent datetime = now"


def test_oldest_packages_and_postgresql_16(
    template: Path, environments: Path, old_server_url: str, tmp_path: Path
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    add_layer(template, project, db_auth_tables=True, db_models=MODELS, db_extras=["reads"])
    # Hot reads know how SQLAlchemy keeps the state of an instance.
    shutil.copy(INSIDE / "test_inside_hot.py", project / "tests" / "database")
    oldest = make_environment(environments, "oldest", OLDEST)

    done = oldest.run(
        *["-m", "pytest", "tests/database", "-p", "no:cacheprovider"],
        cwd=project,
        variables={"TEST_DATABASE_URL": old_server_url},
    )

    assert re.search(r"\b\d\d passed", done.stdout)


@pytest.mark.parametrize("bound", ["==0.100.0", ">=0.100,<0.111", "==0.119.1"])
def test_a_fastapi_that_ends_dependencies_too_late(
    bound: str, template: Path, environments: Path, server_url: str, tmp_path: Path
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    pyproject = project / "pyproject.toml"
    content = pyproject.read_text(encoding="utf-8")
    pyproject.write_text(content.replace("fastapi>=0.121", f"fastapi{bound}"), encoding="utf-8")
    add_layer(template, project, db_extras=["errors", "reads"])
    shutil.copy(OLD_FASTAPI, project / "tests" / "database")
    name = f"fastapi{bound.rpartition('=')[2]}"
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, name, install, cwd=project)

    environment.run(
        *["-m", "pytest", "tests/database", "-p", "no:cacheprovider"],
        *["--deselect=tests/database/test_database_migrations.py"],
        cwd=project,
        variables={"TEST_DATABASE_URL": server_url},
    )
