"""Adding requirements to a pyproject.toml, whichever tool reads it."""

from __future__ import annotations

import copy
import tomllib
from typing import TYPE_CHECKING, Any, cast

from .decide import Declared, Decision, decide
from .model import Conflict, MergeError, Requirement
from .notation import parse_pep508, parse_table_value, pep508, table_value
from .places import Spot, dev_spot, main_spot, spots
from .text import line_number
from .toml_edit import (
    Edit,
    apply,
    indentation,
    insert_into_array,
    insert_into_table,
    new_entry,
    new_section,
    quoted,
)
from .toml_source import TomlSource, get

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .toml_source import Path

NAME = "pyproject.toml"


def add_dependencies(
    content: str,
    *,
    manager: str,
    main: Sequence[str],
    dev: Sequence[str] = (),
    earlier: Sequence[str] = (),
) -> str:
    """Add the requirements that a pyproject.toml does not have yet.

    Args:
        content: the file.
        manager: uv, poetry, pdm, pip, setuptools, hatch, rye or pixi.
        main: what the running application needs, as PEP 508.
        dev: what tests and migrations need, as PEP 508.
        earlier: what earlier versions of the template added, as PEP 508. Such a text is renewed,
            and one that is gone stays out.

    Raises:
        MergeError: the file is no TOML or has no place for requirements.
    """
    source = read_toml(content, NAME)
    decision = _decide(source, manager, main, dev, earlier)
    return write_requirements(
        source,
        decision,
        main_spot(source.data, manager),
        dev_spot(source.data, manager) if _has_dev(decision) else None,
    )


def find_conflicts(
    content: str,
    *,
    manager: str,
    main: Sequence[str],
    dev: Sequence[str] = (),
    earlier: Sequence[str] = (),
    path: str = NAME,
) -> list[Conflict]:
    """The requirements of a pyproject.toml that exclude what the layer needs.

    Raises:
        MergeError: the file is no TOML.
    """
    return _decide(read_toml(content, path), manager, main, dev, earlier, path=path).conflicts


def read_toml(content: str, path: str) -> TomlSource:
    """Read TOML.

    Raises:
        MergeError: it is not TOML.
    """
    try:
        return TomlSource(content)
    except tomllib.TOMLDecodeError as error:
        raise MergeError(f"{path} is not valid TOML: {error}") from error


def _has_dev(decision: Decision) -> bool:
    return any(item.group == "dev" for item in decision.missing)


def _decide(
    source: TomlSource,
    manager: str,
    main: Sequence[str],
    dev: Sequence[str],
    earlier: Sequence[str],
    path: str = NAME,
) -> Decision:
    read_spots = [
        spot
        for spot in spots(source.data)
        if spot.path[0] != "tool" or spot.path[1] in (manager, "pixi", "hatch")
    ]
    return decide_for(source, read_spots, main, dev, earlier, path)


def decide_for(
    source: TomlSource,
    read_spots: Sequence[Spot],
    main: Sequence[str],
    dev: Sequence[str],
    earlier: Sequence[str],
    path: str,
) -> Decision:
    """Compare what some places of a TOML document declare with what is needed."""
    declared = [item for spot in read_spots for item in _declared(source, spot)]
    before = [Requirement.parse(text) for text in earlier]
    texts = {
        text
        for item in before
        for text in (
            pep508(item),
            pep508(item, parentheses=True),
            *(
                f"{key} = {table_value(item, quote=quote)}"
                for quote in "\"'"
                for key in (item.name, item.key)
            ),
        )
    }
    needed = [Requirement.parse(text, "main") for text in main]
    needed += [Requirement.parse(text, "dev") for text in dev]
    return decide(
        declared,
        needed,
        path=path,
        earlier=frozenset(texts),
        earlier_names=frozenset(item.key for item in before),
    )


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
            name, extras, constraint = parsed
            found.append(
                Declared(
                    name=name,
                    extras=extras,
                    constraint=constraint,
                    written=str(value),
                    place=spot.place,
                    line=line_number(source.text, element.start),
                    span=(element.start, element.end),
                )
            )
    return found


def _declared_in_table(source: TomlSource, spot: Spot) -> list[Declared]:
    table = cast("dict[str, object]", get(source.data, spot.path))
    found: list[Declared] = []
    for name, value in table.items():
        path = (*spot.path, name)
        entry = source.entry(path)
        start = source.offset(path)
        end = entry.value.end if entry else start
        line_end = source.text.find("\n", start)
        written = source.text[start : end if entry else line_end].rstrip()
        for extras, constraint in parse_table_value(value):
            if name == "python":
                continue
            found.append(
                Declared(
                    name=name,
                    extras=extras,
                    constraint=constraint,
                    written=written,
                    place=spot.place,
                    line=line_number(source.text, start),
                    span=(start, end),
                )
            )
    return found


def write_requirements(
    source: TomlSource, decision: Decision, main: Spot, dev: Spot | None, path: str = NAME
) -> str:
    """Write what was decided, and check that nothing else changed.

    Raises:
        MergeError: the place is written in a way that cannot be added to.
    """
    edits = [_renew(source, item, requirement) for item, requirement in decision.renewed]
    added: dict[Spot, int] = {}
    for spot, group in ((main, "main"), (dev, "dev")):
        missing = [item for item in decision.missing if item.group == group]
        if spot and missing:
            edits += _insert(source, spot, missing)
            added[spot] = len(missing)
    after = apply(source.text, edits)
    if after != source.text:
        _check(source, after, added, path, renewed=bool(decision.renewed))
    return after


def _renew(source: TomlSource, item: Declared, requirement: Requirement) -> Edit:
    start, end = item.span
    if source.text[start] in "\"'":
        parentheses = "(" in item.written
        new = quoted(pep508(requirement, parentheses=parentheses), source.text[start])
    else:
        quote = "'" if "'" in item.written else '"'
        key = item.written.split(" = ", 1)[0]
        new = f"{key} = {table_value(requirement, quote=quote)}"
    return Edit(start, end, new)


def _insert(source: TomlSource, spot: Spot, missing: Sequence[Requirement]) -> list[Edit]:
    if spot.kind == "array":
        return _insert_strings(source, spot, missing)
    return _insert_keys(source, spot, missing)


def _insert_strings(source: TomlSource, spot: Spot, missing: Sequence[Requirement]) -> list[Edit]:
    values = cast("list[object] | None", get(source.data, spot.path))
    strings = [value for value in values or [] if isinstance(value, str)]
    parentheses = any(" (" in value for value in strings)
    new = [(item.name, pep508(item, parentheses=parentheses)) for item in missing]
    entry = source.entry(spot.path)
    if entry and entry.value.elements is not None:
        names: list[str | None] = []
        for value in values or []:
            parsed = parse_pep508(value) if isinstance(value, str) else None
            names.append(parsed[0] if parsed else None)
        return insert_into_array(source, entry.value, names, new)
    indent = indentation(source.text)
    lines = [f"{indent}{quoted(value)}," for _, value in new]
    table, key = spot.path[:-1], spot.path[-1]
    if source.entry(table) is not None:
        raise _unwritable(source, table)
    headers = source.tables_at(table)
    if headers:
        line_end = "\r\n" if "\r\n" in source.text else "\n"
        text = line_end.join([f"{key} = [", *lines, "]"])
        return [new_entry(source, headers[0], text)]
    near = ("project",) if table[0] in ("project", "dependency-groups") else table[:-1]
    return [new_section(source, near, ".".join(table), [f"{key} = [", *lines, "]"])]


def _insert_keys(source: TomlSource, spot: Spot, missing: Sequence[Requirement]) -> list[Edit]:
    markers = "pixi" not in spot.path
    headers = source.tables_at(spot.path)
    if not headers:
        if get(source.data, spot.path) is not None:
            raise _unwritable(source, spot.path)
        lines = [f"{item.name} = {table_value(item, markers=markers)}" for item in missing]
        return [new_section(source, spot.path[:2], spot.label, lines)]
    values = [
        source.text[entry.value.start]
        for entry in headers[0].entries
        if source.text[entry.value.start] in "\"'"
    ]
    quote = values[-1] if values else '"'
    new = [(item.name, table_value(item, quote=quote, markers=markers)) for item in missing]
    return insert_into_table(source, spot.path, new, pinned=frozenset({"python"}))


def _unwritable(source: TomlSource, path: tuple[str, ...]) -> MergeError:
    line = line_number(source.text, source.offset(path))
    return MergeError(
        f"{NAME}, line {line}: {'.'.join(path)} is written in a way that cannot be added to"
    )


def _check(
    source: TomlSource, after: str, added: dict[Spot, int], path: str, *, renewed: bool
) -> None:
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
        if len(new) != len(old) + count:
            raise failure
        if not renewed and not _contains(new, old):
            raise failure
    if not renewed and _without_empty(before) != _without_empty(result):
        raise failure


def _taken_out(data: dict[str, Any], path: Path) -> Any:  # noqa: ANN401 - as TOML has it
    parent = get(data, path[:-1])
    return parent.pop(path[-1], None) if isinstance(parent, dict) else None  # pyright: ignore


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
