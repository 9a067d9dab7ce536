"""On each of five projects: everything that was there works, and so does what is new."""

from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.support.environments import Environment
from tests.support.template import changed_files, git

from .conftest import Adopted

pytestmark = pytest.mark.long

REQUEST = """
from importlib import import_module

from fastapi.testclient import TestClient

from {module}database import SessionDep
from {module}models.example import Author

app = import_module("{application_module}").{application_object}


@app.post("/try/authors/{{name}}", status_code=201)
async def add_author(name: str, session: SessionDep) -> str:
    author = Author(name=name)
    session.add(author)
    await session.flush()
    return str(author.id)


@app.get("/try/authors/{{key}}")
async def get_author(key: str, session: SessionDep) -> str:
    return (await session.get_one(Author, key)).name


# Ahead of whatever the application has: a catch-all would answer in their place.
app.router.routes.extend([app.router.routes.pop(0) for _ in app.router.routes[:-2]])

with TestClient(app) as client:
    key = client.post("/try/authors/Ada").raise_for_status().json()
    print("read back:", client.get("/try/authors/" + key).raise_for_status().json())
"""


RAISED = {"fastapi[standard]>=0.121": "fastapi[standard]"}
"""Bounds of root-modules that leave room for what is too old."""


def test_only_what_the_plan_says_changes(adopted: Adopted) -> None:
    status = changed_files(adopted.project)
    changed = {line[3:] for line in status if line.startswith(" M")}

    assert changed == adopted.case.changed
    assert not [line for line in status if line[:2] not in (" M", "??")]


def test_changes_only_add_and_raise_bounds(adopted: Adopted) -> None:
    for name in adopted.case.changed:
        before = git(adopted.project, "show", f"HEAD:{name}").splitlines()
        lines = (adopted.project / name).read_text(encoding="utf-8").splitlines()
        after = iter([RAISED.get(line, line) for line in lines])
        assert all(line in after for line in before), name


def test_old_and_new_tests_pass(adopted: Adopted, managers: Environment, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    adopted.environment.shell(
        adopted.steps[-1],
        cwd=adopted.project,
        variables={"PYTEST_ADDOPTS": f"--junitxml={report}"},
        tools=managers,
    )

    names = [case.get("classname", "") for case in ET.parse(report).iter("testcase")]
    new = [name for name in names if "test_database_" in name]
    assert len(new) == 18
    assert (len(names) > len(new)) == adopted.case.own_tests


def test_the_next_steps_work_and_the_application_answers(
    adopted: Adopted, managers: Environment, new_database: Callable[[], str]
) -> None:
    run, project = adopted.environment.run, adopted.project
    url = {"DATABASE_URL": new_database()}
    # What installs is what the environment comes from; tests have a test of their own.
    *_, doctor, revise, upgrade, _ = adopted.steps
    commands = (
        ["downgrade", "base"],
        ["upgrade", "head"],
        ["check"],
    )
    module, _, application = adopted.case.application.partition(":")
    request = REQUEST.format(
        module=adopted.case.module, application_module=module, application_object=application
    )
    try:
        for step in (doctor, revise, upgrade):
            adopted.environment.shell(step, cwd=project, variables=url, tools=managers)
        for command in commands:
            run("-m", "alembic", *command, cwd=project, variables=url)
        done = run("-c", request, cwd=project, variables=url)
    finally:
        for revision in (project / "alembic" / "versions").glob("*.py"):
            revision.unlink()

    assert "read back: Ada" in done.stdout
