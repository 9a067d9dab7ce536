"""What the names of a project stand for: its functions and classes, sessions, and outside code."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ..inspection.python_source import dotted
from .modules import Module, Project, names_bound, names_stored, statements_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
MAX_DEPTH = 12
SESSION_CLASSES = frozenset(
    {
        "sqlalchemy.orm.Session",
        "sqlalchemy.orm.session.Session",
        "sqlmodel.Session",
        "sqlmodel.orm.session.Session",
    }
)
DEPENDS = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends"})
VALIDATES = frozenset({"from_orm", "model_validate", "validate"})
"""Methods of pydantic's that make an object of their class."""
_OF_ONE = frozenset({"first", "get", "get_one", "one", "one_or_none"})
_OF_ROWS = frozenset({"scalar_one", "scalar_one_or_none"})
SELECTS = frozenset({"sqlalchemy.select", "sqlalchemy.future.select", "sqlmodel.select"})
_OTHER_ROWS = frozenset(
    {"add_columns", "from_statement", "subquery", "union", "union_all", "with_only_columns"}
)
_UNIONS = frozenset({"typing.Optional", "typing.Annotated", "typing_extensions.Annotated"})


@dataclass(eq=False, slots=True)
class Class:
    """A class at the top of a module."""

    module: Module
    node: ast.ClassDef
    methods: dict[str, Function] = field(default_factory=dict[str, "Function"])

    @property
    def name(self) -> str:
        """Its own name."""
        return self.node.name


@dataclass(eq=False, slots=True)
class Function:
    """A function at the top of a module, or a method of a class there."""

    module: Module
    node: FunctionNode
    owner: Class | None = None

    @property
    def name(self) -> str:
        """As "get", or "Users.get"."""
        return f"{self.owner.name}.{self.node.name}" if self.owner else self.node.name

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.module.file}, line {self.node.lineno}"

    @property
    def parameters(self) -> list[ast.arg]:
        """All but `*args` and `**kwargs`."""
        arguments = self.node.args
        return [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]

    @property
    def defaults(self) -> dict[str, ast.expr]:
        """The parameters' defaults."""
        arguments = self.node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        pairs = zip(reversed(plain), reversed(arguments.defaults), strict=False)
        found = {parameter.arg: value for parameter, value in pairs}
        for parameter, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
            if value is not None:
                found[parameter.arg] = value
        return found

    @property
    def is_static(self) -> bool:
        """Whether its first parameter is no object."""
        return self.owner is None or self._has("staticmethod")

    @property
    def is_of_class(self) -> bool:
        """Whether its first parameter is the class."""
        return self._has("classmethod")

    def _has(self, name: str) -> bool:
        return any(dotted(decorator) == name for decorator in self.node.decorator_list)


@dataclass(frozen=True, slots=True)
class Value:
    """What an expression stands for, as far as reading tells."""

    kind: Literal["session", "own session", "instance", "class", "function", "module", "external"]
    of: Class | Function | str = ""

    @property
    def instance(self) -> Class | None:
        """The class of an object of the project's."""
        return self.of if self.kind == "instance" and isinstance(self.of, Class) else None

    @property
    def klass(self) -> Class | None:
        """A class of the project's."""
        return self.of if self.kind == "class" and isinstance(self.of, Class) else None

    @property
    def function(self) -> Function | None:
        """A function of the project's."""
        return self.of if isinstance(self.of, Function) else None

    @property
    def external(self) -> str:
        """The full name of an object of a package's."""
        return self.of if self.kind == "external" and isinstance(self.of, str) else ""


SESSION = Value("session")
OWN_SESSION = Value("own session")
Binding = ast.expr | ast.stmt | ast.arg | None


class Definitions:
    """The functions and classes of some modules, and what expressions in them stand for."""

    def __init__(self, project: Project, modules: Iterable[Module], dependency: str) -> None:
        """Index the modules.

        Args:
            project: the project.
            modules: those to index.
            dependency: the function that gives a session, as "app.db:get_db".
        """
        self.project = project
        self.modules = list(modules)
        self.dependencies = {dependency}
        self.given_sessions: set[tuple[Function, str]] = set()
        """Parameters without an annotation that each call gives a session."""
        self.factory = ""
        """The session factory whose sessions can be async ones, as "app.db:SessionLocal"."""
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self._by_node: dict[ast.AST, Function] = {}
        self._class_of: dict[ast.ClassDef, Class] = {}
        self._by_file = {module.file: module for module in self.modules}
        self._bindings: dict[str, dict[str, list[ast.stmt]]] = {}
        self._locals: dict[ast.AST, dict[str, list[Binding]]] = {}
        self._imports: dict[ast.AST, dict[str, Value | None]] = {}
        self._filled: dict[Function, list[tuple[ast.arg, ast.Call, Value | None]]] = {}
        self._results: dict[Function, list[ast.expr]] = {}
        self._set: dict[Class, dict[str, list[tuple[Function, ast.Assign | ast.AnnAssign]]]] = {}
        for module in self.modules:
            self._index(module)

    def _index(self, module: Module) -> None:
        for statement in statements_of(module.tree):
            if isinstance(statement, FunctionNode):
                self._add(Function(module, statement))
            elif isinstance(statement, ast.ClassDef):
                found = Class(module, statement)
                self.classes.append(found)
                self._class_of[statement] = found
                for inner in statement.body:
                    if isinstance(inner, FunctionNode):
                        found.methods[inner.name] = self._add(Function(module, inner, found))

    def _add(self, function: Function) -> Function:
        self.functions.append(function)
        self._by_node[function.node] = function
        return function

    def function_around(self, module: Module, node: ast.AST) -> Function | None:
        """The function of the index that a node is in; None at the top of a module."""
        above: ast.AST | None = node
        while above is not None:
            if found := self._by_node.get(above):
                return found
            above = module.parent_of(above)
        return None

    def is_dependency(self, function: Function) -> bool:
        """Whether it is one that gives a session."""
        return f"{function.module.name}:{function.name}" in self.dependencies

    # Names

    def _bound(self, module: Module) -> dict[str, list[ast.stmt]]:
        found = self._bindings.get(module.file)
        if found is None:
            found = self._bindings[module.file] = {}
            for statement in statements_of(module.tree):
                for name in names_bound(statement):
                    found.setdefault(name, []).append(statement)
        return found

    def lookup(self, module: Module, name: str, depth: int = 0) -> Value | None:
        """What a global of a module stands for."""
        if depth > MAX_DEPTH:
            return None
        statements = self._bound(module).get(name, [])
        if not statements:
            return self._starred(module, name, depth)
        values = {self._of_binding(module, name, bound, depth) for bound in statements}
        return values.pop() if len(values) == 1 else None

    def _starred(self, module: Module, name: str, depth: int) -> Value | None:
        for imported in module.imports(module.tree).values():
            file = self.project.file_of(imported.module) if imported.name == "*" else None
            inner = self._by_file.get(file or "")
            if inner and (found := self.lookup(inner, name, depth + 1)):
                return found
        return None

    def _of_binding(
        self, module: Module, name: str, statement: ast.stmt, depth: int
    ) -> Value | None:
        if isinstance(statement, ast.ClassDef):
            known = self._class_of.get(statement)
            return Value("class", known) if known else None
        if isinstance(statement, FunctionNode):
            function = self._by_node.get(statement)
            return Value("function", function) if function else None
        if isinstance(statement, ast.Import | ast.ImportFrom):
            return self._imported(module, module.tree, name, depth)
        if isinstance(statement, ast.AnnAssign) and statement.value is None:
            return self.annotated(module, statement.annotation, depth + 1)
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value is not None:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            if isinstance(target, ast.Name):
                return self.value(module, None, statement.value, depth + 1)
        return None

    def _imported(
        self, module: Module, scope: ast.Module | FunctionNode, name: str, depth: int
    ) -> Value | None:
        known = self._imports.setdefault(scope, {})
        if name not in known:
            known[name] = None
            imported = module.imports(scope).get(name)
            if imported and imported.name is None:
                bound = imported.module if imported.module.partition(".")[0] != name else name
                known[name] = Value("module", bound)
            elif imported and imported.name:
                known[name] = self.member(Value("module", imported.module), imported.name, depth)
        return known[name]

    def member(self, value: Value, name: str, depth: int = 0) -> Value | None:
        """What an attribute of an object, class or module stands for."""
        if value.kind == "module" and isinstance(value.of, str):
            file = self.project.file_of(value.of)
            inner = self._by_file.get(file or "")
            if inner and (found := self.lookup(inner, name, depth + 1)):
                return found
            if self.project.file_of(f"{value.of}.{name}"):
                return Value("module", f"{value.of}.{name}")
            return None if file else self._outside(f"{value.of}.{name}")
        if value.external:
            return self._outside(f"{value.external}.{name}")
        owner = value.instance or value.klass
        if owner is None:
            return None
        if method := self.method(owner, name):
            return Value("function", method)
        return self.attribute(owner, name, depth + 1)

    def _outside(self, name: str) -> Value:
        stem = name.replace(".", "/")
        directory = "/".join(filter(None, (self.project.base, stem)))
        if any(module.file.startswith(f"{directory}/") for module in self.modules):
            return Value("module", name)
        return Value("external", name)

    def bases(self, owner: Class) -> Iterator[Class]:
        """The class itself and its superclasses in the project, in order."""
        pending, seen = [owner], set[Class]()
        while pending:
            current = pending.pop(0)
            if current in seen:
                continue
            seen.add(current)
            yield current
            for base in current.node.bases:
                node = base.value if isinstance(base, ast.Subscript) else base
                found = self.value(current.module, None, node)
                if found and found.klass:
                    pending.append(found.klass)

    def method(self, owner: Class, name: str) -> Function | None:
        """The method of a class or of the nearest superclass that has it."""
        for base in self.bases(owner):
            if name in base.methods:
                return base.methods[name]
        return None

    def attribute(self, owner: Class, name: str, depth: int = 0) -> Value | None:
        """What an attribute of the objects of a class stands for."""
        if depth > MAX_DEPTH:
            return None
        values: set[Value | None] = set()
        for base in self.bases(owner):
            for statement in base.node.body:
                if isinstance(statement, ast.AnnAssign) and dotted(statement.target) == name:
                    values.add(self.annotated(base.module, statement.annotation, depth + 1))
                elif isinstance(statement, ast.Assign) and name in map(dotted, statement.targets):
                    values.add(self.value(base.module, None, statement.value, depth + 1))
            for method, node in self._set_in(base).get(f"self.{name}", ()):
                if isinstance(node, ast.Assign):
                    values.add(self.value(base.module, method, node.value, depth + 1))
                else:
                    values.add(self.annotated(base.module, node.annotation, depth + 1))
        return values.pop() if len(values) == 1 else None

    def _set_in(self, owner: Class) -> dict[str, list[tuple[Function, ast.Assign | ast.AnnAssign]]]:
        """The assignments in the methods of a class, by what they assign to."""
        found = self._set.get(owner)
        if found is None:
            found = self._set[owner] = {}
            for method in owner.methods.values():
                for node in ast.walk(method.node):
                    if isinstance(node, ast.Assign | ast.AnnAssign):
                        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                        for name in {*map(dotted, targets)}:
                            found.setdefault(name, []).append((method, node))
        return found

    # Annotations

    def annotated(self, module: Module, node: ast.expr | None, depth: int = 0) -> Value | None:
        """What a value with an annotation stands for."""
        if node is None or depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                return self.annotated(module, ast.parse(node.value, mode="eval").body, depth + 1)
            except SyntaxError:
                return None
        if isinstance(node, ast.BinOp):
            sides = [side for side in (node.left, node.right) if dotted(side) or not _is_none(side)]
            return self.annotated(module, sides[0], depth + 1) if len(sides) == 1 else None
        if isinstance(node, ast.Subscript):
            outer = self.value(module, None, node.value, depth + 1)
            inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
            name = outer.external if outer else ""
            if name in _UNIONS:
                return self.annotated(module, inner, depth + 1)
            return Value("instance", outer.of) if outer and outer.klass else None
        alias = self.alias(module, node)
        if alias:
            return self.annotated(alias[0], alias[1], depth + 1)
        found = self.value(module, None, node, depth + 1)
        if found and found.external in SESSION_CLASSES:
            return SESSION
        return Value("instance", found.of) if found and found.klass else None

    def alias(self, module: Module, node: ast.expr) -> tuple[Module, ast.expr] | None:
        """The module and the annotation that a name such as `SessionDep` stands for."""
        where = self.where(module, node)
        if where is None:
            return None
        owner, name = where
        statements = self._bound(owner).get(name, [])
        value = getattr(statements[0], "value", None) if len(statements) == 1 else None
        return (owner, value) if isinstance(value, ast.Subscript) else None

    def where(self, module: Module, node: ast.expr, depth: int = 0) -> tuple[Module, str] | None:
        """The module that assigns a global, and its name there."""
        if depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Attribute):
            outer = self.value(module, None, node.value)
            if not outer or outer.kind != "module" or not isinstance(outer.of, str):
                return None
            inner = self._by_file.get(self.project.file_of(outer.of) or "")
            return self.where(inner, ast.Name(node.attr), depth + 1) if inner else None
        if not isinstance(node, ast.Name):
            return None
        statements = self._bound(module).get(node.id, [])
        if len(statements) != 1 or not isinstance(statements[0], ast.ImportFrom):
            return (module, node.id) if statements else None
        imported = module.imports(module.tree).get(node.id)
        inner = self._by_file.get(self.project.file_of(imported.module) or "") if imported else None
        name = imported.name if imported else None
        return self.where(inner, ast.Name(name), depth + 1) if inner and name else None

    def assigned(self, module: Module, name: str) -> ast.Call | None:
        """The call whose result is assigned to a global."""
        statements = self._bound(module).get(name, [])
        value = getattr(statements[0], "value", None) if len(statements) == 1 else None
        return value if isinstance(value, ast.Call) else None

    def depends(self, function: Function) -> list[tuple[ast.arg, ast.Call, Value | None]]:
        """The parameters of a function that dependencies fill, with the call of `Depends`."""
        if function not in self._filled:
            self._filled[function] = list(self._dependencies_of(function))
        return self._filled[function]

    def _dependencies_of(
        self, function: Function
    ) -> Iterator[tuple[ast.arg, ast.Call, Value | None]]:
        for parameter in function.parameters:
            annotation, module = parameter.annotation, function.module
            calls = [function.defaults.get(parameter.arg)]
            if annotation is not None and (alias := self.alias(module, annotation)):
                module, annotation = alias
            if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
                calls += annotation.slice.elts[1:]
            for call in calls:
                if isinstance(call, ast.Call) and self.is_depends(module, call):
                    yield parameter, call, self.dependency_of(module, annotation, call)

    def is_depends(self, module: Module, call: ast.Call) -> bool:
        """Whether a call is one of `Depends`."""
        found = self.value(module, None, call.func)
        return found is not None and found.external in DEPENDS

    def dependency_of(
        self, module: Module, annotation: ast.expr | None, call: ast.Call
    ) -> Value | None:
        """The function or class that a `Depends(…)` names, or else the annotation beside it."""
        given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "dependency")]
        if given:
            return self.value(module, None, given[0])
        if isinstance(annotation, ast.Subscript) and isinstance(annotation.slice, ast.Tuple):
            annotation = annotation.slice.elts[0]
        return self.value(module, None, annotation) if annotation is not None else None

    # Expressions

    def value(
        self, module: Module, function: Function | None, node: ast.expr, depth: int = 0
    ) -> Value | None:
        """What an expression in a function, or at the top of a module, stands for."""
        if depth > MAX_DEPTH:
            return None
        if isinstance(node, ast.Name):
            if function and node.id in self.locals(function):
                return self._local(function, node.id, depth)
            return self.lookup(module, node.id, depth + 1)
        if isinstance(node, ast.Attribute):
            owner = self.value(module, function, node.value, depth + 1)
            return self.member(owner, node.attr, depth + 1) if owner else None
        if isinstance(node, ast.Await | ast.NamedExpr):
            return self.value(module, function, node.value, depth + 1)
        if isinstance(node, ast.Call):
            return self._called(module, function, node, depth)
        return None

    def _called(
        self, module: Module, function: Function | None, node: ast.Call, depth: int
    ) -> Value | None:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and function:
            bases = self.bases(function.owner) if function.owner else iter(())
            next(bases, None)
            above = next(bases, None)
            return Value("instance", above) if above else None
        made = self.value(module, function, node.func, depth + 1)
        if made is None:
            return (
                self._validated(module, function, node, depth)
                or self._loaded(module, function, node, depth)
                or self._selected(module, function, node, depth)
            )
        if made.klass:
            return Value("instance", made.of)
        if made.external in SESSION_CLASSES or made.external.startswith("made by sessionmaker"):
            return SESSION if self.opens(module, node) else OWN_SESSION
        if made.external in {"sqlalchemy.orm.sessionmaker", "sqlalchemy.orm.session.sessionmaker"}:
            return Value("external", "made by sessionmaker")
        if made.function:
            return self.returned(made.function, depth + 1)
        return Value("external", f"{made.external}()") if made.external else None

    def opens(self, module: Module, call: ast.Call) -> bool:
        """Whether a call opens a session that can be an async one."""
        where = self.where(module, call.func) if self.factory else None
        is_plain = not call.args and not call.keywords
        return bool(where and is_plain and f"{where[0].name}:{where[1]}" == self.factory)

    def _validated(
        self, module: Module, function: Function | None, node: ast.Call, depth: int
    ) -> Value | None:
        """The object that pydantic makes of another one, as `Schema.model_validate(…)`."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in VALIDATES:
            return None
        owner = self.value(module, function, node.func.value, depth + 1)
        return Value("instance", owner.of) if owner and owner.klass else None

    def _loaded(
        self, module: Module, function: Function | None, node: ast.Call, depth: int
    ) -> Value | None:
        """The object that a session loads: by its key, or by a query for one."""
        if not isinstance(node.func, ast.Attribute) or node.func.attr not in _OF_ONE:
            return None
        current: ast.expr = node.func.value
        key = node
        if node.func.attr not in {"get", "get_one"} or isinstance(current, ast.Call):
            while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
                key, is_begin = current, current.func.attr == "query"
                current = current.func.value
                if is_begin:
                    break
            else:
                return None
        if not key.args or self.value(module, function, current, depth + 1) != SESSION:
            return None
        model = self.value(module, function, key.args[0], depth + 1)
        is_alone = len(key.args) == 1 or key is node
        return Value("instance", model.of) if model and model.klass and is_alone else None

    def _selected(
        self, module: Module, function: Function | None, node: ast.Call, depth: int
    ) -> Value | None:
        """The object that a session loads by a `select` of one model."""
        names: set[str] = set()
        current: ast.expr = node
        while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
            owner = current.func.value
            if self.value(module, function, owner, depth + 1) == SESSION:
                break
            names.add(current.func.attr)
            current = owner.value if isinstance(owner, ast.Await) else owner
        else:
            return None
        one = names - {"unique", "scalars"}
        is_one = {
            "scalar": not names,
            "scalars": len(one) == 1 and one <= _OF_ONE,
            "exec": len(one) == 1 and one <= _OF_ONE,
            "execute": len(one) == 1
            and (one <= _OF_ROWS or ("scalars" in names and one <= _OF_ONE)),
        }.get(current.func.attr, False)
        if not is_one or len(current.args) != 1:
            return None
        statement: ast.expr = current.args[0]
        if isinstance(statement, ast.Name) and function:
            bound = self.locals(function).get(statement.id, [])
            statement = (
                bound[0] if len(bound) == 1 and isinstance(bound[0], ast.expr) else statement
            )
        while isinstance(statement, ast.Call) and isinstance(statement.func, ast.Attribute):
            if statement.func.attr in _OTHER_ROWS:
                return None
            statement = statement.func.value
        if not isinstance(statement, ast.Call) or len(statement.args) != 1:
            return None
        made = self.value(module, function, statement.func, depth + 1)
        model = self.value(module, function, statement.args[0], depth + 1)
        is_select = made is not None and made.external in SELECTS
        return Value("instance", model.of) if is_select and model and model.klass else None

    def returned(self, function: Function, depth: int = 0) -> Value | None:
        """What a function returns, or yields as a dependency."""
        if self.is_dependency(function):
            return SESSION
        if found := self.annotated(function.module, function.node.returns, depth):
            return found
        values = {
            self.value(function.module, function, node, depth + 1)
            for node in self.results(function)
        }
        return values.pop() if len(values) == 1 else None

    def results(self, function: Function) -> list[ast.expr]:
        """The expressions that a function returns or yields."""
        if function not in self._results:
            self._results[function] = [
                node.value
                for node in own_nodes(function.node)
                if isinstance(node, ast.Return | ast.Yield) and node.value is not None
            ]
        return self._results[function]

    def locals(self, function: Function) -> dict[str, list[Binding]]:
        """The names that a function binds, with the expression or parameter each comes from."""
        found = self._locals.get(function.node)
        if found is None:
            found = self._locals[function.node] = {}
            for node in ast.walk(function.node):
                for name, bound in _bound_in(node, function.node):
                    found.setdefault(name, []).append(bound)
        return found

    def _local(self, function: Function, name: str, depth: int) -> Value | None:
        values: set[Value | None] = set()
        for bound in self.locals(function)[name]:
            if isinstance(bound, ast.arg):
                values.add(self._parameter(function, bound, depth))
            elif isinstance(bound, ast.Import | ast.ImportFrom):
                values.add(self._imported(function.module, function.node, name, depth))
            elif isinstance(bound, ast.AnnAssign):
                values.add(self.annotated(function.module, bound.annotation, depth + 1))
            elif isinstance(bound, ast.expr):
                if _is_none(bound):
                    continue
                if any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(bound)):
                    continue
                values.add(self.value(function.module, function, bound, depth + 1))
            else:
                values.add(None)
        return values.pop() if len(values) == 1 else None

    def _parameter(self, function: Function, parameter: ast.arg, depth: int) -> Value | None:
        if function.owner and not function.is_static and parameter is function.parameters[0]:
            return Value("class" if function.is_of_class else "instance", function.owner)
        if found := self.annotated(function.module, parameter.annotation, depth + 1):
            return found
        if (function, parameter.arg) in self.given_sessions:
            return SESSION
        for filled, _, value in self.depends(function):
            if filled is parameter and value and value.function:
                return self.returned(value.function, depth + 1)
            if filled is parameter and value and value.klass:
                return Value("instance", value.of)
        return None


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """What is in a function, without what is in functions and classes inside."""
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(
            child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
        ):
            yield from own_nodes(child)


def _bound_in(node: ast.AST, function: FunctionNode) -> Iterator[tuple[str, Binding]]:
    if isinstance(node, ast.arg):
        yield node.arg, node if _is_parameter(node, function) else None
    elif isinstance(node, ast.Import | ast.ImportFrom):
        for alias in node.names:
            yield alias.asname or alias.name.partition(".")[0], node
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        yield node.target.id, node
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name):
                yield target.id, node.value
            else:
                yield from ((name, None) for name in names_stored(target))
    elif isinstance(node, ast.NamedExpr):
        yield node.target.id, node.value
    elif isinstance(node, ast.AugAssign):
        yield from ((name, None) for name in names_stored(node.target))
    elif isinstance(node, ast.withitem) and node.optional_vars is not None:
        if isinstance(node.optional_vars, ast.Name):
            yield node.optional_vars.id, node.context_expr
        else:
            yield from ((name, None) for name in names_stored(node.optional_vars))
    elif isinstance(node, ast.For | ast.AsyncFor | ast.comprehension):
        yield from ((name, None) for name in names_stored(node.target))
    elif isinstance(node, ast.ExceptHandler):
        yield from ((name, None) for name in filter(None, [node.name]))
    elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node is not function:
        yield node.name, None


def _is_parameter(node: ast.arg, function: FunctionNode) -> bool:
    arguments = function.args
    return node in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
