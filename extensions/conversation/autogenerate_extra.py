"""The extra `autogenerate`: asked for, needed by other answers, or kept by a layer that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import pass_context

from .context import CopierContext, answers_of
from .model_functions import schema_of

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from ..answers import Answers

EXTRA = "autogenerate"
MARK = "db_autogenerate_is_extra"
"""Recorded since it is an extra; every layer of PostgreSQL's had it before."""


@pass_context
def has_autogenerate(context: Context) -> bool:
    """Whether revisions follow all that PostgreSQL stores, not only what Alembic compares."""
    answers = answers_of(context)
    return EXTRA in answers.extras or bool(needed_for(answers))


def needed_for(answers: Answers) -> str:
    """What Alembic's own autogenerate could not write; empty where there is no such thing."""
    if answers.is_adopted:
        return ""
    if answers.is_supabase:
        return "policies, grants and triggers"
    if answers.tenants:
        return "the policies of tenants"
    if answers.schema:
        return "tables in a schema of their own"
    if answers.reflect:
        return "the tables that the database has"
    if "enums" in answers.extras:
        return "native enum types"
    schema = schema_of(answers)
    if schema and schema.has_vectors:
        return "the extension of vectors"
    if schema and any(link.closes_cycle for link in schema.links):
        return "foreign keys in a circle"
    return ""


@pass_context
def proposed_extras(context: Context) -> list[str]:
    """The extras that are proposed: those that a layer has, with `autogenerate` if it is older."""
    state = CopierContext(context)
    if is_from_before(state):
        return [*state.known["db_extras"], EXTRA]
    if "db_extras" in state.recorded:
        return [*state.recorded["db_extras"]]
    if state.answers.is_adopted:
        return ["doctor", "diagnostics", "errors", "health"]
    return ["doctor"]


def is_from_before(state: CopierContext) -> bool:
    """Whether the layer has autogenerate without its answers saying so."""
    is_recorded = "db_extras" in state.recorded and "db_extras" not in state.data
    is_own = state.recorded.get("db_existing") != "adopt"
    return state.has_layer and is_recorded and is_own and MARK not in state.known
