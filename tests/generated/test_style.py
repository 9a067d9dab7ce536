"""The generated code and new revisions are as the project's own formatter writes them."""

import subprocess
import sys
from pathlib import Path

import pytest

from extensions.conversation.code_style import styled
from tests.support.adopted import CASES, EXTRAS
from tests.support.template import (
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    release,
    run_copier,
    snapshot_template,
    update_layer,
)

STYLE = """
[tool.ruff]
line-length = 100
lint.select = ["E", "F", "I", "Q"]
lint.isort.lines-after-imports = 2
lint.flake8-quotes.inline-quotes = "single"
format.quote-style = "single"
"""
CHANGE = ("Close all connections;", "Close every connection;")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a style of its own."""
    copied = copy_project("uv-app", tmp_path / "project")
    manifest = copied / "pyproject.toml"
    content, _, _ = manifest.read_text().partition("\n[tool.ruff]")
    manifest.write_text(f"{content}\n{STYLE}")
    commit_all(copied, "Choose a style")
    return copied


def ruff(project: Path, *arguments: str) -> None:
    files = [line[3:] for line in changed_files(project) if line.startswith("??")]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *arguments, *(name for name in files if name[-3:] == ".py")],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("kind", ["postgresql", "supabase"])
def test_generated_files(template: Path, project: Path, kind: str) -> None:
    add_layer(
        template,
        project,
        db_type=kind,
        db_extras=EXTRAS,
        db_auth_tables=True,
        db_models="Customer: name str; Invoice: customer -> Customer, total decimal(12,2)",
    )

    ruff(project, "format", "--no-cache", "--diff")
    ruff(project, "check", "--no-cache")


@pytest.mark.thorough
def test_updates_stay_quiet_and_an_undo_knows_its_files(project: Path, tmp_path: Path) -> None:
    own_template = snapshot_template(tmp_path / "template")
    before = {
        path: path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }
    add_layer(own_template, project)
    commit_all(project, "Add the database layer")
    update_layer(project)
    assert changed_files(project) == []
    release(own_template, "v1.1.0", database=CHANGE)

    update_layer(project)

    assert CHANGE[1] in (project / "app" / "database.py").read_text()
    assert len(changed_files(project)) == 2
    done = run_copier(
        *("recopy", "--trust", "--defaults", "-a", ".copier-answers.db.yml"),
        *("-d", "db_undo=true"),
        cwd=project,
    )
    assert "you have edited" not in done.stderr
    assert {
        path: path.read_bytes()
        for path in project.rglob("*")
        if path.is_file() and ".git" not in path.parts
    } == before


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('x = "a"\n', "x = 'a'\n"),
        ('x = "it\'s"\n', 'x = "it\'s"\n'),
        ('x = ""\n', "x = ''\n"),
        ('x = "say \\"a\\""\n', "x = 'say \"a\"'\n"),
        ('"""Doc."""\nx = rb"\\n"\n', '"""Doc."""\nx = rb\'\\n\'\n'),
        ("x = f\"{y['a']} b\"\n", "x = f'{y[\"a\"]} b'\n"),
        ("x = f\"{y['a']}'s {{'b'}}\"\n", "x = f\"{y['a']}'s {{'b'}}\"\n"),
        ("x = f\"{y(f'{z}')} b\"\n", "x = f'{y(f\"{z}\")} b'\n"),
        ('x = f"{y} b", "c"  # "d"\n', "x = f'{y} b', 'c'  # \"d\"\n"),
        ('x = """a\n"b"\n"""\n', 'x = """a\n"b"\n"""\n'),
    ],
)
def test_single_quotes(text: str, expected: str) -> None:
    assert styled(text, {"db_quotes": "single"}) == expected


def test_lines_after_imports() -> None:
    text = '"""Doc."""\n\nimport os\n\nX = 1\n\n\ndef f() -> None:\n    import re\n\n    re.x\n'

    assert styled(text, {"db_lines_after_imports": 2}) == text.replace("os\n", "os\n\n")
    assert styled(text, {"db_lines_after_imports": 0}) == text


def test_revisions(template: Path, project: Path, environments: Path) -> None:
    environment = CASES[0].environment(environments, add_layer(template, project))
    ini = project / "alembic.ini"
    content = ini.read_text()

    # As where the formatter is in a group that is not installed.
    ini.write_text(content.replace("format.module = ruff", "format.module = not_installed"))
    assert ini.read_text() != content
    environment.run("-m", "pytest", "-q", "tests/database/test_database_sessions.py", cwd=project)
    ini.write_text(content)
    # Without the environment's commands in PATH.
    environment.run("-m", "alembic", "revision", "-m", "empty", cwd=project)

    [revision] = (project / "alembic" / "versions").glob("*.py")
    assert "\nrevision: str = '" in revision.read_text()
    ruff(project, "format", "--no-cache", "--diff")


def test_alembic_among_the_projects_own() -> None:
    text = (
        "import os\n\n# Why.\nfrom alembic.util import (\n    warn,\n)\n"
        "from sqlalchemy import text\n\nfrom app import database\n\nNAME = 1\n"
    )
    moved = (
        "import os\n\nfrom sqlalchemy import text\n\nfrom alembic.util import (\n    warn,\n)\n"
        "from app import database\n\nNAME = 1\n"
    )
    first = {"db_alembic_section": "first-party"}
    assert styled(text.replace("# Why.\n", ""), first) == moved
    assert styled(moved, first) == moved
    assert styled(text, {"db_alembic_section": "third-party"}) == text


@pytest.mark.long
def test_black_isort_and_flake8(template: Path, tmp_path: Path) -> None:
    """For isort, Alembic is first-party where a directory of that name is."""
    project = copy_project("uv-app", tmp_path / "project")
    manifest = project / "pyproject.toml"
    content, _, _ = manifest.read_text().partition("\n[tool.ruff]")
    settings = "[tool.black]\nline-length = 120\n"
    settings += "[tool.isort]\nprofile = 'black'\nline_length = 120\n"
    manifest.write_text(f"{content}\n{settings}")
    commit_all(project, "Choose a style")

    add_layer(template, project, db_extras=EXTRAS, db_auth_tables=True)

    files = [line[3:] for line in changed_files(project) if line.endswith(".py")]
    new = [name for name in files if name != "app/main.py"]
    for command in (
        ["black", "--check"],
        ["isort", "--check"],
        ["flake8", "--max-line-length=120", "--extend-ignore=E203,W503"],
    ):
        done = subprocess.run(
            ["uv", "tool", "run", "--quiet", *command, *new],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
