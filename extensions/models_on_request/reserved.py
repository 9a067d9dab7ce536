"""Names that a model or a field cannot have, each with its reason."""

from __future__ import annotations

import builtins
import keyword
from dataclasses import dataclass

MODULES = frozenset({"auth", "base", "example", "factories", "test"})
"""Files beside the models, whether or not they were asked for this time."""

_BASE_FIELDS = frozenset({"id", "created_at", "updated_at"})
_SQLALCHEMY_ATTRIBUTES = frozenset({"metadata", "registry", "type_annotation_map"})
_USED_IN_CLASSES = frozenset(
    {"bool", "bytes", "dict", "float", "func", "int", "list", "mapped_column", "relationship",
     "str"}
)  # fmt: skip
_USED_IN_MODULES = frozenset(
    {"ARRAY", "Any", "AsyncSession", "Base", "BigInteger", "Boolean", "Callable",
     "CheckConstraint", "Column", "Date", "DateTime", "Decimal", "ENUMS", "Enum", "FACTORIES",
     "Float", "ForeignKey", "Index", "Integer", "Interval", "JSONB", "LargeBinary", "Mapped",
     "MutableDict", "MutableList", "Numeric", "RELATIONS", "START", "StrEnum", "String",
     "TYPE_CHECKING", "Table", "Time", "UTC", "UUID", "Uuid"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Taken:
    """Names that another part of the layer has given away."""

    part: str
    models: frozenset[str]
    tables: frozenset[str]


PARTS = {
    "db_example_model": Taken(
        part="the example (db_example_model)",
        models=frozenset({"Author", "Book", "Genre"}),
        tables=frozenset({"authors", "books", "genres", "book_genres"}),
    ),
    "db_auth_tables": Taken(
        part="the table of profiles (db_auth_tables)",
        models=frozenset({"Profile"}),
        tables=frozenset({"profiles"}),
    ),
}
"""The parts of the layer that have models, by the questions that ask for them."""


def why_not_a_model(name: str) -> str | None:
    """The reason that no model can have this name, as the end of a sentence."""
    if keyword.iskeyword(name) or hasattr(builtins, name):
        return "Python has something else of that name"
    if name in _USED_IN_MODULES:
        return "the models' own code uses that name"
    return None


def why_not_a_field(name: str) -> str | None:
    """The reason that no field can have this name, as the end of a sentence."""
    if keyword.iskeyword(name):
        return "it is a keyword of Python"
    if name in _BASE_FIELDS:
        return "every model has it without being asked"
    if name in _SQLALCHEMY_ATTRIBUTES:
        return "SQLAlchemy uses that name in every model"
    if name in _USED_IN_CLASSES:
        return "the models' own code uses that name"
    return None


POSTGRESQL = frozenset(
    {
        "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric",
        "authorization", "binary", "both", "case", "cast", "check", "collate", "collation",
        "column", "concurrently", "constraint", "create", "cross", "current_catalog",
        "current_date", "current_role", "current_schema", "current_time", "current_timestamp",
        "current_user", "default", "deferrable", "desc", "distinct", "do", "else", "end",
        "except", "false", "fetch", "for", "foreign", "freeze", "from", "full", "grant", "group",
        "having", "ilike", "in", "initially", "inner", "intersect", "into", "is", "isnull",
        "join", "lateral", "leading", "left", "like", "limit", "localtime", "localtimestamp",
        "natural", "not", "notnull", "null", "offset", "on", "only", "or", "order", "outer",
        "overlaps", "placing", "primary", "references", "returning", "right", "select",
        "session_user", "similar", "some", "symmetric", "system_user", "table", "tablesample",
        "then", "to", "trailing", "true", "union", "unique", "user", "using", "variadic",
        "verbose", "when", "where", "window", "with",
    }
)  # fmt: skip
"""Words that need quotation marks as a column's name (PostgreSQL's documentation, appendix C)."""
