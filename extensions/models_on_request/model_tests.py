"""What the file that tests the models says."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .code import imports, sorted_names
from .factories import without_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .files import ModelFile
    from .resolution import Schema


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


_UTC = (3, 11)
"""The first version of Python that has `datetime.UTC`."""


def model_tests(schema: Schema, files: Iterable[ModelFile], python: tuple[int, ...]) -> ModelTests:
    """Say what the test file of these models needs."""
    files = tuple(files)
    values = [value for file in files for value in file.made_up]
    words = {word for value in values for word in re.findall(r"\w+", without_texts(value))}
    has_relations = any(file.relationships for file in files)
    needed: defaultdict[str, set[str]] = defaultdict(set)
    needed["collections.abc"].add("Callable")
    needed["typing"].add("Any")
    if "START" in words:
        needed["datetime"].update({"datetime", "UTC" if python >= _UTC else "timezone"})
    if "timedelta" in words:
        needed["datetime"].add("timedelta")
    if "n" in words:
        needed["itertools"].add("count")
    for name, module in (("Decimal", "decimal"), ("uuid4", "uuid")):
        if name in words:
            needed[module].add(name)
    other = {
        "pytest": set[str](),
        "sqlalchemy": {"inspect", *({"Enum"} if schema.has_enums else ())},
        "sqlalchemy.ext.asyncio": {"AsyncSession"},
    }
    if has_relations:
        other["sqlalchemy.orm"] = {"selectinload"}
    zone = "UTC" if python >= _UTC else "timezone.utc"
    enums = {enum.name for file in files for enum in file.enums if enum.name in words}
    return ModelTests(
        imports=(imports(needed), imports(other)),
        names=tuple(sorted_names({"Base", *(file.name for file in files), *enums})),
        has_numbers="n" in words,
        start=f"START = datetime(2026, 1, 1, tzinfo={zone})" if "START" in words else "",
        has_relations=has_relations,
        has_enums=schema.has_enums,
    )
