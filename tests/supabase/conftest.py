"""The servers that these tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.adopted import EXTRAS
from tests.support.environments import Environment, make_environment
from tests.support.pgbouncer import PgBouncer, pgbouncer
from tests.support.supabase import SupabaseServer, supabase_server
from tests.support.template import copy_with_layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def supabase() -> Iterator[SupabaseServer]:
    with supabase_server() as server:
        yield server


@pytest.fixture(scope="session")
def pooler(supabase: SupabaseServer) -> Iterator[PgBouncer]:
    with pgbouncer(supabase) as running:
        yield running


@pytest.fixture(scope="session")
def notes(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("supabase") / "notes"
    return copy_with_layer(template, "supabase-notes", directory, db_extras=EXTRAS)


@pytest.fixture(scope="session")
def notes_environment(environments: Path, notes: Path) -> Environment:
    install = ["-r", "pyproject.toml", "--group", "dev"]
    return make_environment(environments, "supabase-notes", install, cwd=notes)
