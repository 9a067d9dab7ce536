"""Finding the layer again after somebody has moved it: `git mv app service`, for example.

Copier goes by the places that are recorded. It would take what is not there for deleted, merge
nothing, and record the new version all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from ..inspection.alembic import SCRIPT_LOCATION
from ..inspection.python_source import module_name
from ..inspection.tree import Tree, ancestors, basename, is_within, join, parent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

ANCHORS = ("database.py", "models/base.py")
"""What every layer has, by names that no version changes."""
OWN_NAMES = re.compile(r"^(?:async )?def session_scope\(|^SessionDep = ", re.MULTILINE)
OWN_IMPORT = re.compile(
    r"^from (?P<layer>[\w.]*?)\.?(?:models\.base|database_kit\.[\w.]+) import ",
    re.MULTILINE,
)
WIRING = re.compile(r"^[ \t]*install_database\(", re.MULTILINE)


class LostError(Exception):
    """The layer is nowhere, or at several places; the message is one sentence for the user."""


@dataclass(slots=True)
class _Search:
    tree: Tree
    answers: Mapping[str, Any]
    answers_file: str
    found: dict[str, str] = field(default_factory=dict[str, str])

    def get(self, name: str) -> str:
        return str(self.found.get(name, self.answers.get(name, "")))

    def only(self, paths: Iterator[str]) -> str | None:
        """The one place among several; those of another layer, with answers of its own, aside."""
        own = [path for path in paths if not self._is_anothers(path)]
        return own[0] if len(own) == 1 else None

    def _is_anothers(self, path: str) -> bool:
        above = [directory for directory in ancestors(path) if directory]
        return any(self.tree.has_file(join(directory, self.answers_file)) for directory in above)


def moved_answers(project: Path, answers: Mapping[str, Any], answers_file: str) -> dict[str, Any]:
    """The answers that have to change because what they name has moved.

    Args:
        project: the project's directory.
        answers: what it records.
        answers_file: where.

    Raises:
        LostError: the layer is not where it was, and not at one other place.
    """
    if not isinstance(answers.get("db_layer_dir"), str) or not project.is_dir():
        return {}
    search = _Search(Tree(project), answers, basename(answers_file))
    if _find_layer(search):
        _find_application(search)
        _find_migrations(search)
        _find_tests(search)
        _find_file(search, "db_guide", _has_name_of)
        _find_file(search, "db_dependency_file", _has_name_of)
    changed: dict[str, Any] = {
        name: value for name, value in search.found.items() if value != answers.get(name)
    }
    if changed and answers.get("db_record"):
        changed["db_record"] = _moved_record(answers, search)
    return changed


def _normal(path: str) -> str:
    """A recorded path as the tree has it: the top is empty."""
    return "" if path in {"", "."} else str(PurePosixPath(path))


def _find_layer(search: _Search) -> bool:
    tree, old = search.tree, _normal(search.get("db_layer_dir"))
    if any(tree.has_file(join(old, name)) for name in ANCHORS):
        return True
    places = [
        directory
        for directory in tree.directories
        if all(tree.has_file(join(directory, name)) for name in ANCHORS)
        and OWN_NAMES.search(tree.text(join(directory, "database.py")))
    ]
    new = search.only(iter(places))
    if new is None:
        seen = f" It may be one of {', '.join(places)}." if places else ""
        raise LostError(
            f"The layer is not in {search.get('db_layer_dir')} any more.{seen} If it was moved, "
            f"change db_layer_dir, db_package_dir and db_import_path in {search.answers_file}; if "
            "it was deleted, restore it, or remove the rest with -d db_undo=true."
        )
    old_package, old_import = _normal(search.get("db_package_dir")), search.get("db_import_path")
    tail = PurePosixPath(old).relative_to(old_package).parts
    imported = _import_of(search, new)
    search.found["db_layer_dir"] = new or "."
    if is_within(new, old_package) and tree.has_directory(old_package) and old_package:
        return True
    parts, modules = PurePosixPath(new).parts, tuple(filter(None, imported.split(".")))
    if tail and parts[-len(tail) :] == tail:
        parts, modules = parts[: -len(tail)], modules[: -len(tail)]
    base = parts[: len(parts) - len(modules)]
    search.found["db_package_dir"] = "/".join(parts) or "."
    search.found["db_import_path"] = ".".join(modules)
    if search.get("db_import_base") == (_base(old_package, old_import) or "."):
        search.found["db_import_base"] = "/".join(base) or "."
    return True


def _import_of(search: _Search, layer: str) -> str:
    """How the moved layer is imported: as its own imports say, else from where others were."""
    for name in ("models/__init__.py", "database.py"):
        match = OWN_IMPORT.search(search.tree.text(join(layer, name)))
        if match:
            path = match["layer"].replace(".", "/")
            if not path or layer == path or layer.endswith(f"/{path}"):
                return match["layer"]
    base = _base(_normal(search.get("db_package_dir")), search.get("db_import_path"))
    inner = layer[len(base) + 1 :] if base and is_within(layer, base) else layer
    return inner.replace("/", ".")


def _base(package: str, import_path: str) -> str:
    """The directory that a package is imported from."""
    inner = import_path.replace(".", "/")
    return package.removesuffix(inner).rstrip("/") if inner else package


def _find_application(search: _Search) -> None:
    tree, old = search.tree, search.get("db_app_file")
    if not old or tree.has_file(old):
        return
    before, after = _normal(search.answers["db_package_dir"]), search.get("db_package_dir")
    new = join(_normal(after), old[len(before) + 1 :] if before else old)
    if not (is_within(old, before) and tree.has_file(new)):
        layer = _normal(search.get("db_layer_dir"))
        wired = (
            path
            for path in tree.files()
            if path.endswith(".py")
            and parent(path) != layer
            and b"install_database(" in tree.data(path)
            and WIRING.search(tree.text(path))
        )
        only = search.only(wired)
        if only is None:
            return
        new = only
    search.found["db_app_file"] = new
    module, colon, name = search.get("db_app_object").partition(":")
    old_base, base = (
        _normal(str(answers.get("db_import_base", ".")))
        for answers in (search.answers, {**search.answers, **search.found})
    )
    if module == module_name(old, old_base):
        search.found["db_app_object"] = f"{module_name(new, base)}{colon}{name}"
    else:
        former, present = search.answers["db_import_path"], search.get("db_import_path")
        if former and present and (module == former or module.startswith(f"{former}.")):
            moved = f"{present}{module.removeprefix(former)}"
            search.found["db_app_object"] = f"{moved}{colon}{name}"


def _find_migrations(search: _Search) -> None:
    tree, old = search.tree, _normal(search.get("db_migrations_dir"))
    if not tree.has_file(join(old, "env.py")):
        new = search.only(
            directory
            for directory, listed in tree.directories.items()
            if {"env.py", "script.py.mako"} <= listed.files
            and b"connect_for_migrations" in tree.data(join(directory, "env.py"))
        )
        if new:
            search.found["db_migrations_dir"] = new
    tail = basename(_normal(search.get("db_migrations_dir")))

    def is_its_settings(path: str) -> bool:
        match = SCRIPT_LOCATION.search(tree.text(path)) if path.endswith(".ini") else None
        return match is not None and basename(match[1]) in {tail, basename(old)}

    _find_file(search, "db_alembic_ini", lambda _, path: is_its_settings(path))


def _find_tests(search: _Search) -> None:
    tests, inner = _normal(search.get("db_tests_dir")), search.get("db_tests_subdir")
    if search.tree.has_file(join(join(tests, inner), "conftest.py")):
        return
    new = search.only(
        directory
        for directory, listed in search.tree.directories.items()
        if {"conftest.py", "test_database_sessions.py"} <= listed.files
    )
    if new and parent(new):
        search.found["db_tests_dir"], search.found["db_tests_subdir"] = parent(new), basename(new)


def _find_file(search: _Search, name: str, matches: Callable[[str, str], bool]) -> None:
    old = search.get(name)
    if old and not search.tree.has_file(old):
        new = search.only(path for path in search.tree.files() if matches(old, path))
        if new:
            search.found[name] = new


def _has_name_of(old: str, path: str) -> bool:
    return basename(old) == basename(path)


def _moved_record(answers: Mapping[str, Any], search: _Search) -> dict[str, Any]:
    """What is recorded of the user's files, under the names that they have now."""
    names = ("db_app_file", "db_dependency_file")
    files = {answers[name]: search.found[name] for name in names if name in search.found}
    before, after = (
        _normal(str(directory))
        for directory in (answers["db_package_dir"], search.get("db_package_dir"))
    )

    def now(path: str) -> str:
        if path in files:
            return files[path]
        if before and before != after and is_within(path, before):
            new = join(after, path[len(before) + 1 :])
            return new if search.tree.has_file(new) else path
        return path

    recorded = answers["db_record"]
    return {
        **recorded,
        "kept": [now(path) for path in recorded["kept"]],
        "changed": {now(path): steps for path, steps in recorded["changed"].items()},
    }
