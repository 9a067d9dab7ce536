"""Where a pyproject.toml keeps its requirements, and where new ones belong."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from .model import MergeError
from .notation import parse_pep508, parse_table_value
from .toml_source import get

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .decide import Place
    from .toml_source import Path


@dataclass(frozen=True, slots=True)
class Spot:
    """An array of PEP 508 strings, or a table from name to constraint."""

    path: Path
    kind: Literal["array", "table"]
    place: Place

    @property
    def label(self) -> str:
        """The path as TOML writes it."""
        return ".".join(self.path)


_DEVELOPMENT = {"dev", "develop", "development", "test", "tests", "testing"}


def is_development(name: str) -> bool:
    """Whether a group of this name is for those who work on the project."""
    return bool(_DEVELOPMENT & set(re.split(r"[-_.\s]+", name.lower())))


def _group_place(name: str) -> Place:
    return "dev" if is_development(name) else "other"


def spots(data: dict[str, Any]) -> Iterator[Spot]:
    """All places of a document that declare requirements, those for development best first."""

    def groups(path: Path) -> list[str]:
        found = get(data, path)
        names = list(cast("dict[str, object]", found)) if isinstance(found, dict) else []
        return sorted(names, key=_preference)

    for path, kind in _MAIN:
        if isinstance(get(data, path), list if kind == "array" else dict):
            yield Spot(path, kind, "main")
    for name in groups(("dependency-groups",)):
        yield Spot(("dependency-groups", name), "array", _group_place(name))
    for tool in ("uv", "rye"):
        if isinstance(get(data, ("tool", tool, "dev-dependencies")), list):
            yield Spot(("tool", tool, "dev-dependencies"), "array", "dev")
    for name in groups(("tool", "pdm", "dev-dependencies")):
        yield Spot(("tool", "pdm", "dev-dependencies", name), "array", "dev")
    for name in groups(("tool", "poetry", "group")):
        path = ("tool", "poetry", "group", name, "dependencies")
        if isinstance(get(data, path), dict):
            yield Spot(path, "table", _group_place(name))
    if isinstance(get(data, ("tool", "poetry", "dev-dependencies")), dict):
        yield Spot(("tool", "poetry", "dev-dependencies"), "table", "dev")
    for name in groups(("tool", "hatch", "envs")):
        for key in ("dependencies", "extra-dependencies"):
            path = ("tool", "hatch", "envs", name, key)
            if isinstance(get(data, path), list):
                place = "dev" if name == "default" else _group_place(name)
                yield Spot(path, "array", place)
    for name in groups(("tool", "pixi", "feature")):
        path = ("tool", "pixi", "feature", name, "pypi-dependencies")
        if isinstance(get(data, path), dict):
            yield Spot(path, "table", _group_place(name))
    for name in groups(("project", "optional-dependencies")):
        yield Spot(("project", "optional-dependencies", name), "array", _group_place(name))
    if isinstance(get(data, ("tool", "uv", "constraint-dependencies")), list):
        yield Spot(("tool", "uv", "constraint-dependencies"), "array", "constraint")


_MAIN: tuple[tuple[Path, Literal["array", "table"]], ...] = (
    (("project", "dependencies"), "array"),
    (("tool", "poetry", "dependencies"), "table"),
    (("tool", "pixi", "pypi-dependencies"), "table"),
)


def _preference(name: str) -> int:
    order = ("dev", "develop", "development", "test", "tests", "testing")
    return order.index(name) if name in order else len(order)


def lists(data: dict[str, Any], spot: Spot, name: str) -> bool:
    """Whether a place declares a package."""
    return any(found == name for found, *_ in contents(data, spot))


def contents(data: dict[str, Any], spot: Spot) -> Iterator[tuple[str, frozenset[str], str, int]]:
    """Name, extras and constraint of what a place declares, with its number in an array."""
    found = get(data, spot.path)
    if spot.kind == "array" and isinstance(found, list):
        for index, item in enumerate(cast("list[object]", found)):
            parsed = parse_pep508(item) if isinstance(item, str) else None
            if parsed:
                yield *parsed, index
    elif spot.kind == "table" and isinstance(found, dict):
        for name, value in cast("dict[str, object]", found).items():
            if name != "python":
                for extras, constraint in parse_table_value(value):
                    yield name, extras, constraint, 0


def main_spot(data: dict[str, Any], manager: str) -> Spot:
    """Where the layer's requirements go: where FastAPI is, else where the manager looks.

    Raises:
        MergeError: the document has no place for requirements, or it takes them from elsewhere.
    """
    existing = [spot for spot in spots(data) if spot.place == "main"]
    for spot in existing:
        if lists(data, spot, "fastapi"):
            return spot
    project = get(data, ("project",))
    if isinstance(project, dict):
        dynamic = cast("dict[str, object]", project).get("dynamic", [])
        if not (isinstance(dynamic, list) and "dependencies" in dynamic):
            return Spot(("project", "dependencies"), "array", "main")
        if manager != "poetry":
            raise MergeError(
                "pyproject.toml declares its dependencies as dynamic; "
                "add the requirements where they are taken from"
            )
    if manager == "poetry":
        return Spot(("tool", "poetry", "dependencies"), "table", "main")
    if existing:
        return existing[0]
    raise MergeError("pyproject.toml has no [project] table to add the requirements to")


def dev_spot(data: dict[str, Any], manager: str) -> Spot:
    """Where the requirements for development go: where pytest is, else where the manager looks."""
    found = [spot for spot in spots(data) if spot.place == "dev" and _read_by(manager, spot)]
    for spot in found:
        if lists(data, spot, "pytest"):
            return spot
    if found:
        return found[0]
    if manager == "poetry" and get(data, ("tool", "poetry")) is not None:
        return Spot(("tool", "poetry", "group", "dev", "dependencies"), "table", "dev")
    if manager == "rye":
        return Spot(("tool", "rye", "dev-dependencies"), "array", "dev")
    if manager in ("pip", "setuptools"):
        return Spot(("project", "optional-dependencies", "dev"), "array", "dev")
    return Spot(("dependency-groups", "dev"), "array", "dev")


def _read_by(manager: str, spot: Spot) -> bool:
    """Whether a manager looks at a place; one that another tool left behind is passed over."""
    return spot.path[0] != "tool" or spot.path[1] == manager
