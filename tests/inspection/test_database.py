"""What is found of a database layer that the project has already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from extensions.inspection import Database, Finding
from tests.inspection.trees import APP, PYPROJECT, inspect_files

if TYPE_CHECKING:
    from pathlib import Path

BASE = "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n"
SYNC = """\
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker

engine = create_engine("postgresql://")
SessionLocal = sessionmaker(engine)


def get_db():
    with SessionLocal() as session:
        yield session
"""
ASYNC = SYNC.replace("create_engine", "create_async_engine").replace("def ", "async def ")
ALEMBIC_ENV = "from alembic import context\n\n\ncontext.configure(url='')\n"


def database_of(files: dict[str, str], tmp_path: Path) -> Database:
    return inspect_files(
        tmp_path, {"pyproject.toml": PYPROJECT, "app/main.py": APP, **files}
    ).database


def test_a_requirement_alone_is_no_layer(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path, {"requirements.txt": "fastapi\nsqlalchemy\nalembic\n", "app/main.py": APP}
    )
    assert facts.database == Database()
    assert facts.existing_layer == ()
    assert "sqlalchemy" in facts.requirements


@pytest.mark.parametrize(
    ("files", "use"),
    [
        ({"app/db.py": SYNC}, "sync"),
        ({"app/db.py": ASYNC}, "async"),
        ({"app/db.py": BASE}, "sync"),
        ({"tests/conftest.py": SYNC}, "none"),
        ({"vendor/lib/db.py": SYNC}, "none"),
        ({"alembic/env.py": f"{ALEMBIC_ENV}from sqlalchemy import engine_from_config\n"}, "none"),
        ({"app/db.py": "# from sqlalchemy import create_engine\n"}, "none"),
        ({"app/models.py": "from sqlmodel import SQLModel\nclass A(SQLModel, table=True): ..."},
         "sync"),
    ],
)  # fmt: skip
def test_sqlalchemy(files: dict[str, str], use: str, tmp_path: Path) -> None:
    assert database_of(files, tmp_path).sqlalchemy == use


BASES = {
    "a declarative class": ({"app/db.py": BASE}, "app.db:Base"),
    "with a mixin before it": (
        {"app/db.py": BASE.replace("(Decl", "(AsyncAttrs, Decl")}, "app.db:Base",
    ),
    "a call": (
        {"app/db.py": "from sqlalchemy import orm\n\nModel = orm.declarative_base()\n"},
        "app.db:Model",
    ),
    "an annotated call": (
        {"app/db.py": "from sqlalchemy.orm import declarative_base as d\nimport sqlalchemy\n"
                      "Base: Any = sqlalchemy.orm.declarative_base()\n"},
        "app.db:Base",
    ),
    "a decorator": (
        {"app/db.py": "from sqlalchemy.orm import as_declarative\n\n\n@as_declarative()\n"
                      "class Base:\n    pass\n"},
        "app.db:Base",
    ),
    "an alias that the models use": (
        {"app/db.py": f"{BASE.replace('Base(', 'Table(')}\n\nBase = Table\n",
         "app/user.py": "import sqlalchemy\nfrom app.db import Base\n\n\nclass U(Base): ...\n"},
        "app.db:Base",
    ),
    "of two, the one that the models use": (
        {"app/a.py": BASE, "app/b.py": BASE,
         "app/user.py": "import sqlalchemy\nfrom app.b import Base\n\n\nclass U(Base): ...\n"},
        "app.b:Base",
    ),
    "SQLModel": (
        {"app/m.py": "from sqlmodel import SQLModel\n\n\nclass A(SQLModel, table=True): ...\n"},
        "sqlmodel:SQLModel",
    ),
    "SQLModel although a base is there": (
        {"app/m.py": "from sqlmodel import SQLModel\n\n\nclass A(SQLModel, table=True): ...\n",
         "app/db.py": BASE},
        "sqlmodel:SQLModel",
    ),
    "above the models, where a library's base is above it": (
        {"app/db.py": "import sqlalchemy\nfrom library import UUIDBase\n\n\n"
                      "class Record(UUIDBase):\n    __abstract__ = True\n",
         "app/user.py": "from sqlalchemy.orm import mapped_column\nfrom app.db import Record\n\n\n"
                        "class A(Record):\n    x = mapped_column()\n\n\nclass B(Record): ...\n"},
        "app.db:Record",
    ),
    "none": ({"app/db.py": SYNC}, None),
}  # fmt: skip


@pytest.mark.parametrize(("files", "base"), BASES.values(), ids=BASES.keys())
def test_base_class(files: dict[str, str], base: str | None, tmp_path: Path) -> None:
    assert database_of(files, tmp_path).base_class == base


ROUTE = "from fastapi import Depends\nfrom sqlalchemy.orm import Session\n"
SESSIONS = {
    "a generator that nothing depends on": ({"app/db.py": SYNC}, "app.db:get_db"),
    "the one that parameters depend on": (
        {"app/db.py": f"{SYNC}\n\ndef get_session():\n    yield SessionLocal()\n",
         "app/users.py": f"{ROUTE}from app.db import get_session\n\n\n"
                         "def read(db: Session = Depends(get_session)): ...\n"},
        "app.db:get_session",
    ),
    "an annotated one, far from the engine": (
        {"app/db.py": ASYNC,
         "app/deps.py": "from typing import Annotated\nfrom sqlalchemy.ext.asyncio import "
                        "AsyncSession\n\n\nasync def session():\n    yield 1\n\n\n"
                        "DB = Annotated[AsyncSession, Depends(session)]\n"},
        "app.deps:session",
    ),
    "through a module": (
        {"app/db.py": SYNC,
         "app/users.py": f"{ROUTE}from app import db\n\n\n"
                         "def read(s: Session = Depends(db.get_db)): ...\n"},
        "app.db:get_db",
    ),
    "a method of an object": (
        {"app/db.py": "import sqlalchemy\n\nhelper = Helper()\n",
         "app/users.py": f"{ROUTE}from app.db import helper\n\n\n"
                         "def read(s: Session = Depends(helper.session)): ...\n"},
        "app.db:helper.session",
    ),
    "not annotated": (
        {"app/db.py": SYNC,
         "app/users.py": f"{ROUTE}from .db import get_db\n\n\ndef read(db=Depends(get_db)): ...\n"},
        "app.db:get_db",
    ),
    "not a client that is called db": (
        {"app/db.py": BASE, "app/client.py": "def get_client():\n    return 1\n",
         "app/users.py": f"{ROUTE}from app.client import get_client\n\n\n"
                         "def read(db=Depends(get_client)): ...\n"},
        None,
    ),
    "not a context manager": (
        {"app/db.py": SYNC.replace("def get_db", "@contextmanager\ndef get_db")}, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("files", "session"), SESSIONS.values(), ids=SESSIONS.keys())
def test_session_dependency(files: dict[str, str], session: str | None, tmp_path: Path) -> None:
    assert database_of(files, tmp_path).session_dependency == session


INI = "[alembic]\nscript_location = "
ALEMBICS = {
    "at the root": (
        {"alembic.ini": f"{INI}alembic\n", "alembic/env.py": ALEMBIC_ENV}, "alembic", "alembic.ini",
    ),
    "of another name": (
        {"alembic.ini": f"{INI}%(here)s/migrations\n", "migrations/env.py": ALEMBIC_ENV},
        "migrations", "alembic.ini",
    ),
    "in the package": (
        {"app/alembic.ini": f"{INI}db/revisions\n", "app/db/revisions/env.py": ALEMBIC_ENV},
        "app/db/revisions", "app/alembic.ini",
    ),
    "as a package's resource": (
        {"app/alembic.ini": f"{INI}app:db:migrations\n", "app/db/migrations/env.py": ALEMBIC_ENV},
        "app/db/migrations", "app/alembic.ini",
    ),
    "in pyproject.toml": (
        {"pyproject.toml": f'{PYPROJECT}[tool.alembic]\nscript_location = "%(here)s/migrations"\n',
         "migrations/env.py": ALEMBIC_ENV},
        "migrations", None,
    ),
    "without an ini": ({"app/migrations/env.py": ALEMBIC_ENV}, "app/migrations", None),
    "SQL migrations": ({"migrations/001.sql": "", "migrations/run.py": "x = 1\n"}, None, None),
    "an example's": ({"examples/x/migrations/env.py": ALEMBIC_ENV}, None, None),
    "an env.py that is configuration": ({"app/env.py": "DEBUG = True\n"}, None, None),
    "another tool's env.py": ({"migrations/env.py": "def run_migrations(): ...\n"}, None, None),
}  # fmt: skip


@pytest.mark.parametrize(("files", "directory", "ini"), ALEMBICS.values(), ids=ALEMBICS.keys())
def test_alembic(
    files: dict[str, str], directory: str | None, ini: str | None, tmp_path: Path
) -> None:
    database = database_of(files, tmp_path)
    assert (database.alembic, database.alembic_ini) == (directory, ini)


SUPABASE = {
    "a requirement": ({"requirements.txt": "supabase>=2\n"}, True),
    "an import": ({"app/db.py": "from supabase import create_client\n"}, True),
    "a setting in code": ({"app/settings.py": "url = os.environ['SUPABASE_URL']\n"}, True),
    "a setting in an example": ({".env.example": "SUPABASE_URL=\n"}, True),
    "its own directory": ({"supabase/config.toml": ""}, True),
    "a field of settings": (
        {"app/settings.py": "class Settings(BaseSettings):\n    supabase_url: str\n"}, True,
    ),
    "a setting by another name": (
        {"app/settings.py": 'url: str = Field(\n    validation_alias="SUPABASE_URL")\n'}, True,
    ),
    "the address of a project": (
        {"app/settings.py": 'URL = "https://abcdef.supabase.co"\n'}, True,
    ),
    "a URL in an example": (
        {".env.example": "DATABASE_URL=postgresql://postgres@db.x.supabase.co:5432/postgres\n"},
        True,
    ),
    "not in a list of domains": ({"app/cors.py": 'KNOWN = ["*.vercel.app", "*.supabase.co"]\n'},
                                 False),
    "not in a list of secrets": ({"app/log.py": 'HIDDEN = {"AWS_KEY", "SUPABASE_KEY"}\n'}, False),
    "not in a comment of an example": ({".env.example": "# Supabase would do, too\nX=1\n"}, False),
    "none": ({"app/db.py": SYNC}, False),
}  # fmt: skip


@pytest.mark.parametrize(("files", "used"), SUPABASE.values(), ids=SUPABASE.keys())
def test_supabase(files: dict[str, str], used: bool, tmp_path: Path) -> None:  # noqa: FBT001
    assert database_of(files, tmp_path).supabase is used


def test_evidence_of_a_layer_has_file_and_line(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path,
        {
            "api/pyproject.toml": PYPROJECT,
            "api/app/main.py": APP,
            "api/app/db.py": SYNC,
            "api/app/base.py": BASE,
            "api/alembic.ini": f"{INI}alembic\n",
            "api/alembic/env.py": ALEMBIC_ENV,
        },
    )
    assert set(facts.existing_layer) == {
        Finding("base", "app/base.py", 4, "class Base(DeclarativeBase):"),
        Finding("engine", "app/db.py", 4, 'engine = create_engine("postgresql://")'),
        Finding("session", "app/db.py", 8, "def get_db():"),
        Finding("alembic", "alembic.ini", 2, "script_location"),
    }


ENGINES = {
    "through a module": ("import sqlalchemy as sa\n\nengine = sa.create_engine('x')\n", 3),
    "by another name": ("from sqlalchemy import create_engine as make\n\nengine = make('x')\n", 3),
    "from a dictionary": (
        "from sqlalchemy import engine_from_config\n\nengine = engine_from_config({})\n", 3,
    ),
    "a function of their own": (
        "import sqlalchemy\ndef create_engine(kind):\n    ...\nengine = create_engine('x')\n", None,
    ),
    "somebody else's": (
        "import sqlalchemy\nfrom inference import create_engine\nx = create_engine('x')\n", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("module", "line"), ENGINES.values(), ids=ENGINES.keys())
def test_engine(module: str, line: int | None, tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path, {"pyproject.toml": PYPROJECT, "app/main.py": APP, "app/db.py": module}
    )
    found = [finding.line for finding in facts.existing_layer if finding.kind == "engine"]
    assert found == ([line] if line else [])
