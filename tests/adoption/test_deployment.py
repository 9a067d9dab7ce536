"""A sentence for each thing that an image, a container or a pipeline lacks."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from extensions.adoption.deployment_advice import Layer, advise
from extensions.answers import Answers
from tests.inspection.trees import write_tree

ANSWERS: dict[str, Any] = {
    "db_app_file": "app/main.py",
    "db_alembic_ini": "alembic.ini",
    "db_dependency_manager": "uv",
    "db_migrations_dir": "alembic",
    "db_pytest": "pytest",
    "db_tests_dir": "tests",
}
FILES = ("app/database.py", "app/models/base.py", "alembic/env.py", "tests/database/conftest.py")
BASE = "FROM python:3.13-slim\nWORKDIR /srv\n"
POETRY, PIP = {"db_dependency_manager": "poetry"}, {"db_dependency_manager": "pip"}
COPY_TOO = "Dockerfile: the image lacks alembic/ and alembic.ini; COPY them too."
WITH_TESTS = "Dockerfile, line {}: it also installs the tests' database server; {}."
COMPOSE = "services:\n  api:\n    build: .\n{}"
SERVER = "  db:\n    image: postgres:18\n"
ITSELF = (
    "compose.yml: localhost in api is the container itself; DATABASE_URL there has {} for its host."
)

CASES: dict[str, tuple[Mapping[str, str], Mapping[str, Any], list[str]]] = {
    "everything": ({"Dockerfile": f"{BASE}COPY . .\nRUN uv sync --frozen --no-dev\n"}, {}, []),
    "nothing of the project": ({"Dockerfile": "FROM postgres:18\nCOPY init.sql /x/\n"}, {}, []),
    "the package alone": ({"Dockerfile": f"{BASE}COPY app ./app\n"}, {}, [COPY_TOO]),
    "as a list": ({"Dockerfile": f'{BASE}COPY ["./app/", "/srv/app/"]\n'}, {}, [COPY_TOO]),
    "all that is needed": (
        {"Dockerfile": f"{BASE}COPY app app\nCOPY alembic.ini ./\nCOPY alembic/ alembic/\n"}, {},
        [],
    ),
    "modules at the top": (
        {"Dockerfile": f"{BASE}COPY *.py ./\nCOPY routers routers\n"},
        {"db_app_file": "main.py", "files": ("database.py", "models/base.py", "alembic/env.py")},
        ["Dockerfile: the image lacks models/, alembic/ and alembic.ini; COPY them too."],
    ),
    "an installed wheel": (
        {"Dockerfile": f"FROM python AS build\nCOPY app app\nRUN pip wheel . -w /wheels\n{BASE}"
                       "COPY --from=build /wheels /wheels\n"},
        {}, [COPY_TOO],
    ),
    "an environment that everything is installed in": (
        {"Dockerfile": f"FROM python AS build\nWORKDIR /srv\nADD . /srv\nRUN uv sync --no-dev\n"
                       f"{BASE}COPY --from=build /srv/.venv /srv/.venv\n"},
        {}, [COPY_TOO],
    ),
    "taken over from another stage": (
        {"Dockerfile": f"FROM python AS build\nCOPY . .\n{BASE}COPY --from=build /srv /srv\n"}, {},
        [],
    ),
    "kept out": (
        {"Dockerfile": f"{BASE}COPY app app\n", ".dockerignore": "*\n!app\n!pyproject.toml\n"}, {},
        [("Dockerfile: the image lacks alembic/ and alembic.ini; COPY them too, past "
         ".dockerignore (!alembic/ !alembic.ini).")],
    ),
    "kept out of everything": (
        {"Dockerfile": f"{BASE}COPY . .\n", ".dockerignore": "# no\n*.ini\n"}, {},
        [".dockerignore keeps alembic.ini out of the image."],
    ),
    "uv's development group": (
        {"Dockerfile": f"{BASE}COPY . .\nRUN --mount=type=cache,target=/c \\\n"
                       "  uv sync --frozen\n"},
        {}, [WITH_TESTS.format(4, "add --no-dev")],
    ),
    "uv's development group at the start": (
        {"Dockerfile": f'{BASE}COPY . .\nCMD ["uv", "run", "fastapi", "run"]\n'}, {},
        [WITH_TESTS.format(4, "add --no-dev")],
    ),
    "uv without it, by a variable": (
        {"Dockerfile": f"{BASE}ENV UV_NO_DEV=1\nCOPY . .\nRUN uv sync\n"}, {}, [],
    ),
    "uv's development group in a stage for development": (
        {"Dockerfile": f"{BASE.replace('slim', 'slim AS main')}COPY . .\nRUN uv sync --no-dev\n"
                       "FROM main AS app-dev\nRUN uv sync\nFROM main AS test\nRUN uv sync\n"},
        {}, [],
    ),
    "uv's development group in a stage that only sounds like it": (
        {"Dockerfile": f"{BASE.replace('slim', 'slim AS device')}COPY . .\nRUN uv sync\n"},
        {}, [WITH_TESTS.format(4, "add --no-dev")],
    ),
    "Poetry": (
        {"Dockerfile": f"{BASE}COPY . .\nRUN pip install poetry && poetry install --no-root\n"},
        POETRY, [WITH_TESTS.format(4, "add --only main")],
    ),
    "Poetry, only main": (
        {"Dockerfile": f"{BASE}COPY . .\nRUN poetry install --only main\n"}, POETRY, [],
    ),
    "a requirements file for tests": (
        {"Dockerfile": f"{BASE}COPY . .\nRUN pip install -r requirements-dev.txt\n"}, PIP,
        [WITH_TESTS.format(4, "leave out requirements-dev.txt")],
    ),
    "compose, from .env": (
        {"compose.yml": COMPOSE.format("    env_file: .env\n") + SERVER}, {},
        [ITSELF.format("the service db")],
    ),
    "compose, localhost": (
        {"compose.yml": COMPOSE.format(
            "    environment:\n      DATABASE_URL: postgresql://u:p@localhost:5432/d\n")},
        {}, [ITSELF.format("the server's own host")],
    ),
    "compose, right": (
        {"compose.yml": COMPOSE.format(
            "    environment:\n      - DATABASE_URL=postgresql://u:p@db:5432/d\n") + SERVER},
        {}, [],
    ),
    "compose without a URL": (
        {"docker-compose.yaml": COMPOSE.format("") + SERVER}, {},
        [("docker-compose.yaml: api has no DATABASE_URL; give it one with the service db for its "
         "host.")],
    ),
    "compose of several services": (
        {"compose.yml": (
            "services:\n  api:\n    build: {context: .}\n    env_file: .env\n"
            "  worker:\n    build: ./\n    env_file: [.env]\n"
            "  seeds:\n    build: .\n  beat:\n    build: ${HERE:-.}\n"
            f"  cache:\n    build: ./build/valkey\n    env_file: .env\n{SERVER}"
        )},
        {},
        [ITSELF.format("the service db").replace("api", "api and worker"),
         ("compose.yml: seeds and beat have no DATABASE_URL; give them one with the service db for "
          "its host.")],
    ),
    "compose of images without the layer": (
        {"compose.yml": (
            "services:\n  api:\n    build: .\n"
            "  worker:\n    build: {dockerfile: Dockerfile.worker}\n"
            "  ui:\n    build: {context: ., dockerfile: ./Dockerfile.ui}\n"
            "  reload:\n    build: {dockerfile: Dockerfile.ui}\n    volumes: [.:/srv]\n"
            f"  other:\n    build: {{dockerfile: x/Dockerfile}}\n{SERVER}"
         ),
         "Dockerfile": f"{BASE}COPY app ./app\nCOPY alembic alembic.ini ./\n",
         "Dockerfile.worker": f"{BASE}COPY app/*.py ./app/\n",
         "Dockerfile.ui": f"{BASE}COPY ui ./ui\n"},
        {"files": ("app/database.py",), "db_layer_dir": "app"},
        ["Dockerfile.worker: the image lacks alembic.ini; COPY it too.",
         ("compose.yml: api, worker, reload and other have no DATABASE_URL; give them one with the "
          "service db for its host.")],
    ),
    "compose of other things": ({"compose.yml": f"services:\n{SERVER}"}, {}, []),
    "compose that is none": ({"compose.yml": "{{ nothing", "compose.prod.yml": "a"}, {}, []),
    "pytest that finds no modules": (
        {".github/workflows/ci.yml": "jobs:\n  steps:\n  - run: uv run --frozen pytest -q\n"},
        {"db_pytest": "python -m pytest"},
        [(".github/workflows/ci.yml, line 3: pytest does not find the project's modules there; "
         "run `python -m pytest`.")],
    ),
    "pytest as a module": (
        {".github/workflows/ci.yml": "  - run: uv run python -m pytest\n"},
        {"db_pytest": "python -m pytest"}, [],
    ),
    "pytest with a path": (
        {".gitlab-ci.yml": "test:\n  script:\n    - PYTHONPATH=. pytest\n"},
        {"db_pytest": "python -m pytest"}, [],
    ),
    "a pipeline without the tests' requirements": (
        {".github/workflows/ci.yml":
            "  - run: |\n      pip install -r requirements.txt\n      pip install pytest\n"
            "      pytest\n"},
        PIP,
        [(".github/workflows/ci.yml, line 2: the tests need what requirements-dev.txt lists; add "
         "-r requirements-dev.txt.")],
    ),
    "a pipeline with them": (
        {".github/workflows/ci.yml":
            "  - run: pip install -r requirements.txt -r requirements-dev.txt\n  - run: pytest\n"},
        PIP, [],
    ),
    "a pipeline without the development group": (
        {".github/workflows/ci.yml": "  - run: uv sync --no-dev\n  - run: uv run pytest\n"}, {},
        [".github/workflows/ci.yml, line 1: the tests need the development group, too."],
    ),
    "a bound of the coverage": (
        {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--cov --cov-fail-under=100"\n',
         ".coveragerc": "[report]\n# fail_under = 5\nfail_under = 90\n"},
        {"db_layer_dir": "app/db"},
        [(".coveragerc, line 3: the layer's modules count for fail_under = 90; add "
          "app/db/database_kit/* to coverage's omit."),
         ("pyproject.toml, line 2: the layer's modules count for --cov-fail-under=100; add "
          "app/db/database.py and app/db/database_kit/* to coverage's omit.")],
    ),
    "a bound of the coverage in a pipeline": (
        {".github/workflows/ci.yml": "  - run: pytest\n  - run: coverage report --fail-under=90\n"},
        {"db_layer_dir": "app"},
        [(".github/workflows/ci.yml, line 2: the layer's modules count for coverage report "
          "--fail-under=90; add app/database_kit/* to coverage's omit.")],
    ),
    "a bound in a pipeline, and settings that leave the layer out": (
        {".github/workflows/ci.yml": "  - run: pytest --cov --cov-fail-under=90\n",
         "pyproject.toml": '[tool.coverage.run]\nomit = ["app/database_kit/*"]\n'},
        {"db_layer_dir": "app"}, [],
    ),
    "a bound of documentation": (
        {".github/workflows/ci.yml": "  - run: interrogate --fail-under 90\n"}, {}, [],
    ),
    "a bound of the coverage of other code": (
        {"tox.ini": "[testenv]\ncommands = pytest --cov=app.api --cov-fail-under 100\n"},
        {"db_layer_dir": "app"}, [],
    ),
    "a pipeline that tests nothing": (
        {".github/workflows/ci.yml": "  - run: uv sync --no-dev\n  - run: uv run ruff check\n"},
        {}, [],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("tree", "answers", "said"), CASES.values(), ids=CASES.keys())
def test_advice(
    tmp_path: Path, tree: Mapping[str, str], answers: Mapping[str, Any], said: list[str]
) -> None:
    layer = Layer(
        Answers.of({**ANSWERS, **answers}), answers.get("files", FILES), ("requirements-dev.txt",)
    )

    assert list(advise(write_tree(tmp_path, tree), layer)) == said


def test_a_bound_of_the_repository_that_the_project_lies_in(tmp_path: Path) -> None:
    pipelines = {
        ".github/workflows/ci.yml": "  - run: cd backend && pytest --cov --cov-fail-under=90\n",
        ".github/workflows/other.yml": "  - run: cd other && pytest --cov --cov-fail-under=90\n",
    }
    top = write_tree(tmp_path, {**pipelines, "backend/app/main.py": ""})
    (top / ".git").mkdir()

    [said] = advise(top / "backend", Layer(Answers.of(ANSWERS), FILES, ()))

    assert said.startswith("../.github/workflows/ci.yml, line 1: the layer's modules count for ")


@pytest.mark.parametrize("content", ["", "\0", "FROM", "COPY a b\nRUN \\", "FROM x\nCOPY\nCOPY a"])
def test_odd_files(tmp_path: Path, content: str) -> None:
    names = ("Dockerfile", "compose.yml", ".gitlab-ci.yml", ".dockerignore")
    project = write_tree(tmp_path, dict.fromkeys(names, content))

    assert list(advise(project, Layer(Answers.of(ANSWERS), FILES, ()))) == []
