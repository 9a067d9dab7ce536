"""How the values of each type are kept: in Python, in SQLAlchemy, and in PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..python_text.expressions import Call, Code, keyword, quoted
from .clashes import enum_name
from .reserved import POSTGRESQL
from .value_types import member_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .specification import Type, Value

SEARCH_COLUMN = "search_vector"
CLOCK = frozenset({"date", "datetime", "time", "timedelta"})
"""What comes from the module `datetime`."""

_SQLALCHEMY = "sqlalchemy"
_POSTGRESQL = "sqlalchemy.dialects.postgresql"
_MUTABLE = "sqlalchemy.ext.mutable"
_PGVECTOR = "pgvector.sqlalchemy"
_MOST_INDEXED_DIMENSIONS = 2000
"""An HNSW index of pgvector's takes no more."""
_PYTHON_MODULES = {"Any": "typing", "Decimal": "decimal", "UUID": "uuid"}


@dataclass(frozen=True, slots=True)
class _Kind:
    python: str
    element: Code
    """The type in SQLAlchemy, as an array has to name it."""
    is_implied: bool = True
    """Whether SQLAlchemy finds the type by the annotation."""


_KINDS: Mapping[str, _Kind] = {
    "str": _Kind("str", "String"),
    "int": _Kind("int", "Integer"),
    "bigint": _Kind("int", "BigInteger", is_implied=False),
    "decimal": _Kind("Decimal", "Numeric"),
    "float": _Kind("float", "Float"),
    "bool": _Kind("bool", "Boolean"),
    "date": _Kind("date", "Date"),
    "datetime": _Kind("datetime", Call("DateTime", ("timezone=True",))),
    "time": _Kind("time", "Time"),
    "interval": _Kind("timedelta", "Interval"),
    "uuid": _Kind("UUID", "Uuid"),
    "json": _Kind("dict[str, Any]", "JSONB", is_implied=False),
    "bytes": _Kind("bytes", "LargeBinary"),
    "vector": _Kind("list[float]", "Vector", is_implied=False),
}
_MADE_BY_POSTGRESQL = {
    "now": Call("func.now"),
    "today": Call("func.current_date"),
    "random": Call("func.gen_random_uuid"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column, ready to be written down."""

    annotation: str
    arguments: tuple[Code, ...]
    table_arguments: tuple[Code, ...]
    imports: tuple[tuple[str, str], ...]
    """Modules, each with a name from it; without one, the module itself."""
    helpers: tuple[tuple[str, str], ...] = ()
    """Modules in `database_kit`, each with a name from it."""


OF_WHOM_ADDS_IT = keyword("server_default", Call("func.auth.uid"))
"""The default of a column that says whose a row is."""


def tenant_index(column: str, *, is_unique: bool = False) -> Call:
    """An index, or a constraint, that begins with the tenant."""
    columns = (quoted("tenant_id"), quoted(column))
    return Call("UniqueConstraint", columns) if is_unique else Call("Index", ("None", *columns))


def column(
    value: Value,
    model: str,
    *,
    clock_prefix: str,
    is_owner: bool = False,
    is_of_tenant: bool = False,
) -> Column:
    """Work out how a field is kept.

    Args:
        value: the field.
        model: the model that has it.
        clock_prefix: what stands before `date` and its like, where a field has their name.
        is_owner: whether it says whose a row is.
        is_of_tenant: whether its rows belong to tenants.
    """
    if is_owner and not value.is_unique:
        # Every policy looks for rows by it.
        value = replace(value, is_indexed=True)
    type_ = value.type
    if type_.name == "enum":
        python, kind = enum_name(model, value.name), None
    else:
        kind = _KINDS[type_.name]
        python = kind.python
    imports = [_python_import(python, clock_prefix)]
    if python in CLOCK:
        python = clock_prefix + python
    if type_.is_array:
        python = f"list[{python}]"
    if value.is_optional:
        python += " | None"
    arguments = [] if kind is None else _type_arguments(kind, value)
    table_arguments = [*_checks(value), *_inverted_index(value)]
    helpers: tuple[tuple[str, str], ...] = ()
    if type_.name == "vector" and type_.numbers[0] <= _MOST_INDEXED_DIMENSIONS:
        helpers = (("vectors", "cosine_index"),)
    is_indexed = value.is_indexed and not _is_composite(type_)
    if is_of_tenant and (value.is_unique or is_indexed):
        table_arguments.append(tenant_index(value.name, is_unique=value.is_unique))
    elif value.is_unique:
        arguments.append("unique=True")
    elif is_indexed:
        arguments.append("index=True")
    if value.default is not None:
        arguments.append(keyword("server_default", _default(value, model)))
    if is_owner:
        arguments.append(OF_WHOM_ADDS_IT)
    imports.extend(_sqlalchemy_imports(arguments))
    imports.extend(_sqlalchemy_imports(table_arguments))
    if helpers:
        table_arguments.append(Call("cosine_index", (quoted(value.name),)))
    return Column(
        python,
        tuple(arguments),
        tuple(table_arguments),
        tuple(module for module in imports if module),
        helpers,
    )


def search_column(names: Iterable[str]) -> Column:
    """Write the column of the words in some fields, the first of which count most."""
    helper = ("search", "weighted_tsvector")
    index = Call("Index", ("None", quoted(SEARCH_COLUMN), 'postgresql_using="gin"'))
    return Column(
        "str",
        tuple(quoted(name) for name in names),
        (index,),
        (("sqlalchemy", "Index"),),
        (helper,),
    )


def _python_import(python: str, clock_prefix: str) -> tuple[str, str] | None:
    if python in CLOCK:
        return ("datetime as dt", "") if clock_prefix else ("datetime", python)
    name = "Any" if "Any" in python else python
    return (_PYTHON_MODULES[name], name) if name in _PYTHON_MODULES else None


def _is_composite(type_: Type) -> bool:
    return type_.is_array or type_.name == "json"


def _type_arguments(kind: _Kind, value: Value) -> list[Code]:
    type_ = value.type
    element = kind.element
    if type_.numbers and isinstance(element, str):
        element = Call(element, tuple(map(str, type_.numbers)))
    if type_.is_array:
        # A change within the list would otherwise go unnoticed, and unsaved.
        return [Call("MutableList.as_mutable", (Call("ARRAY", (element,)),))]
    if type_.name == "json":
        if value.is_optional:
            element = Call("JSONB", ("none_as_null=True",))
        return [Call("MutableDict.as_mutable", (element,))]
    return [element] if type_.numbers or not kind.is_implied else []


def _checks(value: Value) -> list[Code]:
    name = f'"{value.name}"' if value.name in POSTGRESQL else value.name
    if value.type.is_array:
        condition, what = f"array_position({name}, NULL) IS NULL", "has_no_null"
    elif value.type.name == "json":
        condition, what = f"jsonb_typeof({name}) = 'object'", "is_object"
    else:
        return []
    return [
        Call(
            "CheckConstraint",
            (quoted(condition), keyword("name", quoted(f"{value.name}_{what}"))),
        )
    ]


def _inverted_index(value: Value) -> list[Code]:
    """The only index that finds what is inside of a value."""
    if not value.is_indexed or not _is_composite(value.type):
        return []
    return [Call("Index", ("None", quoted(value.name), 'postgresql_using="gin"'))]


def _default(value: Value, model: str) -> Code:
    default = value.default or ""
    if value.type.name == "enum":
        return f"{enum_name(model, value.name)}.{member_name(default)}.value"
    if value.type.name != "str" and default in _MADE_BY_POSTGRESQL:
        return _MADE_BY_POSTGRESQL[default]
    return quoted(default)


def _sqlalchemy_imports(codes: list[Code]) -> list[tuple[str, str]]:
    """What the code needs from SQLAlchemy, by the names of its functions and classes."""
    found: list[tuple[str, str]] = []
    for code in codes:
        if isinstance(code, Call):
            name = code.function.split(".")[0]
            found.append((_module_of(name), name))
            found.extend(_sqlalchemy_imports(list(code.arguments)))
        elif code.isidentifier() and code != "None":
            found.append((_module_of(code), code))
    return found


def _module_of(name: str) -> str:
    if name == "Vector":
        return _PGVECTOR
    if name in ("ARRAY", "JSONB"):
        return _POSTGRESQL
    return _MUTABLE if name.startswith("Mutable") else _SQLALCHEMY
