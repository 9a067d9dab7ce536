"""What the template's files say about the models."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..python_text.expressions import (
    Call,
    Code,
    attribute,
    keyword,
    quoted,
    source,
    tuple_source,
)
from ..python_text.imports import LINE_LENGTH, imports, natural, sorted_names
from .clashes import enum_name
from .columns import (
    CLOCK,
    OF_WHOM_ADDS_IT,
    SEARCH_COLUMN,
    Column,
    column,
    search_column,
    tenant_index,
)
from .made_up_values import made_up, names_in
from .naming import plural, snake_case, with_article
from .relationships import (
    Relationship,
    foreign_key,
    from_one,
    join_table,
    many_to_many,
    tenant_key,
    to_one,
)
from .reserved import POSTGRESQL
from .specification import ManyToMany, Model, Reference, Value
from .value_types import member_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .schema import Join, Link, Schema

BACKEND_ONLY = Call("*backend_only")
TENANT_MEMBERS = Call("*tenant_members")
MEMBERS_READ = Call("*members_read")
AUTH = "auth"
"""The module of the users, beside those of the models."""
_LONGEST_DOCSTRING = 69
_LONGEST_COMMENT = 63
_PREPOSITIONS = {"at", "by", "for", "from", "in", "of", "on", "to", "with"}
_OF_JOIN_TABLES = {"Column", "ForeignKey", "Index", "Table"}
_OF_TENANTS = {"tenant_column", "tenant_key"}
_STRENUM = (3, 11)
"""The first version of Python that has it."""


@dataclass(frozen=True, slots=True)
class EnumFile:
    """The class of an enum."""

    name: str
    base: str
    field: str
    members: tuple[tuple[str, str], ...]
    """What each value is called, and the value."""


@dataclass(frozen=True, slots=True)
class ModelFile:
    """The file of one model."""

    name: str
    module: str
    table: str
    docstring: str
    title: str
    imports: tuple[str, ...]
    """Those of the standard library, and of SQLAlchemy, each section as it is written."""
    helpers: Mapping[str, tuple[str, ...]]
    """What it needs of modules in `database_kit`."""
    targets: tuple[tuple[str, str], ...]
    """The modules of the models that it is related to, and their names."""
    enums: tuple[EnumFile, ...]
    join_tables: tuple[str, ...]
    table_arguments: str
    columns: tuple[str, ...]
    relationships: tuple[str, ...]
    article: str
    """The model's name as words, with "a" or "an"."""
    made_up: tuple[str, ...]
    """What a factory makes up, as the items of a dictionary."""
    base: str = "Base"
    """Its base class."""
    of_base: tuple[str, ...] = ("Base",)
    """What it needs of the module of the base class."""
    of_tenants: tuple[str, ...] = ()
    """What it needs of the module for tenants."""

    @property
    def has_numbers(self) -> bool:
        """Whether a factory makes values up of the number of the row."""
        return "n" in names_in(self.made_up)

    @property
    def names(self) -> tuple[str, ...]:
        """What other modules import from the file."""
        return tuple(sorted_names([self.name, *(enum.name for enum in self.enums)]))

    @property
    def factory(self) -> str:
        """The head of the function that makes a row."""
        line = f"def make_{self.module}(**values: object) -> {self.name}:"
        broken = f"def make_{self.module}(\n    **values: object,\n) -> {self.name}:"
        return line if len(line) <= LINE_LENGTH else broken


@dataclass(frozen=True, slots=True)
class OtherSides:
    """What models on request add to a model that another part of the layer has."""

    targets: tuple[tuple[str, str], ...] = ()
    """The modules of the models that refer to it, and their names."""
    relationships: tuple[str, ...] = ()


def other_sides(name: str, schema: Schema, *, database_schema: str) -> OtherSides:
    """Write the relationships of a model that another part of the layer has."""
    relationships = _relationships(schema, _prefix(database_schema)).get(name, [])
    targets = {relationship.target for relationship in relationships}
    return OtherSides(_modules(targets, schema), _relationship_lines(relationships))


def model_files(
    schema: Schema, *, python: tuple[int, ...], database_schema: str
) -> Iterator[ModelFile]:
    """Write the files of all models.

    Args:
        schema: the models.
        python: the oldest version of Python that has to read them.
        database_schema: PostgreSQL's schema of the tables; empty for the default one.
    """
    sides = _relationships(schema, _prefix(database_schema))
    for model in schema.models:
        prefix = _prefix(database_schema or "public")
        yield _model_file(model, schema, sides[model.name], python, prefix)


def _prefix(database_schema: str) -> str:
    return f"{database_schema}." if database_schema else ""


def _relationships(schema: Schema, prefix: str) -> dict[str, list[Relationship]]:
    """The relationships of each model: its own in its order, then those of others."""
    mapped = [link for link in schema.links if link.is_mapped]
    own = {(link.model, link.field.name): to_one(link) for link in mapped}
    other = [(link.target, from_one(link)) for link in mapped]
    for join in schema.joins:
        first, second = many_to_many(join, prefix)
        own[join.model, join.field.name] = first
        other.append((join.target, second))
    sides: dict[str, list[Relationship]] = {
        model.name: [
            own[model.name, field.name] for field in model.fields if (model.name, field.name) in own
        ]
        for model in schema.models
    } | {name: [] for name in schema.known}
    for model, relationship in other:
        sides[model].append(relationship)
    return sides


def _model_file(
    model: Model,
    schema: Schema,
    relationships: list[Relationship],
    python: tuple[int, ...],
    prefix: str,
) -> ModelFile:
    names = {item.name for item in (*model.fields, *relationships)}
    clock_prefix = "dt." if names & CLOCK else ""
    links = {link.field.name: link for link in schema.links if link.model == model.name}
    joins = [join for join in schema.joins if join.model == model.name]
    used: defaultdict[str, set[str]] = defaultdict(set)
    helpers: defaultdict[str, set[str]] = defaultdict(set)
    columns: list[str] = []
    table_arguments: list[Code] = []
    is_of_tenant = model.name in schema.of_tenants

    def use(made: Column) -> None:
        for module, name in made.imports:
            used[module].update([name] if name else [])
        for module, name in made.helpers:
            helpers[module].add(name)
        table_arguments.extend(made.table_arguments)

    for field in model.fields:
        if isinstance(field, Value):
            made = column(
                field,
                model.name,
                clock_prefix=clock_prefix,
                is_owner=schema.owners.get(model.name) == field.name,
                is_of_tenant=is_of_tenant,
            )
            use(made)
            columns.append(_attribute(field.name, made.annotation, made.arguments))
        elif isinstance(field, Reference):
            link = links[field.name]
            columns.append(_key(link, schema))
            used["uuid"].add("UUID")
            if link.is_of_tenant:
                table_arguments.append(tenant_key(link, schema.tables[link.target]))
            else:
                used["sqlalchemy"].add("ForeignKey")
            if is_of_tenant:
                index = tenant_index(link.column, is_unique=field.is_unique)
                table_arguments.append(index)
                used["sqlalchemy"].add(index.function)
            if schema.owners.get(model.name) == links[field.name].column:
                used["sqlalchemy"].add("func")
    if searched := searched_fields(model):
        made = search_column(searched)
        use(made)
        words = Call("weighted_tsvector", made.arguments)
        columns.append(attribute(SEARCH_COLUMN, made.annotation, words))
    enums = tuple(_enums(model, "StrEnum" if python >= _STRENUM else "str, Enum"))
    if enums:
        used["enum"].add("StrEnum" if python >= _STRENUM else "Enum")
    join_tables = tuple(join_table(join, schema, *_join_arguments(join, schema)) for join in joins)
    used["sqlalchemy"].update(_functions(join_tables) & _OF_JOIN_TABLES)
    if schema.is_supabase:
        objects = _policies(schema, model.name, prefix)
        # The Data API shows it in its documentation.
        table_arguments = [*objects, *table_arguments, '{"comment": __doc__}']
        if joins:
            objects = (*objects, *(_join_access(join, schema) for join in joins))
        helpers["objects"].update(call.function.lstrip("*") for call in objects)
    used["sqlalchemy.orm"].update(_orm_names(columns, relationships))
    targets = {relationship.target for relationship in relationships} - {model.name}
    if targets:
        used["typing"].add("TYPE_CHECKING")
    modules = {name: used[name] for name in used if used[name] or " as " in name}
    third_party = {name: modules.pop(name) for name in list(modules) if "sqlalchemy" in name}
    noun = snake_case(model.name)
    base = "TenantBase" if is_of_tenant else "Base"
    return ModelFile(
        name=model.name,
        module=noun,
        table=schema.tables[model.name],
        docstring=_docstring(model),
        title=f"The table of {plural(noun).replace('_', ' ')}.",
        imports=tuple(imports(section) for section in (modules, third_party) if section),
        helpers={module: tuple(sorted_names(helpers[module])) for module in helpers},
        targets=_modules(targets, schema),
        enums=enums,
        join_tables=tuple(
            source(table, before=f"{join.table} = ")
            for join, table in zip(joins, join_tables, strict=True)
        ),
        table_arguments=tuple_source(table_arguments, indent=4, before="__table_args__ = ")
        if table_arguments
        else "",
        columns=tuple(columns),
        relationships=_relationship_lines(relationships),
        article=with_article(noun),
        made_up=tuple(made_up(model, schema.known)),
        base=base,
        of_base=("Base",) if joins or not is_of_tenant else (),
        of_tenants=tuple(
            sorted_names(
                {base} - {"Base"} | _functions([*table_arguments, *join_tables]) & _OF_TENANTS
            )
        ),
    )


def _functions(codes: Iterable[Code]) -> set[str]:
    """What the code calls."""
    calls = [code for code in codes if isinstance(code, Call)]
    return {call.function for call in calls}.union(*(_functions(call.arguments) for call in calls))


def searched_fields(model: Model) -> list[str]:
    """The names of the fields whose words are found by full-text search."""
    return [field.name for field in model.fields if isinstance(field, Value) and field.is_searched]


def _modules(targets: Iterable[str], schema: Schema) -> tuple[tuple[str, str], ...]:
    modules = [(AUTH if name in schema.known else snake_case(name), name) for name in targets]
    return tuple(sorted(modules, key=lambda module: natural(module[0])))


def _relationship_lines(relationships: Iterable[Relationship]) -> tuple[str, ...]:
    return tuple(
        attribute(
            relationship.name, relationship.annotation, Call("relationship", relationship.arguments)
        )
        for relationship in relationships
    )


def _policies(schema: Schema, model: str, prefix: str) -> tuple[Call, ...]:
    """What lets roles use a table: its owners their own rows, and the backend all of them.

    Owners refer to rows that they see, where those have owners, too.
    """
    if model in schema.of_tenants:
        return (TENANT_MEMBERS,)
    column = schema.owners.get(model)
    if column is None:
        return (MEMBERS_READ if schema.of_tenants else BACKEND_ONLY,)
    name = f'"{column}"' if column in POSTGRESQL else column
    condition = quoted(f"{name} = (SELECT auth.uid())")
    grant = Call("Grant", (quoted("all"), keyword("to", quoted("service_role"))))
    references = tuple(
        keyword(link.column, quoted(prefix + schema.tables[link.target]))
        for link in schema.links
        if link.model == model and link.target in schema.owners
    )
    if not references:
        return (Call("*owner_only", (condition,)), grant)
    table = quoted(schema.tables[model])
    check = Call("visible_references", (table, *references))
    return (Call("*owner_only", (condition,)), grant, check)


def _join_access(join: Join, schema: Schema) -> Call:
    if join.is_of_tenant:
        return TENANT_MEMBERS
    return MEMBERS_READ if schema.of_tenants else BACKEND_ONLY


def _join_arguments(join: Join, schema: Schema) -> tuple[Code, ...]:
    if not schema.is_supabase:
        return ()
    one, other = (plural(snake_case(name)).replace("_", " ") for name in (join.model, join.target))
    comment = f"Which {one} have which {other}."
    if len(comment) > _LONGEST_COMMENT:
        comment = f"Links to {other}."
    return _join_access(join, schema), keyword("comment", quoted(comment))


def _attribute(name: str, annotation: str, arguments: tuple[Code, ...]) -> str:
    return attribute(name, annotation, Call("mapped_column", arguments) if arguments else None)


def _key(link: Link, schema: Schema) -> str:
    annotation = "UUID | None" if link.field.is_optional else "UUID"
    if link.is_of_tenant:
        return _attribute(link.column, annotation, ())
    is_owner = schema.owners.get(link.model) == link.column
    more = [OF_WHOM_ADDS_IT] if is_owner else []
    is_indexed = link.model not in schema.of_tenants
    arguments = foreign_key(link, schema.tables[link.target], *more, is_indexed=is_indexed)
    return _attribute(link.column, annotation, arguments)


def _orm_names(columns: list[str], relationships: list[Relationship]) -> Iterator[str]:
    if columns or relationships:
        yield "Mapped"
    if any("= mapped_column(" in text for text in columns):
        yield "mapped_column"
    if relationships:
        yield "relationship"


def _enums(model: Model, base: str) -> Iterator[EnumFile]:
    for field in model.fields:
        if isinstance(field, Value) and field.type.name == "enum":
            members = tuple((member_name(label), label) for label in field.type.labels)
            yield EnumFile(enum_name(model.name, field.name), base, field.name, members)


def _docstring(model: Model) -> str:
    """What the person said of the model, or else what its own fields say."""
    if model.description:
        text = model.description[0].upper() + model.description[1:]
        return text if text[-1] in ".!?" else f"{text}."
    noun = with_article(snake_case(model.name))
    noun = noun[0].upper() + noun[1:]
    parents = [
        with_article(_noun(field))
        for field in model.fields
        if isinstance(field, Reference) and not field.is_optional
    ]
    parents = list(dict.fromkeys(parents))
    others = [
        field.name.replace("_", " ") for field in model.fields if isinstance(field, ManyToMany)
    ]
    text = noun
    if parents:
        text = f"{noun} of {_enumeration(parents)}"
    elif others:
        text = f"{noun} with {_enumeration(others)}"
    return f"{text if len(text) < _LONGEST_DOCSTRING else noun}."


def _noun(reference: Reference) -> str:
    # `booked_by -> User` is the name of no thing: what it leads to is.
    last = reference.name.rpartition("_")[2]
    return snake_case(reference.target.text) if last in _PREPOSITIONS else reference.name


def _enumeration(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
