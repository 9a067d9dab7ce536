"""The models that an answer asks for, worked out once for all files that speak of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .files import ModelFile, model_files
from .grammar import parse
from .model_tests import ModelTests, model_tests
from .reserved import PARTS, Taken
from .resolution import Schema, resolve
from .syntax import ModelsError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

__all__ = ["ModelsError", "requested_files", "requested_schema", "requested_test"]


def requested_schema(text: str, *, beside: Iterable[str] = ()) -> Schema:
    """The models that were asked for; none where the text is blank.

    Args:
        text: the answer to `db_models`.
        beside: the questions whose parts of the layer have taken names.

    Raises:
        ModelsError: they cannot be made.
    """
    return _schema(text, tuple(PARTS[name] for name in beside))


def requested_files(
    text: str, *, python: tuple[int, ...], database_schema: str = ""
) -> tuple[ModelFile, ...]:
    """The models that were asked for, ready to be written down.

    Args:
        text: the answer to `db_models`.
        python: the oldest version of Python that has to read them.
        database_schema: PostgreSQL's schema of the tables; empty for the default one.

    Raises:
        ModelsError: they cannot be made.
    """
    return _files(text, python, database_schema)


def requested_test(text: str, *, python: tuple[int, ...]) -> ModelTests:
    """The file that tests the models; see `requested_files`."""
    return model_tests(_schema(text, ()), _files(text, python, ""), python)


@lru_cache(maxsize=8)
def _schema(text: str, taken: Collection[Taken]) -> Schema:
    models = parse(text)
    return resolve(models, taken) if models else Schema()


@lru_cache(maxsize=8)
def _files(text: str, python: tuple[int, ...], database_schema: str) -> tuple[ModelFile, ...]:
    schema = _schema(text, ())
    return tuple(model_files(schema, python=python, database_schema=database_schema))
