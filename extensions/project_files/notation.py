"""How requirements and constraints are written in each kind of file, and how they are read."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple, cast

from .toml_text import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .requirement import Requirement

_NAME = re.compile(
    r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?(.*)", re.DOTALL
)
_CLAUSE = re.compile(r"(===|==|~=|!=|<=|>=|<|>|\^|~|=|)\s*([^\s,<>=!~^]+)")
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")


def canonical_name(name: str) -> str:
    """The name of a distribution as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


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
    """Read a requirement; None if it is none.

    A constraint that PEP 440 does not allow is read as far as it goes, because the user's tools
    may take it all the same.
    """
    match = _NAME.match(text)
    if not match:
        return None
    # A semicolon may be part of an address.
    marker = r"(\s;)|$" if match[3].lstrip().startswith("@") else r"(;)|$"
    rest, marked, _ = re.split(marker, match[3], maxsplit=1)
    written = re.split(r"#|\s--", rest)[0].strip().strip("()").strip(" \t\\")
    if written and written[0] not in "@<>=!~^":
        return None
    constraint = written if re.match(r"[<>=!~]", written) else ""
    at = _place(match, written) if constraint or not written else None
    return Parsed(match[1], _extras((match[2] or "").split(",")), constraint, bool(marked), at)


def _place(match: re.Match[str], written: str) -> tuple[int, int]:
    """Where a constraint stands; where there is none, right after the name and its extras."""
    if written:
        start = match.start(3) + match[3].index(written)
        return start, start + len(written)
    end = match.end(1) if match[2] is None else match.end(2) + 1
    return end, end


def _extras(names: object) -> frozenset[str]:
    items = cast("list[object]", names) if isinstance(names, list) else []
    return frozenset(canonical_name(str(name).strip()) for name in items if name)


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


def pep440(constraint: str) -> str:
    """A constraint of Poetry's, Pipenv's or conda's as PEP 440 has it, alternatives parted by "||".

    Empty where it admits every version, or is in no notation that is known here.
    """
    parts = alternatives(constraint)
    clauses = (clause for part in parts for clause in part)
    if any(not _RELEASE.match(clause.lstrip("=!<>~")) for clause in clauses):
        return ""
    return " || ".join(map(",".join, parts)) if all(parts) else ""


def alternatives(constraint: str) -> list[list[str]]:
    """The clauses of a constraint in the notation of PEP 440; of several lists, one has to hold.

    What cannot be read stays as it is written.
    """
    parts = re.split(r"\s*\|\|?\s*", constraint.strip())
    return [list(dict.fromkeys(_pep440_clauses(part))) for part in parts]


def _pep440_clauses(part: str) -> Iterator[str]:
    for operator, written in _CLAUSE.findall(part):
        version = re.sub(r"\.?[xX*](\.[xX*])*$", ".*", written)
        release = _RELEASE.match(version)
        if version == ".*":
            if operator == "!=":
                yield "<0.dev0"
        elif operator in ("^", "~") and release:
            yield f">={version.removesuffix('.*')}"
            yield f"<{_next_series(release, caret=operator == '^')}"
        elif operator in ("", "="):
            yield f"=={version}"
        elif version.endswith(".*") and operator not in ("==", "!=", "==="):
            yield f"{operator}{version.removesuffix('.*')}"
        else:
            yield f"{operator}{version}"


def _next_series(low: re.Match[str], *, caret: bool) -> str:
    """The first version after those that Poetry's `^` or `~` admits."""
    numbers = [int(number) for number in low[1].split(".")]
    kept = min(2, len(numbers))
    if caret:
        kept = next((at for at, number in enumerate(numbers, 1) if number), len(numbers))
    return ".".join(map(str, [*numbers[: kept - 1], numbers[kept - 1] + 1]))
