"""What a TOML document declares, where it keeps its requirements, and where new ones belong."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, cast

from .declared import Declared, Slot, slot_in
from .encoding import line_of
from .notation import Parsed, canonical_name, parse_pep508, parse_table_entry
from .requirement import MergeError
from .toml_text import get, strings, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .declared import Place
    from .toml_text import Path, TomlSource, Value


_Kind = Literal["array", "table"]


@dataclass(frozen=True, slots=True)
class Spot:
    """An array of PEP 508 strings, or a table from name to constraint."""

    path: Path
    kind: _Kind
    place: Place

    @property
    def label(self) -> str:
        """The path as TOML writes it."""
        return ".".join(self.path)


_DEVELOPMENT = ("dev", "develop", "development", "default", "test", "tests", "testing")


def is_development(name: str) -> bool:
    """Whether a group of this name is for those who work on the project."""
    return not set(_DEVELOPMENT).isdisjoint(re.split(r"[-_.\s]+", name.lower()))


_ANY = "*"

# Each place with its path, what it is, and for whom; where that is None, the group's name tells.
_PLACES: tuple[tuple[str, _Kind, Place | None], ...] = (
    ("project.dependencies", "array", "main"),
    ("tool.poetry.dependencies", "table", "main"),
    ("tool.pixi.pypi-dependencies", "table", "main"),
    ("tool.pixi.dependencies", "table", "main"),
    ("dependency-groups.*", "array", None),
    ("tool.uv.dev-dependencies", "array", "dev"),
    ("tool.rye.dev-dependencies", "array", "dev"),
    ("tool.pdm.dev-dependencies.*", "array", None),
    ("tool.poetry.group.*.dependencies", "table", None),
    ("tool.poetry.dev-dependencies", "table", "dev"),
    ("tool.hatch.envs.*.dependencies", "array", None),
    ("tool.hatch.envs.*.extra-dependencies", "array", None),
    ("tool.pixi.feature.*.pypi-dependencies", "table", None),
    ("project.optional-dependencies.*", "array", None),
    ("tool.uv.constraint-dependencies", "array", "constraint"),
)
_CONDA = ("tool", "pixi", "dependencies")
PIXI: tuple[tuple[str, _Kind, Place | None], ...] = (
    ("dependencies", "table", "main"),
    ("pypi-dependencies", "table", "main"),
    ("feature.*.dependencies", "table", "other"),
    ("feature.*.pypi-dependencies", "table", "other"),
)
"""The places of pixi's own file, as `spots` takes them."""
PIPFILE = (Spot(("packages",), "table", "main"), Spot(("dev-packages",), "table", "dev"))
"""The places of a Pipfile."""


def spots(
    data: dict[str, Any], places: Iterable[tuple[str, _Kind, Place | None]] = _PLACES
) -> Iterator[Spot]:
    """All places of a document that declare requirements, those for development best first."""
    for dotted, kind, place in places:
        for path, group in _expanded(data, tuple(dotted.split("."))):
            if isinstance(get(data, path), list if kind == "array" else dict):
                yield Spot(path, kind, place or ("dev" if is_development(group) else "other"))


def _expanded(data: dict[str, Any], pattern: Path) -> Iterator[tuple[Path, str]]:
    """The paths that a pattern stands for, each with the name of its group."""
    if _ANY not in pattern:
        yield pattern, ""
        return
    index = pattern.index(_ANY)
    groups = get(data, pattern[:index])
    if isinstance(groups, dict):
        for name in sorted(cast("dict[str, object]", groups), key=_preference):
            yield (*pattern[:index], name, *pattern[index + 1 :]), name


def _preference(name: str) -> int:
    return _DEVELOPMENT.index(name) if name in _DEVELOPMENT else len(_DEVELOPMENT)


def lists(data: dict[str, Any], spot: Spot, name: str) -> bool:
    """Whether a place declares a package."""
    return name in _names(data, spot)


def _names(data: dict[str, Any], spot: Spot) -> Iterator[str]:
    found = get(data, spot.path)
    if isinstance(found, dict):
        yield from map(canonical_name, cast("dict[str, object]", found))
    elif isinstance(found, list):
        for item in cast("list[object]", found):
            if isinstance(item, str) and (parsed := parse_pep508(item)):
                yield canonical_name(parsed.name)


def declared(source: TomlSource, found: Iterable[Spot]) -> list[Declared]:
    """The requirements in some places of a document, and the versions of Python."""
    return [*(item for spot in found for item in declared_at(source, spot)), *_python(source)]


def declared_at(source: TomlSource, spot: Spot) -> Iterator[Declared]:
    """The requirements in one place."""
    return _in_array(source, spot) if spot.kind == "array" else _in_table(source, spot)


def _python(source: TomlSource) -> Iterator[Declared]:
    """The versions of Python that PEP 621 declares; Poetry's tables list it beside packages."""
    path = ("project", "requires-python")
    entry, value = source.entry(path), get(source.data, path)
    if entry and isinstance(value, str):
        yield Declared(
            Parsed("python", frozenset(), value, conditional=False),
            written=f"{path[-1]} = {source.text[entry.value.start : entry.value.end]}",
            place="main",
            line=line_of(source.text, entry.start),
            span=(entry.value.start, entry.value.end),
            slot=_slot(source, entry.value, f"{path[-1]} = "),
        )


def _in_array(source: TomlSource, spot: Spot) -> Iterator[Declared]:
    entry = source.entry(spot.path)
    values = cast("list[object]", get(source.data, spot.path))
    elements = (entry.value.elements if entry else None) or []
    for value, element in zip(values, elements, strict=False):
        parsed = parse_pep508(value) if isinstance(value, str) else None
        if parsed:
            yield Declared(
                parsed,
                written=str(value),
                place=spot.place,
                line=line_of(source.text, element.start),
                span=(element.start, element.end),
                slot=_slot_in_string(source, element, str(value), parsed),
            )


def _slot_in_string(source: TomlSource, value: Value, text: str, parsed: Parsed) -> Slot | None:
    """The place of a PEP 508 string's constraint; None where escapes hide it."""
    if source.text[value.start + 1 : value.end - 1] != text:
        return None
    return slot_in(text, value.start + 1, parsed)


def _in_table(source: TomlSource, spot: Spot) -> Iterator[Declared]:
    table = cast("dict[str, object]", get(source.data, spot.path) or {})
    for name, value in table.items():
        path = (*spot.path, name)
        entry = source.entry(path)
        start = source.offset(path)
        if entry:
            span = entry.value.start, entry.value.end
            written = f"{name} = {source.text[slice(*span)]}"
        else:
            span = start, start
            written = f"{name} = {value}"
        parts = parse_table_entry(name, value)
        slots = _slots(source, path) if entry else [_slot_of(source, path, name)]
        for number, parsed in enumerate(parts):
            yield Declared(
                parsed,
                written=written,
                place=spot.place,
                line=line_of(source.text, start),
                span=span,
                slot=slots[number] if len(slots) == len(parts) else None,
            )


def _slots(source: TomlSource, path: Path) -> list[Slot | None]:
    """The places of the constraints in a table's entry: several where the value is a list."""
    entry = source.entry(path)
    if entry is None:
        return []
    head, elements = f"{path[-1]} = ", entry.value.elements
    if elements is None:
        return [_slot(source, entry.value, head)]
    return [_slot(source, element, head) for element in elements]


def _slot(source: TomlSource, value: Value, head: str) -> Slot | None:
    text = source.text
    if value.entries is not None:
        versions = [entry.value for entry in value.entries if entry.path[-1] == "version"]
        if not versions:
            elsewhere = {"git", "path", "url", "file"}
            if not value.entries or elsewhere & {entry.path[-1] for entry in value.entries}:
                return None
            start = value.start + 1
            head, tail = f"{head}{{", text[start : value.end]
            return Slot(start, start, "", head, tail, 'version = "', '", ')
        inner = versions[0]
    else:
        inner = value
    start, end = inner.start + 1, inner.end - 1
    if text[inner.start] not in "\"'" or "\\" in text[start:end] or start > end:
        return None
    head += text[value.start : start]
    return Slot(start, end, text[start:end], head, text[end : value.end])


def _slot_of(source: TomlSource, path: Path, name: str) -> Slot | None:
    """The place in a table of a package's own, such as `[tool.poetry.dependencies.fastapi]`."""
    version = source.entry((*path, "version"))
    return _slot(source, version.value, f"{name}.version = ") if version else None


_APPLICATION_PACKAGES = ("fastapi", "sqlalchemy", "sqlmodel", "alembic", "asyncpg")


def read_spots(data: dict[str, Any], manager: str) -> list[list[Spot]]:
    """The places that a manager reads, once for each way to install the application.

    An extra or a group that lists FastAPI is one of the application's own, where the main places
    list neither that nor a package for databases. Of several, such as `local` and `server`, one
    alone is installed.
    """
    found = [
        spot
        for spot in spots(data)
        if _read_by(manager, spot) and not (manager == "poetry" and _overruled(data, spot.path))
    ]
    main = [spot for spot in found if spot.place == "main"]
    if any(lists(data, spot, name) for spot in main for name in _APPLICATION_PACKAGES):
        return [found]
    servers = [
        spot
        for spot in found
        if spot.place == "other"
        and not {"all", "full"}.intersection(spot.path)
        and lists(data, spot, "fastapi")
    ]
    return [
        [replace(spot, place="main") if spot is server else spot for spot in found]
        for server in servers
    ] or [found]


def main_spot(data: dict[str, Any], manager: str, found: Sequence[Spot]) -> Spot:
    """Where the layer's requirements go: where FastAPI is, else where the manager looks.

    Raises:
        MergeError: the document has no place for requirements, or it takes them from elsewhere.
    """
    existing = [spot for spot in found if spot.place == "main"]
    for spot in existing:
        if lists(data, spot, "fastapi"):
            if spot.path == _CONDA:
                raise MergeError("pyproject.toml lists conda packages, in [tool.pixi.dependencies]")
            return spot
    existing = [spot for spot in existing if spot.path != _CONDA]
    if existing:
        return existing[0]
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
    raise MergeError("pyproject.toml has no [project] table to add the requirements to")


def dev_spot(data: dict[str, Any], manager: str, found: Sequence[Spot]) -> Spot:
    """Where the requirements for development go: where pytest is, else where the manager looks."""
    existing = [spot for spot in found if spot.place == "dev"]
    for spot in existing:
        if lists(data, spot, "pytest"):
            return spot
    if existing:
        return existing[0]
    if manager == "poetry" and get(data, ("tool", "poetry")) is not None:
        return Spot(("tool", "poetry", "group", "dev", "dependencies"), "table", "dev")
    if manager == "rye":
        return Spot(("tool", "rye", "dev-dependencies"), "array", "dev")
    if manager == "pixi":
        # A group is a feature to it, which its environment has only where a table says so.
        return Spot(("tool", "pixi", "pypi-dependencies"), "table", "dev")
    if manager in ("pip", "setuptools"):
        return Spot(("project", "optional-dependencies", "dev"), "array", "dev")
    return Spot(("dependency-groups", "dev"), "array", "dev")


def _read_by(manager: str, spot: Spot) -> bool:
    """Whether a manager looks at a place; one that another tool left behind is passed over."""
    return spot.path[0] != "tool" or spot.path[1] in (manager, "hatch", "pixi")


def _overruled(data: dict[str, Any], path: Path) -> bool:
    """Whether Poetry leaves out what only a table of its own lists, for the standard one."""
    match path:
        case ("tool", "poetry", "dependencies"):
            standard = [("project", "dependencies"), ("project", "optional-dependencies")]
        case ("tool", "poetry", "dev-dependencies"):
            standard = [("dependency-groups", "dev")]
        case ("tool", "poetry", "group", group, "dependencies"):
            standard = [("dependency-groups", group)]
        case _:
            standard = []
    return any(get(data, place) for place in standard)


def requirement_files(data: dict[str, Any]) -> list[str]:
    """The requirements files that a build backend takes a project's dependencies from."""
    if "dependencies" not in strings(get(data, ("project", "dynamic"))):
        return []
    setuptools = table(data, "tool", "setuptools", "dynamic", "dependencies")
    hatch = table(data, "tool", "hatch", "metadata", "hooks", "requirements_txt")
    return [*strings(setuptools.get("file")), *strings(hatch.get("files"))]
