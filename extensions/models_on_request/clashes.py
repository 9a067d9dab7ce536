"""Names that cannot be given because something else has them."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..python_text.imports import LINE_LENGTH
from .naming import pascal_case, snake_case
from .reserved import MODULES, Part, why_not_a_field, why_not_a_model
from .specification import ManyToMany, Model, Reference, Value
from .syntax import LONGEST_NAME, ModelsError, Position

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence


def check_models(
    models: Sequence[Model], tables: Mapping[str, str], parts: Collection[Part]
) -> None:
    """Refuse models and enums whose class, file or table another one has.

    Raises:
        ModelsError: a name is taken.
    """
    owners: defaultdict[str, str] = defaultdict(str)
    for model in models:
        if reason := _why_not(model, tables[model.name], parts):
            raise ModelsError(f"a model cannot be called '{model.name}': {reason}.", model.position)
        needed = (f"class {model.name}", f"{snake_case(model.name)}.py", tables[model.name])
        if owners[needed[0]]:
            raise ModelsError(f"there is a model '{model.name}' already.", model.position)
        for name in needed:
            if owner := owners[name]:
                raise ModelsError(
                    f"'{model.name}' and '{owner}' would share {name}: call one something else.",
                    model.position,
                )
            owners[name] = model.name
    owners.update({f"class {name}": part.name for part in parts for name in part.models})
    for model in models:
        for value in model.fields:
            if isinstance(value, Value) and value.type.name == "enum":
                name = enum_name(model.name, value.name)
                if owners[f"class {name}"]:
                    raise ModelsError(
                        f"the enum of '{value.name}' would be called '{name}', which is taken.",
                        value.position,
                    )
                missing = " | None" if value.is_optional else ""
                if len(f"    {value.name}: Mapped[{name}{missing}]") > LINE_LENGTH:
                    raise ModelsError(
                        f"the enum of '{value.name}' would be called '{name}', which is too long "
                        "for a line: call the field something shorter.",
                        value.position,
                    )
                owners[f"class {name}"] = model.name


def _why_not(model: Model, table: str, parts: Iterable[Part]) -> str | None:
    file = snake_case(model.name)
    if file in MODULES:
        return f"{file}.py is another file beside it"
    for part in parts:
        if model.name in part.models or table in part.tables:
            hint = f", which '-> {part.known.name}' refers to" if part.known else ""
            return f"{part.name} has a model or a table of that name{hint}"
    return why_not_a_model(model.name)


def enum_name(model: str, field: str) -> str:
    """What the class of an enum is called."""
    return f"{model}{pascal_case(field)}"


def own_attributes(model: Model) -> dict[str, str]:
    """What the model's own fields are called in Python, and where each name comes from.

    Raises:
        ModelsError: a name is taken.
    """
    attributes: dict[str, str] = {}
    for field in model.fields:
        if reason := why_not_a_field(field.name):
            raise ModelsError(f"a field cannot be called '{field.name}': {reason}.", field.position)
        names = [field.name, f"{field.name}_id"] if isinstance(field, Reference) else [field.name]
        for name in names:
            if name in attributes:
                raise ModelsError(f"{model.name} has a '{name}' already.", field.position)
            attributes[name] = f"its own '{field.name}'"
    clock = {"date", "datetime", "time", "timedelta"} & attributes.keys()
    if clock and "dt" in attributes:
        position = next(field.position for field in model.fields if field.name == "dt")
        raise ModelsError(
            f"'dt' and '{min(clock)}' cannot be fields of one model: call one something else.",
            position,
        )
    return attributes


def claim(
    attributes: dict[str, dict[str, str]],
    target: str,
    name: str,
    model: Model,
    relation: Reference | ManyToMany,
) -> None:
    """Give the other side of a relationship its name there.

    Args:
        attributes: those of each model so far, to which this one is added.
        target: the model that gets it.
        name: the name.
        model: the model on this side.
        relation: the field on this side.

    Raises:
        ModelsError: the name is taken.
    """
    position: Position = (relation.reverse or relation.target).position
    origin = f"'{relation.name}' of {model.name}"
    arrow = "->" if isinstance(relation, Reference) else "<->"
    what_to_do = f"say what {target} calls it, as in '{arrow} {target}.name'"
    if reason := why_not_a_field(name):
        raise ModelsError(f"{target} cannot have a '{name}': {reason}; {what_to_do}.", position)
    if name in attributes[target]:
        raise ModelsError(
            f"{target} would get '{name}' twice, from {attributes[target][name]} and from "
            f"{origin}: write a relation on one side only, or {what_to_do}.",
            position,
        )
    if len(name) + len(model.name) > 2 * LONGEST_NAME + 1:
        raise ModelsError(f"'{name}' is a long name in {target}: {what_to_do}.", position)
    attributes[target][name] = origin
