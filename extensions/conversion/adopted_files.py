"""The files of an adopted layer that change where parts of it are the layer's, or become async."""

from __future__ import annotations

from dataclasses import replace
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Any

from ..project_files.encoding import decode
from ..project_paths import read
from .adopted_engine import KEEP, with_layer_engine
from .adopted_environment import with_layer_connection
from .modules import UnprovenError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ..answers import Answers
    from .async_conversion import Conversion, Layer

MAX_REPLACED = 100_000
"""Characters that may change: the undo has them among the answers."""


def changed_files(project: Path, answers: Answers) -> tuple[dict[str, str], list[str]]:
    """The new contents of the project's own files, by their paths, and what becomes async.

    Raises:
        UnprovenError: one is not as it was when it was proven.
    """
    if not answers.is_adopted:
        return {}, []
    changed: dict[str, str] = {}
    module, _, name = answers.adopt_engine.partition(":")
    for file, content in _existing(project, _files(answers.import_base, module)):
        layer = answers.module("database_kit.engine")
        changed[file] = with_layer_engine(content, file=file, name=name, layer_module=layer)
    files = [f"{answers.migrations_dir}/env.py"] if answers.adopt_env != KEEP else []
    for file, content in _existing(project, files):
        layer = answers.module("database_kit.migration_lock")
        changed[file] = with_layer_connection(content, file=file, layer_module=layer)
    conversion = converted(project, answers)
    if conversion is None:
        return changed, []
    # The conversion has them in the order of a set, which would be recorded.
    return dict(sorted((changed | conversion.files).items())), list(describe(conversion))


def converted(project: Path, answers: Answers) -> Conversion | None:
    """What becomes async of a sync layer; None where nothing was asked for."""
    if not answers.has_async_routes or not answers.adopted:
        return None
    module, _, _ = answers.adopted["dependency"].partition(":")
    if not any(_existing(project, _files(answers.import_base, module))):
        return None
    # Imported late: few projects need it.
    from .async_conversion import convert  # noqa: PLC0415

    layer = _layer(answers.adopted, answers.import_base)
    layer = replace(
        layer,
        sessions_module=answers.module("async_sessions"),
        overrides_module=answers.module("database_kit.async_override"),
        own=answers.own_places,
    )
    conversion = convert(project, layer)
    contents = dict(_existing(project, conversion.files))
    size = sum(_replaced(contents[file], text) for file, text in conversion.files.items())
    if size > MAX_REPLACED:
        raise UnprovenError(
            layer.dependency, 0, "more would change than an undo can restore; keep the sessions"
        )
    return conversion


def _replaced(before: str, after: str) -> int:
    """How many characters the lines have that change, before and after."""
    old, new = before.splitlines(), after.splitlines()
    blocks = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(
        sum(map(len, (*old[first:last], *new[start:end])))
        for kind, first, last, start, end in blocks
        if kind != "equal"
    )


def check_routes(
    project: Path, adopted: Mapping[str, Any], import_base: str, own: Sequence[str]
) -> None:
    """Stop where no route can become async.

    Raises:
        UnprovenError: it says why.
    """
    from .async_conversion import convert  # noqa: PLC0415

    conversion = convert(project, replace(_layer(adopted, import_base), own=tuple(own)))
    if not conversion.converted:
        reasons = [reason for _, reason in conversion.stays()]
        told = f"; the first reason is {reasons[0]}" if reasons else ""
        file = conversion.dependency.function.module.file
        raise UnprovenError(file, 0, f"no function with its sessions can become async{told}")


def _layer(adopted: Mapping[str, Any], import_base: str) -> Layer:
    from .async_conversion import Layer  # noqa: PLC0415

    return Layer(
        base=adopted["base"],
        dependency=adopted["dependency"],
        driver=adopted.get("driver", ""),
        import_base=import_base,
        sessions_module="async_sessions",
        overrides_module="async_override",
    )


def describe(conversion: Conversion) -> Iterator[str]:
    """What becomes async and what stays, a sentence each."""
    routes, every = conversion.routes
    functions = len(conversion.converted)
    stay = conversion.stays()
    yield (
        f"{routes} of {every} routes, {functions} of {functions + len(stay)} functions that lead "
        "to a session"
    )
    for function in conversion.converted:
        yield f"{function.module.file}: {function.name}"
    for function, reason in stay:
        yield f"stays: {function.name} ({reason})"


def _files(base: str, module: str) -> list[str]:
    """The files that a module may have."""
    if module == KEEP:
        return []
    stem = "/".join([*([] if base in ("", ".") else [base]), *module.split(".")])
    return [f"{stem}.py", f"{stem}/__init__.py"]


def _existing(project: Path, files: Iterable[str]) -> Iterator[tuple[str, str]]:
    # An update plans in directories that have none of them.
    for file in files:
        if (data := read(project, file)) is not None:
            yield file, decode(data).content
