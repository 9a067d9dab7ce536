"""The layer on the oldest versions that it admits."""

from pathlib import Path

from tests.support.environments import make_environment
from tests.support.template import add_layer, copy_project

from .test_quality import OLDEST


def test_oldest_packages_and_postgresql_16(
    template: Path, environments: Path, old_server_url: str, tmp_path: Path
) -> None:
    project = add_layer(template, copy_project("uv-app", tmp_path / "project"))
    oldest = make_environment(environments, "oldest", OLDEST)

    done = oldest.run(
        *["-m", "pytest", "tests/database", "-p", "no:cacheprovider"],
        cwd=project,
        variables={"TEST_DATABASE_URL": old_server_url},
    )

    assert "11 passed" in done.stdout
