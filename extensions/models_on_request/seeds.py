"""What `seeds.py` says of the models on request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..python_text.expressions import Call, quoted, source
from ..python_text.imports import imports, sorted_names
from .made_up_values import made_up_values, names_in, standard_imports, start
from .naming import snake_case, with_article
from .specification import Reference, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .files import ModelFile
    from .schema import Schema
    from .specification import Model


@dataclass(frozen=True, slots=True)
class SeededModel:
    """One model's rows."""

    function: str
    """The head of the function that describes a row."""
    article: str
    values: tuple[str, ...]
    """The items of the dictionary that it returns."""
    entry: str
    """The model, the function, and what a row is known by."""


@dataclass(frozen=True, slots=True)
class ModelSeeds:
    """The parts of the file that depend on the models."""

    models: tuple[SeededModel, ...] = ()
    """In an order in which each can refer to those before it."""
    names: tuple[str, ...] = ()
    """What it needs from the models."""
    standard: str = ""
    """The imports of the standard library that the rows need."""
    start: str = ""
    """The time from which made-up times are counted; empty where none are."""
    needs_users: bool = False
    """Whether rows refer to users of another part of the layer."""


def model_seeds(schema: Schema, files: Iterable[ModelFile], python: tuple[int, ...]) -> ModelSeeds:
    """Say what the seeds of these models need."""
    by_name = {file.name: file for file in files}
    models = list(_in_order(schema))
    values = [value for model in models for value in _values(model, schema)]
    words = names_in(values)
    enums = {enum.name for file in by_name.values() for enum in file.enums if enum.name in words}
    users = {user for user in schema.known if _user_key(user, schema) in words}
    return ModelSeeds(
        models=tuple(_seeded(model, schema) for model in models),
        names=tuple(sorted_names({*by_name, *enums})),
        standard=imports(standard_imports(words, python)),
        start=start(words, python),
        needs_users=bool(users),
    )


def _in_order(schema: Schema) -> Iterator[Model]:
    models = {model.name: model for model in schema.models}
    done: set[str] = set()

    def visit(model: Model) -> Iterator[Model]:
        if model.name in done:
            return
        done.add(model.name)
        # These never lead in a circle, or there could be no first row.
        for field in model.fields:
            if isinstance(field, Reference) and not field.is_optional:
                target = models.get(field.target.text)
                if target is not None:
                    yield from visit(target)
        yield model

    for model in schema.models:
        yield from visit(model)


def _seeded(model: Model, schema: Schema) -> SeededModel:
    noun = snake_case(model.name)
    values = tuple(_values(model, schema))
    words = names_in(values)
    number = "n" if "n" in words else "_n"
    keys = "keys" if "keys" in words else "_keys"
    key = _natural_key(model) or "id"
    entry = Call("", (model.name, f"describe_{noun}", quoted(key)))
    return SeededModel(
        function=f"def describe_{noun}({number}: int, {keys}: Keys) -> Values:",
        article=with_article(noun),
        values=values,
        entry=source(entry, indent=4, after=","),
    )


def _values(model: Model, schema: Schema) -> Iterator[str]:
    if _natural_key(model) is None:
        yield '"id": UUID(int=n),'
    for field, value in made_up_values(model):
        if isinstance(field, Reference):
            target = field.target.text
            key = _user_key(target, schema) if target in schema.known else target
            yield f'"{field.name}_id": keys[{key}],'
        else:
            yield f'"{field.name}": {value.replace("uuid4()", "UUID(int=n)")},'


def _user_key(name: str, schema: Schema) -> str:
    """What the seeds keep the key of a user under."""
    return "auth_users" if schema.is_supabase else name


def _natural_key(model: Model) -> str | None:
    """The column that a row is known by."""
    for field in model.fields:
        if isinstance(field, Value) and field.is_unique:
            return field.name
    for field in model.fields:
        if isinstance(field, Reference) and field.is_unique and not field.is_optional:
            return f"{field.name}_id"
    return None
