"""The Supabase layer beside one that the project has: neither touches what is the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.environments import make_environment
from tests.support.supabase import run_sql
from tests.support.template import add_layer, copy_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.supabase import SupabaseServer

OF_THE_OLD_LAYER = """
    ALTER TABLE animals ENABLE ROW LEVEL SECURITY;
    CREATE POLICY everyone ON animals FOR SELECT TO anon USING (true);
    GRANT SELECT ON animals TO anon;
    CREATE TYPE pet_kind AS ENUM ('cat', 'dog');
    ALTER TABLE animals ADD kind pet_kind;
    CREATE VIEW pet_names WITH (security_invoker = true) AS SELECT name FROM animals;
    CREATE SCHEMA private;
    CREATE FUNCTION private.touch() RETURNS trigger LANGUAGE plpgsql
    AS 'BEGIN RETURN NEW; END';
    CREATE TRIGGER touch BEFORE UPDATE ON animals
    FOR EACH ROW EXECUTE FUNCTION private.touch();
"""
TOY = """
from sqlalchemy import Column, ForeignKey, Integer, Table
from sqlalchemy.orm import Mapped, mapped_column

from shelter.db.models.base import Base

Table("animals", Base.metadata, Column("id", Integer, primary_key=True), schema="public")


class Toy(Base):
    __tablename__ = "toys"

    animal: Mapped[int] = mapped_column(ForeignKey("public.animals.id"), index=True)
"""


def test_neither_layer_touches_the_other(
    template: Path, environments: Path, tmp_path: Path, supabase: SupabaseServer, database: str
) -> None:
    project = copy_project("sync-sqlalchemy", tmp_path / "project")
    answers = {"db_type": "supabase", "db_existing": "beside", "db_auth_tables": True}
    add_layer(template, project, **answers)
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, "beside-supabase", install, cwd=project)
    environment.run("-m", "pytest", "tests/database", "-k", "policies", cwd=project)
    models = project / "shelter" / "db" / "models"
    (models / "toy.py").write_text(TOY)
    with (models / "__init__.py").open("a") as exports:
        exports.write("\nfrom shelter.db.models.toy import Toy  # noqa: E402\n")
    url = supabase.url(database)

    def alembic(ini: str, *commands: str, scheme: str = "postgresql") -> None:
        calls = [["-c", ini, *command.split()] for command in commands]
        run = f"from alembic.config import main\nfor call in {calls}: main(call)"
        variables = {"DATABASE_URL": url.replace("postgresql", scheme)}
        environment.run("-c", run, cwd=project, variables=variables)

    alembic("alembic.ini", "upgrade head", scheme="postgresql+psycopg")
    run_sql(url, OF_THE_OLD_LAYER)
    alembic("alembic_db.ini", "revision --autogenerate -m initial", "upgrade head", "check")
    [file] = (project / "alembic_db" / "versions").glob("*.py")
    revision = file.read_text()

    assert "ALTER TABLE animal_shelter_layer.toys ENABLE ROW LEVEL SECURITY" in revision
    for theirs in ("animals ", "private.touch", "pet_"):
        assert theirs not in revision.replace("public.animals", "")
    alembic("alembic_db.ini", "downgrade base", "upgrade head", "check")
