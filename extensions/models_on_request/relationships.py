"""Both sides of each relationship, and the join tables between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..python_text.expressions import Call, Code, keyword, quoted
from .columns import tenant_index

if TYPE_CHECKING:
    from .schema import Join, Link, Schema


@dataclass(frozen=True, slots=True)
class Relationship:
    """One side of a relationship, ready to be written down."""

    name: str
    target: str
    annotation: str
    arguments: tuple[Code, ...]


def to_one(link: Link) -> Relationship:
    """The side that has the foreign key."""
    field = link.field
    arguments: list[Code] = []
    if link.is_of_tenant:
        # A flush would otherwise set the tenant, and empty it with the reference.
        arguments.append(keyword("foreign_keys", quoted(f"{link.model}.{link.column}")))
    elif link.is_one_of_several:
        arguments.append(f"foreign_keys={link.column}")
    if link.target == link.model:
        arguments.append(keyword("remote_side", quoted(f"{link.model}.id")))
    arguments.append(_back_populates(link.reverse))
    return Relationship(
        name=field.name,
        target=link.target,
        annotation=quoted(f"{link.target} | None" if field.is_optional else link.target),
        arguments=(*arguments, *_ending(link)),
    )


def from_one(link: Link) -> Relationship:
    """The side that is referred to."""
    arguments: list[Code] = []
    if link.is_one_of_several or link.is_of_tenant:
        arguments.append(keyword("foreign_keys", quoted(f"{link.model}.{link.column}")))
    arguments.append(_back_populates(link.field.name))
    if link.on_delete == "CASCADE":
        # Without its parent, a row that needs one cannot stay.
        cascade = "all" if link.field.is_optional else "all, delete-orphan"
        arguments.append(keyword("cascade", quoted(cascade)))
    passive = quoted("all") if link.on_delete == "RESTRICT" else "True"
    arguments.append(keyword("passive_deletes", passive))
    one = quoted(f"{link.model} | None")
    return Relationship(
        name=link.reverse,
        target=link.model,
        annotation=one if link.field.is_unique else f"list[{quoted(link.model)}]",
        arguments=(*arguments, *_ending(link)),
    )


def many_to_many(join: Join, prefix: str) -> tuple[Relationship, Relationship]:
    """Both sides of a many-to-many relationship; the first asked for the table.

    Args:
        join: the relationship.
        prefix: what stands before a table's name in texts: its schema and a point, or nothing.
    """
    sides = (
        (join.field.name, join.target, join.reverse, join.column, join.target_column),
        (join.reverse, join.model, join.field.name, join.target_column, join.column),
    )
    first, second = (
        Relationship(
            name=name,
            target=target,
            annotation=f"list[{quoted(target)}]",
            arguments=(
                # The other model's file must not import this one's.
                keyword("secondary", join.table if is_first else quoted(prefix + join.table)),
                *_joins(join, prefix, own_column, other_column),
                _back_populates(back),
                keyword("lazy", quoted("raise")),
            ),
        )
        for is_first, (name, target, back, own_column, other_column) in zip(
            (True, join.target == join.model), sides, strict=True
        )
    )
    return first, second


def _joins(join: Join, prefix: str, own_column: str, other_column: str) -> tuple[Code, ...]:
    if join.model != join.target:
        return ()
    # As texts, which no formatter breaks.
    start = f"{join.model}.id == {prefix}{join.table}.c."
    return (
        keyword("primaryjoin", quoted(start + own_column)),
        keyword("secondaryjoin", quoted(start + other_column)),
    )


def join_table(join: Join, schema: Schema, *more: Code) -> Call:
    """The table whose rows join two others."""
    if join.is_of_tenant:
        return _tenant_join_table(join, schema, *more)
    columns = (
        _join_column(join.column, schema.tables[join.model]),
        # The key finds rows by its first column only.
        _join_column(join.target_column, schema.tables[join.target], "index=True"),
    )
    return Call("Table", (quoted(join.table), "Base.metadata", *columns, *more))


def _tenant_join_table(join: Join, schema: Schema, *more: Code) -> Call:
    columns: list[Code] = [Call("tenant_column")]
    keys: list[Code] = []
    for column, model in ((join.column, join.model), (join.target_column, join.target)):
        table = schema.tables[model]
        if model in schema.of_tenants:
            columns.append(Call("Column", (quoted(column), "primary_key=True")))
            ending = keyword("ondelete", quoted("CASCADE"))
            keys.append(Call("tenant_key", (quoted(column), quoted(table), ending)))
        else:
            columns.append(_join_column(column, table))
    index = tenant_index(join.target_column)
    return Call("Table", (quoted(join.table), "Base.metadata", *columns, *keys, index, *more))


def _join_column(name: str, table: str, *more: Code) -> Call:
    key = Call("ForeignKey", (quoted(f"{table}.id"), keyword("ondelete", quoted("CASCADE"))))
    return Call("Column", (quoted(name), key, "primary_key=True", *more))


def tenant_key(link: Link, table: str) -> Call:
    """The key, among the table's arguments, that refers to another row of the same tenant."""
    arguments: list[Code] = [
        quoted(link.column),
        quoted(table),
        keyword("ondelete", quoted(link.on_delete)),
    ]
    if link.closes_cycle:
        arguments.append("use_alter=True")
    return Call("tenant_key", tuple(arguments))


def foreign_key(link: Link, table: str, *more: Code, is_indexed: bool = True) -> tuple[Code, ...]:
    """The arguments of the column that refers to another row."""
    arguments: list[Code] = [
        quoted(f"{table}.id"),
        keyword("ondelete", quoted(link.on_delete)),
    ]
    if link.closes_cycle:
        arguments.append("use_alter=True")
    key = Call("ForeignKey", tuple(arguments))
    if not is_indexed:
        return (key, *more)
    return (key, "unique=True" if link.field.is_unique else "index=True", *more)


def _back_populates(name: str) -> Code:
    return keyword("back_populates", quoted(name))


def _ending(link: Link) -> tuple[Code, ...]:
    raise_ = keyword("lazy", quoted("raise"))
    # Two new rows that refer to each other are saved by an INSERT each and an UPDATE.
    return ("post_update=True", raise_) if link.closes_cycle else (raise_,)
