"""Whatever is asked for: the code is quiet under all tools, migrates, and keeps what is put in."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.environments import Environment, make_environment

from .rendering import render_packages
from .specs import random_specs

pytestmark = pytest.mark.long

COUNT = int(os.environ.get("MODELS_SPECS", "12"))
SEED = int(os.environ.get("MODELS_SEED", "1"))
PACKAGES = [
    *["alembic", "argon2-cffi", "asyncpg", "fastapi", "pgvector", "pydantic-settings", "pytest"],
    *["sqlalchemy[asyncio]", "uuid-utils"],
]
LINE_LENGTHS = (79, 88, 100, 120)
# Of a name that leaves no room in a line, one rule wants less and another wants it said once.
RULES = "A,B,C4,D,DTZ,E,F,I,N,PLC,PLE,PLW,PT,RET,RUF,SIM,UP,W"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of packages, one for each specification."""
    directory = tmp_path_factory.mktemp("packages")
    specs = {f"spec_{n:04}": spec for n, spec in enumerate(random_specs(COUNT, SEED))}
    render_packages(specs, directory, python="3.11")
    return directory


@pytest.fixture(scope="module")
def environment(environments: Path) -> Environment:
    """What the packages import."""
    return make_environment(environments, "models", PACKAGES)


def run(*command: str, cwd: Path) -> None:
    """Run a tool of this environment, which has to be content."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=cwd, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout[-4000:]}\n{done.stderr[-4000:]}"


def test_ruff_has_nothing_to_say(packages: Path) -> None:
    for length in LINE_LENGTHS:
        run("ruff", "format", "--isolated", "--check", f"--line-length={length}", ".", cwd=packages)
    run(
        *["ruff", "check", "--isolated", "--select", RULES, "--ignore", "D103,D104,D203,D213,E501"],
        *["--config", "lint.pydocstyle.convention='google'"],
        *["--target-version", "py311", "."],
        cwd=packages,
    )


@pytest.mark.thorough
def test_mypy_and_pyright_have_nothing_to_say(packages: Path, environment: Environment) -> None:
    python = str(environment.python)
    run("mypy", "--strict", "--python-executable", python, "--cache-dir", os.devnull, ".",
        cwd=packages)  # fmt: skip
    run("pyright", "--pythonpath", python, ".", cwd=packages)


def test_migrations_and_round_trips_pass(
    packages: Path, environment: Environment, new_database: Callable[[], str]
) -> None:
    script = Path(__file__).with_name("round_trips.py")

    environment.run(str(script), str(packages), new_database(), cwd=packages)
