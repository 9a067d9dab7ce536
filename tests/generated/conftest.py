"""Each of the five projects, adopted once a worker."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.adopted import CASES, ProjectCase, by_default
from tests.support.environments import MANAGERS, Environment, make_environment
from tests.support.template import add_layer_and_read, copy_project


@dataclass(frozen=True, slots=True)
class Adopted:
    """A project that has the layer, and what runs it."""

    case: ProjectCase
    project: Path
    environment: Environment
    steps: tuple[str, ...] = ()
    """The commands that the summary has for what is next, from the project's directory."""


@pytest.fixture(
    params=by_default(CASES, "uv-app"),
    ids=lambda case: case.name,
    scope="session",
)
def adopted(
    request: pytest.FixtureRequest,
    template: Path,
    environments: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> Adopted:
    """Adopt a project with the default answers and install what it declares."""
    case: ProjectCase = request.param
    directory = tmp_path_factory.mktemp(case.name) / case.name
    project = copy_project(case.name, directory)
    with pytest.MonkeyPatch.context() as monkeypatch:
        # The steps with a server; those without one keep the application running.
        monkeypatch.setenv("DATABASE_URL", "postgresql://localhost/nowhere")
        enter, *steps = add_layer_and_read(template, project)
    assert enter == f"cd {project}"
    return Adopted(case, project, case.environment(environments, project), tuple(steps))


@pytest.fixture(scope="session")
def managers(environments: Path) -> Environment:
    """The managers of the projects."""
    return make_environment(environments, "managers", MANAGERS)
