"""What a person asks for, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from .syntax import Position, Word


@dataclass(frozen=True, slots=True)
class Type:
    """The type of a column's values, with what stands in its parentheses."""

    name: str
    numbers: tuple[int, ...] = ()
    labels: tuple[str, ...] = ()
    is_array: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A field of the model's own, in one column."""

    name: str
    type: Type
    position: Position
    is_optional: bool = False
    is_unique: bool = False
    is_indexed: bool = False
    is_searched: bool = False
    """Whether its words are found by full-text search."""
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """A row of another model, or none: `customer -> Customer`."""

    name: str
    target: Word
    reverse: Word | None
    position: Position
    is_optional: bool = False
    is_unique: bool = False
    on_delete: str | None = None
    """What PostgreSQL does when the other row goes, where it was said."""


@dataclass(frozen=True, slots=True)
class ManyToMany:
    """Any number of rows of another model, each of which has any number of these."""

    name: str
    target: Word
    reverse: Word | None
    position: Position


Field: TypeAlias = Value | Reference | ManyToMany


@dataclass(frozen=True, slots=True)
class Model:
    """A model as it was asked for."""

    name: str
    description: str | None
    fields: tuple[Field, ...]
    position: Position
    shared: Position | None = None
    """Where it was said that tenants share its rows, if it was."""
