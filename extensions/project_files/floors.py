"""Raising a version constraint of the user's to what the layer works with."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

from .version_constraints import admits, is_readable, stays_within

if TYPE_CHECKING:
    from collections.abc import Iterator

_OR = re.compile(r"\s*\|\|?\s*")
_LOW = re.compile(r"(?P<operator>>=|~=|(?<!!)[>^]|~)(?P<gap>\s*)(?P<version>[^\s,<>=!~^|]+)")
_CLAUSE = r"(?:===|==|~=|!=|<=|>=|[<>^~=]?)\s*[\w.*+!-]+"
_WRITTEN = re.compile(rf"\s*(?:{_CLAUSE}(?:(?:\s*,\s*|\s+){_CLAUSE})*)?\s*,?\s*")
_FLOOR = re.compile(r">=\s*([^\s,]+)")


def raised(constraint: str, needed: str) -> str | None:
    """Write a constraint so that it admits what it did, as far as that is enough.

    The version of its lower bound is replaced where that says all; else clauses are added. What a
    Poetry constraint has as an alternative, and is too old, is left out.

    Args:
        constraint: as the user wrote it, in the notation of PEP 440 or of a tool.
        needed: PEP 440, with a lower bound.

    Returns:
        None where nothing has to change, where nothing would be left, or where the constraint is
        written in a way that cannot be changed.
    """
    if stays_within(constraint, needed) or not admits(constraint, needed):
        return None
    parts = [part for part in _OR.split(constraint) if admits(part, needed)]
    if not is_readable(constraint) or not all(map(_WRITTEN.fullmatch, parts)):
        return None
    found = [_raised_part(part, needed) for part in parts]
    return " || ".join(part for part in found if part) if all(found) else None


def _raised_part(part: str, needed: str) -> str | None:
    if stays_within(part, needed):
        return part
    target = f"{part},{needed}"
    return next((text for text in _candidates(part, needed) if _same(text, target)), None)


def _candidates(part: str, needed: str) -> Iterator[str]:
    """The ways to write it, the one that changes least first."""
    floor = _FLOOR.search(needed)
    if floor is None:
        return
    written = part.strip()
    bases = [
        f"{written[: low.start()]}{low['operator'] if low['operator'] != '>' else '>='}"
        f"{low['gap']}{floor[1]}{written[low.end() :]}"
        for low in _LOW.finditer(written)
    ]
    gap = " " if re.search(r"[=<>~^]\s", written) else ""
    clauses = [re.sub(r"(?<==)(?=[^=])", gap, clause) for clause in needed.split(",")]
    separator = ", " if gap or re.search(r",\s", written) else ","
    if written in ("", "*"):
        bases.append(clauses[0])
    elif written[0] in "<!":
        bases.append(f"{clauses[0]}{separator}{written}")
    else:
        bases += [written, f"{written}{separator}{clauses[0]}"]
    more = [
        clause for clause in clauses[1:] if clause.replace(" ", "") not in written.replace(" ", "")
    ]
    for base, rest in product(bases, ([], more)):
        yield separator.join([base, *rest])


def _same(constraint: str, other: str) -> bool:
    return stays_within(constraint, other) and stays_within(other, constraint)
