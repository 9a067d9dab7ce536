"""What the file that tests the models says."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..python_text.imports import imports, sorted_names
from .files import searched_fields
from .made_up_values import names_in, standard_imports, start
from .specification import Value

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .files import ModelFile
    from .reserved import KnownModel
    from .schema import Schema


@dataclass(frozen=True, slots=True)
class ModelTests:
    """The parts of the file that depend on the models."""

    imports: tuple[str, str]
    """Those of the standard library, and of other packages."""
    names: tuple[str, ...]
    """What it needs from the models, in the order of an import."""
    has_numbers: bool
    """Whether any value is made up of the number of its row."""
    start: str
    """The time from which the made-up times are counted; empty where none are."""
    has_relations: bool
    has_enums: bool
    vectors: tuple[tuple[str, str], ...]
    """The models that have vectors, with the field of each."""
    searched: tuple[tuple[str, str], ...]
    """The models whose words are found, and the first field of each that has some."""
    made: KnownModel | None
    """A model of another part of the layer's, which needs a factory too."""
    has_users: bool
    """Whether there have to be users of Supabase's."""
    needs_users: bool
    """Whether factories make rows that refer to them."""
    has_unmade: bool
    """Whether some relations lead to a model that no factory makes."""
    owners: tuple[tuple[str, str], ...]
    """The models whose rows belong to users, and the columns that say to whom."""
    has_tenants: bool
    """Whether rows of some models belong to tenants."""


def model_tests(schema: Schema, files: Iterable[ModelFile], python: tuple[int, ...]) -> ModelTests:
    """Say what the test file of these models needs."""
    files = tuple(files)
    targets = {link.target for link in schema.links} | {join.target for join in schema.joins}
    known = [model for model in schema.known.values() if model.name in targets]
    made = next((model for model in known if model.made_up), None)
    values = [value for file in files for value in file.made_up]
    values.extend(made.made_up if made else ())
    words = names_in(values)
    # A key that may be missing is a key of a user all the same, for the test of its owner.
    has_users = bool(schema.owners) or "users" in words
    has_relations = any(file.relationships for file in files)
    needed = standard_imports(words, python)
    needed["collections.abc"].add("Callable")
    needed["typing"].add("Any")
    if "n" in words:
        needed["itertools"].add("count")
    if "users" in words:
        needed["itertools"].add("cycle")
    if has_users:
        needed["uuid"].add("uuid4")
    other: defaultdict[str, set[str]] = defaultdict(set)
    other["pytest"] = set()
    other["sqlalchemy"] = {"inspect"}
    other["sqlalchemy.ext.asyncio"] = {"AsyncSession"}
    if schema.has_enums:
        other["sqlalchemy"].update({"Enum", "literal_column", "update"})
        other["sqlalchemy.exc"].add("IntegrityError")
    if has_users:
        other["sqlalchemy"].add("insert")
    if schema.owners:
        needed["uuid"].add("UUID")
        other["sqlalchemy"].update({"select", "update"})
        other["sqlalchemy.exc"].add("DBAPIError")
    if schema.of_tenants:
        other["sqlalchemy"].update({"delete", "insert", "select", "update"})
        other["sqlalchemy.exc"].add("DBAPIError")
    if has_relations:
        other["sqlalchemy.orm"].add("selectinload")
    searched = [
        (model.name, fields[0]) for model in schema.models if (fields := searched_fields(model))
    ]
    vectors = [
        (model.name, field.name)
        for model in schema.models
        for field in model.fields
        if isinstance(field, Value) and field.type.name == "vector"
    ]
    if vectors or searched:
        other["sqlalchemy"].add("select")
    enums = {enum.name for file in files for enum in file.enums if enum.name in words}
    names = {"Base", *(file.name for file in files), *enums, *([made.name] if made else [])}
    if schema.of_tenants:
        names |= {"Tenant", "TenantBase"}
    return ModelTests(
        imports=(imports(needed), imports(other)),
        names=tuple(sorted_names(names)),
        has_numbers="n" in words,
        start=start(words, python),
        has_relations=has_relations,
        has_enums=schema.has_enums,
        vectors=tuple(vectors),
        searched=tuple(searched),
        made=made,
        has_users=has_users,
        needs_users="users" in words,
        has_unmade=any(model.is_mapped and not model.made_up for model in known),
        owners=tuple(schema.owners.items()),
        has_tenants=bool(schema.of_tenants),
    )
