"""Migrations by Alembic's own autogenerate: what it misses is named by a test of the project's."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.adopted import CASES
from tests.support.template import copy_with_layer

pytestmark = pytest.mark.long

MODEL = """
from enum import Enum

from sqlalchemy import CheckConstraint, Computed, Identity, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base, Model, PrimaryKeyMixin


class Kind(Enum):
    TREE = "tree"
    HERB = "herb"


class Plant(Base):
    __tablename__ = "plants"
    __table_args__ = (
        CheckConstraint("height > 0", name="is_high"),
        Index("ix_plants_low", text("lower(name)"), postgresql_where=text("height > 5")),
    )

    name: Mapped[str] = mapped_column(String(50))
    kind: Mapped[Kind]
    height: Mapped[int]
    area: Mapped[int] = mapped_column(Computed("height * height", persisted=True))
    number: Mapped[int] = mapped_column(Identity())


class Label(PrimaryKeyMixin, Model):
    __tablename__ = "labels"

    name: Mapped[str]
"""
CHANGES = {
    '    HERB = "herb"': '    HERB = "herb"\n    MOSS = "moss"',
    "height > 0": "height > 2",
    "height * height": "height * 2",
    "height > 5": "height > 7",
}
NAMED = (
    *(r"- .*ck_plants_kind CHECK .*'herb'", r"\+ .*ck_plants_kind CHECK .*'moss'"),
    *(r"- .*ck_plants_is_high .*> 0\)", r"\+ .*ck_plants_is_high .*> 2\)"),
    *(r"- column plants area .*\(height \* height\)", r"\+ column plants area .*\(height \* 2\)"),
    r"plants: PostgreSQL would get NULL for :draft",
    *(r"- CREATE INDEX ix_plants_low .*> 5\)", r"\+ CREATE INDEX ix_plants_low .*> 7\)"),
)
ALEMBIC = """
import sys
from alembic.config import main

for command in sys.argv[1:]:
    main(argv=command.split())
"""
UPDATE = """
import asyncio
from sqlalchemy import text
from app.database import session_scope

UPDATE = "UPDATE plants SET height = 4 RETURNING updated_at > created_at"

async def main():
    async with session_scope() as session:
        values = "VALUES ('rose', 'herb', 3)"
        await session.execute(text(f"INSERT INTO plants (name, kind, height) {values}"))
    async with session_scope() as session:
        print(await session.scalar(text(UPDATE)))

asyncio.run(main())
"""


@pytest.mark.parametrize(
    "extras",
    [
        pytest.param([], id="alembic"),
        pytest.param(["autogenerate"], id="extra", marks=pytest.mark.thorough),
    ],
)
def test_migrations(
    extras: list[str],
    template: Path,
    environments: Path,
    tmp_path: Path,
    new_database: Callable[[], str],
) -> None:
    [case] = [case for case in CASES if case.name == "uv-app"]
    project = copy_with_layer(template, case.name, tmp_path / "project", db_extras=extras)
    environment = case.environment(environments, project)
    model, models = project / "app" / "models" / "plant.py", project / "app" / "models"
    model.write_text(MODEL)
    with (models / "__init__.py").open("a") as file:
        file.write("\nfrom .plant import Plant\n")
    variables = {"DATABASE_URL": new_database()}

    def revise(name: str) -> str:
        commands = (f"revision --autogenerate --rev-id {name}", "upgrade head", "check")
        back = ("downgrade -1", "upgrade head")
        environment.run("-c", ALEMBIC, *commands, *back, cwd=project, variables=variables)
        [file] = (project / "alembic" / "versions").glob(f"*_{name}_*.py")
        return file.read_text(encoding="utf-8")

    first = revise("first")
    assert first.count("CREATE TRIGGER set_updated_at") == first.count("DROP TRIGGER") == 4
    done = environment.run("-c", UPDATE, cwd=project, variables=variables)
    assert done.stdout == "True\n"

    # One table loses its trigger with the column, and another gets both.
    content = model.read_text().replace("Plant(Base)", "Plant(PrimaryKeyMixin, Model)")
    model.write_text(content.replace("Label(PrimaryKeyMixin, Model)", "Label(Base)"))
    upgrade, _, downgrade = revise("second").partition("def downgrade")
    assert "DROP TRIGGER set_updated_at ON plants" in upgrade
    assert re.search(r"CREATE TRIGGER set_updated_at\s.* ON labels", upgrade)
    assert re.search(r"CREATE TRIGGER set_updated_at\s.* ON plants", downgrade)

    for old, new in CHANGES.items():
        model.write_text(model.read_text().replace(old, new))
    catalog = ("-m", "pytest", "-q", "tests/database/test_database_catalog.py")
    if extras:
        revise("third")
        environment.run(*catalog, "-p", "no:cacheprovider", cwd=project)
    else:
        named = 'name="is_high"),'
        draft = """CheckConstraint("name <> ':draft'", name="is_no_draft"),"""
        model.write_text(model.read_text().replace(named, f"{named}\n        {draft}"))
        with pytest.raises(AssertionError) as failed:
            environment.run(*catalog, "-p", "no:cacheprovider", cwd=project)
        missing = [line for line in NAMED if not re.search(f"(?m)^E .*{line}", f"{failed.value}")]
        assert missing == []
