"""A user's mistake gets one sentence, an exit code, and an untouched directory."""

import subprocess
from pathlib import Path

import pytest

from tests.support.template import ANSWERS_FILE, copy_project, git, run_copier

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"


def copy(template: Path, project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run `copier copy --trust --defaults` as a person does."""
    return run_copier("copy", "--trust", "--defaults", *options, template, project)


def contents(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }


def stops(template: Path, project: Path, *expected: str) -> None:
    """Assert that a copy changes nothing and says all of `expected` in one sentence."""
    before = contents(project)

    done = copy(template, project)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert len(said) == 1, done.stderr
    for part in expected:
        assert part in said[0]
    assert contents(project) == before


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A small project whose files a test adds."""
    directory = tmp_path / "project"
    (directory / "app").mkdir(parents=True)
    (directory / "app" / "__init__.py").touch()
    (directory / "app" / "main.py").write_text(APP)
    return directory


def test_no_application(template: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing here")

    stops(template, tmp_path, "No FastAPI application", str(tmp_path))


def test_an_empty_directory(template: Path, tmp_path: Path) -> None:
    stops(template, tmp_path, "No FastAPI application")


def test_no_directory(template: Path, tmp_path: Path) -> None:
    file = tmp_path / "file.txt"
    file.write_text("I am a file")

    done = copy(template, file)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert str(file) in done.stderr
    assert file.read_text() == "I am a file"


def test_a_broken_pyproject(template: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text("[project\nname = 'x'\n")

    stops(template, project, "pyproject.toml", "line 1")


def test_a_pyproject_in_no_known_encoding(template: Path, project: Path) -> None:
    (project / "pyproject.toml").write_bytes(b"[project]\nname = '\xff\xfe'\n")

    stops(template, project, "pyproject.toml", "UTF-8")


@pytest.mark.parametrize("file", ["alembic/__init__.py", "sqlalchemy.py", "pytest/__init__.py"])
def test_a_module_that_hides_a_package(template: Path, project: Path, file: str) -> None:
    (project / file).parent.mkdir(exist_ok=True)
    (project / file).touch()

    stops(template, project, f"{file} hides the package", "rename")


def test_an_unsupported_python(template: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "x"\nrequires-python = ">=3.8,<3.10"\ndependencies = ["fastapi"]\n'
    )

    stops(template, project, "pyproject.toml, line 3", ">=3.8,<3.10", "3.10")


@pytest.mark.parametrize("bound", ["fastapi==0.99.1", "fastapi>=0.95,<0.100"])
def test_a_fastapi_without_pydantic_2(template: Path, project: Path, bound: str) -> None:
    (project / "requirements.txt").write_text(f"uvicorn\n{bound}\n")

    stops(template, project, "requirements.txt, line 2", bound, "FastAPI 0.100")


def test_a_requirement_that_excludes_the_layers(template: Path, project: Path) -> None:
    (project / "requirements.txt").write_text("fastapi\nsqlalchemy<2\n")

    stops(template, project, "requirements.txt, line 2", "sqlalchemy<2", ">=2.0.30")


def test_all_bounds_that_exclude_are_told_at_once(template: Path, project: Path) -> None:
    (project / "pyproject.toml").write_text(
        '[project]\nname = "x"\nrequires-python = "<3.10"\ndependencies = [\n    "fastapi",\n'
        '    "pydantic~=1.10",\n    "starlette<0.40",\n    "sqlalchemy==1.4.54",\n]\n'
    )
    before = contents(project)

    done = copy(template, project)

    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if line.strip()]
    assert [line.partition(":")[0] for line in said] == [
        f"pyproject.toml, line {number}" for number in (3, 8, 6, 7)
    ]
    assert "pydantic~=1.10 excludes pydantic>=2" in said[2]
    assert contents(project) == before


def test_a_pytest_that_is_too_old_is_told_and_stops_nothing(template: Path, project: Path) -> None:
    (project / "requirements.txt").write_text("fastapi\nSQLAlchemy==2.0.31\n")
    (project / "requirements-dev.txt").write_text("-r requirements.txt\npytest==6.2.5\n")

    done = copy(template, project)

    assert done.returncode == 0, done.stderr
    told = "requirements-dev.txt, line 2: pytest==6.2.5 excludes pytest>=7, which the layer's tests"
    assert told in " ".join(done.stderr.split())


def test_floors_are_raised_in_sight_and_lowered_by_the_undo(template: Path, project: Path) -> None:
    before = (
        '[project]\nname = "x"\nrequires-python = ">=3.9"\ndependencies = [\n'
        "    \"fastapi[standard]>=0.115; python_version > '3.8'\",  # web\n    'alembic',\n]\n"
        '[dependency-groups]\ndev = ["pytest"]\n'
    )
    (project / "pyproject.toml").write_text(before)

    done = copy(template, project)

    assert done.returncode == 0, done.stderr
    plan, _, summary = done.stderr.partition("Verified")
    assert "  alembic -> alembic>=1.20.1\n" in plan
    assert '  requires-python = ">=3.9" -> requires-python = ">=3.10"\n' in plan
    assert "fastapi[standard]>=0.115; " in plan
    assert "Warning" not in summary
    after = (project / "pyproject.toml").read_text()
    assert "    \"fastapi[standard]>=0.121; python_version > '3.8'\",  # web\n" in after

    options = ["-a", ANSWERS_FILE, "-d", "db_undo=true"]
    done = run_copier("recopy", "--trust", "--defaults", *options, cwd=project)

    assert done.returncode == 0, done.stderr
    assert (project / "pyproject.toml").read_text() == before


@pytest.mark.parametrize(
    ("fastapi", "scope"),
    [
        ("fastapi>=0.121", "function"),
        ("fastapi", "function"),
        ("fastapi>=0.100", "function"),
        ("fastapi==0.115.6", "request"),
        ("fastapi~=0.110.0", "request"),
        ("fastapi>=0.106,<0.118", "request"),
        ("fastapi==0.104.1", "response"),
        ("fastapi>=0.100,<0.116", "response"),
        ("fastapi==0.119.*", "response"),
        ("fastapi<0.116", "response"),
    ],
)
def test_the_session_follows_from_the_fastapi_bound(
    template: Path, project: Path, fastapi: str, scope: str
) -> None:
    (project / "requirements.txt").write_text(f"{fastapi}\n")

    done = copy(template, project)

    assert done.returncode == 0, done.stderr
    depends = 'Depends(get_session, scope="function")]' in (project / "app/database.py").read_text()
    assert depends == (scope == "function")
    assert (project / "app/database_kit/response.py").exists() == (scope == "response")


def test_a_copier_on_an_old_python(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    old = "import sys, warnings\nimport copier, copier_template_extensions, tomllib\n"
    (hidden / "sitecustomize.py").write_text(f"{old}sys.version_info = (3, 10, 12, 'final', 0)\n")
    variables = {"PYTHONPATH": str(hidden), "PATH": "/usr/bin:/bin"}

    done = run_copier("copy", "--trust", "--defaults", template, project, env=variables)

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "Copier runs on Python 3.10, and this template needs 3.11" in done.stderr
    assert "`uvx --python 3.13 --with" in done.stderr
    assert git(project, "status", "--short") == ""


@pytest.mark.parametrize(
    ("package", "options"), [("jinja2_time", []), ("pluralizer", ["-d", "db_models=Customer"])]
)
def test_a_package_that_copier_cannot_import(
    package: str, options: list[str], template: Path, tmp_path: Path
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    hidden = tmp_path / "hidden"
    hidden.mkdir()
    (hidden / "sitecustomize.py").write_text(f"import sys\nsys.modules['{package}'] = None\n")

    done = run_copier(
        *("copy", "--trust", "--defaults", *options),
        *(template, project),
        env={"PYTHONPATH": str(hidden), "PATH": "/usr/bin:/bin"},
    )

    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    needed = "uvx --with copier-template-extensions,jinja2-time,pluralizer copier"
    assert needed in done.stderr
    assert git(project, "status", "--short") == ""
