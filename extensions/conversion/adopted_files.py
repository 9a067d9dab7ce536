"""The files of an adopted layer that change where its engine or its `env.py` is the layer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ..project_files.encoding import decode
from ..project_paths import read
from .adopted_engine import KEEP, with_layer_engine
from .adopted_environment import with_layer_connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


class _Answers(Protocol):
    """What of the answers counts here."""

    @property
    def is_adopted(self) -> bool: ...
    @property
    def adopt_engine(self) -> str: ...
    @property
    def adopt_env(self) -> str: ...
    @property
    def import_base(self) -> str: ...
    @property
    def migrations_dir(self) -> str: ...
    def module(self, name: str) -> str: ...


def changed_files(project: Path, answers: _Answers) -> dict[str, str]:
    """The new contents of the project's own files, by their paths.

    Raises:
        UnprovenError: one is not as it was when it was proven.
    """
    if not answers.is_adopted:
        return {}
    changed: dict[str, str] = {}
    module, _, name = answers.adopt_engine.partition(":")
    for file, content in _existing(project, _files(answers.import_base, module)):
        layer = answers.module("database_kit.engine")
        changed[file] = with_layer_engine(content, file=file, name=name, layer_module=layer)
    files = [f"{answers.migrations_dir}/env.py"] if answers.adopt_env != KEEP else []
    for file, content in _existing(project, files):
        layer = answers.module("database_kit.migration_lock")
        changed[file] = with_layer_connection(content, file=file, layer_module=layer)
    return changed


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
