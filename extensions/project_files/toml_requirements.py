"""Adding requirements to a pyproject.toml, whichever tool reads it, or to a Pipfile."""

from __future__ import annotations

import copy
import re
import tomllib
from typing import TYPE_CHECKING, Any, cast

from .decision import decide
from .encoding import line_of
from .notation import pep508, table_value
from .placement import Item
from .requirement import Merge, MergeError
from .requirement_tables import PIPFILE, declared, declared_at, dev_spot, main_spot, read_spots
from .toml_insertions import (
    Edit,
    apply,
    indentation,
    insert_into_array,
    insert_into_table,
    new_lines,
    new_section,
)
from .toml_text import TomlSource, get, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .decision import Decision
    from .declared import Declared
    from .requirement import Needs, Requirement
    from .requirement_tables import Spot
    from .toml_text import Path


def read_toml(content: str, path: str) -> TomlSource:
    """Read TOML.

    Raises:
        MergeError: it is not TOML.
    """
    try:
        return TomlSource(content)
    except tomllib.TOMLDecodeError as error:
        raise MergeError(f"{path} is not valid TOML: {error}") from error


def merge_pyproject(
    content: str, needs: Needs, *, manager: str, path: str = "pyproject.toml"
) -> Merge:
    """Add the requirements that a pyproject.toml does not have yet.

    Args:
        content: the file.
        needs: what the layer needs.
        manager: uv, poetry, pdm, pip, setuptools, hatch, rye or pixi.
        path: the file's name, for messages.

    Raises:
        MergeError: the file is no TOML or has no place for requirements.
    """
    merged = Merge(content)
    # Each of the ways to install the application gets what is missing there.
    for number in range(len(read_spots(read_toml(content, path).data, manager))):
        source = read_toml(merged.content, path)
        found = read_spots(source.data, manager)[number]
        decision = _decide(source, found, needs, path)
        groups = {item.group for item in decision.missing}
        main = main_spot(source.data, manager, found) if "main" in groups else None
        dev = dev_spot(source.data, manager, found) if "dev" in groups else None
        after = _write(source, decision, main, dev, path)
        merged = merged.then(decision.merge(after))
    return merged


def merge_pipfile(content: str, needs: Needs, *, path: str = "Pipfile") -> Merge:
    """Add the requirements that a Pipfile does not have yet.

    Args:
        content: the file.
        needs: what the layer needs: for `[packages]`, and for `[dev-packages]`.
        path: the file's name, for messages.

    Raises:
        MergeError: the file is no TOML, or a table is written in a way that cannot be added to.
    """
    source = read_toml(content, path)
    decision = _decide(source, PIPFILE, needs, path)
    return decision.merge(_write(source, decision, *PIPFILE, path))


def _decide(source: TomlSource, spots: Sequence[Spot], needs: Needs, path: str) -> Decision:
    """Compare what some places of a TOML document declare with what is needed."""
    return decide(declared(source, spots), needs, path=path, notations=_notations)


def _notations(requirement: Requirement) -> Iterator[str]:
    """What the template writes into a TOML document for a requirement."""
    yield pep508(requirement)
    yield pep508(requirement, parentheses=True)
    for quote in "\"'":
        for markers in (True, False):
            yield f"{requirement.name} = {table_value(requirement, quote=quote, markers=markers)}"


def _write(
    source: TomlSource, decision: Decision, main: Spot | None, dev: Spot | None, path: str
) -> str:
    """Write what was decided, and check that nothing else changed.

    Raises:
        MergeError: the place is written in a way that cannot be added to.
    """
    renewals = [_renewal(source, item, requirement) for item, requirement in decision.renewed]
    renewals += [Edit(item.slot.start, item.slot.end, item.new) for item in decision.raised]
    source = TomlSource(apply(source.text, renewals))
    edits: list[Edit] = []
    added: dict[Spot, int] = {}
    for spot, group in ((main, "main"), (dev, "dev")):
        missing = [item for item in decision.missing if item.group == group]
        if spot and missing:
            insert = _insert_strings if spot.kind == "array" else _insert_keys
            edits += insert(source, spot, missing)
            added[spot] = len(missing)
    after = apply(source.text, edits)
    if after != source.text:
        _check(source, after, added, path)
    return after


def _renewal(source: TomlSource, item: Declared, requirement: Requirement) -> Edit:
    start, end = item.span
    if item.written.startswith(f"{item.parsed.name} = "):
        quote = "'" if "'" in item.written else '"'
        return Edit(start, end, table_value(requirement, quote=quote))
    text = pep508(requirement, parentheses="(" in item.written)
    return Edit(start, end, quoted(text, source.text[start]))


def _insert_strings(source: TomlSource, spot: Spot, missing: Sequence[Requirement]) -> list[Edit]:
    values = cast("list[object]", get(source.data, spot.path) or [])
    parentheses = any(re.match(r"[^;]* \(", value) for value in values if isinstance(value, str))

    def write(requirement: Requirement) -> str:
        return pep508(requirement, parentheses=parentheses)

    entry = source.entry(spot.path)
    if entry and entry.value.elements is not None:
        items = [Item(item.parsed.name, *item.span) for item in declared_at(source, spot)]
        return insert_into_array(source, entry.value, items, missing, write)
    indent = indentation(source.text)
    table, key = spot.path[:-1], spot.path[-1]
    lines = [f"{key} = [", *(f"{indent}{quoted(write(item))}," for item in missing), "]"]
    headers = source.tables_at(table)
    if headers:
        return [new_lines(source, headers[0], lines)]
    if get(source.data, table) is not None:
        raise _unwritable(source, table)
    near = ("project",) if table[0] in ("project", "dependency-groups") else table[:-1]
    return [new_section(source, near, ".".join(table), lines)]


def _insert_keys(source: TomlSource, spot: Spot, missing: Sequence[Requirement]) -> list[Edit]:
    headers = source.tables_at(spot.path)
    strings = [
        source.text[entry.value.start]
        for entry in (headers[0].entries if headers else ())
        if source.text[entry.value.start] in "\"'"
    ]
    quote = strings[-1] if strings else '"'

    def write(requirement: Requirement) -> str:
        return table_value(requirement, quote=quote, markers="pixi" not in spot.path)

    if headers:
        return insert_into_table(source, headers[0], missing, write)
    if get(source.data, spot.path) is not None:
        raise _unwritable(source, spot.path)
    lines = [f"{item.name} = {write(item)}" for item in missing]
    return [new_section(source, spot.path[:2], ".".join(spot.path), lines)]


def _unwritable(source: TomlSource, path: Path) -> MergeError:
    line = line_of(source.text, source.offset(path))
    return MergeError(
        f"the table {'.'.join(path)}, line {line}, is written in a way that cannot be added to"
    )


def _check(source: TomlSource, after: str, added: dict[Spot, int], path: str) -> None:
    """Raise MergeError unless the result is the source with just the additions."""
    failure = MergeError(f"{path} is written in a way that cannot be added to; nothing was changed")
    try:
        result = TomlSource(after).data
    except tomllib.TOMLDecodeError as error:
        raise failure from error
    before = copy.deepcopy(source.data)
    for spot, count in added.items():
        old = _taken_out(before, spot.path) or type(get(result, spot.path))()
        new = _taken_out(result, spot.path)
        if len(new) != len(old) + count or not _contains(new, old):
            raise failure
    if _without_empty(before) != _without_empty(result):
        raise failure


def _taken_out(data: dict[str, Any], path: Path) -> Any:  # noqa: ANN401 - as TOML has it
    parent = get(data, path[:-1])
    return cast("dict[str, Any]", parent).pop(path[-1], None) if isinstance(parent, dict) else None


def _contains(new: Any, old: Any) -> bool:  # noqa: ANN401 - as TOML has it
    if isinstance(new, list):
        rest = iter(cast("list[object]", new))
        return all(item in rest for item in cast("list[object]", old))
    return all(new.get(key) == value for key, value in old.items())


def _without_empty(data: Any) -> Any:  # noqa: ANN401 - as TOML has it
    if not isinstance(data, dict):
        return data
    items = cast("dict[str, object]", data).items()
    cleaned = {key: _without_empty(value) for key, value in items}
    return {key: value for key, value in cleaned.items() if value != {}}
