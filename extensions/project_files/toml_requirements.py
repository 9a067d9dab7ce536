"""Requirements in a TOML document: what it declares, and how new ones are written into it."""

from __future__ import annotations

import copy
import re
import tomllib
from typing import TYPE_CHECKING, Any, cast

from .decision import Declared, Slot, decide, slot_in
from .encoding import line_of
from .notation import Parsed, parse_pep508, parse_table_entry, pep508, table_value
from .placement import Item
from .requirement import MergeError
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
    from .requirement import Needs, Requirement
    from .requirement_tables import Spot
    from .toml_text import Path, Value


def read_toml(content: str, path: str) -> TomlSource:
    """Read TOML.

    Raises:
        MergeError: it is not TOML.
    """
    try:
        return TomlSource(content)
    except tomllib.TOMLDecodeError as error:
        raise MergeError(f"{path} is not valid TOML: {error}") from error


def decide_for(source: TomlSource, spots: Sequence[Spot], needs: Needs, path: str) -> Decision:
    """Compare what some places of a TOML document declare with what is needed."""
    declared = [item for spot in spots for item in _declared(source, spot)]
    declared.extend(_python(source))
    return decide(declared, needs, path=path, notations=_notations)


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


def _notations(requirement: Requirement) -> Iterator[str]:
    """What the template writes into a TOML document for a requirement."""
    yield pep508(requirement)
    yield pep508(requirement, parentheses=True)
    for quote in "\"'":
        for markers in (True, False):
            yield f"{requirement.name} = {table_value(requirement, quote=quote, markers=markers)}"


def _declared(source: TomlSource, spot: Spot) -> list[Declared]:
    if spot.kind == "array":
        return _declared_in_array(source, spot)
    return _declared_in_table(source, spot)


def _declared_in_array(source: TomlSource, spot: Spot) -> list[Declared]:
    entry = source.entry(spot.path)
    values = cast("list[object]", get(source.data, spot.path))
    elements = (entry.value.elements if entry else None) or []
    found: list[Declared] = []
    for value, element in zip(values, elements, strict=False):
        parsed = parse_pep508(value) if isinstance(value, str) else None
        if parsed:
            found.append(
                Declared(
                    parsed,
                    written=str(value),
                    place=spot.place,
                    line=line_of(source.text, element.start),
                    span=(element.start, element.end),
                    slot=_slot_in_string(source, element, str(value), parsed),
                )
            )
    return found


def _slot_in_string(source: TomlSource, value: Value, text: str, parsed: Parsed) -> Slot | None:
    """The place of a PEP 508 string's constraint; None where escapes hide it."""
    if source.text[value.start + 1 : value.end - 1] != text:
        return None
    return slot_in(text, value.start + 1, parsed)


def _declared_in_table(source: TomlSource, spot: Spot) -> list[Declared]:
    table = cast("dict[str, object]", get(source.data, spot.path) or {})
    found: list[Declared] = []
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
            found.append(
                Declared(
                    parsed,
                    written=written,
                    place=spot.place,
                    line=line_of(source.text, start),
                    span=span,
                    slot=slots[number] if len(slots) == len(parts) else None,
                )
            )
    return found


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


def write_requirements(
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
        items = [Item(item.parsed.name, *item.span) for item in _declared_in_array(source, spot)]
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
