"""Reading the files that declare dependencies, each dialect into one `Manifest`."""

from __future__ import annotations

import ast
import configparser
import re
from typing import TYPE_CHECKING

from ..project_files.notation import canonical_name, pep440
from .facts import Bound
from .manifest import Manifest
from .pyproject_manifest import read_pyproject, requirement_files_of
from .python_source import dotted, parse, string_constants
from .toml_tables import Lines, read_toml, strings
from .tree import Tree, ancestors, basename, is_within, join, parent, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_REQUIREMENTS_NAME = re.compile(
    r"[\w.-]*requirements?[\w.-]*\.(?:txt|in)$|requires\.txt$", re.IGNORECASE
)
_DEVELOPMENT_NAME = re.compile(
    r"dev|test|lint|doc|ci\b|local|typing|type|mypy|format|example", re.IGNORECASE
)
_REQUIREMENTS_DIRECTORIES = ("requirements", "requires", "reqs")
_INCLUDE = re.compile(r"\s*(?:-r|--requirement)[=\s]*(\S+)")
_ITSELF = re.compile(r"\s*(?:-e|--editable)[=\s]*(?:file:)?\.(?:\[|\s|$)|\s*\.(?:\[[^\]]*\])?\s*$")
_CONDA_DEPENDENCY = re.compile(
    r"\s*-\s*[\"']?([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*([=<>!~][^\"'#\n]*)?[\"']?\s*(?:#.*)?$"
)
_MAX_INCLUDES = 20


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
    """What the project calls its package: the distribution's name and the package to build."""
    names: set[str] = set()
    for manifest in manifests:
        for keys in (("project",), ("tool", "poetry")):
            name = manifest.table(*keys).get("name")
            if isinstance(name, str):
                names.add(canonical_name(name).replace("-", "_"))
        wheel = manifest.table("tool", "hatch", "build", "targets", "wheel")
        packages = strings(wheel.get("packages"))
        if len(packages) == 1:
            names.add(basename(packages[0].rstrip("/")))
    return names


def _read_pyproject(tree: Tree, path: str) -> Manifest:
    manifest = read_pyproject(tree, path)
    for name in requirement_files_of(manifest):
        for key, bound in read_requirements(tree, resolve(parent(path), name)).declared.items():
            manifest.declared.setdefault(key, bound)
    return manifest


def read_requirements(tree: Tree, path: str, seen: set[str] | None = None) -> Manifest:
    """Read a requirements file and, for what it declares, the files that it includes."""
    manifest = Manifest(path, "requirements")
    text = tree.text(path)
    seen = seen if seen is not None else set()
    seen.add(path)
    includes = False
    for number, line in enumerate(text.split("\n"), 1):
        included = _INCLUDE.match(line)
        if included:
            includes = True
            target = resolve(parent(path), included[1])
            if target not in seen and len(seen) < _MAX_INCLUDES and tree.has_file(target):
                for name, bound in read_requirements(tree, target, seen).declared.items():
                    manifest.declared.setdefault(name, bound)
        elif _ITSELF.match(line):
            manifest.installs_itself = True
        else:
            manifest.declare(manifest.declared, line.partition(" #")[0].strip(), number)
    manifest.is_project = bool(manifest.declared) or includes or not text.strip()
    return manifest


def read_pipfile(tree: Tree, path: str) -> Manifest:
    """Read Pipenv's file."""
    tables, problem = read_toml(tree, path)
    lines = Lines(tree.text(path) if tables else "")
    manifest = Manifest(path, "pipfile", tables=tables, problem=problem)
    manifest.declare_table(manifest.declared, lines, "packages")
    manifest.declare_table(manifest.optional, lines, "dev-packages")
    version = manifest.table("requires").get("python_version")
    if isinstance(version, str):
        line = lines.key("python_version", "requires")
        manifest.requires_python = Bound(f"=={version}.*", path, line, version)
    return manifest


def read_pixi(tree: Tree, path: str) -> Manifest:
    """Read pixi's own file."""
    tables, problem = read_toml(tree, path)
    lines = Lines(tree.text(path) if tables else "")
    manifest = Manifest(path, "pixi", tables=tables, problem=problem)
    for key in ("dependencies", "pypi-dependencies"):
        manifest.declare_table(manifest.declared, lines, key)
        for feature in manifest.table("feature"):
            manifest.declare_table(manifest.optional, lines, f"feature.{feature}.{key}")
    return manifest


def read_conda(tree: Tree, path: str) -> Manifest:
    """Read the dependency lines of a conda environment file."""
    manifest = Manifest(path, "conda")
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
            manifest.declared.setdefault(canonical_name(found[1]), bound)
    manifest.is_project = bool(manifest.declared)
    return manifest


def read_setup_cfg(tree: Tree, path: str) -> Manifest:
    """Read setuptools' declarative file; one with only other tools' sections is no project."""
    manifest = Manifest(path, "setup", is_project=False)
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(tree.text(path))
    except (configparser.Error, ValueError):
        return manifest
    required = parser.get("options", "install_requires", fallback="")
    manifest.is_project = bool(required) or (
        parser.has_section("options") and parser.has_section("metadata")
    )
    lines = tree.text(path).split("\n")
    for item in filter(None, map(str.strip, required.splitlines())):
        manifest.declare(manifest.declared, item, _line_with(lines, item))
    python = parser.get("options", "python_requires", fallback="")
    if python:
        line = _line_with(lines, "python_requires")
        manifest.requires_python = Bound(pep440(python), path, line, python)
    return manifest


def read_setup_py(tree: Tree, path: str) -> Manifest:
    """Read the literal arguments of a call of setuptools' `setup`; nothing is run."""
    manifest = Manifest(path, "setup", is_project=False)
    text = tree.text(path)
    module = parse(text) if "setup(" in text else None
    call = next(
        (
            node
            for node in (ast.walk(module) if module else ())
            if isinstance(node, ast.Call) and dotted(node.func).rpartition(".")[2] == "setup"
        ),
        None,
    )
    if call is None or not ("setuptools" in text or "distutils" in text):
        return manifest
    manifest.is_project = True
    lines = text.split("\n")
    for keyword in call.keywords:
        items = list(string_constants(keyword.value))
        if keyword.arg == "install_requires":
            for item in items:
                manifest.declare(manifest.declared, item.strip(), _line_with(lines, item.strip()))
        elif keyword.arg == "python_requires" and items:
            line = keyword.value.lineno
            manifest.requires_python = Bound(pep440(items[0]), path, line, items[0])
    return manifest


def _line_with(lines: list[str], text: str) -> int:
    return next((number for number, line in enumerate(lines, 1) if text in line), 1)


_READERS: dict[str, Callable[[Tree, str], Manifest]] = {
    "pyproject.toml": _read_pyproject,
    "Pipfile": read_pipfile,
    "pixi.toml": read_pixi,
    "environment.yml": read_conda,
    "environment.yaml": read_conda,
    "setup.py": read_setup_py,
    "setup.cfg": read_setup_cfg,
}
