"""Users and their logins, tried from inside an adopted project."""

import shutil
from pathlib import Path

from tests.support.adopted import WITH_EVERYTHING
from tests.support.template import add_layer, copy_project

INSIDE = Path(__file__).parent / "inside" / "auth"


def test_users_and_the_models_that_refer_to_them(
    template: Path, environments: Path, tmp_path: Path
) -> None:
    case = WITH_EVERYTHING
    project = copy_project(case.project, tmp_path / "project")
    add_layer(template, project, **case.answers)
    for file in INSIDE.glob("test_*.py"):
        shutil.copy(file, project / "tests" / "database")

    done = case.environment(environments, project).run(
        *["-m", "pytest", "tests/database", "-p", "no:cacheprovider"], cwd=project
    )

    assert " skipped" not in done.stdout
