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
     "search_vector", "str"}
)  # fmt: skip
_USED_IN_MODULES = frozenset(
    {"ARRAY", "Any", "AsyncSession", "Base", "BigInteger", "Boolean", "Callable",
     "CheckConstraint", "Column", "DBAPIError", "Date", "DateTime", "Decimal", "ENUMS", "Enum",
     "FACTORIES", "Float", "ForeignKey", "Grant", "Identity", "Index", "Integer", "Interval",
     "JSONB", "Keys", "LargeBinary", "Mapped", "MutableDict", "MutableList", "Numeric", "OWNERS",
     "RELATIONS", "SEARCHED", "SEEDS", "START", "Seeds", "StrEnum", "String", "TYPE_CHECKING",
     "Table", "Time", "USERS", "UTC", "UUID", "Uuid", "VECTORS", "Values", "Vector"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownModel:
    """Users, as a part of the layer or Supabase brings them: models may refer to them."""

    name: str
    table: str
    attributes: tuple[str, ...] = ()
    """What it has besides what every model has."""
    made_up: tuple[str, ...] = ()
    """What a factory makes up; without anything, no factory can make one."""
    is_mapped: bool = True
    """Whether there is a class, which can have the other side of a relationship."""


@dataclass(frozen=True, slots=True)
class Part:
    """What else has models or tables."""

    name: str
    models: frozenset[str] = frozenset()
    tables: frozenset[str] = frozenset()
    known: KnownModel | None = None
    has_tenants: bool = False
    """Whether models belong to tenants, but for those that are said to be shared."""


PARTS = {
    "example": Part(
        name="the example (db_example_model)",
        models=frozenset({"Author", "Book", "Genre"}),
        tables=frozenset({"authors", "books", "genres", "book_genres"}),
    ),
    "users": Part(
        name="the part for users (db_auth_tables)",
        models=frozenset({"RefreshToken", "User"}),
        tables=frozenset({"refresh_tokens", "users"}),
        known=KnownModel(
            name="User",
            table="users",
            attributes=("email", "password_hash", "is_verified", "is_active"),
            made_up=('"email": f"user{n}@example.com",', '"password_hash": "$argon2id$",'),
        ),
    ),
    "profiles": Part(
        name="the table of profiles (db_auth_tables)",
        models=frozenset({"Profile"}),
        tables=frozenset({"profiles"}),
        known=KnownModel(name="Profile", table="profiles", attributes=("name",)),
    ),
    "tenants": Part(
        name="the part for tenants (db_tenants)",
        models=frozenset(
            {"Membership", "Tenant", "TenantBase", "TenantError", "Tenants", "UniqueConstraint"}
        ),
        tables=frozenset({"memberships", "tenants"}),
        has_tenants=True,
    ),
    "supabase": Part(
        name="Supabase",
        known=KnownModel(name="User", table="auth.users", is_mapped=False),
    ),
}
"""The parts that have models, or know users whom models may refer to."""


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
