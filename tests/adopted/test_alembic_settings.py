"""A layer is adopted wherever Alembic has its settings, and with releases that projects pin."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.desk import KIT, NAME, REVISION, Desk
from tests.support.environments import make_environment
from tests.support.template import add_layer, copy_project, git

SECTION = """
[tool.alembic]
script_location = "%(here)s/migrations"
prepend_sys_path = ["."]
"""
OLDEST = ("alembic==1.9.0", "sqlalchemy[asyncio]==2.0.22")


def in_pyproject(project: Path) -> None:
    """Leave the loggers alone in the ini file, and take the base from behind an asterisk."""
    ini = project / "alembic.ini"
    _, _, loggers = ini.read_text(encoding="utf-8").partition("[loggers]")
    ini.write_text(f"[alembic]\n\n[loggers]{loggers}", encoding="utf-8")
    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text(encoding="utf-8") + SECTION, encoding="utf-8")
    env = project / "migrations" / "env.py"
    text = env.read_text(encoding="utf-8")
    env.write_text(text.replace("base import Base", "base import *"), encoding="utf-8")


def in_the_package(project: Path) -> None:
    """Move Alembic's files to where its commands run in the package's directory."""
    ini = project / "alembic.ini"
    text = ini.read_text(encoding="utf-8")
    ini.unlink()
    moved = text.replace("prepend_sys_path = .", "prepend_sys_path = ..")
    (project / "desk" / "alembic.ini").write_text(moved, encoding="utf-8")
    shutil.move(project / "migrations", project / "desk" / "migrations")


@pytest.mark.long
@pytest.mark.parametrize(
    ("move", "migrations"),
    [
        (in_pyproject, "migrations"),
        pytest.param(in_the_package, "desk/migrations", marks=pytest.mark.thorough),
    ],
)
def test_settings_that_are_elsewhere(
    template: Path,
    environments: Path,
    tmp_path: Path,
    new_database: Callable[[], str],
    move: Callable[[Path], None],
    migrations: str,
) -> None:
    source = copy_project(NAME, tmp_path / "source")
    move(source)
    git(source, "add", "--all")
    git(source, "commit", "--quiet", "--message", "move")
    add_layer(template, source, db_existing="adopt")
    desk = Desk.of(source, tmp_path / "project", environments, new_database())
    versions = desk.project / migrations / "versions"
    (versions / "93d0c1a5e7f2_checked.py").write_text(REVISION, encoding="utf-8")

    desk.run("-m", "desk.database_kit.migrate", "upgrade", "head")

    assert "at 93d0c1a5e7f2, the head" in desk.run("-m", "desk.database_kit.doctor")
    (versions / "93d0c1a5e7f2_checked.py").unlink()
    said = desk.run(*KIT, "--record-differences", "-k", "migrations")
    assert "passed" in said
    add_layer(template, source, db_undo=True)
    git(source, "add", "--all")
    assert git(source, "diff", "--stat", "--cached", "HEAD") == ""


def test_the_guide_says_where_alembic_runs(template: Path, tmp_path: Path) -> None:
    project = copy_project(NAME, tmp_path / "project")
    in_the_package(project)

    add_layer(template, project, db_existing="adopt", db_adopt_env="replace")

    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    assert "\ncd desk && uv run alembic upgrade head\n" in guide


def test_the_oldest_releases(
    template: Path, environments: Path, tmp_path: Path, new_database: Callable[[], str]
) -> None:
    project = copy_project(NAME, tmp_path / "project")
    pyproject = project / "pyproject.toml"
    text = pyproject.read_text(encoding="utf-8")
    for before, pin in zip(("alembic>=1.18", "sqlalchemy[asyncio]>=2.0.40"), OLDEST, strict=True):
        assert before in text
        text = text.replace(before, pin)
    pyproject.write_text(text, encoding="utf-8")
    add_layer(template, project, db_existing="adopt")
    desk = Desk.of(project, tmp_path / "desk", environments, new_database())
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, f"{NAME}-oldest", install, cwd=project)
    desk = Desk(desk.project, environment, desk.variables)

    assert "18 passed" in desk.run(*KIT, "--record-differences")
    assert "op.drop_index('one_lead', table_name='agents')" in (
        desk.project / "tests" / "database" / "known_differences.txt"
    ).read_text(encoding="utf-8")
