"""A layer with tenants and all that can be chosen besides, tried from inside the project."""

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from uuid import uuid4

import pytest

from tests.attacks import tenants
from tests.support.adopted import EXTRAS, WITH_EVERYTHING, WITH_TENANTS
from tests.support.environments import Environment
from tests.support.linters import silent
from tests.support.template import (
    ANSWERS_FILE,
    changed_files,
    copy_with_layer,
)

INSIDE = Path(__file__).parent / "inside" / "tenants"


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has everything."""
    directory = tmp_path_factory.mktemp("tenants") / "project"
    return copy_with_layer(template, WITH_TENANTS.project, directory, **WITH_TENANTS.answers)


@pytest.fixture(scope="module")
def environment(
    template: Path, environments: Path, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """That of a project without tenants, which declares more."""
    directory = tmp_path_factory.mktemp("everything") / "project"
    everything = copy_with_layer(
        template, WITH_EVERYTHING.project, directory, **WITH_EVERYTHING.answers
    )
    return WITH_EVERYTHING.environment(environments, everything)


@pytest.mark.long
def test_all_tests_pass(project: Path, environment: Environment) -> None:
    copy_tests(
        project, "test_inside_tenants.py", "test_inside_postgresql.py", "test_inside_citus.py"
    )

    done = environment.run(
        *["-m", "pytest", "tests/database", "-p", "tests.database.tenant_fixture"],
        *["-p", "no:cacheprovider"],
        cwd=project,
    )

    assert " skipped" not in done.stdout


def copy_tests(project: Path, *names: str) -> None:
    """Copy tests of ours into the project."""
    for name in (*names, "tenant_fixture.py"):
        shutil.copy(INSIDE / name, project / "tests" / "database")


@pytest.mark.long
def test_all_tests_pass_on_citus(template: Path, environment: Environment, tmp_path: Path) -> None:
    url = os.environ.get("TEST_DATABASE_URL", "")
    if not url or not asyncio.run(tenants.has_citus(url)):
        pytest.skip("TEST_DATABASE_URL is no database of a Citus cluster")
    answers = {**WITH_TENANTS.answers, "db_models": tenants.without_vectors()}
    project = copy_with_layer(template, WITH_TENANTS.project, tmp_path / "project", **answers)
    copy_tests(project, *(file.name for file in INSIDE.glob("test_*.py")))

    done = environment.run(
        *["-m", "pytest", "tests/database", "-p", "tests.database.tenant_fixture"],
        *["-p", "no:cacheprovider"],
        cwd=project,
        variables={"TEST_DATABASE_URL": url},
    )

    assert " skipped" not in done.stdout


@pytest.mark.parametrize(
    ("sabotage", "found"),
    [
        ("", set[str]()),
        pytest.param("session", {"read by nobody"}, marks=pytest.mark.thorough),
        pytest.param("policy", {"read", "forged"}, marks=pytest.mark.thorough),
        pytest.param("both", {"read by exists()"}, marks=pytest.mark.thorough),
    ],
)
@pytest.mark.long
def test_no_tenant_sees_another_under_load(
    project: Path,
    environment: Environment,
    new_database: Callable[[], str],
    sabotage: str,
    found: set[str],
) -> None:
    owner, role = new_database(), f"r_{uuid4().hex}"
    tenants.prepare(environment, project, owner, role)
    urls = {
        "DATABASE_URL": tenants.with_login(owner, role),
        "DATABASE_MIGRATION_URL": owner,
    }

    result = tenants.attack(
        environment, project, urls, "--requests=200", "--seed=1", f"--sabotage={sabotage}"
    )

    asyncio.run(tenants.execute(owner, f"DROP OWNED BY {role}; DROP ROLE {role}"))
    if sabotage:
        assert found <= result["wrong"].keys()
    else:
        assert [*tenants.promises(result).values()] == [True] * 4, result


def test_without_tenants_nothing_speaks_of_them(template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(
        template, WITH_EVERYTHING.project, tmp_path / "project", **WITH_EVERYTHING.answers
    )
    new = [project / line[3:] for line in changed_files(project) if line.startswith("??")]

    assert [file.name for file in new if b"tenant" in file.read_bytes().lower()] == [ANSWERS_FILE]


def test_without_citus_nothing_speaks_of_it(template: Path, tmp_path: Path) -> None:
    extras = [extra for extra in EXTRAS if extra != "citus"]
    answers = {**WITH_TENANTS.answers, "db_extras": extras}
    project = copy_with_layer(template, WITH_TENANTS.project, tmp_path / "project", **answers)
    new = [line[3:] for line in changed_files(project) if line.startswith("??")]

    assert [name for name in new if b"citus" in (project / name).read_bytes().lower()] == []
    # What is imported is used, and the other way round.
    python = [name for name in new if name.endswith(".py")]
    silent("ruff", "check", "--isolated", "--no-cache", "--select=F,I", *python, cwd=project)


@pytest.mark.thorough
def test_seeds_are_of_a_tenant(
    project: Path, environment: Environment, new_database: Callable[[], str]
) -> None:
    variables = {"DATABASE_URL": new_database()}

    def run(*command: str) -> list[str]:
        return environment.run(*command, cwd=project, variables=variables).stdout.splitlines()

    tenants.migrate(environment, project, variables["DATABASE_URL"])

    # Who is above the policies seeds without a role for it.
    assert run("-m", "app.seeds")[-1].split() == ["development", "31", "31", "changed"]
    assert run("-m", "app.seeds")[-1].split() == ["development", "31", "0", "changed"]
