"""How env.py and Alembic's settings may be written."""

from pathlib import Path

import pytest

from extensions.conversion.adopted_layer import read_adopted_layer
from extensions.conversion.modules import UnprovenError
from tests.conversion.test_adopted_layer import ENGINE, ENV, FIRST, MODELS, PROJECT, read
from tests.inspection.trees import inspect_files

OF_ENV = "from app.models import Base\n"
SQLMODEL = """\
from sqlmodel import SQLModel


class Base(SQLModel):
    pass


class Item(Base, table=True):
    id: int
"""
MADE_WITHIN = """\
from sqlalchemy.ext.asyncio import create_async_engine


def make(settings):
    return create_async_engine(settings.url)
"""
TOML = '\n[tool.alembic]\nscript_location = "alembic"\n'


@pytest.mark.parametrize(
    ("env", "models"),
    [
        (ENV.replace("import Base", "import *"), {}),
        # It is passed on, and several of them are read.
        (
            ENV.replace(OF_ENV, "from app.tables import *\nfrom app.more import *\n"),
            {"app__more_py": "from .models import *\n", "app__tables_py": "import sqlalchemy\n"},
        ),
    ],
)
def test_a_base_that_is_imported_by_an_asterisk(
    tmp_path: Path, env: str, models: dict[str, str]
) -> None:
    layer = read(tmp_path, alembic__env_py=env, **models)

    assert layer.base == "app.models:Base"
    assert set(layer.models) == ({"app.more", "app.tables"} if models else set())


def test_an_asterisk_gives_what_all_names(tmp_path: Path) -> None:
    env = ENV.replace("import Base", "import *")

    with pytest.raises(UnprovenError, match="Base is not imported from the project"):
        read(tmp_path, alembic__env_py=env, app__models_py=f'{MODELS}\n__all__ = ["Item"]\n')


@pytest.mark.parametrize(
    ("body", "is_shared"), [("    pass\n", True), ("    metadata = MetaData()\n", False)]
)
def test_a_base_between_sqlmodel_and_the_models(
    tmp_path: Path, body: str, *, is_shared: bool
) -> None:
    models = SQLMODEL.replace("    pass\n", body)

    if is_shared:
        assert read(tmp_path, app__models_py=models).base == "sqlmodel:SQLModel"
    else:
        with pytest.raises(UnprovenError, match=r"but most models are sqlmodel:SQLModel"):
            read(tmp_path, app__models_py=models)


@pytest.mark.parametrize(
    ("written", "table"),
    [
        ("version_table_schema=None", "alembic_version"),
        ("version_table_schema=target_metadata.schema", "alembic_version"),
        ("version_table=TABLE", "steps"),
    ],
)
def test_a_version_table_in_the_default_schema(tmp_path: Path, written: str, table: str) -> None:
    env = ENV.replace("target_metadata)", f"target_metadata, {written})")

    layer = read(tmp_path, alembic__env_py=env.replace("\ntarget", '\nTABLE = "steps"\ntarget', 1))

    assert layer.version_table == table


def test_a_version_table_in_the_schema_of_the_models(tmp_path: Path) -> None:
    models = MODELS.replace("    pass", '    metadata = MetaData(schema="shop")')
    env = ENV.replace("data)", "data, version_table_schema=target_metadata.schema)")

    with pytest.raises(UnprovenError, match="version_table_schema has a place of its own"):
        read(tmp_path, alembic__env_py=env, app__models_py=models)


def test_settings_of_alembic_in_pyproject(tmp_path: Path) -> None:
    files = {**PROJECT, "pyproject.toml": PROJECT["pyproject.toml"] + TOML}
    del files["alembic.ini"]

    layer = read_adopted_layer(tmp_path, inspect_files(tmp_path, files))

    assert (layer.ini, layer.migrations_dir) == ("pyproject.toml", "alembic")


def test_an_ini_file_that_only_has_loggers(tmp_path: Path) -> None:
    layer = read(
        tmp_path,
        pyproject_toml=PROJECT["pyproject.toml"] + TOML,
        alembic_ini="[loggers]\nkeys = root\n",
    )

    assert layer.ini == "pyproject.toml"


@pytest.mark.parametrize(
    ("location", "run_in"),
    [("migrations", "app"), ("app/migrations", ""), ("%(here)s/migrations", ""),
     ("app:migrations", "")],
)  # fmt: skip
def test_an_ini_file_below_the_root(tmp_path: Path, location: str, run_in: str) -> None:
    files = {name: text for name, text in PROJECT.items() if not name.startswith("alembic")}
    files["app/migrations/env.py"] = ENV
    files["app/migrations/versions/a1.py"] = FIRST
    # Its generator's comments have the token, too.
    files["app/alembic.ini"] = f"[alembic]\n# %(here)s\nscript_location = {location}\n"

    layer = read_adopted_layer(tmp_path, inspect_files(tmp_path, files))

    assert (layer.ini, layer.run_in) == ("app/alembic.ini", run_in)
    assert layer.as_answer().get("run_in", "") == run_in


def test_an_env_py_that_no_settings_lead_to(tmp_path: Path) -> None:
    old = ENV.replace("target", "run_migrations = 1\ntarget", 1)

    assert read(tmp_path, old__env_py=old).migrations_dir == "alembic"


@pytest.mark.parametrize(
    ("code", "url"),
    [
        ('config.set_main_option("sqlalchemy.url", settings.url)', "settings.url"),
        ('config.set_main_option("sqlalchemy.url", str(settings.url).replace("%", "%%"))',
         "str(settings.url)"),
        ('config.set_main_option("sqlalchemy.url", f"{settings.url}?async_fallback=True")',
         "str(settings.url)"),
        ('config.set_main_option("sqlalchemy.url", settings.url + "?async_fallback=True")',
         "settings.url"),
        ('config.set_main_option("sqlalchemy.url", config.attributes.get("url", settings.url))',
         "settings.url"),
        ('section["sqlalchemy.url"] = settings.url', "settings.url"),
        ("from sqlalchemy import create_engine\nengine = create_engine(settings.url)",
         "settings.url"),
        ("def url():\n    found = settings.url\n    if not found:\n        raise ValueError\n"  # noqa: ISC004
         '    return found\nconfig.set_main_option("sqlalchemy.url", url())', "settings.url"),
    ],
)  # fmt: skip
def test_the_url_of_migrations_where_the_engines_is_not_known(
    tmp_path: Path, code: str, url: str
) -> None:
    env = ENV.replace(OF_ENV, f"from app.settings import settings\n{OF_ENV}\n{code}\n")

    layer = read(tmp_path, app__db_py=MADE_WITHIN, alembic__env_py=env)

    assert (layer.url.text, layer.engine.partition(",")[0]) == (url, "alembic/env.py")
    assert layer.url.imports == ("from app.settings import settings",)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ('config.set_main_option("sqlalchemy.url", "postgresql://db")', "the parameter settings"),
        ('import os\nconfig.set_main_option("sqlalchemy.url", os.environ["U"])', "the parameter"),
        ('config.set_main_option("sqlalchemy.url", settings.url)\n'  # noqa: ISC004
         'config.set_main_option("sqlalchemy.url", settings.other)', "the parameter settings"),
    ],
)  # fmt: skip
def test_a_url_of_migrations_that_proves_nothing(tmp_path: Path, code: str, reason: str) -> None:
    env = ENV.replace(OF_ENV, f"from app.settings import settings\n{OF_ENV}\n{code}\n")

    with pytest.raises(UnprovenError, match=reason):
        read(tmp_path, app__db_py=MADE_WITHIN, alembic__env_py=env)


def test_a_url_that_only_the_application_has(tmp_path: Path) -> None:
    engine = ENGINE.replace("import settings", "import Settings").replace(
        "engine =", "settings = Settings()\nengine =", 1
    )

    with pytest.raises(UnprovenError, match=r"the URL comes from app/main\.py, which would import"):
        read(tmp_path, app__db_py="", app__main_py=f"{PROJECT['app/main.py']}\n{engine}")
