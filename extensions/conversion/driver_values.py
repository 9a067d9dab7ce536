"""Values that asyncpg refuses or stores otherwise than the sync drivers do."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .call_arguments import argument_of
from .definitions import Class, Definitions, Function
from .mapped_attributes import Column, Model, Models, type_names

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .session_use import SessionUse

_REFUSED = {
    "int": {"str", "float", "Decimal"},
    "str": {
        *("int", "float", "Decimal", "bool", "UUID", "date", "datetime", "HttpUrl", "AnyUrl"),
        *("AnyHttpUrl", "Path"),
    },
    "bool": {"int", "str"},
    "float": {"str"},
    "Decimal": {"float", "str"},
    "date": {"str", "datetime"},
    "datetime": {"str", "date"},
    "time": {"str"},
    "UUID": {"int"},
}
"""Types of values, by the type of the column."""
_KNOWN = frozenset(
    {"AwareDatetime", "NaiveDatetime", "PastDatetime", "FutureDatetime"}.union(*_REFUSED.values())
)
_CALLED = {"str": "str", "int": "int", "float": "float", "bool": "bool", "len": "int"}
_DUMPS = frozenset({"dict", "model_dump"})
_STRICT = frozenset({"int", "date", "datetime", "time"})
"""Types of columns that take values of a known type only: psycopg takes text for them."""
_WRITTEN = {"datetime": "read datetime"}
"""What was read from a column is of the type that the column takes."""
_ADVICE = "asyncpg converts no values"


@dataclass(frozen=True, slots=True)
class Values:
    """What tells the types of values."""

    definitions: Definitions
    models: Models
    callers: Mapping[Function, Sequence[tuple[Function, ast.Call]]]
    """The functions that call each, with the calls."""


@dataclass(frozen=True, slots=True)
class _Reader:
    values: Values
    function: Function

    @property
    def definitions(self) -> Definitions:
        return self.values.definitions

    @property
    def models(self) -> Models:
        return self.values.models

    def types(self, node: ast.expr, depth: int = 0) -> set[str]:
        """The types that an expression may have; empty where reading does not tell."""
        if depth > 6:  # noqa: PLR2004 - variables of variables
            return set()
        if isinstance(node, ast.Constant):
            return set() if node.value is None else {type(node.value).__name__}
        if isinstance(node, ast.JoinedStr):
            return {"str"}
        if isinstance(node, ast.BinOp):
            return self.types(node.left, depth + 1) | self.types(node.right, depth + 1)
        if isinstance(node, ast.BoolOp):
            return {kind for value in node.values for kind in self.types(value, depth + 1)}
        if isinstance(node, ast.IfExp):
            return self.types(node.body, depth + 1) | self.types(node.orelse, depth + 1)
        if isinstance(node, ast.Call):
            return self._called(node)
        if isinstance(node, ast.Name):
            return self._named(node.id, depth)
        if isinstance(node, ast.Attribute):
            return self._attribute(node)
        if isinstance(node, ast.Subscript):
            return self._of_token(node.value)
        return set()

    def _of_token(self, node: ast.expr) -> set[str]:
        """The claims of a JSON Web Token are text, its subject above all."""
        found = self.definitions.value(self.function.module, self.function, node)
        is_token = found and found.external.endswith("jwt.decode()")
        return {"str"} if is_token else set()

    def _called(self, node: ast.Call) -> set[str]:
        name = dotted(node.func)
        if name in _CALLED:
            return {_CALLED[name]}
        if isinstance(node.func, ast.Attribute) and node.func.attr in {"date", "today"}:
            return {"date"}
        if isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            return self._of_token(node.func.value)
        last = name.rpartition(".")[2]
        if last == "utcnow" or (last == "now" and "datetime" in name):
            has_zone = last == "now" and bool(node.args or node.keywords)
            return {"aware datetime" if has_zone else "naive datetime"}
        found = self.definitions.value(self.function.module, self.function, node.func)
        if found and found.function and found.function.node.returns is not None:
            return set(type_names(found.function.node.returns)) & _KNOWN
        return set()

    def _named(self, name: str, depth: int) -> set[str]:
        found: set[str] = set()
        for bound in self.definitions.locals(self.function).get(name, []):
            if isinstance(bound, ast.arg):
                found |= self._given(bound, depth)
            elif isinstance(bound, ast.AnnAssign):
                found |= set(type_names(bound.annotation)) & _KNOWN
            elif isinstance(bound, ast.expr):
                found |= self.types(bound, depth + 1)
        return found

    def _given(self, parameter: ast.arg, depth: int) -> set[str]:
        """The types of what callers give, and of the annotation unless all of those are known."""
        found: set[str] = set()
        callers = self.values.callers.get(self.function, ())
        is_known = bool(callers)
        for caller, call in callers:
            arguments = list(argument_of(self.function, parameter.arg, call))
            types = {
                kind
                for argument in arguments
                for kind in _Reader(self.values, caller).types(argument, depth + 2)
            }
            is_known = is_known and bool(types)
            found |= types
        return found if is_known else found | (set(type_names(parameter.annotation)) & _KNOWN)

    def _attribute(self, node: ast.Attribute) -> set[str]:
        found: set[str] = set()
        for owner in self._owners(node.value):
            if model := self.models.by_class.get(owner):
                column = model.columns.get(node.attr)
                found |= {_WRITTEN.get(column.type, column.type)} - {""} if column else set()
            else:
                found |= fields_of(self.definitions, owner).get(node.attr, set())
        return found

    def _owners(self, node: ast.expr) -> set[Class]:
        """The classes that an object may be of."""
        module, function = self.function.module, self.function
        nodes = [node]
        if isinstance(node, ast.Name):
            bound = self.definitions.locals(function).get(node.id, [])
            nodes += [value for value in bound if isinstance(value, ast.expr)]
        values = [self.definitions.value(module, function, inner) for inner in nodes]
        return {value.instance for value in values if value and value.instance}

    def is_statement(self, node: ast.expr) -> bool:
        """Whether an expression is one of SQL, which the server evaluates."""
        for inner in ast.walk(node):
            if not isinstance(inner, ast.Name | ast.Attribute):
                continue
            found = self.definitions.value(self.function.module, self.function, inner)
            if found and (
                found.external.startswith(("sqlalchemy.", "sqlmodel."))
                or (found.klass and found.klass in self.models.by_class)
            ):
                return True
        return False

    def columns(self, node: ast.expr) -> Iterator[tuple[Model, str, Column]]:
        """The columns that an expression such as `User.id` may stand for."""
        if not isinstance(node, ast.Attribute):
            return
        owner = self.definitions.value(self.function.module, self.function, node.value)
        model = self.models.by_class.get(owner.klass) if owner and owner.klass else None
        models = [model] if model else []
        if dotted(node.value).endswith((".model", "._model")) or dotted(node.value) == "model":
            models = list(self.models.by_class.values())
        for known in models:
            if column := known.columns.get(node.attr):
                yield known, node.attr, column


def fields_of(definitions: Definitions, schema: Class) -> dict[str, set[str]]:
    """The types of the fields of a schema."""
    found: dict[str, set[str]] = {}
    for base in reversed([*definitions.bases(schema)]):
        for statement in base.node.body:
            if isinstance(statement, ast.AnnAssign):
                types = set(type_names(statement.annotation)) & _KNOWN
                found[dotted(statement.target)] = types
    return found


def refusal(column: Column, types: set[str]) -> str:
    """Why a column does not take a value of one of some types; empty if it does."""
    if column.type == "datetime":
        wanted = {"aware datetime", "AwareDatetime"} if column.has_zone else set[str]()
        wanted = wanted or {"naive datetime", "NaiveDatetime"}
        times = {kind for kind in types if "datetime" in kind.lower()} - {"read datetime"}
        if times - wanted:
            return (
                "a datetime without time zone shifts in a column with one"
                if column.has_zone
                else "a datetime with time zone is refused by a column without"
            )
    refused = types & _REFUSED.get(column.type, set())
    if refused:
        kind = min(refused)
        return f"the value is a {kind}, the column's type {column.type}; {_ADVICE}"
    return ""


def _unknown(reader: _Reader, column: Column, node: ast.expr) -> str:
    """Why a value of an unknown type is refused; empty where it is none."""
    if column.type not in _STRICT or reader.types(node) or reader.is_statement(node):
        return ""
    if isinstance(node, ast.Constant):
        return ""
    return f"nothing proves that {ast.unparse(node)} is a {column.type}; {_ADVICE}"


def driver_problems(values: Values, use: SessionUse, driver: str) -> Iterator[tuple[int, str]]:
    """The lines of a function whose values the driver would refuse or shift, each with a reason."""
    reader = _Reader(values, use.function)
    for node in ast.walk(use.function.node):
        if isinstance(node, ast.Compare):
            yield from _compared(reader, node)
        elif isinstance(node, ast.Call):
            yield from _called(reader, use, node, driver)
        elif isinstance(node, ast.Assign):
            yield from _assigned(reader, node)


def _compared(reader: _Reader, node: ast.Compare) -> Iterator[tuple[int, str]]:
    sides = [node.left, *node.comparators]
    for side in sides:
        for model, name, column in reader.columns(side):
            for other in sides:
                if other is side:
                    continue
                reason = refusal(column, reader.types(other)) or _unknown(reader, column, other)
                if reason and not isinstance(node.ops[0], ast.In | ast.NotIn):
                    yield node.lineno, f"{model.definition.name}.{name}: {reason}"


def _called(
    reader: _Reader, use: SessionUse, node: ast.Call, driver: str
) -> Iterator[tuple[int, str]]:
    found = reader.definitions.value(use.function.module, use.function, node.func)
    model = reader.models.by_class.get(found.klass) if found and found.klass else None
    if model:
        yield from _constructed(reader, model, node)
        return
    method = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    outside = found.external if found else ""
    if outside in {"sqlalchemy.text", "sqlalchemy.sql.text"}:
        yield from _raw(node)
    if method in {"group_by", "distinct"} and driver == "psycopg2":
        for part in node.args:
            inner = [n for n in ast.walk(part) if isinstance(n, ast.Call) and n.args]
            if any(isinstance(a, ast.Constant) for call in inner for a in call.args):
                yield node.lineno, "a parameter in GROUP BY is another one than in SELECT"
    if method in {"filter_by", "update", "values"} or (method == "get" and _is_of(use, node)):
        yield from _by_name(reader, node, method)
    if dotted(node.func).endswith((".model", "._model")):
        yield from _of_any_model(reader, node)
        yield from _dumped(reader, node)
    if method == "setattr":
        yield from _dumped(reader, node)


def _is_of(use: SessionUse, node: ast.Call) -> bool:
    return isinstance(node.func, ast.Attribute) and (
        node.func.value in use.sessions or ".query(" in ast.unparse(node.func.value)
    )


def _constructed(reader: _Reader, model: Model, node: ast.Call) -> Iterator[tuple[int, str]]:
    for keyword in node.keywords:
        if keyword.arg:
            column = model.columns.get(keyword.arg)
            reason = ""
            if column:
                reason = refusal(column, reader.types(keyword.value))
                reason = reason or _unknown(reader, column, keyword.value)
            if reason:
                yield keyword.value.lineno, f"{model.definition.name}.{keyword.arg}: {reason}"
        elif schema := _dump(reader, keyword.value):
            for name, types in fields_of(reader.definitions, schema).items():
                column = model.columns.get(name)
                if column and (reason := refusal(column, _open(column, types))):
                    yield node.lineno, f"{model.definition.name}.{name}: {reason}"
    for name, column in model.columns.items():
        for default in filter(None, (column.default, column.onupdate)):
            if reason := refusal(column, _of_default(reader, default)):
                yield node.lineno, f"the default of {model.definition.name}.{name}: {reason}"


def _open(column: Column, types: set[str]) -> set[str]:
    """The types of a field; a datetime of a client's may be with a time zone or without."""
    return {
        "any datetime" if kind == "datetime" and column.type == kind else kind for kind in types
    }


def _of_default(reader: _Reader, default: ast.expr) -> set[str]:
    if isinstance(default, ast.Lambda):
        return reader.types(default.body)
    if dotted(default).endswith(("datetime.utcnow", "datetime.now")):
        return {"naive datetime"}
    return reader.types(default)


def _dump(reader: _Reader, node: ast.expr) -> Class | None:
    """The schema whose object is written as a dictionary."""
    if isinstance(node, ast.Name):
        bound = reader.definitions.locals(reader.function).get(node.id, [])
        values = [value for value in bound if isinstance(value, ast.expr)]
        node = values[0] if len(values) == 1 else node
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return None
    if node.func.attr not in _DUMPS:
        return None
    function = reader.function
    owner = reader.definitions.value(function.module, function, node.func.value)
    return owner.instance if owner else None


def _by_name(reader: _Reader, node: ast.Call, method: str) -> Iterator[tuple[int, str]]:
    model = _selected(reader, node)
    if model is None:
        return
    if method == "get":
        keys = [column for column in model.columns.values() if column.type][:1]
        values = node.args[-1:]
        primary = model.columns.get("id") or (keys[0] if keys else None)
        for value in values if primary else ():
            if primary:
                reason = refusal(primary, reader.types(value)) or _unknown(reader, primary, value)
                if reason:
                    yield node.lineno, f"the key of {model.definition.name}: {reason}"
        return
    for keyword in node.keywords:
        column = model.columns.get(keyword.arg or "")
        if column is None:
            continue
        value = keyword.value
        if reason := refusal(column, reader.types(value)) or _unknown(reader, column, value):
            yield node.lineno, f"{model.definition.name}.{keyword.arg}: {reason}"
    for argument in node.args:
        if isinstance(argument, ast.Dict):
            for key, value in zip(argument.keys, argument.values, strict=True):
                name = str(key.value if isinstance(key, ast.Constant) else getattr(key, "attr", ""))
                column = model.columns.get(name)
                if column and (reason := refusal(column, reader.types(value))):
                    yield node.lineno, f"{model.definition.name}.{name}: {reason}"
        elif schema := _dump(reader, argument):
            for name, types in fields_of(reader.definitions, schema).items():
                column = model.columns.get(name)
                if column and (reason := refusal(column, _open(column, types))):
                    yield node.lineno, f"{model.definition.name}.{name}: {reason}"


def _selected(reader: _Reader, node: ast.Call) -> Model | None:
    """The model that a chain begins with, or that `get` is asked for."""
    current: ast.expr = node
    while isinstance(current, ast.Call) and isinstance(current.func, ast.Attribute):
        inner = current.func.value
        # `query(Model).get(key)` names its model further in than `get(Model, key)`.
        needed = {"get": 2, "query": 1}.get(current.func.attr)
        if needed and len(current.args) >= needed:
            return _model(reader, current.args[0])
        current = inner
    if isinstance(current, ast.Call) and current.args:
        return _model(reader, current.args[0])
    return None


def _model(reader: _Reader, node: ast.expr) -> Model | None:
    found = reader.definitions.value(reader.function.module, reader.function, node)
    return reader.models.by_class.get(found.klass) if found and found.klass else None


def _assigned(reader: _Reader, node: ast.Assign) -> Iterator[tuple[int, str]]:
    for target in node.targets:
        if not isinstance(target, ast.Attribute):
            continue
        owner = reader.definitions.value(reader.function.module, reader.function, target.value)
        known = reader.models.by_class.get(owner.instance) if owner and owner.instance else None
        models = [known] if known else [] if owner else list(reader.models.by_class.values())
        for model in models:
            column = model.columns.get(target.attr)
            reason = refusal(column, reader.types(node.value)) if column else ""
            if reason:
                yield node.lineno, f"{model.definition.name}.{target.attr}: {reason}"
                break


def _raw(node: ast.Call) -> Iterator[tuple[int, str]]:
    text = node.args[0] if node.args else None
    if not isinstance(text, ast.Constant) or not isinstance(text.value, str):
        yield node.lineno, "the SQL of text() is not written out"
    elif ";" in text.value.rstrip().rstrip(";"):
        yield node.lineno, "asyncpg runs one statement at a time"
    elif ":" in text.value.replace("::", ""):
        yield node.lineno, "asyncpg has PostgreSQL infer the types of text()'s parameters"


def _dumped(reader: _Reader, node: ast.Call) -> Iterator[tuple[int, str]]:
    """Values that are set by name: those of any schema, on any model."""
    schemas = [
        owner.instance
        for parameter in reader.function.parameters
        if (
            owner := reader.definitions.value(
                reader.function.module,
                reader.function,
                ast.Name(parameter.arg, ast.Load()),
            )
        )
        and owner.instance
        and owner.instance not in reader.models.by_class
    ]
    schemas = schemas or [c for c in reader.definitions.classes if c not in reader.models.by_class]
    for schema in schemas:
        for name, types in fields_of(reader.definitions, schema).items():
            for model in reader.models.by_class.values():
                column = model.columns.get(name)
                if column and (reason := refusal(column, _open(column, types))):
                    yield node.lineno, f"{model.definition.name}.{name}: {reason}"
                    return


def _of_any_model(reader: _Reader, node: ast.Call) -> Iterator[tuple[int, str]]:
    """What `self.model(**values)` may give to any of the models."""
    for model in reader.models.by_class.values():
        for name, column in model.columns.items():
            for default in filter(None, (column.default, column.onupdate)):
                if reason := refusal(column, _of_default(reader, default)):
                    yield node.lineno, f"the default of {model.definition.name}.{name}: {reason}"
