"""How a requirement is written in each kind of file, and how it is read back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from packaging.requirements import InvalidRequirement
from packaging.requirements import Requirement as ParsedRequirement

from .toml_insertions import quoted

if TYPE_CHECKING:
    from .requirement import Requirement

_NAME = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?(.*)", re.DOTALL
)


class Parsed(NamedTuple):
    """A requirement as it is read."""

    name: str
    extras: frozenset[str]
    constraint: str
    """PEP 440, or as the tool writes it; empty where every version will do."""
    conditional: bool
    """Whether it has a marker, so that another line may hold in its place."""
    at: tuple[int, int] | None = None
    """Where the constraint stands in the text, or would; None where it has no place in it."""


def parse_pep508(text: str) -> Parsed | None:
    """Read a requirement; None if it begins with no name.

    A text that PEP 508 does not allow is read as far as it goes, because the user's tools may
    take it all the same.
    """
    match = _NAME.match(text)
    if not match:
        return None
    rest, marked, _ = re.split(r"(;)|$", match[3], maxsplit=1)
    rest = re.split(r"#|\s--", rest)[0]
    written = rest.strip().strip("()").strip()
    try:
        parsed = ParsedRequirement(text)
    except InvalidRequirement:
        constraint = written if re.match(r"[<>=!~]", written) else ""
        extras, conditional = _extras((match[2] or "").split(",")), bool(marked)
        at = _place(match, written) if constraint or not written else None
        return Parsed(match[1], extras, constraint, conditional, at)
    extras, constraint = _extras(list(parsed.extras)), str(parsed.specifier)
    at = None if parsed.url else _place(match, written)
    return Parsed(parsed.name, extras, constraint, parsed.marker is not None, at)


def _place(match: re.Match[str], written: str) -> tuple[int, int]:
    """Where a constraint stands; where there is none, right after the name and its extras."""
    if written:
        start = match.start(3) + match[3].index(written)
        return start, start + len(written)
    end = match.end(1) if match[2] is None else match.end(2) + 1
    return end, end


def _extras(names: object) -> frozenset[str]:
    items = cast("list[object]", names) if isinstance(names, list) else []
    return frozenset(re.sub(r"[-_.]+", "-", str(name).strip()).lower() for name in items if name)


def parse_table_entry(name: str, value: object) -> list[Parsed]:
    """Read an entry of a Poetry, Pipenv or pixi table.

    There are several requirements where the value is a list of constraints with markers of their
    own.
    """
    if isinstance(value, str):
        return [Parsed(name, frozenset(), value, conditional=False)]
    if isinstance(value, list):
        entries = [parse_table_entry(name, item) for item in cast("list[object]", value)]
        return [item._replace(conditional=True) for entry in entries for item in entry]
    if isinstance(value, dict):
        table = cast("dict[str, object]", value)
        constraint = str(table.get("version", ""))
        conditional = not {"markers", "python", "platform"}.isdisjoint(table)
        return [Parsed(name, _extras(table.get("extras")), constraint, conditional)]
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
