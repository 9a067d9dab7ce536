"""The summary's commands where Python does not find the project's modules by itself."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from extensions.adoption.command_lines import run, run_module
from extensions.conversation.default_answers import propose_all
from tests.inspection.trees import PYPROJECT, inspect_files, write_tree
from tests.support.adopted import CASES
from tests.support.environments import Environment
from tests.support.template import add_layer_and_read, copy_with_layer

DEV = '[dependency-groups]\ndev = ["httpx", "pytest"]\n'
IMPORTLIB = '[tool.pytest.ini_options]\naddopts = "--import-mode=importlib"\n'
MANIFEST = PYPROJECT + DEV
IMPORTING = "from {}orders import NAME\nfrom fastapi import FastAPI\n\napp = FastAPI(title=NAME)\n"
ORDERS = 'NAME = "orders"\n'
IN_PACKAGE = {"app/main.py": IMPORTING.format("app."), "app/orders.py": ORDERS}
TOP_LEVEL = {"src/main.py": IMPORTING.format(""), "src/orders.py": ORDERS}
BELOW_SRC = {"src/shop/main.py": IMPORTING.format("shop."), "src/shop/orders.py": ORDERS}

RUN = (
    *("tests that are no package", "no tests, and importlib", "tests that are run in svc"),
    "a package in src, and a pythonpath of pytest's",
)
SHAPES: dict[str, tuple[dict[str, str], str, str]] = {
    "tests that are no package": (
        {**IN_PACKAGE, "pyproject.toml": MANIFEST, "tests/test_x.py": "def test_x(): ...\n"},
        "uv run python -m app.database_kit.doctor", "uv run python -m pytest",
    ),
    "importlib": (
        {**IN_PACKAGE, "pyproject.toml": MANIFEST + IMPORTLIB, "tests/__init__.py": ""},
        "uv run python -m app.database_kit.doctor", "uv run python -m pytest",
    ),
    "no tests": (
        {**IN_PACKAGE, "pyproject.toml": MANIFEST},
        "uv run python -m app.database_kit.doctor", "uv run pytest",
    ),
    "no tests, and importlib": (
        {**IN_PACKAGE, "pyproject.toml": MANIFEST + IMPORTLIB},
        "uv run python -m app.database_kit.doctor", "uv run python -m pytest",
    ),
    "no tests, and the root is a package": (
        {**IN_PACKAGE, "pyproject.toml": MANIFEST, "__init__.py": ""},
        "uv run python -m app.database_kit.doctor", "uv run python -m pytest",
    ),
    "top-level modules in src": (
        {**TOP_LEVEL, "pyproject.toml": MANIFEST},
        "PYTHONPATH=src uv run python -m database_kit.doctor",
        "uv run pytest -o pythonpath=src",
    ),
    "tests that are run in svc": (
        {
            "svc/main.py": IMPORTING.format(""),
            "svc/orders.py": ORDERS,
            "svc/tests/test_x.py": "def test_x(): ...\n",
            "pyproject.toml": f"{MANIFEST}[tool.pytest.ini_options]\n"
            "addopts = \"-m 'not slow' tests\"\ntestpaths = ['tests']\n",
        },
        "PYTHONPATH=svc uv run python -m database_kit.doctor",
        "uv run pytest -o \"addopts=-m 'not slow'\" -o testpaths=svc/tests -o pythonpath=svc",
    ),
    "a package in src that nothing installs": (
        {**BELOW_SRC, "pyproject.toml": MANIFEST, "tests/test_x.py": "def test_x(): ...\n"},
        "PYTHONPATH=src uv run python -m shop.database_kit.doctor",
        "uv run pytest -o pythonpath=src",
    ),
    "a package in src, and an old pytest that is locked": (
        {
            **BELOW_SRC,
            "pyproject.toml": MANIFEST,
            "uv.lock": 'version = 1\n[[package]]\nname = "pytest"\nversion = "7.4.4"\n',
            "tests/test_x.py": "def test_x(): ...\n",
        },
        "PYTHONPATH=src uv run python -m shop.database_kit.doctor",
        "uv run pytest -c alembic.ini -o pythonpath=src",
    ),
    "a package in src, and a pythonpath of pytest's": (
        {
            **BELOW_SRC,
            "pyproject.toml": f'{MANIFEST}[tool.pytest.ini_options]\npythonpath = ["helpers"]\n',
            "helpers/helping.py": "",
            "tests/test_x.py": "import helping\n",
        },
        "PYTHONPATH=src uv run python -m shop.database_kit.doctor",
        'uv run pytest -o "pythonpath=helpers src"',
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def environment(
    template: Path, environments: Path, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """What the first project declares has all that these need."""
    directory = tmp_path_factory.mktemp("first") / "project"
    project = copy_with_layer(template, CASES[0].name, directory)
    return CASES[0].environment(environments, project)


@pytest.mark.parametrize(("files", "doctor", "test"), SHAPES.values(), ids=SHAPES.keys())
def test_the_commands(tmp_path: Path, files: Mapping[str, str], doctor: str, test: str) -> None:
    answers = propose_all(inspect_files(tmp_path, files), tmp_path)

    assert run_module(answers, "database_kit.doctor") == doctor
    assert run("uv", answers.pytest) == test


@pytest.mark.parametrize("name", RUN)
def test_each_step_finds_its_modules(
    template: Path,
    tmp_path: Path,
    environment: Environment,
    new_database: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    files, doctor, test = SHAPES[name]
    project = write_tree(tmp_path / "project", files)
    url = {"DATABASE_URL": new_database()}
    monkeypatch.setenv("DATABASE_URL", url["DATABASE_URL"])

    steps = add_layer_and_read(template, project, db_example_model=False)

    assert steps[2:] == [
        doctor,
        "uv run alembic revision --autogenerate -m initial",
        "uv run alembic upgrade head",
        test,
    ]
    for step in steps[2:-1]:
        environment.shell(step, cwd=project, variables=url)
    # Whether the modules are found is seen when the tests are collected.
    collected = environment.shell(
        test, cwd=project, variables={"PYTEST_ADDOPTS": "--collect-only -q"}
    )
    assert "test_database_sessions.py::" in collected
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    assert f"\n{doctor}\n" in guide
    tests = "svc/tests" if "svc" in doctor else "tests"
    assert f"\n{test} {tests}/database\n" in guide


def test_the_steps_without_a_server(
    template: Path, open_path: Path, environment: Environment
) -> None:
    files, _, test = SHAPES["top-level modules in src"]
    project = write_tree(open_path / "project", files)

    steps = add_layer_and_read(template, project, db_example_model=False)

    dev = "PYTHONPATH=src uv run python -m database_kit.dev"
    assert steps[2:] == [f"{dev} -- alembic revision --autogenerate -m initial", dev, test]
    environment.shell(steps[2], cwd=project)
    environment.shell(f"{dev} alembic check", cwd=project)
    assert len(list(project.glob("alembic/versions/*.py"))) == 1
