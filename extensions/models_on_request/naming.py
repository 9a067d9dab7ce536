"""The names that tables, files and relationships get, as a person would choose them."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from typing import Protocol

_WORD_STARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SOUNDS_LIKE_YOU = re.compile(r"u[^aeioun][aeiou]|uni[^mn]|eu|one(_|$)|once")
_SILENT_H = ("heir", "honest", "honor", "honour", "hour")


class _Inflection(Protocol):
    def plural(self, word: str) -> str: ...

    def singular(self, word: str) -> str: ...


def snake_case(name: str) -> str:
    """`InvoiceLine` as `invoice_line`."""
    return re.sub(r"_+", "_", _WORD_STARTS.sub("_", name)).strip("_").lower()


def pascal_case(name: str) -> str:
    """`invoice_line` as `InvoiceLine`."""
    return "".join(part[0].upper() + part[1:] for part in name.split("_") if part)


def plural(name: str) -> str:
    """The plural of a name in snake case, whose last word is a noun."""
    *before, noun = name.split("_")
    return "_".join([*before, _inflection().plural(noun)])


def singular(name: str) -> str:
    """The singular of a name in snake case, whose last word is a noun."""
    *before, noun = name.split("_")
    return "_".join([*before, _inflection().singular(noun)])


def with_article(name: str) -> str:
    """A name as words, with "a" or "an" before them."""
    start = name.lower()
    sounds_open = start.startswith((*_SILENT_H, *"aeiou")) and not _SOUNDS_LIKE_YOU.match(start)
    return f"{'an' if sounds_open else 'a'} {name.replace('_', ' ')}"


@cache
def _inflection() -> _Inflection:
    # Most projects ask for no models, and need not wait for its rules.
    inflection: _Inflection = import_module("pluralizer").Pluralizer()
    return inflection
