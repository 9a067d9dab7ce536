"""Keeping what is no part of a project's package out of what setuptools builds from it."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, cast

from .requirement import MergeError, Requirement
from .toml_insertions import apply, insert_into_array, new_lines, new_section
from .toml_requirements import read_toml
from .toml_text import get, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .toml_text import TomlSource

_RESERVED = frozenset(
    {
        *("ci", "bin", "debian", "doc", "docs", "documentation", "manpages", "news"),
        *("newsfragments", "changelog", "test", "tests", "unit_test", "unit_tests", "example"),
        *("examples", "scripts", "tools", "util", "utils", "python", "build", "dist", "venv"),
        *("env", "requirements", "tasks", "fabfile", "site_scons", "benchmark", "benchmarks"),
        *("exercise", "exercises", "htmlcov"),
    }
)
"""Directories that setuptools takes for no package of its own accord."""
_SETTINGS = ("tool", "setuptools")
_FIND = (*_SETTINGS, "packages", "find")
_EXPLICIT = re.compile(r"^\s*(?:packages|py_modules|package_dir|ext_modules)\s*=", re.MULTILINE)


def discovered(directories: Iterable[str]) -> list[str]:
    """The directories in a project that setuptools takes for packages."""
    return sorted(
        name
        for name in directories
        if name.isidentifier() and name not in _RESERVED and not name.startswith("_")
    )


def builds_with_setuptools(content: str, *, by_default: bool) -> bool:
    """Whether a pyproject.toml has its project built by setuptools.

    Args:
        content: the file.
        by_default: what holds where it names no build backend.
    """
    build = get(read_toml(content, "pyproject.toml").data, ("build-system",))
    return "setuptools" in str(build) if build else by_default


def is_explicit(settings: str) -> bool:
    """Whether a setup.py or setup.cfg says which packages there are."""
    return bool(_EXPLICIT.search(settings)) or "packages=" in settings


def keep_out(content: str, *, package: str | None, new: Collection[str]) -> str:
    """Keep directories out of the packages that setuptools finds.

    Args:
        content: a pyproject.toml.
        package: the only directory that setuptools has taken for a package so far, or None where
            it was told in other ways.
        new: the directories that are none.

    Raises:
        MergeError: the file cannot be edited.
    """
    source = read_toml(content, "pyproject.toml")
    find = get(source.data, _FIND)
    if isinstance(find, dict):
        return _exclude(source, cast("dict[str, Any]", find), new)
    settings = get(source.data, _SETTINGS)
    told = (
        isinstance(settings, dict) and {"packages", "py-modules", "package-dir"} & settings.keys()
    )
    if told or package is None or not discovered(new):
        return content
    section = new_section(source, ("tool",), ".".join(_FIND), [f'include = ["{package}*"]'])
    return _checked(apply(content, [section]))


def _exclude(source: TomlSource, find: dict[str, Any], new: Collection[str]) -> str:
    where, include = find.get("where", ["."]), find.get("include", ["*"])
    exclude = find.get("exclude", [])
    found = [
        f"{name}*"
        for name in sorted(new)
        if "." in where and _matches(name, include) and not _matches(name, exclude)
    ]
    if not found:
        return source.text
    entry = source.entry((*_FIND, "exclude"))
    if entry is not None:
        edits = insert_into_array(
            source, entry.value, [], [Requirement(name) for name in found], lambda item: item.name
        )
        return _checked(apply(source.text, edits))
    tables = source.tables_at(_FIND)
    if not tables:
        raise MergeError(
            f"pyproject.toml has {'.'.join(_FIND)} written in a way that cannot be added to"
        )
    lines = [f"exclude = [{', '.join(quoted(name) for name in found)}]"]
    return _checked(apply(source.text, [new_lines(source, tables[0], lines)]))


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _checked(content: str) -> str:
    read_toml(content, "pyproject.toml")
    return content
