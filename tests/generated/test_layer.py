"""What the layer promises, tried from inside an adopted project."""

import shutil
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.support.adopted import CASES, EXTRAS
from tests.support.template import copy_with_layer

pytestmark = pytest.mark.long

INSIDE = Path(__file__).parent / "inside"
THOROUGH = {f"test_inside_{name}.py" for name in ("autogenerate", "doctor", "settings")}
FILES = [
    pytest.param(path.name, marks=[pytest.mark.thorough] if path.name in THOROUGH else [])
    for path in sorted(INSIDE.glob("test_*.py"))
]


@pytest.mark.parametrize("file", FILES)
def test_inside(file: str, template: Path, environments: Path, tmp_path: Path) -> None:
    [case] = [case for case in CASES if case.name == "uv-app"]
    project = copy_with_layer(template, case.name, tmp_path / "project", db_extras=EXTRAS)
    for name in (file, "fixtures.py"):
        shutil.copy(INSIDE / name, project / "tests" / "database" / name)

    case.environment(environments, project).run(
        *["-m", "pytest", f"tests/database/{file}", "-p", "tests.database.fixtures"],
        *["-p", "no:cacheprovider"],
        cwd=project,
    )


NATIVE_ENUM = """
import asyncio
from enum import Enum

import pytest
from alembic.command import revision
from alembic.util import CommandError
from sqlalchemy import Column, Enum as EnumType, Table

from app.models import Base


class Mood(Enum):
    SUNNY = "sunny"


@pytest.mark.usefixtures("migrated_database")
def test_it_is_refused(alembic_config):
    Table("moods", Base.metadata, Column("mood", EnumType(Mood)))

    with pytest.raises(CommandError, match="moods.mood: native enum types need the extra 'enums'"):
        revision(alembic_config, autogenerate=True)
"""


def test_autogenerate_refuses_native_enums(
    template: Path, environments: Path, tmp_path: Path
) -> None:
    [case] = [case for case in CASES if case.name == "uv-app"]
    extras = ["autogenerate"]
    project = copy_with_layer(template, case.name, tmp_path / "project", db_extras=extras)
    (project / "tests" / "database" / "test_enums.py").write_text(NATIVE_ENUM)

    case.environment(environments, project).run(
        "-m", "pytest", "tests/database/test_enums.py", "-p", "no:cacheprovider", cwd=project
    )


def test_revisions_of_the_same_second_are_two_files(template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(template, "uv-app", tmp_path / "project")
    script = ScriptDirectory.from_config(Config(project / "alembic.ini"))

    for number in range(3):
        script.generate_revision(f"{number:012x}", "add a column")

    assert len([*(project / "alembic" / "versions").glob("*_add_a_column.py")]) == 3
