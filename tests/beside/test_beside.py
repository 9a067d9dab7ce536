"""A project that has a database layer keeps it, alone or beside the new one."""

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree as ET

import pytest
import yaml
from copier.errors import UserMessageError

from extensions.adoption.plan import make_plan
from extensions.answers import Answers
from extensions.conversation.existing_layer import bad_answer
from extensions.conversation.free_names import schema_name
from tests.support.environments import Environment, make_environment
from tests.support.template import (
    ANSWERS_FILE,
    PROJECTS,
    add_layer,
    changed_files,
    copy_project,
    copy_with_layer,
    git,
)

NAME = "sync-sqlalchemy"
OLD = ("-m", "alembic")
NEW = ("-m", "alembic", "-c", "alembic_db.ini")

REQUESTS = """
from fastapi.testclient import TestClient

from shelter.db.database import SessionDep
from shelter.db.models import Author
from shelter.main import app


@app.post("/authors/{name}", status_code=201)
async def add_author(name: str, session: SessionDep) -> str:
    author = Author(name=name)
    session.add(author)
    await session.flush()
    return str(author.id)


@app.get("/authors/{key}")
async def get_author(key: str, session: SessionDep) -> str:
    return (await session.get_one(Author, key)).name


with TestClient(app) as client:
    client.post("/animals", json={"name": "Rex", "species": "dog"}).raise_for_status()
    key = client.post("/authors/Ada").raise_for_status().json()
    print("old:", client.get("/animals").raise_for_status().json()[0]["name"])
    print("new:", client.get("/authors/" + key).raise_for_status().json())
"""


@dataclass(frozen=True, slots=True)
class BothLayers:
    """The project with its own layer and the new one, and an empty database for both."""

    project: Path
    environment: Environment
    url: str

    def run(self, *command: str) -> str:
        """Run `python command …` with `DATABASE_URL` in the old layer's form."""
        url = urlsplit(self.url)._replace(scheme="postgresql+psycopg").geturl()
        done = self.environment.run(*command, cwd=self.project, variables={"DATABASE_URL": url})
        return done.stdout + done.stderr


@pytest.fixture(scope="session")
def adopted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project with the layer beside its own."""
    directory = tmp_path_factory.mktemp(NAME) / "project"
    return copy_with_layer(template, NAME, directory, db_existing="beside")


@pytest.fixture
def both(
    adopted: Path, environments: Path, tmp_path: Path, new_database: Callable[[], str]
) -> BothLayers:
    """A copy of it, the environment that it declares, and an empty database."""
    project = Path(shutil.copytree(adopted, tmp_path / "project"))
    install = ["-r", "pyproject.toml", "--group", "dev", "pgvector>=0.5"]
    environment = make_environment(environments, f"{NAME}-pgvector", install, cwd=project)
    return BothLayers(project, environment, new_database())


@pytest.mark.parametrize("line_length", [79, 88, 100, 120])
def test_ruff_format_at_any_line_length(adopted: Path, line_length: int) -> None:
    # The names of a second layer are longer, and so are its lines.
    command = [
        *["ruff", "format", "--isolated", "--no-cache", "--diff"],
        *[f"--line-length={line_length}", "shelter/db", "alembic_db", "tests/database"],
    ]
    done = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=adopted,
        capture_output=True,
        text=True,
        check=False,
    )

    assert not done.returncode, done.stdout


def test_nothing_is_added_unasked(template: Path, tmp_path: Path) -> None:
    project = copy_project(NAME, tmp_path / "project")

    with pytest.raises(UserMessageError) as stopped:
        add_layer(template, project)

    assert changed_files(project) == []
    said = stopped.value.message
    assert "\n" not in said
    for part in (
        "shelter/models.py, line 8: `class Base(DeclarativeBase):`",
        "shelter/database.py, line 8: `engine = create_engine(",
        "shelter/database.py, line 12: `def get_db()",
        "alembic.ini, line 2",
        "-d db_existing=beside",
        "shelter/db/",
        "alembic_db.ini",
        "animal_shelter_layer",
    ):
        assert part in said


def test_the_old_layer_is_untouched(both: BothLayers) -> None:
    status = changed_files(both.project)

    changed = {line[3:] for line in status if line.startswith(" M")}
    assert changed == {"pyproject.toml", "shelter/main.py"}
    new = [line[3:] for line in status if line.startswith("??")]
    places = ("alembic_db", "shelter/db/", "tests/database/", ".copier-answers.db.yml", "DATABASE")
    assert all(name.startswith(places) for name in new), new
    diff = git(both.project, "diff", "--unified=0").splitlines()
    removed = [line for line in diff if line.startswith("-") and not line.startswith("---")]
    assert removed == ['-    "alembic>=1.13",']


@pytest.mark.thorough
@pytest.mark.parametrize("first", ["old", "new"])
def test_neither_autogenerate_sees_the_other(both: BothLayers, first: str) -> None:
    both.run(*NEW, "revision", "--autogenerate", "-m", "initial")
    order = (OLD, NEW) if first == "old" else (NEW, OLD)

    for alembic in order:
        both.run(*alembic, "upgrade", "head")

    for alembic in (*order, *reversed(order)):
        assert "No new upgrade operations detected" in both.run(*alembic, "check")
    both.run(*order[0], "downgrade", "base")
    assert "No new upgrade operations detected" in both.run(*order[1], "check")
    both.run(*order[0], "upgrade", "head")
    assert "No new upgrade operations detected" in both.run(*order[0], "check")


def test_requests_write_through_both(both: BothLayers) -> None:
    both.run(*NEW, "revision", "--autogenerate", "-m", "initial")
    for alembic in (OLD, NEW):
        both.run(*alembic, "upgrade", "head")

    printed = both.run("-c", REQUESTS)

    assert "old: Rex" in printed
    assert "new: Ada" in printed


def test_the_tests_of_both_pass(both: BothLayers, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"

    both.run("-m", "pytest", f"--junitxml={report}")

    names = [case.get("classname", "") for case in ET.parse(report).iter("testcase")]
    assert len([name for name in names if "test_animals" in name]) == 3
    assert len([name for name in names if "test_database_" in name]) == 17


def test_offline_the_schema_comes_first(both: BothLayers) -> None:
    both.run(*NEW, "revision", "--autogenerate", "-m", "initial")

    printed = both.run(*NEW, "upgrade", "head", "--sql")

    statements = [line for line in printed.splitlines() if line.startswith("CREATE ")]
    assert statements[0] == "CREATE SCHEMA IF NOT EXISTS animal_shelter_layer;"
    assert statements[1].startswith("CREATE TABLE animal_shelter_layer.alembic_version")
    assert all("animal_shelter_layer." in line for line in statements[1:]), statements


@pytest.mark.thorough
def test_a_model_may_refer_to_the_old_layers_tables(both: BothLayers) -> None:
    model = both.project / "shelter/db/models/sponsor.py"
    model.write_text(
        "from sqlalchemy import Column, ForeignKey, Integer, Table\n"
        "from sqlalchemy.orm import Mapped, mapped_column\n\n"
        "from shelter.db.models.base import Base\n\n"
        'key = Column("id", Integer, primary_key=True)\n'
        'Table("animals", Base.metadata, key, schema="public")\n\n\n'
        "class Sponsor(Base):\n"
        '    __tablename__ = "sponsors"\n\n'
        '    animal_id: Mapped[int] = mapped_column(ForeignKey("public.animals.id"))\n'
    )
    with (both.project / "shelter/db/models/__init__.py").open("a") as file:
        file.write("from shelter.db.models.sponsor import Sponsor\n")
    both.run(*OLD, "upgrade", "head")

    both.run(*NEW, "revision", "--autogenerate", "-m", "initial")
    both.run(*NEW, "upgrade", "head")

    for alembic in (OLD, NEW):
        assert "No new upgrade operations detected" in both.run(*alembic, "check")


VECTORS = """
import asyncio
import os

import asyncpg
from alembic import command
from alembic.config import Config
from pgvector.sqlalchemy import Vector
from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, text

from shelter.db.models import Base

THEIRS = [
    "CREATE EXTENSION vector",
    "CREATE FUNCTION code() RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$",
    "CREATE TABLE codes (code text PRIMARY KEY)",
]


async def prepare():
    connection = await asyncpg.connect(os.environ["DATABASE_URL"].replace("+psycopg", ""))
    for statement in THEIRS:
        await connection.execute(statement)
    await connection.close()


asyncio.run(prepare())
Table("codes", Base.metadata, Column("code", Text, primary_key=True), schema="public")
Table(
    "texts",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("code", ForeignKey("public.codes.code"), server_default=text("code()")),
    at := Column("at", Vector(3)),
    Index("ix", "at", postgresql_using="hnsw", postgresql_ops={"at": "vector_l2_ops"}),
)
config = Config("alembic_db.ini")
command.revision(config, "first", autogenerate=True, rev_id="1")
command.upgrade(config, "head")
command.check(config)
at.type = Vector(4)
command.revision(config, "second", autogenerate=True, rev_id="2")
command.upgrade(config, "head")
command.check(config)
command.downgrade(config, "base")
"""


def test_extensions_are_where_the_application_finds_them(both: BothLayers) -> None:
    both.run("-c", VECTORS)

    [second] = (both.project / "alembic_db" / "versions").glob("*_second.py")
    assert "type_=pgvector.sqlalchemy.vector.VECTOR(dim=4)" in second.read_text()


@pytest.mark.thorough
def test_an_autogenerate_that_sees_every_schema_is_told_of(both: BothLayers) -> None:
    env = both.project / "alembic" / "env.py"
    seeing = "target_metadata=Base.metadata,\n    include_schemas=True"
    env.write_text(
        env.read_text().replace("target_metadata=Base.metadata)", f"{seeing},\n    # more\n)")
    )
    answers = Answers.of(yaml.safe_load((both.project / ANSWERS_FILE).read_text()))

    [note] = make_plan(both.project, answers).notes

    told, addition = note.splitlines()
    assert told.startswith("alembic/env.py, line 33:")
    env.write_text(env.read_text().replace("# more", addition))
    assert not make_plan(both.project, answers).notes
    both.run(*NEW, "revision", "--autogenerate", "-m", "initial")
    for alembic in (OLD, NEW):
        both.run(*alembic, "upgrade", "head")
    assert "No new upgrade operations detected" in both.run(*OLD, "check")


@pytest.mark.parametrize("taken", ["app/database.py", "app/models/user.py", "app/seeds.py"])
def test_taken_modules(template: Path, tmp_path: Path, taken: str) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    (project / taken).parent.mkdir(exist_ok=True)
    (project / taken).write_text("ANSWER = 42\n")
    (project / "app" / "db.py").touch()

    add_layer(template, project)

    assert (project / taken).read_text() == "ANSWER = 42\n"
    assert (project / "app" / "database" / "database.py").exists() != taken.endswith("database.py")
    assert len(list(project.glob("app/*/database_kit/settings.py"))) == 1
    main = (project / "app" / "main.py").read_text()
    assert re.search(r"from app\.\w+\.database import install_database", main)


def test_taken_names_at_the_root(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    taken = ("alembic/notes.txt", "DATABASE.md", "tests/database/test_mine.py")
    for name in taken:
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("# mine\n")

    add_layer(template, project)

    for name in taken:
        assert (project / name).read_text() == "# mine\n"
    assert not (project / "alembic" / "env.py").exists()
    assert not (project / "alembic.ini").exists()
    guide = (project / "DATABASE_LAYER.md").read_text()
    assert "uv run alembic -c alembic_db.ini upgrade head" in guide
    assert "tests/database_layer" in guide
    ini = (project / "alembic_db.ini").read_text()
    assert "script_location = %(here)s/alembic_db\n" in ini
    assert (project / "tests" / "database_layer" / "conftest.py").exists()


@pytest.mark.parametrize(
    ("project", "schema"),
    [
        ("shop", "shop_layer"),
        ("My Shop, 2nd", "my_shop_2nd_layer"),
        ("3d-prints", "database_3d_prints_layer"),
        ("Ölmühle", "lm_hle_layer"),
        ("店", "database_layer"),
        ("x" * 80, "x" * 57 + "_layer"),
    ],
)
def test_the_schemas_name(project: str, schema: str) -> None:
    assert schema_name(project) == schema
    assert not list(bad_answer({"db_schema": schema}))


@pytest.mark.parametrize("schema", ["Shop", "pg_shop", "a-b", "2nd", "x" * 64, "a;b", "a\n"])
def test_no_schema(schema: str) -> None:
    assert len(list(bad_answer({"db_schema": schema}))) == 1


def test_the_projects_readme_names_it() -> None:
    assert f"`{NAME}`" in (PROJECTS / "README.md").read_text(encoding="utf-8")
