"""Reading the files that declare dependencies, each dialect into one `Manifest`."""

from __future__ import annotations

import ast
import configparser
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from .facts import Bound, Reason
from .python_source import dotted, parse, string_constants
from .requirements import normalise, parse_requirement, pep440
from .tree import MAX_BYTES, Tree, ancestors, basename, is_within, join, parent, resolve

ManifestKind = Literal["pyproject", "requirements", "pipfile", "setup", "pixi", "conda"]

_REQUIREMENTS_NAME = re.compile(
    r"[\w.-]*requirements?[\w.-]*\.(?:txt|in)$|requires\.txt$", re.IGNORECASE
)
_DEVELOPMENT_NAME = re.compile(
    r"dev|test|lint|doc|ci\b|local|typing|type|mypy|format|example", re.IGNORECASE
)
_INCLUDE = re.compile(r"^\s*(?:-r|--requirement)[=\s]*(\S+)", re.MULTILINE)
_CONDA_DEPENDENCY = re.compile(
    r"^\s*-\s*[\"']?([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*([=<>!~][^\"'#\n]*)?[\"']?\s*(?:#.*)?$"
)

_REQUIREMENTS_DIRECTORIES = ("requirements", "requires", "reqs")

Table = Mapping[str, object]


@dataclass(slots=True)
class Manifest:
    """One file that can declare dependencies, as read.

    `declared` holds what the application itself needs, `optional` what an extra or a group adds.
    `is_project` is False for a file with only tool settings. `tables` is the parsed TOML.
    """

    file: str
    kind: ManifestKind
    declared: dict[str, Bound] = field(default_factory=dict[str, Bound])
    optional: dict[str, Bound] = field(default_factory=dict[str, Bound])
    requires_python: Bound | None = None
    is_project: bool = True
    style: str = ""
    runtime_table: str = ""
    development_table: str | None = None
    tables: Table = field(default_factory=dict[str, object])
    problem: Reason | None = None
    includes: tuple[str, ...] = ()

    def bound(self, name: str) -> Bound | None:
        """The requirement for `name`, from the application's own first."""
        return self.declared.get(name) or self.optional.get(name)

    def table(self, *keys: str) -> Table:
        """The TOML table at `keys`, empty where there is none."""
        return table(self.tables, *keys)


def table(tables: Table, *keys: str) -> Table:
    """The nested table at `keys`, empty where there is none."""
    current: object = tables
    for key in keys:
        if not isinstance(current, dict):
            return {}
        current = cast("Table", current).get(key)
    return cast("Table", current) if isinstance(current, dict) else {}


def strings(value: object) -> list[str]:
    """The strings in a list, or the one string; nothing for any other value."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [item for item in cast("list[object]", value) if isinstance(item, str)]
    return []


class _Lines:
    """Finds the line on which a declaration stands, which a TOML parser does not tell."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")

    def find(self, *needles: str, header: str = "") -> int:
        """The first line, counted from 1, with one of `needles`, after the line of `header`."""
        start = 0
        if header:
            pattern = re.compile(r"\s*\[+\s*" + re.escape(header).replace(r"\.", r"\s*\.\s*"))
            start = next((i for i, line in enumerate(self._lines) if pattern.match(line)), 0)
        for rest in (self._lines[start:], self._lines):
            offset = start if rest is not self._lines else 0
            for number, line in enumerate(rest, offset + 1):
                if any(needle in line for needle in needles) and not line.lstrip().startswith("#"):
                    return number
        return start + 1

    def key(self, name: str, header: str) -> int:
        """The line of the key `name` in the table `header`."""
        inside = False
        pattern = re.compile(rf"\s*[\"']?{re.escape(name)}[\"']?\s*[=.]", re.IGNORECASE)
        wanted = re.compile(rf"\s*\[\s*{re.escape(header)}\s*\]")
        for number, line in enumerate(self._lines, 1):
            if line.lstrip().startswith("["):
                inside = bool(wanted.match(line))
            if inside and pattern.match(line):
                return number
        return self.find(name)


def is_requirements_file(path: str) -> bool:
    """Whether `path` is named as pip's requirement files are."""
    name = basename(path)
    if _REQUIREMENTS_NAME.match(name):
        return True
    return basename(parent(path)) in _REQUIREMENTS_DIRECTORIES and name.endswith((".txt", ".in"))


def is_development_file(path: str) -> bool:
    """Whether a requirements file is named as one for developers, tests or documentation."""
    name = re.sub(r"requirements?", "", basename(path).rpartition(".")[0], flags=re.IGNORECASE)
    return bool(_DEVELOPMENT_NAME.search(name))


class ManifestReader:
    """Reads manifests directory by directory, each once."""

    def __init__(self, tree: Tree) -> None:
        """Read nothing yet."""
        self._tree = tree
        self._known: dict[str, list[Manifest]] = {}

    def directory(self, directory: str) -> list[Manifest]:
        """Every manifest directly in `directory`, and in a `requirements/` directory of it."""
        if directory not in self._known:
            self._known[directory] = list(self._read(directory))
        return self._known[directory]

    def project(self, root: str, inner: str) -> list[Manifest]:
        """The manifests of a project: those at its root and those on the way to `inner`."""
        found = list(self.directory(root))
        for directory in ancestors(inner):
            if directory == root or not is_within(directory, root):
                break
            found.extend(self.directory(directory))
        return found

    def root_of(self, manifest: Manifest) -> str:
        """The directory that `manifest` describes."""
        directory = parent(manifest.file)
        if manifest.kind == "requirements" and basename(directory) in _REQUIREMENTS_DIRECTORIES:
            return parent(directory)
        return directory

    def _read(self, directory: str) -> Iterator[Manifest]:
        if basename(directory) in _REQUIREMENTS_DIRECTORIES:
            return
        tree = self._tree
        for name in sorted(tree.names(directory)):
            path = join(directory, name)
            reader = _READERS.get(name)
            if reader:
                yield reader(tree, path)
            elif is_requirements_file(path):
                yield read_requirements(tree, path)
        for inner in _REQUIREMENTS_DIRECTORIES:
            place = join(directory, inner)
            for name in sorted(tree.names(place)):
                if name.endswith((".txt", ".in")):
                    yield read_requirements(tree, join(place, name))


def package_names(manifests: list[Manifest]) -> set[str]:
    """What the project calls its package: the distribution's name and the packages to build."""
    names: set[str] = set()
    for manifest in manifests:
        for keys in (("project",), ("tool", "poetry")):
            name = manifest.table(*keys).get("name")
            if isinstance(name, str):
                names.add(normalise(name).replace("-", "_"))
        wheel = manifest.table("tool", "hatch", "build", "targets", "wheel")
        packages = strings(wheel.get("packages"))
        if len(packages) == 1:
            names.add(basename(packages[0].rstrip("/")))
    return names


def _toml(tree: Tree, path: str) -> tuple[Table, Reason | None]:
    text = tree.text(path)
    if len(text) >= MAX_BYTES:
        return {}, Reason("dependency_file", f"{path} is too large to be read", path)
    try:
        return tomllib.loads(text), None
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = int(found[1]) if found else None
        return {}, Reason("dependency_file", f"{path} is not valid TOML: {error}", path, line)


def read_pyproject(tree: Tree, path: str) -> Manifest:
    """Read PEP 621, dependency groups, Poetry's and PDM's tables."""
    tables, problem = _toml(tree, path)
    manifest = Manifest(path, "pyproject", tables=tables, problem=problem, style="pep621")
    lines = _Lines(tree.text(path))
    project = table(tables, "project")
    poetry = table(tables, "tool", "poetry")
    manifest.is_project = bool(project) or bool(poetry) or problem is not None
    if "dependencies" in project or (project and not table(poetry, "dependencies")):
        manifest.runtime_table = "project.dependencies"
        _declare(manifest.declared, project.get("dependencies"), path, lines, "project")
    if table(poetry, "dependencies"):
        if not manifest.runtime_table:
            manifest.style, manifest.runtime_table = "poetry", "tool.poetry.dependencies"
        header = "tool.poetry.dependencies"
        _declare_poetry(manifest.declared, table(poetry, "dependencies"), path, lines, header)
    for extra, items in table(project, "optional-dependencies").items():
        _declare(manifest.optional, items, path, lines, "project.optional-dependencies")
        _development(manifest, extra, f"project.optional-dependencies.{extra}", weak=True)
    for group, items in table(tables, "dependency-groups").items():
        _declare(manifest.optional, items, path, lines, "dependency-groups")
        _development(manifest, group, f"dependency-groups.{group}")
    for group, items in table(tables, "tool", "pdm", "dev-dependencies").items():
        _declare(manifest.optional, items, path, lines, "tool.pdm.dev-dependencies")
        _development(manifest, group, f"tool.pdm.dev-dependencies.{group}")
    for tool in ("uv", "rye"):
        items = table(tables, "tool", tool).get("dev-dependencies")
        if items is not None:
            _declare(manifest.optional, items, path, lines, f"tool.{tool}")
            _development(manifest, "dev", f"tool.{tool}.dev-dependencies")
    for group in table(poetry, "group"):
        header = f"tool.poetry.group.{group}.dependencies"
        _declare_poetry(
            manifest.optional, table(poetry, "group", group, "dependencies"), path, lines, header
        )
        _development(manifest, group, header)
    if table(poetry, "dev-dependencies"):
        header = "tool.poetry.dev-dependencies"
        _declare_poetry(manifest.optional, table(poetry, "dev-dependencies"), path, lines, header)
        _development(manifest, "dev", header)
    for header in ("tool.pixi.dependencies", "tool.pixi.pypi-dependencies"):
        _declare_poetry(manifest.optional, table(tables, *header.split(".")), path, lines, header)
    _declare_dynamic(tree, manifest, project)
    _python_bound(manifest, project, poetry, lines)
    return manifest


def _development(manifest: Manifest, group: str, place: str, *, weak: bool = False) -> None:
    name = normalise(group)
    if name not in {"dev", "develop", "development", "test", "tests", "testing"}:
        return
    known = manifest.development_table
    if (
        known is None
        or (not weak and known.startswith("project.optional"))
        or (name == "dev" and not known.endswith(("dev", "dev.dependencies")) and not weak)
    ):
        manifest.development_table = place


def _declare(into: dict[str, Bound], items: object, path: str, lines: _Lines, header: str) -> None:
    for item in strings(items):
        parsed = parse_requirement(item)
        if parsed:
            line = lines.find(f'"{item}"', f"'{item}'", header=header)
            into.setdefault(parsed[0], Bound(parsed[1], path, line, item))


def _declare_poetry(
    into: dict[str, Bound], items: Table, path: str, lines: _Lines, header: str
) -> None:
    for name, value in items.items():
        if name == "python":
            continue
        constraint = value
        if isinstance(constraint, list):
            constraint = next(iter(cast("list[object]", constraint)), "")
        if isinstance(constraint, dict):
            constraint = cast("Table", constraint).get("version", "")
        written = constraint if isinstance(constraint, str) else ""
        text = f'{name} = "{written}"' if written else name
        bound = Bound(pep440(written), path, lines.key(name, header), text)
        into.setdefault(normalise(name), bound)


def _declare_dynamic(tree: Tree, manifest: Manifest, project: Table) -> None:
    """Follow setuptools' `dynamic = ["dependencies"]` to the requirement files it names."""
    if "dependencies" not in strings(project.get("dynamic")):
        return
    for keys in (
        ("tool", "setuptools", "dynamic", "dependencies"),
        ("tool", "hatch", "metadata", "hooks", "requirements_txt"),
    ):
        values = manifest.table(*keys)
        for name in strings(values.get("file")) + strings(values.get("files")):
            path = join(parent(manifest.file), name)
            if tree.has_file(path):
                for key, bound in read_requirements(tree, path).declared.items():
                    manifest.declared.setdefault(key, bound)


def _python_bound(manifest: Manifest, project: Table, poetry: Table, lines: _Lines) -> None:
    text = project.get("requires-python")
    if isinstance(text, str):
        line = lines.key("requires-python", "project")
        manifest.requires_python = Bound(pep440(text), manifest.file, line, text)
        return
    text = table(poetry, "dependencies").get("python")
    if isinstance(text, str):
        line = lines.key("python", "tool.poetry.dependencies")
        manifest.requires_python = Bound(pep440(text), manifest.file, line, text)


def read_requirements(tree: Tree, path: str, _seen: frozenset[str] = frozenset()) -> Manifest:
    """Read a requirements file and, for what it declares, the files that it includes."""
    manifest = Manifest(path, "requirements", style="requirements")
    text = tree.text(path)
    for number, line in enumerate(text.split("\n"), 1):
        included = _INCLUDE.match(line)
        if included:
            target = resolve(parent(path), included[1])
            manifest.includes = (*manifest.includes, target)
            if target not in _seen and target != path and tree.has_file(target):
                inner = read_requirements(tree, target, _seen | {path})
                for name, bound in inner.declared.items():
                    manifest.declared.setdefault(name, bound)
            continue
        parsed = parse_requirement(line)
        if parsed:
            written = line.partition(" #")[0].strip()
            manifest.declared.setdefault(parsed[0], Bound(parsed[1], path, number, written))
    manifest.is_project = bool(manifest.declared or manifest.includes) or not text.strip()
    return manifest


def read_pipfile(tree: Tree, path: str) -> Manifest:
    """Read Pipenv's file."""
    tables, problem = _toml(tree, path)
    lines = _Lines(tree.text(path))
    manifest = Manifest(path, "pipfile", tables=tables, problem=problem, style="pipfile")
    manifest.runtime_table, manifest.development_table = "packages", "dev-packages"
    _declare_poetry(manifest.declared, table(tables, "packages"), path, lines, "packages")
    _declare_poetry(manifest.optional, table(tables, "dev-packages"), path, lines, "dev-packages")
    version = table(tables, "requires").get("python_version")
    if isinstance(version, str):
        line = lines.key("python_version", "requires")
        manifest.requires_python = Bound(f"=={version}.*", path, line, version)
    return manifest


def read_pixi(tree: Tree, path: str) -> Manifest:
    """Read pixi's own file."""
    tables, problem = _toml(tree, path)
    lines = _Lines(tree.text(path))
    manifest = Manifest(path, "pixi", tables=tables, problem=problem, style="pixi")
    manifest.runtime_table = "pypi-dependencies"
    for header in ("dependencies", "pypi-dependencies"):
        _declare_poetry(manifest.declared, table(tables, header), path, lines, header)
    for feature in table(tables, "feature"):
        for key in ("dependencies", "pypi-dependencies"):
            items = table(tables, "feature", feature, key)
            _declare_poetry(manifest.optional, items, path, lines, f"feature.{feature}.{key}")
    return manifest


def read_conda(tree: Tree, path: str) -> Manifest:
    """Read the dependency lines of a conda environment file."""
    manifest = Manifest(path, "conda", style="conda")
    for number, line in enumerate(tree.text(path).split("\n"), 1):
        found = _CONDA_DEPENDENCY.match(line)
        if not found:
            continue
        written = (found[3] or "").strip()
        if re.match(r"=[^=]", written):
            written = f"=={written[1:].partition('=')[0]}.*"
        bound = Bound(pep440(written), path, number, line.strip("- \t"))
        if found[1].lower() == "python":
            manifest.requires_python = bound
        else:
            manifest.declared.setdefault(normalise(found[1]), bound)
    manifest.is_project = bool(manifest.declared)
    return manifest


def read_setup(tree: Tree, path: str) -> Manifest:
    """Read `setup.py` (literal arguments alone, nothing is run) or `setup.cfg`."""
    manifest = Manifest(path, "setup", style="setup")
    text = tree.text(path)
    if path.endswith(".cfg"):
        _read_setup_cfg(manifest, text)
    else:
        _read_setup_py(manifest, text)
    return manifest


def _read_setup_cfg(manifest: Manifest, text: str) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError):
        manifest.is_project = False
        return
    manifest.is_project = parser.has_section("options") and (
        parser.has_option("options", "install_requires") or parser.has_section("metadata")
    )
    lines = _Lines(text)
    required = parser.get("options", "install_requires", fallback="")
    _declare_lines(manifest, required.splitlines(), lines)
    python = parser.get("options", "python_requires", fallback="")
    if python:
        line = lines.find("python_requires")
        manifest.requires_python = Bound(pep440(python), manifest.file, line, python)


def _read_setup_py(manifest: Manifest, text: str) -> None:
    module = parse(text) if "setup(" in text else None
    calls: Iterable[ast.Call] = (
        node
        for node in (ast.walk(module) if module else ())
        if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "setup"
    )
    call = next(iter(calls), None)
    manifest.is_project = call is not None and ("setuptools" in text or "distutils" in text)
    if call is None:
        return
    lines = _Lines(text)
    for keyword in call.keywords:
        if keyword.arg == "install_requires":
            _declare_lines(manifest, string_constants(keyword.value), lines)
        elif keyword.arg == "python_requires":
            written = next(iter(string_constants(keyword.value)), "")
            line = keyword.value.lineno
            manifest.requires_python = Bound(pep440(written), manifest.file, line, written)


def _declare_lines(manifest: Manifest, items: Iterable[str], lines: _Lines) -> None:
    for item in items:
        parsed = parse_requirement(item)
        if parsed:
            bound = Bound(parsed[1], manifest.file, lines.find(item.strip()), item.strip())
            manifest.declared.setdefault(parsed[0], bound)


_READERS: dict[str, Callable[[Tree, str], Manifest]] = {
    "pyproject.toml": read_pyproject,
    "Pipfile": read_pipfile,
    "pixi.toml": read_pixi,
    "environment.yml": read_conda,
    "environment.yaml": read_conda,
    "setup.py": read_setup,
    "setup.cfg": read_setup,
}
