"""Comparing a version constraint of the user's with what the layer needs, and raising it."""

from __future__ import annotations

import re
from itertools import chain, product
from typing import TYPE_CHECKING

from packaging.specifiers import InvalidSpecifier, Specifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from .notation import alternatives

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def admits(constraint: str, needed: str) -> bool:
    """Tell whether some version satisfies both a constraint and what is needed.

    Both are PEP 440 specifier sets or constraints as Poetry, Pipenv and pixi write them
    (`^2.0`, `~2.0`, `2.*`, `2.0.1`, `>=1,<2 || >=3`). Pre-releases count only where one of
    the two names one, as installers have it.

    A constraint that cannot be read is taken to admit: whether it does is not known, and the
    user's own tools judge it.
    """
    return any(
        _intersect(mine, theirs)
        for theirs in _alternatives(constraint)
        for mine in _alternatives(needed)
    )


def stays_within(constraint: str, allowed: str) -> bool:
    """Tell whether every version that satisfies a constraint is among those allowed.

    Notations and pre-releases are as in `admits`; a constraint that cannot be read does not.
    """
    ranges = _alternatives(allowed)
    return all(
        any(specifiers.contains(version, prereleases=True) for specifiers in ranges)
        for mine in _alternatives(constraint)
        for version in _boundary_versions(chain(mine, *ranges))
        if mine.contains(version, prereleases=_name_prerelease(mine))
    )


def is_readable(constraint: str) -> bool:
    """Whether a constraint says which versions it admits, in a notation that is known here."""
    return constraint.strip() in ("", "*") or _alternatives(constraint) != [SpecifierSet()]


def _alternatives(constraint: str) -> list[SpecifierSet]:
    try:
        return [SpecifierSet(",".join(clauses)) for clauses in alternatives(constraint)]
    except InvalidSpecifier:
        return [SpecifierSet()]


def _intersect(left: SpecifierSet, right: SpecifierSet) -> bool:
    both = left & right
    prereleases = _name_prerelease(both)
    return any(
        both.contains(version, prereleases=prereleases) for version in _boundary_versions(both)
    )


def _name_prerelease(clauses: Iterable[Specifier]) -> bool:
    for clause in clauses:
        try:
            version = Version(clause.version.removesuffix(".*"))
        except InvalidVersion:
            continue
        if version.is_prerelease and clause.operator != "!=":
            return True
    return False


def _boundary_versions(clauses: Iterable[Specifier]) -> Iterator[str]:
    """Versions of which at least one lies in every non-empty intersection.

    An intersection of specifiers is a union of intervals. Each begins below everything, at a
    version that a clause names, or right after one; so it is enough to try the least version,
    every named one, and those that directly follow it in each way that PEP 440 has for
    following (local, dev, pre, post, a longer release, the next of a series).
    """
    clauses = list(clauses)
    yield from ("0.dev0", "0")
    bounds: list[Version] = []
    for clause in clauses:
        written = clause.version.removesuffix(".*")
        yield written
        try:
            version = Version(written)
        except InvalidVersion:
            continue
        bounds.append(version)
        if clause.version.endswith(".*"):
            bounds.append(_bumped(version, -1))
        elif clause.operator == "~=":
            bounds.append(_bumped(version, -2))
    longest = max((len(bound.release) for bound in bounds), default=0)
    for bound in bounds:
        yield from _followers(bound, longest)


def _bumped(version: Version, part: int) -> Version:
    """The first version after the series that ends with a part of this one's release."""
    release = list(version.release[: len(version.release) + part + 1])
    release[-1] += 1
    return Version(f"{version.epoch}!{'.'.join(map(str, release))}")


def _followers(version: Version, longest: int) -> Iterator[str]:
    base = version.base_version
    yield version.public
    yield f"{version.public}+0"
    yield f"{base}.dev0"
    yield f"{base}a0"
    yield base
    yield f"{base}+0"
    yield f"{base}.post0"
    if version.local:
        yield f"{version}.0"
    stem = base
    if version.pre:
        letter, number = version.pre
        stem = f"{base}{letter}{number}"
        yield f"{base}{letter}{number + 1}.dev0"
        yield f"{base}{letter}{number + 1}"
    yield stem
    yield f"{stem}.post0.dev0"
    yield f"{stem}.post0"
    if version.post is not None:
        stem = f"{stem}.post{version.post}"
        yield stem
        yield f"{stem[: -len(str(version.post))]}{version.post + 1}.dev0"
        yield f"{stem[: -len(str(version.post))]}{version.post + 1}"
    if version.dev is not None:
        yield f"{stem}.dev{version.dev + 1}"
    padded = [*version.release, *[0] * (longest - len(version.release)), 1]
    longer = f"{version.epoch}!{'.'.join(map(str, padded))}"
    yield f"{longer}.dev0"
    yield longer


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
