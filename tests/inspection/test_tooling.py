"""How the project runs its tests and formats its code."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extensions.inspection import CodeStyle
from tests.inspection.trees import APP, POETRY, PYPROJECT, inspect_files

if TYPE_CHECKING:
    from pathlib import Path

BUILD = '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n'
ROOT = {"pyproject.toml": PYPROJECT, "app/main.py": APP, "tests/test_x.py": "import app.main\n"}
SRC = {
    "pyproject.toml": PYPROJECT,
    "src/shop/main.py": "from shop.orders import x\nfrom fastapi import FastAPI\napp = FastAPI()\n",
    "src/shop/orders.py": "x = 1\n",
    "tests/test_x.py": "",
}
OPTIONS = "[tool.pytest.ini_options]\n"

REACHED: dict[str, tuple[dict[str, str], str, bool]] = {
    "nothing": (ROOT, ".", False),
    "pythonpath": ({**ROOT, "pytest.ini": "[pytest]\npythonpath = . other\n"}, ".", True),
    "pythonpath of src": (
        {**SRC, "pyproject.toml": f'{PYPROJECT}{OPTIONS}pythonpath = ["./src/"]\n'}, "src", True,
    ),
    "another pythonpath": (
        {**SRC, "pyproject.toml": f'{PYPROJECT}{OPTIONS}pythonpath = "."\n'}, "src", False,
    ),
    "an installed package": ({**SRC, "pyproject.toml": f"{PYPROJECT}{BUILD}"}, "src", True),
    "src itself, which no installation makes a package": (
        {
            "main.py": "from fastapi import FastAPI\nfrom src.sub import x\napp = FastAPI()\n",
            "src/sub.py": "x = 1\n", "tests/test_x.py": "", "pyproject.toml": f"{PYPROJECT}{BUILD}",
        }, ".", False,
    ),
    "a package that is not to be installed": (
        {**SRC, "pyproject.toml": f"{PYPROJECT}{BUILD}[tool.uv]\npackage = false\n"}, "src", False,
    ),
    "Poetry without package mode": (
        {**SRC, "pyproject.toml": f"{POETRY}[tool.poetry.x]\n{BUILD}".replace(
            "[tool.poetry]\n", "[tool.poetry]\npackage-mode = false\n")},
        "src", False,
    ),
    "an editable line": ({**SRC, "requirements.txt": "fastapi\n-e .\n"}, "src", True),
    "conftest.py at the root": ({**ROOT, "conftest.py": ""}, ".", True),
    "conftest.py at the root does not help src": ({**SRC, "conftest.py": ""}, "src", False),
    "conftest.py in the package, above its tests": (
        {"pyproject.toml": PYPROJECT, "app/__init__.py": "", "app/conftest.py": "",
         "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
         "app/tests/test_x.py": "from app.main import app\n"}, ".", True,
    ),
    "tests are a package": ({**ROOT, "tests/__init__.py": ""}, ".", True),
    "tests are a package, imported by importlib": (
        {**ROOT, "tests/__init__.py": "",
         "tox.ini": "[pytest]\naddopts = --import-mode=importlib\n"}, ".", False,
    ),
    "importlib, as two words": (
        {**ROOT, "tests/__init__.py": "",
         "tox.ini": "[pytest]\naddopts = --import-mode importlib\n"}, ".", False,
    ),
    "conftest.py in src does not help tests beside it": (
        {**SRC, "src/conftest.py": ""}, "src", False,
    ),
    "PDM, which builds without the table": (
        {**SRC, "pyproject.toml": f"{PYPROJECT}[tool.pdm]\n"}, "src", True,
    ),
    "PDM, which is not to build": (
        {**SRC, "pyproject.toml": f"{PYPROJECT}[tool.pdm]\ndistribution = false\n"}, "src", False,
    ),
    "a package that requirements.txt does not install": (
        {**SRC, "pyproject.toml": BUILD, "requirements.txt": "fastapi\n"}, "src", False,
    ),
    "setup.py": (
        {"setup.py": "from setuptools import setup\nsetup(install_requires=['fastapi'])\n",
         **{name: text for name, text in SRC.items() if name != "pyproject.toml"}}, "src", True,
    ),
    "the root is a package too": (
        {**ROOT, "tests/__init__.py": "", "__init__.py": ""}, ".", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "base", "reached"), REACHED.values(), ids=REACHED.keys())
def test_import_base(
    files: dict[str, str],
    base: str,
    reached: bool,  # noqa: FBT001
    tmp_path: Path,
) -> None:
    facts = inspect_files(tmp_path, files).pytest
    assert (facts.import_base, facts.import_base_reached) == (base, reached)


SVC = {
    "pyproject.toml": f"{PYPROJECT}{OPTIONS}",
    "svc/main.py": f"from routes import x\n{APP}",
    "svc/routes.py": "x = 1\n",
    "svc/tests/test_x.py": "import main\n",
}
ELSEWHERE: dict[str, tuple[dict[str, str], str, tuple[str, ...]]] = {
    "told nothing": (SVC, "", ()),
    "from the root": (SVC, "addopts = '-q svc/tests'\ntestpaths = ['svc']\n", ()),
    "from svc": (SVC, "addopts = '-q -m \"not slow\" tests'\n", ("addopts=-q -m 'not slow'",)),
    "from svc, by testpaths": (SVC, "testpaths = ['tests']\n", ("testpaths=svc/tests",)),
    "by a pattern": (SVC, "testpaths = ['s*/tests']\n", ()),
    "values of options": (SVC, "addopts = '-n auto --cov svc -k x -v -p no:cacheprovider'\n", ()),
    "a list": (SVC, "addopts = ['-m', 'not slow', 'tests']\n", ("addopts=-m 'not slow'",)),
    "leaves ours out": (
        {**ROOT, "pyproject.toml": SVC["pyproject.toml"]}, "testpaths = ['tests/unit', 'app']\n",
        ("testpaths=tests",),
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "options", "overridden"), ELSEWHERE.values(), ids=ELSEWHERE.keys()
)
def test_settings_for_another_directory_are_overridden(
    files: dict[str, str], options: str, overridden: tuple[str, ...], tmp_path: Path
) -> None:
    files = {**files, "pyproject.toml": files["pyproject.toml"] + options}
    assert inspect_files(tmp_path, files).pytest.overridden == overridden


def test_tests_lie_where_pytest_looks_for_them(tmp_path: Path) -> None:
    pyproject = f"{SVC['pyproject.toml']}testpaths = ['svc/tests', 'acceptance_tests']\n"
    files = {**SVC, "pyproject.toml": pyproject, "tests/README": ""}
    assert inspect_files(tmp_path, files).tests_dir == "svc/tests"
    files = {**ROOT, "tests/test_x.py": "", "pyproject.toml": pyproject, "acceptance_tests/x": ""}
    del files["tests/test_x.py"]
    assert inspect_files(tmp_path / "other", files).tests_dir == "acceptance_tests"


def test_scripts_at_the_top_are_no_tests(tmp_path: Path) -> None:
    files = {
        "requirements.txt": "fastapi\n",
        "app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "app/tests/api/test_users.py": "from app.main import app\n",
        "tests/performance/locustfile.py": "",
    }
    assert inspect_files(tmp_path, files).tests_dir == "app/tests"


CONFIGURED = {
    "pyproject.toml": ({"pyproject.toml": f'{PYPROJECT}{OPTIONS}asyncio_mode = "auto"\n'}, "auto"),
    "pytest.ini": ({"pytest.ini": "[pytest]\nasyncio_mode = strict\n"}, "strict"),
    "setup.cfg": ({"setup.cfg": "[tool:pytest]\nasyncio_mode=auto\n"}, "auto"),
    "tox.ini": ({"tox.ini": "[tox]\n[pytest]\naddopts = -q --asyncio-mode=auto\n"}, "auto"),
    "pytest.toml": ({"pytest.toml": '[pytest]\nasyncio_mode = "auto"\n'}, "auto"),
    "none": ({"setup.cfg": "[flake8]\n", "tox.ini": "[tox]\n"}, None),
}


@pytest.mark.parametrize("name", CONFIGURED)
def test_pytest_settings(name: str, tmp_path: Path) -> None:
    files, mode = CONFIGURED[name]
    facts = inspect_files(tmp_path, {**ROOT, **files}).pytest
    assert facts.asyncio_mode == mode
    assert facts.config_file == (None if name == "none" else name)


@pytest.mark.parametrize(
    ("fixtures", "tests", "scope"),
    [
        ("", "", ""),
        ("function", "", ""),
        ("session", "", "session"),
        ("", "module", "function"),
        ("session", "session", ""),
    ],
)
def test_event_loops_of_fixtures(tmp_path: Path, fixtures: str, tests: str, scope: str) -> None:
    scopes = {"fixture": fixtures, "test": tests}
    lines = [f"asyncio_default_{of}_loop_scope={value}\n" for of, value in scopes.items() if value]
    files = {"pytest.ini": f"[pytest]\nasyncio_mode=auto\n{''.join(lines)}"}
    assert inspect_files(tmp_path, {**ROOT, **files}).pytest.fixture_loop_scope == scope


def test_an_empty_pytest_ini_comes_before_pyproject(tmp_path: Path) -> None:
    files = {"pytest.ini": "", "pyproject.toml": f'{PYPROJECT}{OPTIONS}asyncio_mode = "auto"\n'}
    facts = inspect_files(tmp_path, {**ROOT, **files}).pytest
    assert (facts.config_file, facts.asyncio_mode) == ("pytest.ini", None)


def test_the_directory_of_tests(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path,
        {
            "pyproject.toml": PYPROJECT,
            "app/main.py": APP,
            "app/tests/__init__.py": "",
            "app/tests/test_x.py": "",
        },
    )
    assert facts.tests_dir == "app/tests"
    assert facts.pytest.tests_are_packages


STYLES: dict[str, tuple[dict[str, str], CodeStyle]] = {
    "ruff": (
        {"pyproject.toml": f'{PYPROJECT}[tool.ruff]\nline-length=99\nformat.quote-style="single"'},
        CodeStyle(quote_style="single"),
    ),
    "ruff.toml": (
        {"ruff.toml": "[format]\nquote-style = 'double'\n"}, CodeStyle(quote_style="double"),
    ),
    "black": (
        {"pyproject.toml": f"{PYPROJECT}[tool.black]\nline-length = 120\n"
                           "skip-string-normalization = true\n"},
        CodeStyle(quote_style="preserve"),
    ),
    "isort": (
        {".isort.cfg": "[settings]\nprofile = black\n"}, CodeStyle(alembic_section="by-directory"),
    ),
    "isort with settings": (
        {"setup.cfg": "[isort]\nknown_third_party = fastapi,alembic\n"},
        CodeStyle(alembic_section="third-party"),
    ),
    "ruff's isort": (
        {"ruff.toml": 'lint.isort.known-first-party = ["app", "alembic"]\n'},
        CodeStyle(alembic_section="first-party"),
    ),
    "none": ({}, CodeStyle()),
}  # fmt: skip


@pytest.mark.parametrize(("files", "style"), STYLES.values(), ids=STYLES.keys())
def test_code_style(files: dict[str, str], style: CodeStyle, tmp_path: Path) -> None:
    assert inspect_files(tmp_path, {**ROOT, **files}).code_style == style
