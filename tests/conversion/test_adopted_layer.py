"""What reading proves of a project's own layer, and what it says where it proves nothing."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from extensions.conversion.adopted_layer import AdoptedLayer, read_adopted_layer
from extensions.conversion.import_block import import_block, wrapped
from extensions.conversion.modules import UnprovenError
from tests.inspection.trees import APP, inspect_files

PYPROJECT = """\
[project]
name = "shop"
requires-python = ">=3.11"
dependencies = ["alembic", "asyncpg", "fastapi>=0.121", "sqlalchemy[asyncio]>=2.0.40"]
"""
SETTINGS = "class Settings:\n    url = ''\n\n\nsettings = Settings()\n"
ENGINE = """\
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine

from app.settings import settings

engine = create_async_engine(settings.url)
Session = async_sessionmaker(engine)
"""
LOCAL = ENGINE.replace("engine =", "if True:", 1)
SYNC = ENGINE.replace(".ext.asyncio", "").replace("async_", "")
WITH_PSYCOPG = PYPROJECT.replace("asyncpg", "psycopg")
BY_EXTRA = PYPROJECT.replace('"asyncpg", ', "").replace("[asyncio]", "[postgresql-{}]")
MODELS = """\
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Item(Base):
    __tablename__ = "items"

    id: Mapped[int] = mapped_column(primary_key=True)
"""
ENV = """\
from alembic import context

from app.models import Base

target_metadata = Base.metadata
context.configure(target_metadata=target_metadata)
"""
FIRST = 'revision = "a1"\ndown_revision = None\n\n\ndef upgrade():\n    op.create_table("items")\n'
PROJECT = {
    "pyproject.toml": PYPROJECT,
    "app/__init__.py": "",
    "app/main.py": APP,
    "app/settings.py": SETTINGS,
    "app/db.py": ENGINE,
    "app/models.py": MODELS,
    "alembic.ini": "[alembic]\nscript_location = alembic\n",
    "alembic/env.py": ENV,
    "alembic/versions/a1.py": FIRST,
}


def read(directory: Path, **files: str) -> AdoptedLayer:
    """Read the project with some of its files replaced; `/` and `.` in names are `__` and `_`."""
    named = {_path(name): text for name, text in files.items()}
    tree: Mapping[str, str] = {**PROJECT, **named}
    return read_adopted_layer(directory, inspect_files(directory, tree))


def _path(name: str) -> str:
    place, _, ending = name.replace("__", "/").rpartition("_")
    return f"{place}.{ending}"


def test_what_is_proven(tmp_path: Path) -> None:
    layer = read(tmp_path)

    assert layer.as_answer() == {
        "base": "app.models:Base",
        "models": [],
        "url": "settings.url",
        "url_imports": ["from app.settings import settings"],
        "factories": ["app.db:Session"],
        "heads": ["a1"],
        "version_table": "alembic_version",
        "migrations_dir": "alembic",
        "alembic_ini": "alembic.ini",
        "driver": "asyncpg",
        "sessions": "async",
    }
    assert (layer.migrations_dir, layer.ini) == ("alembic", "alembic.ini")


@pytest.mark.parametrize(
    ("code", "url", "imports"),
    [
        ("from .settings import settings\nx = create_async_engine(url=str(settings.url))",
         "str(settings.url)", ["from app.settings import settings"]),
        ("from . import settings as s\nx = create_async_engine(s.settings.url)",
         "s.settings.url", ["from app import settings as s"]),
        ("import app.settings\nx = create_async_engine(app.settings.settings.url)",
         "app.settings.settings.url", ["import app.settings"]),
        # A name for what the settings say follows them.
        ("from .settings import settings\nURL = settings.url\nx = create_async_engine(URL)",
         "settings.url", ["from app.settings import settings"]),
        ("from .settings import settings\nx = create_async_engine(f'{settings.url}/db')",
         'f"{settings.url}/db"', ["from app.settings import settings"]),
        # Another object would not be the project's.
        ("from .settings import Settings\nown = Settings()\nx = create_async_engine(own.url)",
         "own.url", ["from app.db import own"]),
        # What comes first may have filled the environment.
        ("import os\nURL = os.environ['URL']\nx = create_async_engine(URL)",
         "URL", ["from app.db import URL"]),
        ("from .settings import settings\ndef make(u):\n    return create_async_engine(u)\n"  # noqa: ISC004
         "x = make(settings.url)", "settings.url", ["from app.settings import settings"]),
        ("from .settings import settings\ndef make():\n    url = settings.url\n"  # noqa: ISC004
         "    return create_async_engine(url)\n", "settings.url",
         ["from app.settings import settings"]),
        # The engine itself knows.
        ("x = create_async_engine('postgresql://db')", "x.url", ["from app.db import x"]),
        ("def make():\n    e = create_async_engine('postgresql://db')\n    return e\nx = make()",
         "x.url", ["from app.db import x"]),
        # By the default of a parameter that no call gives.
        ("from .settings import url_of\ndef make(*, test=False):\n"  # noqa: ISC004
         "    e = create_async_engine(url_of(test=test))\n    return Maker(e)\nx = make()",
         "url_of(test=False)", ["from app.settings import url_of"]),
        ("class Db:\n    def __init__(self):\n        self.e = create_async_engine('x')\n"  # noqa: ISC004
         "db = Db()", "db.e.url", ["from app.db import db"]),
        # For the driver alone.
        ("from .settings import settings\ndef make(url):\n"  # noqa: ISC004
         "    if url.startswith('postgres:'):\n"
         "        url = url.replace('postgres:', 'postgresql:')\n"
         "    return create_async_engine(url)\nx = make(settings.url)\n",
         "settings.url", ["from app.settings import settings"]),
        ("from sqlalchemy import URL\nfrom .settings import settings\n"  # noqa: ISC004
         "x = create_async_engine(URL.create('postgresql+asyncpg', host=settings.url))",
         'URL.create("postgresql+asyncpg", host=settings.url)',
         ["from app.settings import settings", "from sqlalchemy import URL"]),
    ],
)  # fmt: skip
def test_the_url(tmp_path: Path, code: str, url: str, imports: list[str]) -> None:
    engine = f"from sqlalchemy.ext.asyncio import create_async_engine\n{code}\n"

    found = read(tmp_path, app__db_py=engine).url

    assert (found.text, list(found.imports)) == (url, imports)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"app__db_py": LOCAL.replace("settings.url)", "'postgresql://db')")},
         "app/db.py, line 5: the engine's URL is written out"),
        ({"app__db_py": f"{ENGINE}test = create_async_engine(settings.test_url)\n"},
         "app/db.py, line 5: the engines have different URLs"),
        ({"app__db_py": ENGINE.replace("engine = create_async_engine(settings.url)",
                                       "def make(url):\n    return create_async_engine(url)")},
         "app/db.py, line 6: the engine's URL is the parameter url of make()"),
        # What a function returns is no engine because one is made in it.
        ({"app__db_py": "from sqlalchemy.ext.asyncio import create_async_engine\n"
          "def make(**url):\n    e = create_async_engine(**url)\n    return Maker(e)\n"
          "Session = make(url=input())"},
         "app/db.py, line 3: the engine's URL is not among its arguments"),
        ({"app__db_py": LOCAL.replace("from app.settings", "from shared.settings")},
         "app/db.py, line 5: settings comes from outside of the project"),
        ({"alembic__env_py": ENV.replace("Base.metadata", "None")},
         "alembic/env.py, line 5: target_metadata is `None`"),
        ({"alembic__env_py": ENV.replace("app.models", "lib.models")},
         "alembic/env.py, line 5: Base comes from lib.models, which is no module of the project"),
        ({"alembic__env_py": ENV.replace("target_metadata)", "x, version_table_schema='y')")},
         "alembic/env.py, line 6: the version_table_schema has a place of its own"),
        ({"alembic__versions__b2_py": FIRST.replace("a1", "b2")},
         "alembic/versions: the history has no single head (a1, b2)"),
        ({"other__env_py": ENV.replace("target", "run_migrations = 1\ntarget", 1),
          "other_ini": "[alembic]\nscript_location = other\n"},
         "app: one Alembic environment is needed; found: alembic.ini, line 2, other.ini, line 2"),
        ({"pyproject_toml": PYPROJECT.replace("asyncpg", "aiosqlite")},
         "pyproject.toml, line 4: the database is SQLite; move to PostgreSQL first"),
        ({"pyproject_toml": PYPROJECT.replace('"asyncpg", ', "")},
         "pyproject.toml: no async driver for PostgreSQL is among the requirements"),
        ({"app__db_py": SYNC}, "pyproject.toml: no sync driver for PostgreSQL"),
        ({"app__db_py": SYNC, "pyproject_toml": WITH_PSYCOPG,
          "app__settings_py": f"# sqlite:// or\n{SETTINGS}"},
         "app/settings.py, line 1: it may be SQLite"),
        ({"app__db_py": f"# or SQLite\n{ENGINE}",
          "pyproject_toml": PYPROJECT.replace('"asyncpg"', '"aiosqlite", "asyncpg"')},
         "app/db.py, line 1: it may be SQLite"),
    ],
)  # fmt: skip
def test_what_is_not_proven(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    with pytest.raises(UnprovenError) as unproven:
        read(tmp_path, **files)

    assert str(unproven.value).startswith(reason)


@pytest.mark.parametrize(
    ("models", "env", "base"),
    [
        (
            "from sqlmodel import SQLModel\n\n\nclass Item(SQLModel, table=True):\n    id: int\n",
            ENV.replace("app.models import Base", "sqlmodel import SQLModel").replace(
                "Base.", "SQLModel."
            ),
            "sqlmodel:SQLModel",
        ),
        # All models are those of a class in between.
        (MODELS.replace("Item(Base)", "Own(Base):\n    pass\n\n\nclass Item(Own)"), ENV,
         "app.models:Base"),
        (
            MODELS.replace("    pass", "    metadata = tables").replace(
                "\n\n\nclass B", "\n\ntables = MetaData()\n\n\nclass B", 1
            ),
            ENV.replace("import Base", "import tables").replace("Base.metadata", "tables"),
            "app.models:Base",
        ),
    ],
)  # fmt: skip
def test_the_base(tmp_path: Path, models: str, env: str, base: str) -> None:
    env = env.replace("\n\nt", "\nimport app.tables\n\nt", 1)

    layer = read(
        tmp_path,
        app__models_py=models,
        alembic__env_py=env,
        app__tables_py="import sqlalchemy\n",
    )

    assert (layer.base, layer.models) == (base, ("app.tables",))


def test_a_module_of_models_that_passes_the_base_on(tmp_path: Path) -> None:
    models = "from sqlmodel import SQLModel\n\n\nclass Item(SQLModel, table=True):\n    id: int\n"
    env = ENV.replace("import Base", "import SQLModel").replace("Base.", "SQLModel.")

    layer = read(tmp_path, app__models_py=models, alembic__env_py=env)

    assert (layer.base, layer.models) == ("sqlmodel:SQLModel", ("app.models",))


def test_a_driver_that_is_an_extra_of_sqlalchemy(tmp_path: Path) -> None:
    layer = read(tmp_path, pyproject_toml=BY_EXTRA.format("asyncpg"))

    assert layer.driver == "asyncpg"


@pytest.mark.parametrize(
    ("engine", "requirements", "driver", "sessions"),
    [
        (ENGINE, WITH_PSYCOPG.replace("psycopg", "psycopg[binary]"), "psycopg", "async"),
        (SYNC, WITH_PSYCOPG.replace("psycopg", "psycopg2-binary"), "psycopg2", "sync"),
        (SYNC, WITH_PSYCOPG, "psycopg", "sync"),
        (SYNC, BY_EXTRA.format("psycopg2binary"), "psycopg2", "sync"),
        (SYNC, BY_EXTRA.format("psycopg"), "psycopg", "sync"),
        (ENGINE, BY_EXTRA.format("psycopgbinary"), "psycopg", "async"),
    ],
)
def test_other_drivers(
    tmp_path: Path, engine: str, requirements: str, driver: str, sessions: str
) -> None:
    layer = read(tmp_path, app__db_py=engine, pyproject_toml=requirements)

    answer = layer.as_answer()
    assert (answer["driver"], answer["sessions"]) == (driver, sessions)
    # Another driver cannot share a connection of asyncpg's.
    assert (answer["factories"], answer["url"]) == ([], "settings.url")


@pytest.mark.parametrize(
    ("more", "is_proven"),
    [
        ('\n[dependency-groups]\ndev = ["aiosqlite"]\n', True),
        ('\n[project.optional-dependencies]\ntest = ["aiosqlite"]\n', True),
        ('\n[project.optional-dependencies]\nsqlite = ["aiosqlite"]\n', False),
    ],
)
def test_a_driver_that_only_tests_need(tmp_path: Path, more: str, *, is_proven: bool) -> None:
    files = {"app__db_py": f"# SQLite in tests\n{ENGINE}", "pyproject_toml": PYPROJECT + more}

    if is_proven:
        assert read(tmp_path, **files).driver == "asyncpg"
    else:
        with pytest.raises(UnprovenError, match="it may be SQLite"):
            read(tmp_path, **files)


@pytest.mark.parametrize("has_environment", [True, False])
def test_migrations_that_do_not_describe_the_tables(
    tmp_path: Path, *, has_environment: bool
) -> None:
    files = dict(PROJECT)
    del files["alembic/versions/a1.py"]
    if not has_environment:
        del files["alembic.ini"], files["alembic/env.py"]
    files["app/tables.py"] = "from app.models import Item\n\n\nclass Part(Item):\n    pass\n"

    layer = read_adopted_layer(tmp_path, inspect_files(tmp_path, files))

    assert layer.heads == ()
    assert layer.base == "app.models:Base"
    assert layer.migrations_dir == ("alembic" if has_environment else "")
    assert has_environment or layer.models == ("app.tables",)


@pytest.mark.parametrize(
    "env",
    [
        ENV.replace("target_metadata = Base.metadata", "").replace(
            "=target_metadata", "=Base.metadata"
        ),
        ENV.replace("= Base.metadata", "= [Base.metadata]"),
    ],
)
def test_metadata_that_is_written_otherwise(tmp_path: Path, env: str) -> None:
    assert read(tmp_path, alembic__env_py=env).base == "app.models:Base"


def test_of_several_engines_it_is_the_one_of_the_requests(tmp_path: Path) -> None:
    engines = f"""{ENGINE}
worker = create_async_engine(settings.worker_url)
WorkerSession = async_sessionmaker(worker)


async def get_db():
    async with Session() as session:
        yield session


async def get_worker_db():
    async with WorkerSession() as session:
        yield session
"""
    routes = f"""{APP}
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession

from app.db import get_db


@app.get("/")
async def read(db: Annotated[AsyncSession, Depends(get_db)]) -> None: ...
"""

    layer = read(tmp_path, app__db_py=engines, app__main_py=routes)

    assert layer.url.text == "settings.url"
    assert layer.engine == "app/db.py, line 5"
    assert layer.factories == ("app.db:Session",)
    with pytest.raises(UnprovenError, match="have different URLs"):
        read(tmp_path, app__db_py=engines.replace("with Session", "with make"), app__main_py=routes)
    sync = {
        file: text.replace(".ext.asyncio import AsyncSession", ".orm import Session")
        .replace(".ext.asyncio", "")
        .replace("async_", "")
        .replace("async ", "")
        .replace("AsyncSession", "Session")
        for file, text in {"app__db_py": engines, "app__main_py": routes}.items()
    }
    layer = read(tmp_path, **sync, pyproject_toml=WITH_PSYCOPG)
    assert (layer.engine, layer.factories) == ("app/db.py, line 5", ())


def test_merges_and_dependent_revisions_have_one_head(tmp_path: Path) -> None:
    second = 'revision: str = "b2"\ndown_revision: str | None = None\n'
    merge = 'revision = "c3"\ndown_revision = (\n    "a1",\n    "b2",\n)\n'

    layer = read(tmp_path, alembic__versions__b2_py=second, alembic__versions__c3_py=merge)

    assert layer.heads == ("c3",)


def test_a_long_url_has_several_lines() -> None:
    names = ("user", "password", "host", "port", "database")
    text = "".join(f"{{settings.postgres_{name}}}/" for name in names)

    lines = wrapped(f'f"{text}"', 8).splitlines()

    assert len(lines) == 3
    assert all(len(line.strip()) <= 70 for line in lines)
    assert wrapped("settings.url", 8) == "settings.url"


def test_imports_come_in_sections() -> None:
    block = import_block(
        "from sqlalchemy import make_url",
        "from app.settings import settings",
        "from sqlalchemy import URL",
        "import app.config",
        "from urllib.parse import quote",
    )

    assert block == (
        "from urllib.parse import quote\n\nfrom sqlalchemy import URL, make_url\n\n"
        "import app.config\nfrom app.settings import settings"
    )


@pytest.mark.parametrize(
    ("statement", "is_proven"),
    [
        ("from src.app.main import app", False),
        ("import src.app.main", False),
        ("from src.appendix import app", True),
        ("from .src.app import app", True),
    ],
)
def test_a_package_with_two_names(tmp_path: Path, statement: str, *, is_proven: bool) -> None:
    tree = {f"src/{name}" if name.startswith("app/") else name: PROJECT[name] for name in PROJECT}
    tree["tests/conftest.py"] = f"import pytest\n\n{statement}\n"
    facts = inspect_files(tmp_path, tree)

    if is_proven:
        assert read_adopted_layer(tmp_path, facts).base == "app.models:Base"
    else:
        reason = (
            "tests/conftest.py, line 3: it imports src.app, which others import as app; use one"
        )
        with pytest.raises(UnprovenError, match=reason):
            read_adopted_layer(tmp_path, facts)


IN_SCHEMAS = FIRST.replace('"items"', '"items", schema="shop"') + (
    '    op.create_table("logs", schema="user")\n    op.create_table("tags", schema=None)\n'
    '    op.create_table("pages", schema="public")\n    op.create_table("x", schema=f"{y}")\n'
)


@pytest.mark.parametrize(
    ("revision", "env", "schemas"),
    [
        (FIRST, ENV, None),
        (IN_SCHEMAS, ENV, ["shop", "user"]),
        (IN_SCHEMAS, f"{ENV}# connection.execute(CreateSchema('shop'))\n", None),
        (f"{IN_SCHEMAS}    op.execute('create schema if not exists shop')\n", ENV, None),
    ],
)
def test_schemas_that_nothing_creates(
    tmp_path: Path, revision: str, env: str, schemas: list[str] | None
) -> None:
    files = {"alembic__versions__a1_py": revision, "alembic__env_py": env}
    assert read(tmp_path, **files).as_answer().get("schemas") == schemas
