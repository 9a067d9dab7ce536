"""Reading the files that declare dependencies, each dialect into one `Manifest`."""

from __future__ import annotations

import ast
import re
import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..project_files import requirement_tables, requirements_txt
from ..project_files.declared import Declared
from ..project_files.encoding import line_of
from ..project_files.notation import canonical_name, parse_pep508, pep440
from ..project_files.toml_text import Tables, TomlSource, strings, table
from ..project_paths import MAX_BYTES
from .facts import Bound, Reason
from .python_source import dotted, parse
from .tree import Tree, ancestors, basename, is_within, join, parent, resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

ManifestKind = Literal["pyproject", "requirements", "pipfile", "setup", "pixi", "conda"]

_REQUIREMENTS_NAME = re.compile(
    r"[\w.-]*requirements?[\w.-]*\.(?:txt|in)$|requires\.txt$", re.IGNORECASE
)
_DEVELOPMENT_NAME = re.compile(
    r"dev|test|lint|doc|ci\b|local|typing|type|mypy|format|example", re.IGNORECASE
)
_REQUIREMENTS_DIRECTORIES = ("requirements", "requires", "reqs")
_ITSELF = re.compile(r"\s*(?:-e|--editable)[=\s]*(?:file:)?\.(?:\[|\s|$)|\s*\.(?:\[[^\]]*\])?\s*$")
_CONDA_DEPENDENCY = re.compile(
    r"\s*-\s*[\"']?([A-Za-z0-9][\w.-]*)(\[[^\]]*\])?\s*([=<>!~][^\"'#\n]*)?[\"']?\s*(?:#.*)?$"
)
_RUNTIME = (("project", "dependencies"), ("tool", "poetry", "dependencies"))


@dataclass(slots=True)
class Manifest:
    """One file that can declare dependencies, as read.

    `declared` holds what the application itself needs, `optional` what an extra or a group adds.
    `is_project` is False for a file with only tool settings. `tables` is the parsed TOML.
    `lists_runtime` tells whether a pyproject.toml has a place for what the application needs, and
    `installs_itself` tells whether a requirements file has a line like `-e .`.
    """

    file: str
    kind: ManifestKind
    declared: dict[str, Bound] = field(default_factory=dict[str, Bound])
    optional: dict[str, Bound] = field(default_factory=dict[str, Bound])
    requires_python: Bound | None = None
    is_project: bool = True
    is_poetry: bool = False
    lists_runtime: bool = False
    development: set[str] = field(default_factory=set[str])
    """What a group for those who work on the project declares."""
    tables: Tables = field(default_factory=dict[str, object])
    problem: Reason | None = None
    installs_itself: bool = False

    def bound(self, name: str) -> Bound | None:
        """The requirement for `name`, from the application's own first."""
        return self.declared.get(name) or self.optional.get(name)

    def table(self, *keys: str) -> Tables:
        """The TOML table at `keys`, empty where there is none."""
        return table(self.tables, *keys)

    def declare(self, into: dict[str, Bound], items: Iterable[Declared]) -> None:
        """Add requirements; what is said of Python counts where the application's own are."""
        for item in items:
            specifier = pep440(item.parsed.constraint)
            bound = Bound(specifier, item.path or self.file, item.line, item.written)
            if item.key != "python":
                into.setdefault(item.key, bound)
            elif into is self.declared:
                self.requires_python = self.requires_python or bound


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


def read_pyproject(tree: Tree, path: str) -> Manifest:
    """Read every table that can declare a requirement: PEP 621's, groups, and those of managers."""
    manifest, source = _read_toml(tree, path, "pyproject")
    project, poetry = manifest.table("project"), manifest.table("tool", "poetry")
    manifest.is_project = bool(project or poetry or manifest.problem)
    is_standard = "dependencies" in project or bool(project and "dependencies" not in poetry)
    manifest.is_poetry = "dependencies" in poetry and not is_standard
    manifest.lists_runtime = is_standard or manifest.is_poetry
    for spot in requirement_tables.spots(source.data):
        into = manifest.declared if spot.path in _RUNTIME else manifest.optional
        items = [*requirement_tables.declared_at(source, spot)]
        if spot.place == "dev":
            manifest.development.update(item.key for item in items)
        if spot.place != "constraint":
            manifest.declare(into, items)
    manifest.declare(manifest.declared, requirement_tables.declared(source, ()))
    for name in requirement_tables.requirement_files(source.data):
        for key, bound in read_requirements(tree, resolve(parent(path), name)).declared.items():
            manifest.declared.setdefault(key, bound)
    return manifest


def read_pipfile(tree: Tree, path: str) -> Manifest:
    """Read Pipenv's file."""
    manifest, source = _read_toml(tree, path, "pipfile")
    main, dev = requirement_tables.PIPFILE
    manifest.declare(manifest.declared, requirement_tables.declared_at(source, main))
    items = [*requirement_tables.declared_at(source, dev)]
    manifest.declare(manifest.optional, items)
    manifest.development.update(item.key for item in items)
    keys = ("requires", "python_version")
    version = source.get(keys)
    if isinstance(version, str):
        line = line_of(source.text, source.offset(keys))
        manifest.requires_python = Bound(f"=={version}.*", path, line, version)
    return manifest


def read_pixi(tree: Tree, path: str) -> Manifest:
    """Read pixi's own file."""
    manifest, source = _read_toml(tree, path, "pixi")
    for spot in requirement_tables.spots(source.data, requirement_tables.PIXI):
        into = manifest.declared if spot.place == "main" else manifest.optional
        manifest.declare(into, requirement_tables.declared_at(source, spot))
    return manifest


def _read_toml(tree: Tree, path: str, kind: ManifestKind) -> tuple[Manifest, TomlSource]:
    """The manifest with the file's tables; without any, where there is a problem with them."""
    text, source, problem, line = tree.text(path), TomlSource(""), "", None
    if len(tree.data(path)) >= MAX_BYTES:
        problem = f"{path} is larger than {MAX_BYTES:,} bytes, which is more than is read of a file"
    elif not text and tree.is_unreadable(path):
        problem = f"{path} cannot be read"
    else:
        try:
            source = TomlSource(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            problem = f"{path} is not valid TOML: {error}"
            place = re.search(r"at line (\d+)", str(error))
            line = int(place[1]) if place else None
    reason = Reason("dependency_file", problem, path, line) if problem else None
    return Manifest(path, kind, tables=source.data, problem=reason), source


def read_requirements(tree: Tree, path: str) -> Manifest:
    """Read a requirements file and, for what it declares, the files that it includes."""
    manifest = Manifest(path, "requirements")

    def read(name: str) -> str | None:
        return tree.text(name) if tree.has_file(name) else None

    files = requirements_txt.closure(read, path)
    for file, text in files.items():
        manifest.declare(manifest.declared, requirements_txt.declared(text, path=file))
    own = files.get(path, "")
    manifest.installs_itself = any(_ITSELF.match(line.text) for line in requirements_txt.lines(own))
    manifest.is_project = bool(
        manifest.declared or requirements_txt.included(own) or not own.strip()
    )
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
    from ..project_files import setup_cfg  # noqa: PLC0415 - few projects have one

    manifest, text = Manifest(path, "setup"), tree.text(path)
    main = [item for item in setup_cfg.declared(text) if item.place == "main"]
    manifest.declare(manifest.declared, main)
    manifest.is_project = bool(manifest.declared) or {"metadata", "options"} <= setup_cfg.sections(
        text
    )
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
    names = {"install_requires": "", "python_requires": "python"}
    for keyword in call.keywords:
        name = names.get(keyword.arg or "")
        for node in ast.walk(keyword.value) if name is not None else ():
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                written = node.value.strip()
                if parsed := parse_pep508(f"{name}{written}"):
                    item = Declared(parsed, written, "main", node.lineno, (0, 0))
                    manifest.declare(manifest.declared, [item])
    return manifest


_READERS: dict[str, Callable[[Tree, str], Manifest]] = {
    "pyproject.toml": read_pyproject,
    "Pipfile": read_pipfile,
    "pixi.toml": read_pixi,
    "environment.yml": read_conda,
    "environment.yaml": read_conda,
    "setup.py": read_setup_py,
    "setup.cfg": read_setup_cfg,
}
