"""Which engines and `env.py` the layer can take over, and how little of their modules changes."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from extensions.conversion.adopted_engine import engine_sites, with_layer_engine
from extensions.conversion.adopted_environment import with_layer_connection
from extensions.conversion.adopted_layer import read_adopted_layer
from extensions.conversion.modules import UnprovenError
from tests.inspection.trees import inspect_files

from .test_adopted_layer import ENGINE, PROJECT

ALIASED = "import sqlalchemy.ext.asyncio as sa\n\nengine = sa.create_async_engine(url)\n"


def sites(directory: Path, files: Mapping[str, str]) -> tuple[list[str], str]:
    """The engines of the project with some of its files replaced, and the reason for none."""
    facts = inspect_files(directory, {**PROJECT, **files})
    found, reason = engine_sites(directory, facts, read_adopted_layer(directory, facts))
    return [site.name for site in found], reason


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            ENGINE,
            ENGINE.replace(", create_async_engine", "")
            .replace("create_async_engine", "create_layer_engine")
            .replace("from app.s", "from app.kit import create_layer_engine\nfrom app.s"),
        ),
        # The import was all of its section.
        (
            ("from sqlalchemy.ext.asyncio import create_async_engine\n\n"
            "from app.settings import url\n\nengine = create_async_engine(url)\n"),
            ("from app.kit import create_layer_engine\nfrom app.settings import url\n\n"
            "engine = create_layer_engine(url)\n"),
        ),
        # Another engine has the former constructor still.
        (
            f"{ENGINE}other = create_async_engine(settings.url)\n",
            ENGINE.replace("e(s", "e( s")
            .replace("create_async_engine( ", "create_layer_engine(")
            .replace("from app.s", "from app.kit import create_layer_engine\nfrom app.s")
            + "other = create_async_engine(settings.url)\n",
        ),
        (
            ALIASED,
            "from app.kit import create_layer_engine\n\nengine = create_layer_engine(url)\n",
        ),
        ("\ufeff" + ALIASED.replace("\n", "\r\n"),
         ("\ufefffrom app.kit import create_layer_engine\r\n\r\n"
         "engine = create_layer_engine(url)\r\n")),
    ],
)  # fmt: skip
def test_one_name_and_one_import_change(content: str, expected: str) -> None:
    changed = with_layer_engine(content, file="db.py", name="engine", layer_module="app.kit")

    assert changed == expected
    again = with_layer_engine(changed, file="db.py", name="engine", layer_module="app.kit")
    assert again == expected


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"app/db.py": ENGINE.replace("engine =", "def make():\n    return", 1)},
         "app/db.py, line 6: the engine is no global of its module"),
        ({"app/db.py": f"{ENGINE}".replace("url)", "url, **{})")},
         "app/db.py, line 5: the engine's options are not written out"),
        ({"app/db.py": f"{ENGINE}".replace("url)", "url, pool_use_lifo=True)")},
         "app/db.py, line 5: the engine has the option pool_use_lifo"),
        ({"app/db.py": ENGINE.replace(
            "engine =", "def make(url):\n    return create_async_engine(url)\n\n\nold =", 1)
          .replace("create_async_engine(settings.url)", "make(settings.url)")
          .replace("Session =", "engine = make(settings.url)\nSession =")},
         "app/db.py, line 6: the call creates several engines (old, engine)"),
        ({"tests/test_db.py": "patch('app.db.create_async_engine')\n"},
         "tests/test_db.py, line 1: tests replace create_async_engine"),
        ({"tests/conftest.py": "import os\n\nos.environ['URL'] = 'sqlite+aiosqlite://'\n"},
         "tests/conftest.py, line 3: tests may run on SQLite"),
        ({"core/__init__.py": "from .db import engine as db\n", "core/db.py": ENGINE,
          "app/db.py": "from core import db\n"},
         "core/__init__.py, line 1: core.db is another object than the module"),
        ({"core/__init__.py": "", "core/db.py": ENGINE, "app/__init__.py": "from . import db\n",
          "app/db.py": "from core.db import engine\n"},
         "app/__init__.py, line 1: importing the layer would import this module"),
        ({"app/db.py": ENGINE.replace(", create", ", create_async_engine as x, create")
          .replace("settings.url)", "settings.url)  # noqa")}, ""),
    ],
)  # fmt: skip
def test_an_engine_that_stays(tmp_path: Path, files: dict[str, str], reason: str) -> None:
    found, told = sites(tmp_path, files)

    assert (bool(found), told) == (not reason, reason)


def test_those_of_the_requests_come_first(tmp_path: Path) -> None:
    worker = ENGINE.replace("engine =", "worker_engine =").replace("Session =", "Own =")
    own = "import x\nURL = 'sqlite://'\nengine = x.create_async_engine(URL)\n"

    found, _ = sites(tmp_path, {"app/a_worker.py": worker, "tests/test_db.py": own})

    assert sorted(found) == ["app.a_worker:worker_engine", "app.db:engine"]


CONNECTS = """\
from alembic import context
from sqlalchemy.ext.asyncio import async_engine_from_config


async def main():
    connectable = async_engine_from_config({})
    async with connectable.connect() as connection:
        await connection.run_sync(context.run_migrations)
"""


@pytest.mark.parametrize("made_by", ["async_engine_from_config({})", "AsyncEngine(make())"])
def test_the_connection_of_env_py(made_by: str) -> None:
    content = CONNECTS.replace("async_engine_from_config({})", made_by)

    changed = with_layer_connection(content, file="env.py", layer_module="app.kit")

    assert changed == content.replace(
        "connectable.connect()", "connect_for_migrations(connectable)"
    ).replace("from_config\n", "from_config\n\nfrom app.kit import connect_for_migrations\n", 1)
    assert with_layer_connection(changed, file="env.py", layer_module="app.kit") == changed


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (CONNECTS.replace("connect()", "begin()"), "env.py, line 7: it does not connect as"),
        (CONNECTS.replace("async_engine_from_config({})", "get_engine()"), "env.py, line 7: it"),
        (CONNECTS.replace("async with", "with"), "env.py: it does not open one connection"),
        (f"{CONNECTS}    (", "env.py: Python cannot parse it"),
    ],
)
def test_an_env_py_that_stays(content: str, reason: str) -> None:
    with pytest.raises(UnprovenError) as unproven:
        with_layer_connection(content, file="env.py", layer_module="app.kit")

    assert str(unproven.value).startswith(reason)
