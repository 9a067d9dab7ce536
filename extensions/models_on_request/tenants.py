"""Which models belong to tenants, and which all tenants share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .specification import Reference
from .syntax import ModelsError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from .reserved import Part
    from .specification import Model

_RESERVED = frozenset({"tenant", "tenant_id"})


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
