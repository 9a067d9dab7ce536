"""The models that an answer asks for, worked out once for all files that speak of them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from .files import ModelFile, OtherSides, model_files, other_sides
from .grammar import parse
from .model_tests import ModelTests, model_tests
from .reserved import PARTS
from .schema import Schema, resolve
from .seeds import ModelSeeds, model_seeds
from .syntax import ModelsError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "ModelsError",
    "relations_of",
    "requested_files",
    "requested_schema",
    "requested_seeds",
    "requested_test",
]


def requested_schema(text: str, *, beside: Iterable[str] = ()) -> Schema:
    """The models that were asked for; none where the text is blank.

    Args:
        text: the answer to `db_models`.
        beside: the `PARTS` that there are as well.

    Raises:
        ModelsError: they cannot be made.
    """
    return _schema(text, tuple(beside))


def requested_files(
    text: str,
    *,
    python: tuple[int, ...],
    database_schema: str = "",
    beside: Iterable[str] = (),
) -> tuple[ModelFile, ...]:
    """The models that were asked for, ready to be written down.

    Args:
        text: the answer to `db_models`.
        beside: the `PARTS` that there are as well.
        python: the oldest version of Python that has to read them.
        database_schema: PostgreSQL's schema of the tables; empty for the default one.

    Raises:
        ModelsError: they cannot be made.
    """
    return _files(text, python, database_schema, tuple(beside))


def requested_test(
    text: str, *, python: tuple[int, ...], database_schema: str = "", beside: Iterable[str] = ()
) -> ModelTests:
    """The file that tests the models; see `requested_files`."""
    parts = tuple(beside)
    files = _files(text, python, database_schema, parts)
    return model_tests(_schema(text, parts), files, python)


def requested_seeds(
    text: str, *, python: tuple[int, ...], database_schema: str = "", beside: Iterable[str] = ()
) -> ModelSeeds:
    """What the seeds say of the models; see `requested_files`."""
    parts = tuple(beside)
    files = _files(text, python, database_schema, parts)
    return model_seeds(_schema(text, parts), files, python)


def relations_of(
    name: str,
    text: str,
    *,
    python: tuple[int, ...],  # noqa: ARG001 - as the others have it
    database_schema: str = "",
    beside: Iterable[str] = (),
) -> OtherSides:
    """What the models on request add to one that another part of the layer has."""
    return other_sides(name, _schema(text, tuple(beside)), database_schema=database_schema)


@lru_cache(maxsize=8)
def _schema(text: str, beside: tuple[str, ...]) -> Schema:
    models = parse(text)
    return resolve(models, [PARTS[name] for name in beside]) if models else Schema()


@lru_cache(maxsize=8)
def _files(
    text: str, python: tuple[int, ...], database_schema: str, beside: tuple[str, ...]
) -> tuple[ModelFile, ...]:
    schema = _schema(text, beside)
    return tuple(model_files(schema, python=python, database_schema=database_schema))
