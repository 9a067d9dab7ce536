"""A sync layer's routes as async ones: what changes, what stays, and why."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ..app_file.source_lines import UnreadableSourceError, parse_source, parse_tree
from ..inspection.roles import Role, is_test_file
from ..inspection.tree import is_within
from ..project_files.encoding import decode
from ..project_paths import read
from .added_names import add_names
from .async_functions import AsyncSessions, Writer
from .async_names import async_name
from .code_width import DEFAULT, code_width
from .definitions import Definitions, Function
from .given_sessions import find_given_sessions
from .mapped_attributes import Models
from .modules import Module, Project, UnprovenError
from .nested_projects import nested_projects
from .overridden_session import check_replaced, overrides
from .rewriting import Rewriting
from .route_trees import Sorter, Trees
from .session_dependency import SessionDependency, read_dependency
from .session_use import Reader

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ASYNC = "async"
_MAX_BYTES = 8_000_000
"""Of a module: scripts that carry packages, such as get-pip.py, are large."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What of an adopted layer counts here."""

    base: str
    """The declarative base, as "app.db:Base"."""
    dependency: str
    """The function that gives a session, as "app.db:get_db"."""
    driver: str
    import_base: str
    sessions_module: str
    """The module that will have the async dependency."""
    overrides_module: str
    """The module that will have `async_override`."""
    own: tuple[str, ...] = ()
    """Directories and files of the layer that is added."""


@dataclass(slots=True)
class Conversion:
    """What becomes of the functions that lead to a session."""

    trees: Trees
    dependency: SessionDependency
    files: dict[str, str] = field(default_factory=dict[str, str])
    """The new contents of the project's files that change."""

    @property
    def converted(self) -> list[Function]:
        """The functions that become async, or hold an async session."""
        return sorted(self.trees.async_ones, key=_place)

    @property
    def routes(self) -> tuple[int, int]:
        """How many routes become async, and how many there are."""
        return len(self.trees.routes & self.trees.async_ones), len(self.trees.routes)

    def stays(self) -> list[tuple[Function, str]]:
        """The functions that stay, each with file, line and reason."""
        return [
            (function, f"{obstacle.file}, line {obstacle.line}: {obstacle.reason}")
            for function, obstacle in sorted(
                self.trees.stays.items(), key=lambda item: _place(item[0])
            )
        ]


def _place(function: Function) -> tuple[str, int]:
    return function.module.file, function.node.lineno


def convert(path: Path, layer: Layer) -> Conversion:
    """Work out what becomes of a project's functions; nothing is written.

    Args:
        path: the project's directory.
        layer: what is proven of the layer.

    Raises:
        UnprovenError: nothing can be converted; the message says why.
    """
    project = Project.at(path, layer.import_base)
    contents, modules, tests = _read_all(project, path, layer.dependency, layer.own)
    definitions = Definitions(project, modules, layer.dependency)
    dependency = read_dependency(definitions, layer.dependency)
    models = Models(definitions, layer.base)
    for model in models.by_class.values():
        for base in definitions.bases(model.definition):
            if any("MappedAsDataclass" in ast.unparse(node) for node in base.node.bases):
                raise UnprovenError(
                    base.module.file, base.node.lineno, "the models are dataclasses"
                )
    names = frozenset(
        filter(None, (dependency.factory.rpartition(":")[2], "engine", dependency.function.name))
    )
    for module in modules:
        if module.file in tests:
            check_replaced(module, names)
    if not any(
        True
        for module in modules
        if module.file in tests
        for _ in overrides(definitions, module, "")
    ):
        # Where tests override the dependency, other sessions go elsewhere.
        definitions.factory = dependency.factory
    find_given_sessions(definitions, tests)
    reader = Reader(definitions, models, layer.driver)
    sorter = Sorter(definitions, models, reader, tests)
    trees = sorter.sort()
    conversion = Conversion(trees, dependency)
    if not trees.async_ones:
        return conversion
    sessions = AsyncSessions(
        layer.dependency,
        async_name(layer.dependency),
        layer.sessions_module,
        layer.overrides_module,
        is_sqlmodel=layer.base == "sqlmodel:SQLModel",
    )
    tree = project.sources.tree
    width = code_width(
        map(tree.text, ("pyproject.toml", "ruff.toml")),
        (text for file, text in contents.items() if file not in tests),
    )
    writer = Writer(definitions, sorter, trees, sessions, models, width)
    texts = writer.texts(contents)
    for module in modules:
        if module.file in tests:
            text = _overridden(definitions, module, sessions, contents[module.file])
            if text is not None:
                texts[module.file] = text
    for file, text in texts.items():
        _verify(file, contents[file], text, conversion)
    conversion.files = {file: text for file, text in texts.items() if text != contents[file]}
    return conversion


def dependency_answer(path: Path, dependency: str, import_base: str) -> dict[str, Any]:
    """What is recorded of a dependency that gives a sync session.

    Raises:
        UnprovenError: it does more than that, or tests override it in another way.
    """
    project = Project.at(path, import_base)
    name = dependency.rpartition(":")[2].encode()
    _, modules, tests = _read_all(project, path, dependency, (), name, b"sessionmaker")
    definitions = Definitions(project, modules, dependency)
    found = read_dependency(definitions, dependency)
    replaced = [
        needs_override
        for module in modules
        if module.file in tests
        for _, _, needs_override in overrides(definitions, module, "")
    ]
    return {
        "dependency": dependency,
        "autoflush": found.autoflush,
        "overridden": any(replaced),
    }


def _read_all(
    project: Project, path: Path, dependency: str, own: Sequence[str], *words: bytes
) -> tuple[dict[str, str], list[Module], set[str]]:
    """The contents of the project's modules, the modules, and which of them are tests."""
    sources = project.sources
    code = set(sources.modules("", without=Role.TEST | Role.FOREIGN | Role.MIGRATION))
    contents: dict[str, str] = {}
    modules: list[Module] = []
    tests: set[str] = set()
    # Migrations call what stays, as tests do.
    for file in sources.modules("", without=Role.FOREIGN):
        if any(is_within(file, place) or file == place for place in own):
            continue
        data = read(path, file, limit=_MAX_BYTES)
        if data is None or (words and not any(word in data for word in words)):
            continue
        content = decode(data).content
        try:
            tree = parse_tree(content)
        except UnreadableSourceError:
            continue
        contents[file] = content
        modules.append(Module(file, project.base, tree))
        if file not in code or is_test_file(file.rpartition("/")[2]):
            tests.add(file)
    kept = project.file_of(dependency.partition(":")[0]) or ""
    apart = nested_projects(project, modules, kept)
    modules = [module for module in modules if not any(is_within(module.file, d) for d in apart)]
    tests &= {module.file for module in modules}
    return contents, modules, tests


def _overridden(
    definitions: Definitions, module: Module, sessions: AsyncSessions, content: str
) -> str | None:
    # Those of an earlier conversion are there.
    found = [
        (statement, line, needs_override)
        for statement, line, needs_override in overrides(definitions, module, sessions.name)
        if not _is_followed_by(module, statement, line)
    ]
    if not found:
        return None
    source = parse_source(content)
    known = type(source)(source.bom, source.lines, module.tree, source.logical_lines)
    rewriting = Rewriting(known, DEFAULT)
    for statement, line, _ in found:
        rewriting.insert_line_after(statement, line)
    text = add_names(rewriting.result(), sessions.module, sessions.name, module.file)
    if any(needs_override for _, _, needs_override in found):
        text = add_names(text, sessions.override, "async_override", module.file)
    return text


def _is_followed_by(module: Module, statement: ast.stmt, line: str) -> bool:
    above = module.parent_of(statement)
    wanted = ast.dump(ast.parse(line).body[0])
    for name in ("body", "orelse", "finalbody"):
        block: list[ast.stmt] = getattr(above, name, [])
        for former, following in pairwise(block):
            if former is statement:
                return ast.dump(following) == wanted
    return False


def _verify(file: str, before: str, after: str, conversion: Conversion) -> None:
    """Stop where a function changes that was not to, or what is written is no Python."""
    try:
        old, new = parse_source(before).tree, parse_source(after).tree
        compile(after, file, "exec", dont_inherit=True)
    except (UnreadableSourceError, SyntaxError, ValueError) as error:
        raise UnprovenError(file, 0, f"it cannot be written: {error}") from error
    changing = {
        function.name
        for function in conversion.trees.async_ones - conversion.trees.both
        if function.module.file == file
    }
    kept = {name: dump for name, dump in _functions(old).items() if name not in changing}
    now = _functions(new)
    for name, dump in kept.items():
        if now.get(name) != dump and not name.startswith("test") and "overrides" not in dump:
            raise UnprovenError(file, 0, f"{name} would change")


def _functions(tree: ast.Module) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for statement in tree.body:
        inner = statement.body if isinstance(statement, ast.ClassDef) else [statement]
        prefix = f"{statement.name}." if isinstance(statement, ast.ClassDef) else ""
        for node in inner:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                found[prefix + node.name] = ast.dump(node)
    return found
