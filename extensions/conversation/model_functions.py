"""What copier.yml and the template's files call for the models that were asked for."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from copier.errors import UserMessageError
from jinja2 import pass_context

from ..adoption.layer_requirements import version
from ..packages import how_to_get
from ..python_text.imports import exports, import_statement, sorted_exports
from .context import CopierContext, answers_of

if TYPE_CHECKING:
    from jinja2.runtime import Context

    from ..answers import Answers
    from ..models_on_request.files import ModelFile, OtherSides
    from ..models_on_request.model_tests import ModelTests
    from ..models_on_request.requests import RequestedModels
    from ..models_on_request.schema import Schema
    from ..models_on_request.seeds import ModelSeeds

MESSAGE_PREFIX = "Validation error for question 'db_models': "
"""What Copier puts before the message of a validator, on the one line that there is for both."""


@pass_context
def model_problem(context: Context, text: str) -> str:
    """What is wrong with an answer to `db_models`, for the prompt; empty when nothing is.

    Nobody is at a prompt for an answer that is given: the plan stops at it in whole sentences.
    """
    state = CopierContext(context)
    if text == state.known.get("db_models"):
        return ""
    # The rest would be cut off at the edge of the terminal.
    width = get_terminal_size().columns - len(MESSAGE_PREFIX)
    return _problem(replace(state.answers, models=text), width=width)


def problem_with_models(answers: Answers) -> str:
    """What is wrong with the models, beside the other parts that were asked for; else empty."""
    problem = _problem(answers)
    return f"db_models, {problem}" if problem else ""


@pass_context
def example_fits(context: Context) -> bool:
    """Whether the example has no name that the models have."""
    alone, beside = (
        replace(answers_of(context), example_model=is_there) for is_there in (False, True)
    )
    return bool(_problem(alone)) or not _problem(beside)


@pass_context
def requested_models(context: Context) -> tuple[ModelFile, ...]:
    """The files of the models."""
    return _requested(answers_of(context)).files if context["db_models"].strip() else ()


@pass_context
def relations_of(context: Context, name: str) -> OtherSides:
    """What the models add to one of the users."""
    return _requested(answers_of(context)).relations_of(name)


@pass_context
def test_of_models(context: Context) -> ModelTests:
    """What the file that tests the models says."""
    return _requested(answers_of(context)).tests


@pass_context
def seeds_of_models(context: Context) -> ModelSeeds:
    """What the seeds say of the models."""
    return _requested(answers_of(context)).seeds


@pass_context
def models_have(context: Context, what: str) -> bool:
    """Whether the models have vectors, or text to search."""
    if not context["db_models"].strip():
        return False
    schema = _requested(answers_of(context)).schema
    return {"vectors": schema.has_vectors, "search": schema.has_search}[what]


def schema_of(answers: Answers) -> Schema | None:
    """What the models mean together; None without any."""
    return _requested(answers).schema if answers.models.strip() else None


def exported_names(*names: str) -> str:
    """The value of `__all__`."""
    return exports([f'"{name}"' for name in sorted_exports(names)])


def from_import(module: str, *names: str, indent: int = 0) -> str:
    """An import from a package, without the names that are empty."""
    return import_statement(module, ", ".join(filter(None, names)), indent=indent)


def _problem(answers: Answers, width: int | None = None) -> str:
    if not answers.models.strip():
        return ""
    try:
        _requested(answers)
    except _requests().ModelsError as error:
        return str(error) if width is None else error.brief(width)
    return ""


def _requested(answers: Answers) -> RequestedModels:
    is_there = {
        "example": answers.example_model,
        "supabase": answers.is_supabase,
        "profiles": answers.is_supabase and answers.auth_tables,
        "users": not answers.is_supabase and answers.auth_tables,
        "tenants": answers.tenants,
    }
    models: RequestedModels = _requests().requested(
        answers.models,
        beside=tuple(name for name in is_there if is_there[name]),
        python=version(answers.python),
        database_schema=answers.schema,
    )
    return models


def _requests() -> Any:  # noqa: ANN401 - a module
    # Most projects ask for no models, and need neither the package nor what makes them.
    if find_spec("pluralizer") is None:
        raise UserMessageError(how_to_get("pluralizer"))
    return import_module("..models_on_request.requests", __package__)


MODEL_FUNCTIONS = {
    "example_fits": example_fits,
    "exported_names": exported_names,
    "from_import": from_import,
    "model_problem": model_problem,
    "models_have": models_have,
    "relations_of": relations_of,
    "requested_models": requested_models,
    "seeds_of_models": seeds_of_models,
    "test_of_models": test_of_models,
}
"""By the names that the templates use."""
