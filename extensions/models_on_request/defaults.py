"""What a new row gets when nothing else is said, checked against the type."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import TYPE_CHECKING

from .syntax import ModelsError, Scanner, Word, nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    from .specification import Type

_INTEGERS = {"int": 2**31, "bigint": 2**63}
_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_LONGEST_NUMBER = 40
_UNITS = ("second", "minute", "hour", "day", "week")
_LONGEST_INTERVAL = 6
"""In digits: more than any unit needs, and little enough for every type that holds the result."""


def parse_default(scanner: Scanner, type_: Type) -> str:
    """Read the default of a column of this type.

    Returns:
        The value as PostgreSQL reads it; `now`, `today` or `random` for what it makes itself.

    Raises:
        ModelsError: there is none, or none that the type can have.
    """
    quoted = scanner.quoted()
    value = quoted or scanner.bare_value()
    if value is None:
        raise scanner.expected("a default after '='")
    if quoted and type_.name not in ("str", "enum"):
        raise ModelsError(f"a default of {_named(type_)} has no quotation marks.", quoted.position)
    if type_.is_array:
        return _array(value)
    return _PARSERS.get(type_.name, _none)(scanner, type_, value)


def _named(type_: Type) -> str:
    return "an array" if type_.is_array else f"'{type_.name}'"


def _refused(expected: str, value: Word, hint: str = "") -> ModelsError:
    return ModelsError(f"expected {expected}, found '{value.text}'.{hint}", value.position)


def _array(value: Word) -> str:
    if value.text != "[]":
        raise _refused("'[]', the only default of an array", value)
    return "{}"


def _none(_scanner: Scanner, type_: Type, value: Word) -> str:
    raise ModelsError(f"'{type_.name}' has no default.", value.position)


def _text(_scanner: Scanner, type_: Type, value: Word) -> str:
    longest = type_.numbers[0] if type_.numbers else None
    if longest is not None and len(value.text) > longest:
        raise _refused(f"at most {longest} characters", value)
    # Alembic compares defaults in SQL of its own making, which a quotation mark breaks.
    if "'" in value.text or not value.text.isprintable():
        raise ModelsError("a default cannot hold a single quotation mark.", value.position)
    return value.text


def _integer(_scanner: Scanner, type_: Type, value: Word) -> str:
    limit = _INTEGERS[type_.name]
    if not _NUMBER.fullmatch(value.text) or "." in value.text:
        raise _refused("a whole number", value)
    if len(value.text) > _LONGEST_NUMBER or not -limit <= int(value.text) < limit:
        raise _refused(f"a number from {-limit} to {limit - 1}", value)
    return str(int(value.text))


def _decimal(_scanner: Scanner, type_: Type, value: Word) -> str:
    if not _NUMBER.fullmatch(value.text) or len(value.text) > _LONGEST_NUMBER:
        raise _refused("a number, such as 0.50", value)
    if type_.numbers:
        digits, scale = type_.numbers
        whole, _, fraction = value.text.lstrip("-").partition(".")
        if len(whole.lstrip("0")) > digits - scale or len(fraction) > scale:
            raise _refused(
                f"at most {digits - scale} digits before the point and {scale} behind it", value
            )
    return value.text


def _boolean(_scanner: Scanner, _type: Type, value: Word) -> str:
    if value.text not in ("true", "false"):
        raise _refused("true or false", value, nearest(value.text, ("true", "false")))
    return value.text


def _date(_scanner: Scanner, _type: Type, value: Word) -> str:
    expected = "'today', or a date such as 2026-01-31"
    day = _made_or_iso("today", expected, value, lambda text: date.fromisoformat(text).isoformat())
    return _finite(day, value, "0001-01-01", "9999-12-31")


def _datetime(_scanner: Scanner, _type: Type, value: Word) -> str:
    def with_zone(text: str) -> str:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            raise ValueError(text)
        return moment.isoformat()

    expected = "'now', or a time with its zone such as 2026-01-31T12:00+00:00"
    moment = _made_or_iso("now", expected, value, with_zone)
    return _finite(moment, value, "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59.999999+00:00")


def _finite(text: str, value: Word, *infinite: str) -> str:
    # PostgreSQL stores what is written, but asyncpg sends infinity for the same value.
    if text in infinite:
        raise ModelsError(
            f"a comparison in Python would not find '{value.text}', for which the driver sends "
            "infinity. Leave the field empty, with '?', or take a date before.",
            value.position,
        )
    return text


def _time(_scanner: Scanner, _type: Type, value: Word) -> str:
    def without_zone(text: str) -> str:
        moment = time.fromisoformat(text)
        if moment.tzinfo is not None:
            raise ValueError(text)
        return moment.isoformat()

    return _made_or_iso(None, "a time such as 12:30", value, without_zone)


def _made_or_iso(
    made: str | None, expected: str, value: Word, canonical: Callable[[str], str]
) -> str:
    if made is not None and value.text == made:
        return made
    try:
        return canonical(value.text)
    except ValueError:
        known = [made] if made else []
        raise _refused(expected, value, nearest(value.text, known)) from None


def _interval(scanner: Scanner, _type: Type, value: Word) -> str:
    unit = scanner.word()
    units = {name for singular in _UNITS for name in (singular, f"{singular}s")}
    is_number = value.text.isascii() and value.text.isdecimal()
    if unit is None or unit.text not in units or not is_number:
        hint = nearest(unit.text, sorted(units)) if unit else ""
        raise _refused("a number and a unit, such as '30 days'", value, hint)
    if len(value.text) > _LONGEST_INTERVAL:
        raise _refused("a smaller number of a larger unit", value)
    return f"{value.text} {unit.text}"


def _uuid(_scanner: Scanner, _type: Type, value: Word) -> str:
    if value.text != "random":
        raise _refused("'random', the only default of 'uuid'", value)
    return value.text


def _json(_scanner: Scanner, _type: Type, value: Word) -> str:
    if value.text != "{}":
        raise _refused("'{}', the only default of 'json'", value)
    return value.text


def _label(_scanner: Scanner, type_: Type, value: Word) -> str:
    if value.text not in type_.labels:
        raise _refused(
            f"one of {', '.join(type_.labels)}", value, nearest(value.text, type_.labels)
        )
    return value.text


_PARSERS: dict[str, Callable[[Scanner, Type, Word], str]] = {
    "str": _text,
    "int": _integer,
    "bigint": _integer,
    "decimal": _decimal,
    "float": _decimal,
    "bool": _boolean,
    "date": _date,
    "datetime": _datetime,
    "time": _time,
    "interval": _interval,
    "uuid": _uuid,
    "json": _json,
    "enum": _label,
}
