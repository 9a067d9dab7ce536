"""Values for the tests' rows: different in every row, and of any length and size that is asked."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from ..python_text.expressions import quoted
from ..python_text.imports import LINE_LENGTH
from .clashes import enum_name
from .naming import snake_case
from .specification import Model, Reference, Value
from .value_types import member_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from .reserved import KnownModel
    from .specification import Type

_DIGITS_OF_A_NUMBER = 6
"""How many digits the number of a row may come to have."""

_UTC = (3, 11)
"""The first version of Python that has `datetime.UTC`."""


def made_up(model: Model, known: Mapping[str, KnownModel]) -> Iterator[str]:
    """What a factory makes up: what PostgreSQL does not fill, or with the same in every row.

    Args:
        model: the model that is made.
        known: those that other parts of the layer have.
    """
    for field, value in made_up_values(model):
        target = known.get(field.target.text) if isinstance(field, Reference) else None
        if target is not None and not target.made_up:
            yield f'"{field.name}_id": next(users),'
        else:
            yield f'"{field.name}": {value},'


def made_up_values(model: Model) -> Iterator[tuple[Value | Reference, str]]:
    """The fields that have to be made up, each with its value."""
    for field in model.fields:
        if isinstance(field, Reference) and not field.is_optional:
            yield field, f"make_{snake_case(field.target.text)}()"
        elif isinstance(field, Value) and (field.default is None or field.is_unique):
            yield field, _value(field, model)


def _value(field: Value, model: Model) -> str:
    if field.type.name == "enum":
        first = field.type.labels[0]
        member = f"{enum_name(model.name, field.name)}.{member_name(first)}"
        line = f'        "{field.name}": {member},'
        return member if len(line) <= LINE_LENGTH else quoted(first)
    value = _scalar(field.name, field.type)
    return f"[{value}]" if field.type.is_array else value


def _scalar(name: str, type_: Type) -> str:
    match type_.name:
        case "str":
            return _text(name, type_.numbers)
        case "decimal":
            return _decimal(type_.numbers)
        case "vector":
            # Exact as single floats, and each in a direction of its own.
            return f"[float(n), *[1.0] * {type_.numbers[0] - 1}]"
        case _:
            return _SCALARS[type_.name]


_SCALARS = {
    "int": "n",
    "bigint": "n",
    "float": "float(n)",
    "bool": "True",
    "date": "START.date() + timedelta(days=n)",
    "datetime": "START + timedelta(minutes=n)",
    "time": "(START + timedelta(seconds=n)).time()",
    "interval": "timedelta(minutes=n)",
    "uuid": "uuid4()",
    "json": '{"number": n}',
    "bytes": "str(n).encode()",
}


def _text(name: str, numbers: tuple[int, ...]) -> str:
    longest = numbers[0] if numbers else None
    words = name.replace("_", " ")
    if longest is None or len(words) + 1 + _DIGITS_OF_A_NUMBER <= longest:
        return f'f"{words} {{n}}"'
    if longest == 1:
        # There are more letters than digits.
        return 'chr(ord("a") + n % 26)'
    return "str(n)" if longest >= _DIGITS_OF_A_NUMBER else f"str(n)[-{longest}:]"


def _decimal(numbers: tuple[int, ...]) -> str:
    digits, scale = numbers or (_DIGITS_OF_A_NUMBER, 0)
    whole = digits - scale
    if whole >= _DIGITS_OF_A_NUMBER:
        return "Decimal(n)"
    number = f"Decimal(n % {10 ** min(digits, _DIGITS_OF_A_NUMBER)})"
    return f"{number}.scaleb(-{scale})" if scale else number


def names_in(values: Iterable[str]) -> set[str]:
    """What made-up values refer to; the words in their texts name nothing."""
    return {
        name
        for value in values
        for name in re.findall(r"\w+", re.sub(r'"[^"{]*(\{n\})?"', r" \1 ", value))
    }


def standard_imports(names: Collection[str], python: tuple[int, ...]) -> defaultdict[str, set[str]]:
    """What made-up values need of the standard library, by module."""
    needed: defaultdict[str, set[str]] = defaultdict(set)
    if "START" in names:
        needed["datetime"].update({"datetime", "UTC" if python >= _UTC else "timezone"})
    for name, module in (("Decimal", "decimal"), ("timedelta", "datetime"), ("uuid4", "uuid")):
        if name in names:
            needed[module].add(name)
    return needed


def start(names: Collection[str], python: tuple[int, ...]) -> str:
    """The time from which made-up times are counted; empty where none are."""
    zone = "UTC" if python >= _UTC else "timezone.utc"
    return f"START = datetime(2026, 1, 1, tzinfo={zone})" if "START" in names else ""
