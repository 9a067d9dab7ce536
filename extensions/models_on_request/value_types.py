"""The types of values, and how they are written."""

from __future__ import annotations

import re

from .specification import Type
from .syntax import LONGEST_NAME, ModelsError, Position, Scanner, Word, nearest

TYPES = (
    "str", "int", "bigint", "decimal", "float", "bool", "date", "datetime", "time", "interval",
    "uuid", "json", "bytes", "enum",
)  # fmt: skip
OTHER_NAMES = {
    "binary": "bytes",
    "blob": "bytes",
    "boolean": "bool",
    "bytea": "bytes",
    "char": "str",
    "dict": "json",
    "double": "float",
    "duration": "interval",
    "integer": "int",
    "jsonb": "json",
    "list": "str[]",
    "long": "bigint",
    "money": "decimal(12, 2)",
    "number": "decimal",
    "numeric": "decimal",
    "object": "json",
    "real": "float",
    "smallint": "int",
    "string": "str",
    "text": "str",
    "timedelta": "interval",
    "timestamp": "datetime",
    "timestamptz": "datetime",
    "varchar": "str",
}
"""What a type is called elsewhere, for the question in an error."""

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*", re.ASCII)
_LONGEST_STRING = 10_485_760
_MOST_DIGITS = 1000
_LONGEST_NUMBER = len(str(_LONGEST_STRING))
"""In digits."""


def parse_type(scanner: Scanner, field: Word) -> Type:
    """Read a type, as in `decimal(12, 2)` or `str[]`.

    Raises:
        ModelsError: there is none, or it says something impossible.
    """
    name = scanner.word()
    if name is None:
        hint = (
            f" If '{field.text}' is a model, it starts with a capital letter:"
            f" '{field.text.capitalize()}'."
            if scanner.next_piece() == "':'"
            else ""
        )
        raise scanner.expected(f"a type or '->' after '{field.text}'", hint)
    if name.text not in TYPES:
        other = OTHER_NAMES.get(name.text.lower())
        if name.text[0].isupper():
            other = f"{field.text} -> {name.text}"
        hint = f" Did you mean '{other}'?" if other else nearest(name.text, TYPES)
        raise ModelsError(
            f"unknown type '{name.text}'.{hint or ' The types are ' + ', '.join(TYPES) + '.'}",
            name.position,
        )
    opening = scanner.position
    type_ = Type(name.text)
    if scanner.take("("):
        type_ = _with_arguments(scanner, name, opening)
    elif name.text == "enum":
        raise ModelsError(
            "expected the values of the enum in parentheses, as in 'enum(draft, sent)'.", opening
        )
    return _array(scanner, type_)


def _with_arguments(scanner: Scanner, name: Word, opening: Position) -> Type:
    if name.text not in ("str", "decimal", "enum"):
        raise ModelsError(f"'{name.text}' has nothing in parentheses.", opening)
    if name.text == "enum":
        return Type("enum", labels=_labels(scanner))
    numbers = tuple(_numbers(scanner))
    match name.text, numbers:
        case "str", (length,) if 1 <= length <= _LONGEST_STRING:
            return Type("str", numbers)
        case "str", _:
            expected = f"one length from 1 to {_LONGEST_STRING}, as in 'str(120)'"
        case "decimal", (digits, scale) if 1 <= digits <= _MOST_DIGITS and scale <= digits:
            return Type("decimal", numbers)
        case _:
            expected = (
                f"the number of all digits, up to {_MOST_DIGITS}, and of those after the point, "
                "as in 'decimal(12, 2)'"
            )
    raise ModelsError(f"expected {expected}.", opening)


def _numbers(scanner: Scanner) -> list[int]:
    numbers: list[int] = []
    for word in _arguments(scanner, "a number"):
        is_number = word.text.isascii() and word.text.isdecimal()
        if not is_number or len(word.text) > _LONGEST_NUMBER:
            raise ModelsError(f"expected a number, found '{word.text}'.", word.position)
        numbers.append(int(word.text))
    return numbers


def _labels(scanner: Scanner) -> tuple[str, ...]:
    labels: dict[str, str] = {}
    for word in _arguments(scanner, "a value of the enum"):
        if not _LABEL.fullmatch(word.text) or len(word.text) > LONGEST_NAME:
            raise ModelsError(
                f"'{word.text}' cannot be a value of an enum: use letters, digits and single "
                f"'_' or '-', up to {LONGEST_NAME} of them, and a letter first.",
                word.position,
            )
        member = member_name(word.text)
        if member in labels:
            raise ModelsError(
                f"'{word.text}' and '{labels[member]}' would both be {member} in Python.",
                word.position,
            )
        labels[member] = word.text
    return tuple(labels.values())


def member_name(label: str) -> str:
    """What a value of an enum is called in Python."""
    return label.upper().replace("-", "_")


def _arguments(scanner: Scanner, what: str) -> list[Word]:
    arguments: list[Word] = []
    while True:
        scanner.skip_line_breaks()
        word = scanner.argument()
        if word is None:
            raise scanner.expected(what)
        arguments.append(word)
        scanner.skip_line_breaks()
        if scanner.take(")"):
            return arguments
        if not scanner.take(","):
            raise scanner.expected("',' or ')'")


def _array(scanner: Scanner, type_: Type) -> Type:
    position = scanner.position
    if not scanner.take("["):
        return type_
    if not scanner.take("]"):
        raise scanner.expected("']'")
    if type_.name in ("json", "enum"):
        instead = "json holds lists itself" if type_.name == "json" else "use str[]"
        raise ModelsError(f"there are no arrays of {type_.name}: {instead}.", position)
    return Type(type_.name, type_.numbers, is_array=True)
