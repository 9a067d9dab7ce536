"""Alembic sees what is declared beside the columns, and what was changed by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.template import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.environments import Environment
    from tests.support.supabase import SupabaseServer

IMPORTS = """
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from alembic import op

"""
"""In their order where a directory is called `alembic`, and none of the application's."""


@pytest.mark.parametrize(
    "check", ["test_changes", pytest.param("test_drift", marks=pytest.mark.thorough)]
)
def test_inside_the_project(
    check: str, project: Path, environment: Environment, supabase: SupabaseServer
) -> None:
    environment.run(
        *["-m", "pytest", "-p", "no:cacheprovider", f"checks/schema/{check}.py"],
        cwd=project,
        variables={"DATABASE_URL": supabase.url("postgres")},
    )


def test_the_revision_needs_nothing_of_the_application(revision: str) -> None:
    imports = revision.partition("revision: str")[0].rpartition('"""\n')[2]

    assert imports == IMPORTS


def test_the_example_has_the_same_queries_on_both_databases() -> None:
    queries = [
        file.read_text(encoding="utf-8").partition("\nasync def ")[2]
        for file in (REPOSITORY / "template").rglob("*example.py*")
        if "models" in file.parts
    ]

    assert len(queries) == 2
    assert queries[0] == queries[1] != ""
