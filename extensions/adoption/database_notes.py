"""What is left to do in a database when the answer changes which kind it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..answers import Answers

PRIVATE = "private"
"""Where Alembic's table is on Supabase: its API exposes the default schema."""


def on_another_database(former: Answers, answers: Answers) -> Iterator[str]:
    """Yield what an update says that changes the kind of database, a sentence each.

    Args:
        former: the answers before the update.
        answers: those after it.
    """
    # A schema of the layer's own has Alembic's table on both.
    if former.type == answers.type or answers.is_adopted or answers.schema:
        return
    table = answers.version_table
    if answers.is_supabase:
        create = f"CREATE SCHEMA IF NOT EXISTS {PRIVATE}; "
        move = f"ALTER TABLE public.{table} SET SCHEMA {PRIVATE};"
        yield (
            f"{table} is in the schema {PRIVATE} on Supabase. In a database that has tables, "
            f"before the next revision: {create}{move}"
        )
        return
    yield (
        f"{table} is in the default schema on PostgreSQL. In a database that has tables: "
        f"ALTER TABLE {PRIVATE}.{table} SET SCHEMA public;"
    )
    yield (
        "Revisions that were written for Supabase refer to its schemas and roles: a new database "
        "needs one first revision instead of them."
    )
