"""What a project has locked, and the commands that lock it anew."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from .encoding import text_of
from .notation import canonical_name
from .package_managers import PACKAGE_MANAGERS, package_manager
from .requirement import Requirement

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

MAX_BYTES = 20_000_000


@dataclass(frozen=True, slots=True)
class Lock:
    """The versions that a file holds."""

    file: str
    renewal: str
    """The command that writes it anew."""
    versions: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """By canonical name; several where they differ between platforms."""
    needed_by: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """The packages that depend on one, where the file tells."""


def read_locks(project: Path, manager: str, dependency_file: str) -> Iterator[Lock]:
    """The files that a project is installed from, as far as they hold versions.

    Args:
        project: its directory.
        manager: what installs it.
        dependency_file: what lists the dependencies, relative to the project; may be empty.
    """
    names = [package_manager(manager).lock_file, "pylock.toml"]
    if dependency_file.endswith(".in"):
        names.append(f"{dependency_file.removesuffix('.in')}.txt")
    elif not names[0]:
        names += ["requirements.lock", "requirements.txt"]
    for name in filter(None, dict.fromkeys(names)):
        if lock := _read(name, text_of(project, name, limit=MAX_BYTES)):
            yield lock


def read_environment(python: Path, project: Path, renewal: str) -> Lock:
    """The versions that are installed beside an interpreter.

    Args:
        python: the interpreter of a virtual environment.
        project: the project's directory.
        renewal: the command that installs what the project declares.
    """
    root = python.parents[1]
    name = root.relative_to(project).as_posix() if root.is_relative_to(project) else str(root)
    lock = Lock(name, renewal)
    for place in (*root.glob("lib/python*/site-packages"), root / "Lib/site-packages"):
        for installed in place.glob("*-*.dist-info"):
            key, _, version = installed.name.removesuffix(".dist-info").partition("-")
            _add(lock, {"name": key, "version": version})
    return lock


def outdated(lock: Lock, needs: Iterable[str]) -> Iterator[str]:
    """Say of each package that is locked at a version which will not do, what is to come.

    Args:
        lock: the file.
        needs: what the layer needs, as PEP 508.
    """
    moving: list[str] = []
    for need in map(Requirement.parse, needs):
        key = need.key
        found = [version for version in lock.versions.get(key, ()) if not _is_in(version, need)]
        if found:
            moving.append(
                f"{key} {found[0]}{_consequence(found[0], need, lock.needed_by.get(key))}"
            )
    if moving:
        listed = ", ".join(moving)
        renewal = f"`{lock.renewal}` renews it" if lock.renewal else "lock anew"
        yield f"{lock.file} holds {listed}, which the layer does not work with: {renewal}"


def recorded_command(content: str) -> str | None:
    """The command that a compiled file says it was made by, with its options."""
    lines = content.splitlines()[:20]
    for number, line in enumerate(lines):
        if line.startswith("#") and line.rstrip().endswith("following command:"):
            rest = (line[1:].strip() for line in lines[number + 1 :] if line.startswith("#"))
            words: list[str] = []
            for comment in rest:
                words.append(comment.removesuffix("\\").strip())
                if comment and not comment.endswith("\\"):
                    break
            return " ".join(filter(None, words)) or None
    return None


def _is_in(version: str, need: Requirement) -> bool:
    try:
        return SpecifierSet(need.specifier).contains(version, prereleases=True)
    except InvalidVersion:
        return True


def _consequence(version: str, need: Requirement, needed_by: Sequence[str] | None) -> str:
    """The floor, a step over a major version, and who may have to move too."""
    floor = next(
        (clause.version for clause in SpecifierSet(need.specifier) if clause.operator == ">="), ""
    )
    told = [f"needed is {need.specifier}"]
    if floor and Version(version).major < Version(floor).major:
        told.append(f"a step from major version {Version(version).major}")
    if needed_by:
        told.append(f"{', '.join(needed_by)} may move along")
    if need.key == "fastapi" and version.startswith("0.111."):
        # These alone require what is an extra before and after.
        told.append("later ones bring uvicorn, python-multipart and others as fastapi[standard]")
    return f" ({'; '.join(told)})"


def _read(name: str, content: str) -> Lock | None:
    if not content:
        return None
    renewals = {manager.lock_file: manager.lock for manager in PACKAGE_MANAGERS.values()}
    lock = Lock(name, recorded_command(content) or renewals.get(name, ""))
    packages: list[dict[str, Any]] = []
    try:
        if name == "Pipfile.lock":
            packages = _of_pipenv(json.loads(content))
        elif name == "pixi.lock":
            packages = list(_of_pixi(content))
        elif name.endswith((".txt", "requirements.lock")):
            from .requirements_txt import declared, is_compiled  # noqa: PLC0415 - not all have one

            if name.endswith(".txt") and not is_compiled(content):
                return None
            packages = [
                {"name": item.key, "version": item.parsed.constraint.removeprefix("==")}
                for item in declared(content)
                if item.parsed.constraint.startswith("==")
            ]
        else:
            data: dict[str, Any] = tomllib.loads(content)
            packages = data.get("package") or data.get("packages") or packages
        for package in packages:
            _add(lock, package)
    except (ValueError, AttributeError, TypeError, RecursionError):
        return None  # It is broken, or of a form that is not known: its own tool will say so.
    return lock


def _of_pipenv(data: dict[str, dict[str, dict[str, str]]]) -> list[dict[str, Any]]:
    sections = [data.get(section, {}) for section in ("default", "develop")]
    return [
        {"name": name, "version": str(entry.get("version", "")).removeprefix("==")}
        for section in sections
        for name, entry in section.items()
    ]


# A package of pixi's begins a block at the left edge; such files are too large for PyYAML.
_PIXI_PACKAGE = re.compile(r"^- (?:(?P<kind>conda|pypi): *(?P<url>\S+)|kind: .*)$", re.MULTILINE)
_PIXI_FIELD = re.compile(r"^  (name|version): *['\"]?([^\s'\"]+)", re.MULTILINE)
_PIXI_NEED = re.compile(r"^  - *['\"]?(.+)$", re.MULTILINE)
_CONDA_FILE = re.compile(r"/([^/]+)-([^/-]+)-[^/-]+\.(?:conda|tar\.bz2)$")


def _of_pixi(content: str) -> Iterator[dict[str, Any]]:
    found = list(_PIXI_PACKAGE.finditer(content))
    ends = [match.start() for match in found[1:]]
    for match, end in zip(found, [*ends, len(content)], strict=True):
        block = content[match.end() : end]
        package: dict[str, Any] = dict(_PIXI_FIELD.findall(block))
        if match["kind"] == "conda" and (named := _CONDA_FILE.search(match["url"])):
            package = {"name": named[1], "version": named[2]} | package
        needs = (str(need) for need in _PIXI_NEED.findall(block))
        yield package | {"dependencies": [need for need in needs if "extra ==" not in need]}


def _add(lock: Lock, package: dict[str, Any]) -> None:
    name, version = package.get("name"), package.get("version")
    if not isinstance(name, str) or not isinstance(version, str):
        return
    key = canonical_name(name)
    versions = lock.versions.setdefault(key, [])
    if version and version not in versions:
        versions.append(version)
    if package.get("source", {}).keys() & {"editable", "virtual"}:
        return  # The project itself.
    for dependency in _dependencies(package.get("dependencies", ())):
        needed_by = lock.needed_by.setdefault(dependency, [])
        if key not in needed_by:
            needed_by.append(key)


def _dependencies(listed: Any) -> Iterator[str]:  # noqa: ANN401 - as each tool has it
    """The names of what a package depends on: uv lists tables, PDM texts, Poetry a table."""
    for entry in listed:
        name = cast("dict[str, Any]", entry).get("name") if isinstance(entry, dict) else entry
        found = re.match(r"[\w.-]+", str(name))
        if found:
            yield canonical_name(found[0])
