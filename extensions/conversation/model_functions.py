"""What copier.yml and the template's files call for the models that were asked for."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Any

from copier.errors import UserMessageError
from jinja2 import pass_context

from ..packages import how_to_get

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jinja2.runtime import Context

    from ..models_on_request.files import ModelFile, OtherSides
    from ..models_on_request.model_tests import ModelTests
    from ..models_on_request.schema import Schema
    from ..models_on_request.seeds import ModelSeeds

MESSAGE_PREFIX = "Validation error for question 'db_models': "
"""What Copier puts before the message of a validator, on the one line that there is for both."""


def model_functions(known_answers: Callable[[Context], Mapping[str, Any]]) -> dict[str, Any]:
    """The functions, by the names that the templates use.

    Args:
        known_answers: what finds the answers that were given without a prompt.
    """

    @pass_context
    def asks_for_models(context: Context) -> bool:
        """Whether to ask; stops where a wrong answer is known, which Copier would drop or trace.

        Raises:
            UserMessageError: an answer on the command line or in the answers file is wrong.
        """
        _stop(_problem(str(known_answers(context).get("db_models", "")), *_parts(context)))
        return True

    return {
        "asks_for_models": asks_for_models,
        "check_models": check_models,
        "example_fits": example_fits,
        "exported_names": exported_names,
        "from_import": from_import,
        "model_problem": model_problem,
        "models_have_cycles": models_have_cycles,
        "relations_of": relations_of,
        "requested_models": requested_models,
        "seeds_of_models": seeds_of_models,
        "test_of_models": test_of_models,
    }


@pass_context
def model_problem(context: Context, text: str) -> str:
    """What is wrong with an answer to `db_models`, for the prompt; empty when nothing is."""
    # The rest would be cut off at the edge of the terminal.
    width = get_terminal_size().columns - len(MESSAGE_PREFIX)
    return _problem(text, *_parts(context), width=width)


@pass_context
def check_models(context: Context) -> str:
    """Stop if the models cannot be made beside the example.

    Returns:
        An empty text, so that a condition can be made of it.

    Raises:
        UserMessageError: they cannot.
    """
    _stop(_problem(context["db_models"], *_parts(context)))
    return ""


@pass_context
def example_fits(context: Context) -> bool:
    """Whether the example has no name that the models have."""
    text, parts = context["db_models"], _parts(context)
    return bool(_problem(text, *parts)) or not _problem(text, *parts, "example")


@pass_context
def requested_models(context: Context) -> tuple[ModelFile, ...]:
    """The files of the models."""
    text = context["db_models"]
    if not text.strip():
        return ()
    files: tuple[ModelFile, ...] = _requests().requested_files(
        text,
        python=_python(context),
        database_schema=context.get("db_schema") or "",
        beside=_parts(context),
    )
    return files


@pass_context
def relations_of(context: Context, name: str) -> OtherSides:
    """What the models add to one of the users."""
    sides: OtherSides = _requests().relations_of(
        name,
        context["db_models"],
        database_schema=context.get("db_schema") or "",
        beside=_parts(context),
    )
    return sides


@pass_context
def test_of_models(context: Context) -> ModelTests:
    """What the file that tests the models says."""
    test: ModelTests = _requests().requested_test(
        context["db_models"], python=_python(context), beside=_parts(context)
    )
    return test


@pass_context
def seeds_of_models(context: Context) -> ModelSeeds:
    """What the seeds say of the models."""
    seeds: ModelSeeds = _requests().requested_seeds(
        context["db_models"], python=_python(context), beside=_parts(context)
    )
    return seeds


@pass_context
def models_have_cycles(context: Context) -> bool:
    """Whether some tables refer to each other in a circle."""
    schema = _schema(context)
    return schema is not None and schema.has_cycles


def exported_names(*names: str) -> str:
    """The value of `__all__`."""
    code = import_module("..python_text.expressions", __package__)
    text: str = code.list_source([f'"{name}"' for name in code.sorted_exports(names)], "__all__ = ")
    return text


def from_import(module: str, *names: str, indent: int = 0) -> str:
    """An import from a package, without the names that are empty."""
    code = import_module("..python_text.expressions", __package__)
    text: str = code.imports({module: [name for name in names if name]}, indent=indent)
    return text


def _schema(context: Context) -> Schema | None:
    text = context["db_models"]
    if not text.strip():
        return None
    schema: Schema = _requests().requested_schema(text, beside=_parts(context))
    return schema


def _parts(context: Context) -> tuple[str, ...]:
    """What else has models, by the answers so far."""
    is_supabase = context["db_type"] == "supabase"
    is_there = {
        "example": context.get("db_example_model"),
        "supabase": is_supabase,
        "profiles": is_supabase and context.get("db_auth_tables"),
        "users": not is_supabase and context.get("db_auth_tables"),
    }
    return tuple(name for name in is_there if is_there[name])


def _problem(text: str, *parts: str, width: int | None = None) -> str:
    if not text.strip():
        return ""
    requests = _requests()
    try:
        requests.requested_schema(text, beside=parts)
    except requests.ModelsError as error:
        return str(error) if width is None else error.brief(width)
    return ""


def _stop(problem: str) -> None:
    if problem:
        raise UserMessageError(f"db_models, {problem}")


def _python(context: Context) -> tuple[int, ...]:
    return tuple(int(part) for part in context["db_python"].split("."))


def _requests() -> Any:  # noqa: ANN401 - a module
    # Most projects ask for no models, and need neither the package nor what makes them.
    if find_spec("pluralizer") is None:
        raise UserMessageError(how_to_get("pluralizer"))
    return import_module("..models_on_request.requests", __package__)
