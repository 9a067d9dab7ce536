"""The engine of a layer that is adopted, created by the layer's function under its old name."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..app_file.import_place import plan_import
from ..app_file.source_lines import UnreadableSourceError, parse_source
from ..inspection.python_source import dotted
from ..inspection.roles import Role
from ..inspection.tree import is_within, parent
from .engines import Engine, calls_of, find_engines, url_of
from .modules import Module, Project, UnprovenError
from .used_imports import CommentedImportError, replaced_expression, without_unused_imports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..inspection import Facts
    from .adopted_layer import AdoptedLayer

KEEP = "keep"
CONSTRUCTOR = "create_async_engine"
# As long as SQLAlchemy's own: formatters then break the lines of a call where they did before.
LAYER_CONSTRUCTOR = "create_layer_engine"
_WITHOUT = frozenset(
    {
        *("async_creator", "creator", "dialect", "module", "plugins", "pool", "pool_use_lifo"),
        "strategy",
    }
)
"""Options that replace what the layer's constructor has to decide."""


@dataclass(frozen=True, slots=True)
class EngineSite:
    """An engine that is a global of a module."""

    name: str
    """As "app.db:engine"."""
    place: str
    """File and line of the call that creates it."""


def engine_sites(
    path: Path, facts: Facts, layer: AdoptedLayer
) -> tuple[tuple[EngineSite, ...], str]:
    """The engines that the layer can create, those of the requests first.

    Args:
        path: the project's directory.
        facts: what inspection found.
        layer: what is proven of the layer that is adopted.

    Returns:
        The engines, and the reason why there is none.
    """
    if not layer.is_async or layer.driver != "asyncpg":
        return (), f"{layer.engine}: the engine is not one on asyncpg"
    project = Project.at(path, facts.pytest.import_base)
    found: list[EngineSite] = []
    reasons: list[str] = []
    for engine in find_engines(project, "async"):
        if layer.migrations_dir and is_within(engine.module.file, layer.migrations_dir):
            continue
        try:
            found += _sites(project, facts, layer, engine)
        except UnprovenError as error:
            reasons.append(str(error))
    try:
        _check_tests(project)
    except UnprovenError as error:
        return (), str(error)
    found.sort(key=lambda site: site.place != layer.engine)
    return tuple(found), "" if found else next(iter(reasons), layer.engine)


def _sites(
    project: Project, facts: Facts, layer: AdoptedLayer, engine: Engine
) -> Iterator[EngineSite]:
    module, line = engine.module, engine.call.lineno
    if not _is_of(project, engine, layer):
        return
    if not engine.assigned:
        raise UnprovenError(module.file, line, "the engine is no global of its module")
    if len(engine.assigned) > 1:
        names = ", ".join(engine.assigned)
        raise UnprovenError(module.file, line, f"the call creates several engines ({names})")
    [name] = engine.assigned
    if module.file == facts.app_file:
        raise UnprovenError(module.file, line, "the engine is in the application's own file")
    for keyword in engine.call.keywords:
        if keyword.arg is None:
            raise UnprovenError(module.file, line, "the engine's options are not written out")
        if keyword.arg in _WITHOUT:
            raise UnprovenError(module.file, line, f"the engine has the option {keyword.arg}")
    _check_packages(project, facts, module)
    # Raises where it cannot be written.
    with_layer_engine(engine.text, file=module.file, name=name, layer_module="layer")
    yield EngineSite(f"{module.name}:{name}", engine.place)


def _is_of(project: Project, engine: Engine, layer: AdoptedLayer) -> bool:
    """Whether the engine leads to the database that is adopted."""
    for made_by in engine.assigned.values() or [None]:
        try:
            if url_of(project, engine, made_by).text == layer.url.text:
                return True
        except UnprovenError:
            continue
    return False


def _check_packages(project: Project, facts: Facts, module: Module) -> None:
    """Stop where importing one of the two modules runs other code of the project first."""
    package = "" if facts.package_dir == "." else facts.package_dir
    while package and package != project.base:
        init = project.module(f"{package}/__init__.py")
        if init and not is_within(module.file, package):
            for imported in init.imports(init.tree).values():
                if project.has(imported):
                    raise UnprovenError(
                        init.file, imported.line, "importing the layer would import this module"
                    )
        package = parent(package)
    above, _, last = module.name.rpartition(".")
    file = project.file_of(above) if above else None
    init = project.module(file) if file else None
    shadow = init.imports(init.tree).get(last) if init else None
    if shadow and shadow.module != above:
        raise UnprovenError(
            file or "", shadow.line, f"{above}.{last} is another object than the module"
        )


def _check_tests(project: Project) -> None:
    """Stop where tests replace the constructor by name, or run on another database."""
    for module in project.mentioning(CONSTRUCTOR.encode(), b"sqlite", without=Role.FOREIGN):
        is_test = "test" in module.file
        for imported in module.imports(module.tree).values():
            if imported.name == CONSTRUCTOR and project.has(imported):
                raise UnprovenError(
                    module.file, imported.line, f"it imports {CONSTRUCTOR} from another module"
                )
        for node in ast.walk(module.tree) if is_test else ():
            text = node.value if isinstance(node, ast.Constant) else None
            if not isinstance(node, ast.Constant) or not isinstance(text, str):
                continue
            if text.rpartition(".")[2] == CONSTRUCTOR:
                raise UnprovenError(module.file, node.lineno, f"tests replace {CONSTRUCTOR}")
            if text.startswith("sqlite") and not _is_for_an_engine(module, node):
                raise UnprovenError(module.file, node.lineno, "tests may run on SQLite")


def _is_for_an_engine(module: Module, url: ast.expr) -> bool:
    """Whether a URL is that of engines which the module creates itself, and of nothing else."""
    above = module.parent_of(url)
    if isinstance(above, ast.Assign) and isinstance(above.targets[0], ast.Name):
        name = above.targets[0].id
        uses = [
            node
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        return all(_makes_engine(module.parent_of(node)) for node in uses)
    return _makes_engine(above)


def _makes_engine(node: ast.AST | None) -> bool:
    if isinstance(node, ast.Call):
        return dotted(node.func).rpartition(".")[2] in {CONSTRUCTOR, "create_engine"}
    return False


def with_layer_engine(content: str, *, file: str, name: str, layer_module: str) -> str:
    """Have an engine created by the layer's function; all else stays.

    Args:
        content: the text of the module that creates it.
        file: the module's file, for messages.
        name: the global that it is assigned to.
        layer_module: the module that has the function.

    Raises:
        UnprovenError: it cannot be written so that the module means the same.
    """
    try:
        source = parse_source(content)
        module = Module(file, "", source.tree)
        if any(
            imported.name == LAYER_CONSTRUCTOR for imported in module.imports(source.tree).values()
        ):
            return content
        calls = calls_of(module, frozenset({CONSTRUCTOR}))
        engines = (Engine(module, call, content) for call in calls)
        engine = next((engine for engine in engines if name in engine.assigned), None)
        if engine is None:
            raise UnprovenError(file, 0, f"{name} is not assigned what {CONSTRUCTOR} returns")
        text = replaced_expression(source, engine.call.func, LAYER_CONSTRUCTOR)
        text = without_unused_imports(text, before=content)
        changed = parse_source(text)
        using = next(statement for statement in changed.tree.body if _uses(statement))
        line = f"from {layer_module} import {LAYER_CONSTRUCTOR}"
        after = changed.insert([plan_import(changed, line, before=using)])
        if _meaning(parse_source(after).tree) != _meaning(source.tree):
            raise UnprovenError(file, engine.call.lineno, "the call has no place of its own")
    except (UnreadableSourceError, CommentedImportError) as error:
        raise UnprovenError(file, 0, str(error)) from error
    return after


def _uses(statement: ast.stmt) -> bool:
    return any(
        isinstance(node, ast.Call) and dotted(node.func) == LAYER_CONSTRUCTOR
        for node in ast.walk(statement)
    )


def _meaning(tree: ast.Module) -> str:
    """What a module does, whichever of the two constructors it has and whatever it imports."""
    return ast.dump(_OfEither().visit(tree))


class _OfEither(ast.NodeTransformer):
    """Drops the imports at the top, and gives both constructors one name."""

    def visit_Module(self, node: ast.Module) -> ast.AST:
        node.body = [
            statement
            for statement in node.body
            if not isinstance(statement, ast.Import | ast.ImportFrom)
        ]
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        names = (CONSTRUCTOR, LAYER_CONSTRUCTOR)
        if dotted(node.func).rpartition(".")[2] in names:
            node.func = ast.Name("engine", ast.Load())
        return self.generic_visit(node)
