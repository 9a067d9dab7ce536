"""Whose a row is: a user's, on Supabase, or a tenant's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .specification import Reference, Value
from .syntax import ModelsError

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Sequence

    from .reserved import Part
    from .specification import Model

OWNERS = ("owner", "user")
"""What the field is called that says whose a row is; the first counts where both are there."""
_RESERVED = frozenset({"tenant", "tenant_id"})


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


def models_of_tenants(models: Sequence[Model], parts: Collection[Part]) -> frozenset[str]:
    """The names of the models whose rows belong to tenants; none without tenants.

    Raises:
        ModelsError: a model is shared where there are no tenants, a shared one refers to one that
            is not, or a field has a name that tenants need.
    """
    shared = [model for model in models if model.shared]
    if not any(part.has_tenants for part in parts):
        for model in shared:
            if model.shared:
                raise ModelsError(
                    "without tenants (db_tenants), nobody shares a model: leave 'shared' out.",
                    model.shared,
                )
        return frozenset()
    found = frozenset(model.name for model in models if not model.shared)
    for model in shared:
        for field in model.fields:
            if isinstance(field, Reference) and field.target.text in found:
                raise ModelsError(
                    f"'{model.name}' is shared, and '{field.target.text}' belongs to a tenant: "
                    "make both shared, or refer the other way round.",
                    field.target.position,
                )
    for model in models:
        for field in model.fields:
            if model.name in found and field.name in _RESERVED:
                raise ModelsError(
                    f"a field cannot be called '{field.name}': every model that is not shared has "
                    "a tenant without being asked.",
                    field.position,
                )
    return found
