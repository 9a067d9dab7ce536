"""Whose a row is, on Supabase, where policies let users have their own rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .specification import Reference, Value

if TYPE_CHECKING:
    from collections.abc import Container

    from .specification import Model

OWNERS = ("owner", "user")
"""What the field is called that says whose a row is; the first counts where both are there."""


def owner_column(model: Model, users: Container[str]) -> str | None:
    """The column that holds the key of the user to whom a row belongs, if there is one.

    Args:
        model: the model.
        users: the models whose keys are those of users.
    """
    fields = {field.name: field for field in model.fields}
    for name in OWNERS:
        field = fields.get(name)
        if isinstance(field, Reference) and field.target.text in users:
            return f"{name}_id"
        for column in (name, f"{name}_id"):
            value = fields.get(column)
            if isinstance(value, Value) and _is_key(value):
                return column
    return None


def _is_key(value: Value) -> bool:
    return value.type.name == "uuid" and not value.type.is_array and value.default is None
