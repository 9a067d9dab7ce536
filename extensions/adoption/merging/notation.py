"""How a requirement is written in each kind of file, and how it is read back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as ParsedRequirement

from .toml_edit import quoted

if TYPE_CHECKING:
    from .model import Requirement

_NAME = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?(.*)", re.DOTALL
)


def parse_pep508(text: str) -> tuple[str, frozenset[str], str] | None:
    """Name, extras and version constraint of a requirement, or None if it begins with no name.

    A text that PEP 508 does not allow is read as far as it goes, because the user's tools may
    take it all the same.
    """
    try:
        parsed = ParsedRequirement(text)
    except InvalidRequirement:
        match = _NAME.match(text)
        if not match:
            return None
        rest = re.split(r"[;#]|\s--", match[3])[0].strip().strip("()")
        constraint = rest if re.match(r"[<>=!~]", rest) else ""
        return match[1], _extras((match[2] or "").split(",")), constraint
    return parsed.name, _extras(parsed.extras), str(parsed.specifier)


def _extras(names: Any) -> frozenset[str]:  # noqa: ANN401 - as TOML has it
    if not isinstance(names, list | tuple | set):
        return frozenset()
    items = cast("list[object]", list(names))  # pyright: ignore[reportUnknownArgumentType]
    return frozenset(re.sub(r"[-_.]+", "-", str(name).strip()).lower() for name in items if name)


def parse_table_value(value: object) -> list[tuple[frozenset[str], str]]:
    """Extras and version constraint of the value that a Poetry, Pipenv or pixi table has.

    There are several where the value is a list of constraints with markers of their own.
    """
    if isinstance(value, str):
        return [(frozenset(), value)]
    if isinstance(value, list):
        items = cast("list[object]", value)
        return [pair for item in items for pair in parse_table_value(item)]
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        return [(_extras(table.get("extras")), str(table.get("version", "")))]
    return []


def table_value(requirement: Requirement, *, quote: str = '"', markers: bool = True) -> str:
    """A requirement as the value in a Poetry, Pipenv or pixi table."""
    version = quoted(requirement.specifier or "*", quote)
    marker = requirement.marker if markers else ""
    if not requirement.extras and not marker:
        return version
    parts = [f"version = {version}"]
    if requirement.extras:
        extras = ", ".join(quoted(extra, quote) for extra in requirement.extras)
        parts.insert(0, f"extras = [{extras}]")
    if marker:
        parts.append("markers = " + quoted(marker.replace('"', "'")))
    return "{" + ", ".join(parts) + "}"


def pep508(requirement: Requirement, *, parentheses: bool = False) -> str:
    """A requirement for a TOML string, the version in parentheses as `poetry add` writes it."""
    text = f"{requirement.name_with_extras}{requirement.specifier}"
    if parentheses and requirement.specifier:
        text = f"{requirement.name_with_extras} ({requirement.specifier})"
    # Quotes that need no escaping in the string.
    marker = requirement.marker.replace('"', "'")
    return f"{text}; {marker}" if marker else text
