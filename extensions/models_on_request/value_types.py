"""The types of values, and how they are written."""

from __future__ import annotations

import re

from .specification import Type
from .syntax import LONGEST_NAME, ModelsError, Position, Scanner, Word, nearest

TYPES = (
    "str", "int", "bigint", "decimal", "float", "bool", "date", "datetime", "time", "interval",
    "uuid", "json", "bytes", "enum", "vector",
)  # fmt: skip
SYNONYMS = {
    "binary": Type("bytes"),
    "blob": Type("bytes"),
    "boolean": Type("bool"),
    "bytea": Type("bytes"),
    "char": Type("str"),
    "dict": Type("json"),
    "double": Type("float"),
    "duration": Type("interval"),
    "email": Type("str", (320,)),
    "int4": Type("int"),
    "int8": Type("bigint"),
    "integer": Type("int"),
    "jsonb": Type("json"),
    "long": Type("bigint"),
    "money": Type("decimal", (12, 2)),
    "number": Type("decimal"),
    "numeric": Type("decimal"),
    "object": Type("json"),
    "real": Type("float"),
    "slug": Type("str", (120,)),
    "smallint": Type("int"),
    "string": Type("str"),
    "text": Type("str"),
    "timedelta": Type("interval"),
    "timestamp": Type("datetime"),
    "timestamptz": Type("datetime"),
    "url": Type("str", (2048,)),
    "varchar": Type("str"),
}
"""What a type is called in SQL, in Python and in other tools, and what it is here.

320 characters are the longest address by RFC 5321: 64, the @, and 255. A URL of more than 2,048 is
cut by some browsers.
"""

_LABEL = re.compile(r"[A-Za-z][A-Za-z0-9]*([_-][A-Za-z0-9]+)*", re.ASCII)
_LONGEST_STRING = 10_485_760
_MOST_DIGITS = 1000
_FEWEST_DIMENSIONS = 2
"""With one, all vectors have the same direction."""
_MOST_DIMENSIONS = 16_000
"""Of pgvector's type."""
_DIMENSIONS = (
    f"the number of dimensions from {_FEWEST_DIMENSIONS} to {_MOST_DIMENSIONS}, "
    "as in 'vector(1536)'"
)
_INSTEAD_OF_ARRAYS = {
    "json": "json holds lists itself",
    "enum": "use str[]",
    "vector": "give each a row of its own",
}
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
    type_ = _named(name, field, scanner)
    opening = scanner.position
    if scanner.take("("):
        type_ = _with_arguments(scanner, type_, name, opening)
    elif type_.name == "enum":
        raise ModelsError(
            "expected the values of the enum in parentheses, as in 'enum(draft, sent)'.", opening
        )
    elif type_.name == "vector":
        raise ModelsError(f"expected {_DIMENSIONS}.", opening)
    return _array(scanner, type_)


def _named(name: Word, field: Word, scanner: Scanner) -> Type:
    # As in SQL, `VARCHAR` is `varchar`; `Text` may as well be a model.
    text = name.text.lower() if name.text.isupper() else name.text
    if text in TYPES:
        return Type(text)
    if text in SYNONYMS:
        return SYNONYMS[text]
    if text.lower() == "optional":
        hint = " Write '?' after the type."
    elif name.text[0].isupper():
        arrow = "<->" if scanner.take("[") else "->"
        hint = f" Did you mean '{field.text} {arrow} {name.text}'?"
        if name.text.lower() in {*TYPES, *SYNONYMS}:
            hint = f" Did you mean '{name.text.lower()}'?"
    elif text in ("list", "set", "array"):
        word = scanner.word() if scanner.take("[") else None
        item = word.text if word else "str"
        meant = f"{field.text} <-> {item}" if item[0].isupper() else f"{item}[]"
        hint = f" Did you mean '{meant}'?"
    elif text in ("many", "m2m"):
        hint = f" Write '{field.text} <-> Model' for many-to-many."
    else:
        hint = nearest(text, (*TYPES, *SYNONYMS)) or f" The types are {', '.join(TYPES)}."
    raise ModelsError(f"unknown type '{name.text}'.{hint}", name.position)


def _with_arguments(scanner: Scanner, type_: Type, name: Word, opening: Position) -> Type:
    if type_.name not in ("str", "decimal", "enum", "vector") or type_.numbers:
        raise ModelsError(f"'{name.text}' has nothing in parentheses.", opening)
    if type_.name == "enum":
        return Type("enum", labels=_labels(scanner))
    numbers = tuple(_numbers(scanner))
    match type_.name, numbers:
        case "str", (length,) if 1 <= length <= _LONGEST_STRING:
            return Type("str", numbers)
        case "str", _:
            expected = f"one length from 1 to {_LONGEST_STRING}, as in 'str(120)'"
        case "decimal", (digits,) if 1 <= digits <= _MOST_DIGITS:
            return Type("decimal", (digits, 0))
        case "vector", (dimensions,) if _FEWEST_DIMENSIONS <= dimensions <= _MOST_DIMENSIONS:
            return Type("vector", numbers)
        case "vector", _:
            expected = _DIMENSIONS
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
    if instead := _INSTEAD_OF_ARRAYS.get(type_.name):
        raise ModelsError(f"there are no arrays of {type_.name}: {instead}.", position)
    return Type(type_.name, type_.numbers, is_array=True)
