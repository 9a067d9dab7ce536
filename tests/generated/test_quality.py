"""Nothing to say: the generated files under ruff, mypy --strict and pyright."""

import json
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

from tests.support.adopted import (
    CASES,
    EXTRAS,
    ON_SUPABASE,
    TENANTS_ON_SUPABASE,
    WITH_EVERYTHING,
    WITH_TENANTS,
    ProjectCase,
    by_default,
)
from tests.support.environments import Environment, make_environment
from tests.support.linters import RULES, silent
from tests.support.template import ANSWERS_FILE, changed_files, copy_with_layer

from .conftest import Adopted

NEWEST = [
    *["alembic", "argon2-cffi", "asyncpg", "fastapi", "httpx", "httpx2", "pgvector"],
    *["pydantic-settings", "pyjwt[crypto]", "pytest", "sqlalchemy[asyncio]", "uuid-utils"],
]
OLDEST = [
    *["alembic==1.20.1", "asyncpg==0.27.0", "fastapi==0.121.0", "httpx==0.28.0", "httpx2"],
    *["pydantic-settings==2.2.0", "pytest==7.0.0", "sqlalchemy[asyncio]==2.0.30"],
    *["argon2-cffi==21.3.0", "pgvector==0.5.0", "pyjwt[crypto]==2.14.0", "uuid-utils==0.10.0"],
]
# Of SQLAlchemy 2.0, the first whose own annotations are complete enough for strict checkers.
OLDEST_TYPED = [package.replace("==2.0.30", "==2.0.40") for package in OLDEST]


OLD_FASTAPI = {"root-modules": {"db_session_scope": "response"}}
# With all extras, one project each for packages, an old FastAPI, and top-level modules with an even
# older one.
WITH_EXTRAS = [
    replace(case, answers={"db_extras": EXTRAS, **OLD_FASTAPI.get(case.name, {})})
    if case.name in ("poetry-src", "pip-flat", "root-modules")
    else case
    for case in CASES
]
QUIET = [*WITH_EXTRAS, WITH_EVERYTHING, WITH_TENANTS, ON_SUPABASE, TENANTS_ON_SUPABASE]
# Without extras: generic classes would need type parameters, which Copier's Python may not compile.
ON_NEW_PYTHON = replace(
    CASES[0], name="uv-app-new-python", project="uv-app", answers={"db_python": "3.13"}
)
# Without tenants and with them, on both databases: the others have parts of the same files.
BY_DEFAULT = ("uv-app", WITH_EVERYTHING.name, TENANTS_ON_SUPABASE.name)
# The type checkers see the same code in the other two.
TYPED = [case for case in QUIET if case.name not in ("poetry-src", "pdm-src-is-package")]


def adopt(case: ProjectCase, template: Path, directory: Path) -> Adopted:
    """A project that has the layer, of which nothing is run."""
    place = directory / case.name
    project = copy_with_layer(template, case.project or case.name, place, **case.answers)
    return Adopted(case, project, Environment(directory))


@pytest.fixture(
    params=by_default([*QUIET, ON_NEW_PYTHON], ON_NEW_PYTHON.name, *BY_DEFAULT),
    ids=lambda case: case.name,
    scope="module",
)
def adopted(
    request: pytest.FixtureRequest, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Adopted:
    """An adopted project, of which nothing is run."""
    case: ProjectCase = request.param
    return adopt(case, template, tmp_path_factory.mktemp(case.name))


def generated_files(adopted: Adopted, *endings: str) -> list[str]:
    """The new Python files, or those with other endings."""
    status = changed_files(adopted.project)
    endings = endings or (".py",)
    return [line[3:] for line in status if line.startswith("??") and line.endswith(endings)]


def style(adopted: Adopted) -> list[str]:
    """Ruff's options for the quotes of the project."""
    answers = yaml.safe_load((adopted.project / ANSWERS_FILE).read_text(encoding="utf-8"))
    quotes = answers["db_quotes"]
    return [
        *["--config", f"format.quote-style='{quotes}'"],
        *["--config", f"lint.flake8-quotes.inline-quotes='{quotes}'"],
    ]


def test_ruff(adopted: Adopted) -> None:
    files = generated_files(adopted)
    assert files
    answers = yaml.safe_load((adopted.project / ANSWERS_FILE).read_text(encoding="utf-8"))
    target = "py" + answers["db_python"].replace(".", "")
    silent(
        *["ruff", "check", "--isolated", "--no-cache", *RULES, f"--target-version={target}"],
        # PEP 8's limit, which isort goes by, too.
        *["--line-length=79", "--config", "lint.isort.split-on-trailing-comma=false"],
        *style(adopted),
        *files,
        cwd=adopted.project,
    )


def test_ruff_in_the_guide(adopted: Adopted, tmp_path: Path) -> None:
    guide = (adopted.project / "DATABASE.md").read_text(encoding="utf-8")
    # Blocks without imports are fragments.
    blocks = re.findall(r"^```python\n(from .*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert blocks
    project = shutil.copytree(adopted.project, tmp_path / "project")
    written = project / adopted.case.layer / "guide"
    for number, block in enumerate(blocks):
        (written / "tests").mkdir(parents=True, exist_ok=True)
        directory = written / "tests" if "assert " in block else written
        (directory / f"block_{number}.py").write_text(block, encoding="utf-8")

    silent(
        *["ruff", "check", "--isolated", "--no-cache", *RULES, "--extend-ignore=D,INP001"],
        *style(adopted),
        str(written),
        cwd=project,
    )


@pytest.mark.parametrize("line_length", [79, 88, 100, 120])
def test_ruff_format_at_any_line_length(adopted: Adopted, line_length: int) -> None:
    silent(
        *["ruff", "format", "--isolated", "--no-cache", "--diff", *style(adopted)],
        f"--line-length={line_length}",
        # The blocks of the guide are formatted, too.
        *generated_files(adopted, ".py", ".md"),
        cwd=adopted.project,
    )


@pytest.fixture(
    params=["newest", pytest.param("oldest", marks=pytest.mark.thorough)], scope="session"
)
def typed(request: pytest.FixtureRequest, environments: Path) -> Environment:
    """An environment with what the layer needs, in the newest versions or the oldest."""
    name: str = request.param
    packages = NEWEST if name == "newest" else OLDEST_TYPED
    return make_environment(environments, f"typed-{name}", packages, compiled=False)


@pytest.mark.long
@pytest.mark.parametrize("case", by_default(TYPED, *BY_DEFAULT), ids=lambda case: case.name)
def test_mypy(
    case: ProjectCase, typed: Environment, template: Path, environments: Path, tmp_path: Path
) -> None:
    adopted = adopt(case, template, tmp_path)
    # What it has read of the packages serves all projects.
    cache = environments / f"mypy-{typed.path.name}"

    with FileLock(f"{cache}.lock"):
        silent(
            *["mypy", "--strict", "--config-file=", "--explicit-package-bases"],
            *[f"--cache-dir={cache}", f"--python-executable={typed.python}"],
            *generated_files(adopted),
            cwd=adopted.project,
        )


@pytest.mark.thorough
@pytest.mark.long
def test_pyright(typed: Environment, template: Path, tmp_path: Path) -> None:
    """All projects in one run, as most of its time goes into the packages that they share."""
    projects = [adopt(case, template, tmp_path) for case in TYPED]
    config = {
        # Imports are looked up from the root of the project that a file is in.
        "executionEnvironments": [{"root": each.case.name} for each in projects],
        "include": [
            f"{each.case.name}/{file}" for each in projects for file in generated_files(each)
        ],
    }
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(config), encoding="utf-8")

    silent("pyright", f"--pythonpath={typed.python}", cwd=tmp_path)


@pytest.mark.parametrize("case", by_default(TYPED, *BY_DEFAULT), ids=lambda case: case.name)
def test_ty_and_pyrefly(
    case: ProjectCase, environments: Path, template: Path, tmp_path: Path
) -> None:
    """In the newest versions alone; basedpyright would read it all by pyright's engine again."""
    adopted = adopt(case, template, tmp_path)
    newest = make_environment(environments, "typed-newest", NEWEST, compiled=False)
    files = generated_files(adopted)

    silent("ty", "check", f"--python={newest.python}", *files, cwd=adopted.project)
    silent(
        *["pyrefly", "check", f"--python-interpreter-path={newest.python}", *files],
        cwd=adopted.project,
    )
