"""The layer on the oldest versions that it admits."""

import re
from pathlib import Path

from tests.support.environments import make_environment
from tests.support.template import add_layer, copy_project

from .test_quality import OLDEST

MODELS = "Invoice: user -> User, total decimal(12,2), tags str[] index, sent datetime = now"


def test_oldest_packages_and_postgresql_16(
    template: Path, environments: Path, old_server_url: str, tmp_path: Path
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    add_layer(template, project, db_auth_tables=True, db_models=MODELS)
    oldest = make_environment(environments, "oldest", OLDEST)

    done = oldest.run(
        *["-m", "pytest", "tests/database", "-p", "no:cacheprovider"],
        cwd=project,
        variables={"TEST_DATABASE_URL": old_server_url},
    )

    assert re.search(r"\b\d\d passed", done.stdout)
