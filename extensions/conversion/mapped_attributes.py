"""Attributes of a project's models: what loads lazily, and the types of columns."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .definitions import Class, Definitions, Function, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_RELATIONSHIPS = frozenset({"relationship", "Relationship", "dynamic_loader", "backref"})
_EAGER = frozenset({"selectin", "joined", "subquery", "immediate"})
_TYPES = {
    "BigInteger": "int", "BIGINT": "int", "Integer": "int", "INTEGER": "int",
    "SmallInteger": "int", "int": "int", "String": "str", "VARCHAR": "str", "Text": "str",
    "TEXT": "str", "Unicode": "str", "str": "str", "EmailStr": "str", "Boolean": "bool",
    "BOOLEAN": "bool", "bool": "bool", "Float": "float", "FLOAT": "float", "Double": "float",
    "float": "float", "Numeric": "Decimal", "NUMERIC": "Decimal", "DECIMAL": "Decimal",
    "Decimal": "Decimal", "Date": "date", "DATE": "date", "date": "date",
    "DateTime": "datetime", "TIMESTAMP": "datetime", "datetime": "datetime", "Uuid": "UUID",
    "UUID": "UUID", "Time": "time", "time": "time",
}  # fmt: skip
"""Types of columns, and of Python's values, by what asyncpg takes for them."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a model."""

    type: str
    """As in `_TYPES`; empty where reading does not tell."""
    has_zone: bool = False
    default: ast.expr | None = None
    onupdate: ast.expr | None = None
    is_computed: bool = False
    """Whether an UPDATE has the server compute it."""
    target: str = ""
    """The column that a foreign key refers to, as "authors.id"."""


@dataclass(slots=True)
class Model:
    """A class with a table."""

    definition: Class
    columns: dict[str, Column] = field(default_factory=dict[str, Column])
    relationships: dict[str, str] = field(default_factory=dict[str, str])
    """How each is loaded, by name: "selectin", … or empty for lazily."""
    targets: dict[str, str] = field(default_factory=dict[str, str])
    """The models, by name, that lazy relationships of its own lead to and an option may load."""
    backrefs: set[str] = field(default_factory=set[str])
    """Relationships of other models that its own declare."""
    lazy: set[str] = field(default_factory=set[str])
    """Relationships, deferred columns, and properties that read one."""


class Models:
    """The models of a project."""

    def __init__(self, definitions: Definitions, base: str) -> None:
        """Find them.

        Args:
            definitions: the names of the project.
            base: the declarative base, as "app.db:Base".
        """
        self._definitions = definitions
        self._base = base
        self.by_class: dict[Class, Model] = {}
        for definition in definitions.classes:
            if self._is_model(definition):
                self.by_class[definition] = self._read(definition)
        tables = {_table(model.definition): model for model in self.by_class.values()}
        for model in self.by_class.values():
            self._add_properties(model)
            for name, column in model.columns.items():
                table, _, key = column.target.rpartition(".")
                referred = tables.get(table.rpartition(".")[2])
                if not column.type and referred and key in referred.columns:
                    model.columns[name] = replace(column, type=referred.columns[key].type)

    @property
    def lazy(self) -> set[str]:
        """The names that load lazily in any model."""
        return {name for model in self.by_class.values() for name in model.lazy}

    @property
    def is_joined(self) -> bool:
        """Whether a relationship is loaded by a JOIN by default."""
        return any("joined" in model.relationships.values() for model in self.by_class.values())

    def target(self, model: Model, name: str) -> Model | None:
        """The model that one of its lazy relationships leads to, where an option may load it."""
        wanted = model.targets.get(name)
        found = [known for owner, known in self.by_class.items() if owner.name == wanted]
        return found[0] if len(found) == 1 else None

    def lacks(self, model: Model, name: str) -> bool:
        """Whether a model has no attribute of a name that another one loads lazily."""
        known = name in model.lazy or name in model.columns or name in model.relationships
        inherited = any(name in base.methods for base in self._definitions.bases(model.definition))
        declared = any(name in other.backrefs for other in self.by_class.values())
        return not known and not inherited and not declared

    def path(self, model: Model, names: Iterable[str]) -> Iterator[Model]:
        """The models that relationships lead to, one after the other."""
        for name in names:
            if target := self.target(model, name):
                yield target
                model = target

    @property
    def is_sqlmodel(self) -> bool:
        """Whether they are SQLModel's."""
        return self._base == "sqlmodel:SQLModel"

    @property
    def has_eager(self) -> bool:
        """Whether a relationship is loaded with its object by default."""
        return any(_EAGER & {*model.relationships.values()} for model in self.by_class.values())

    def eager(self, name: str) -> bool:
        """Whether every relationship of this name is loaded with its object."""
        found = [m.relationships.get(name) for m in self.by_class.values() if name in m.lazy]
        return bool(found) and all(loading in _EAGER for loading in found)

    def _is_model(self, definition: Class) -> bool:
        if self.is_sqlmodel:
            return any(
                keyword.arg == "table" and getattr(keyword.value, "value", None) is True
                for keyword in definition.node.keywords
            )
        names = {f"{base.module.name}:{base.name}" for base in self._definitions.bases(definition)}
        if self._base in names:
            return True
        return any(
            isinstance(statement, ast.Assign) and "__tablename__" in map(dotted, statement.targets)
            for statement in definition.node.body
        )

    def _read(self, definition: Class) -> Model:
        model = Model(definition)
        for base in reversed([*self._definitions.bases(definition)]):
            for statement in base.node.body:
                self._read_attribute(model, statement)
            for method in base.methods.values():
                if any(dotted(d).endswith("declared_attr") for d in method.node.decorator_list):
                    self._read_declared(model, method)
        return model

    def _read_declared(self, model: Model, method: Function) -> None:
        calls = [node for node in ast.walk(method.node) if isinstance(node, ast.Call)]
        if any(_name(call.func) in _RELATIONSHIPS for call in calls):
            model.relationships[method.node.name] = ""
            model.lazy.add(method.node.name)

    def _read_attribute(self, model: Model, statement: ast.stmt) -> None:
        annotation: ast.expr | None
        value: ast.expr | None
        if isinstance(statement, ast.Assign):
            name, annotation, value = dotted(statement.targets[0]), None, statement.value
        elif isinstance(statement, ast.AnnAssign):
            name, annotation, value = (
                dotted(statement.target),
                statement.annotation,
                statement.value,
            )
        else:
            return
        call = value if isinstance(value, ast.Call) else None
        made = _name(call.func) if call else ""
        options = {keyword.arg: keyword.value for keyword in call.keywords} if call else {}
        if call and made in _RELATIONSHIPS:
            lazy = _constant(options.get("lazy"))
            if nested := options.get("sa_relationship_kwargs"):
                pairs = zip(
                    getattr(nested, "keys", []), getattr(nested, "values", []), strict=False
                )
                lazy = {_constant(key): _constant(given) for key, given in pairs}.get("lazy")
            model.relationships[name] = str(lazy or "")
            model.lazy.add(name)
            # A DELETE leaves those to the database that are not loaded.
            if lazy in {None, "select", True} and "passive_deletes" not in ast.unparse(call):
                model.targets[name] = _target(annotation, call)
            backref = options.get("backref")
            if backref is not None:
                is_call = isinstance(backref, ast.Call) and backref.args
                bound = backref.args[0] if isinstance(backref, ast.Call) and is_call else backref
                self._backrefs(model, str(_constant(bound) or ""))
            return
        if made in {"deferred", "association_proxy", "query_expression", "column_property"}:
            model.lazy.add(name)
            return
        if made in {"Column", "mapped_column", "Field"} or (annotation and made == ""):
            if _constant(options.get("deferred")) is True:
                model.lazy.add(name)
            model.columns[name] = _column(annotation, call, options)

    def _backrefs(self, model: Model, name: str) -> None:
        if name:
            # It is the other model's; names are compared without their owner.
            model.relationships.setdefault(name, "")
            model.backrefs.add(name)
            model.lazy.add(name)

    def _add_properties(self, model: Model) -> None:
        names = set(model.lazy)
        for base in self._definitions.bases(model.definition):
            for method in base.methods.values():
                read = {
                    node.attr
                    for node in own_nodes(method.node)
                    if isinstance(node, ast.Attribute) and dotted(node.value) == "self"
                }
                if read & names or "object_session" in ast.dump(method.node):
                    model.lazy.add(method.node.name)


def _target(annotation: ast.expr | None, call: ast.Call) -> str:
    """The name of the model that a relationship leads to; empty where reading does not tell."""
    given = [*call.args[:1], *(k.value for k in call.keywords if k.arg == "argument")]
    if given:
        return str(_constant(given[0]) or dotted(given[0])).rpartition(".")[2]
    return next((_name(node) for node in _annotated(annotation) if dotted(node)), "")


def _column(
    annotation: ast.expr | None, call: ast.Call | None, options: dict[str | None, ast.expr]
) -> Column:
    inner = options.get("sa_column")
    nested = _parts(inner) if isinstance(inner, ast.Call) else {}
    arguments = [*(call.args if call else []), *(inner.args if isinstance(inner, ast.Call) else [])]
    if "sa_type" in options:
        arguments.append(options["sa_type"])
    types = [*arguments, *_annotated(annotation)]
    known = [(found, node) for node in types if (found := _TYPES.get(_type_name(node)))]
    kind, node = known[0] if known else ("", None)
    options = {**options, **nested}
    zone = any(
        keyword.arg == "timezone" and _constant(keyword.value) is True
        for keyword in (node.keywords if isinstance(node, ast.Call) else [])
    )
    default = options.get("default") or options.get("default_factory")
    return Column(
        kind,
        zone,
        default,
        options.get("onupdate"),
        any(name in options for name in ("onupdate", "server_onupdate"))
        or any(_name(argument) in {"Computed", "FetchedValue"} for argument in arguments),
        next((key for argument in arguments if (key := _foreign_key(argument))), "")
        or str(_constant(options.get("foreign_key")) or ""),
    )


def _foreign_key(node: ast.expr) -> str:
    if isinstance(node, ast.Call) and _name(node) == "ForeignKey" and node.args:
        return str(_constant(node.args[0]) or "")
    return ""


def _table(definition: Class) -> str:
    for statement in definition.node.body:
        if isinstance(statement, ast.Assign) and dotted(statement.targets[0]) == "__tablename__":
            return str(_constant(statement.value) or "")
    # As SQLModel names it.
    return definition.name.lower()


def _parts(call: ast.Call) -> dict[str | None, ast.expr]:
    return {keyword.arg: keyword.value for keyword in call.keywords}


def _annotated(node: ast.expr | None) -> Iterator[ast.expr]:
    """The types in `Mapped[…]`, `Optional[…]` and `… | None`, the outermost first."""
    if isinstance(node, ast.Subscript):
        inner = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
        for part in reversed(inner) if _name(node.value) == "Annotated" else inner:
            yield from _annotated(part)
    elif isinstance(node, ast.BinOp):
        yield from _annotated(node.left)
        yield from _annotated(node.right)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        try:
            yield from _annotated(ast.parse(node.value, mode="eval").body)
        except SyntaxError:
            return
    elif node is not None:
        yield node


def type_names(node: ast.expr | None) -> list[str]:
    """The names of the types of an annotation, as in `_TYPES`."""
    return [_TYPES.get(_type_name(part), _type_name(part)) for part in _annotated(node)]


def _type_name(node: ast.expr) -> str:
    return _name(node.func if isinstance(node, ast.Call) else node)


def _name(node: ast.expr) -> str:
    node = node.func if isinstance(node, ast.Call) else node
    return dotted(node).rpartition(".")[2]


def _constant(node: ast.expr | None) -> object:
    return node.value if isinstance(node, ast.Constant) else None
