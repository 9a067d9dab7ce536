"""What the models mean together: tables, both sides of relationships, and what cannot be."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .clashes import check_models, claim, own_attributes
from .naming import plural, singular, snake_case, with_article
from .ownership import models_of_tenants, owner_column
from .specification import ManyToMany, Model, Reference, Value
from .syntax import ModelsError, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from .reserved import KnownModel, Part

_LONGEST_IN_POSTGRESQL = 63


@dataclass(frozen=True, slots=True)
class Link:
    """A foreign key with the relationships on both of its sides."""

    model: str
    field: Reference
    reverse: str
    is_one_of_several: bool
    """Whether other keys join the same two tables."""
    closes_cycle: bool
    """Whether the tables, in a row, refer to each other in a circle."""
    is_mapped: bool = True
    """Whether the table that is referred to has a model."""
    is_of_tenant: bool = False
    """Whether both rows belong to one tenant, whose key is part of the foreign key."""

    @property
    def column(self) -> str:
        """The name of the foreign key's column."""
        return f"{self.field.name}_id"

    @property
    def target(self) -> str:
        """The name of the model that is referred to."""
        return self.field.target.text

    @property
    def on_delete(self) -> str:
        """What PostgreSQL does when the row that is referred to goes."""
        if self.field.on_delete:
            return self.field.on_delete
        # SET NULL would take the tenant, too.
        is_emptied = self.field.is_optional and not self.is_of_tenant
        return "SET NULL" if is_emptied else "RESTRICT"


@dataclass(frozen=True, slots=True)
class Join:
    """A join table with the relationships on both of its sides."""

    model: str
    field: ManyToMany
    reverse: str
    table: str
    column: str
    """What refers to the model that asked for the table."""
    target_column: str
    is_of_tenant: bool = False
    """Whether its rows belong to a tenant, as those of one of its sides do."""

    @property
    def target(self) -> str:
        """The name of the model on the other side."""
        return self.field.target.text


@dataclass(frozen=True, slots=True)
class Schema:
    """Models with all that follows from them."""

    models: tuple[Model, ...] = ()
    tables: dict[str, str] = field(default_factory=dict[str, str])
    """The table of each model."""
    known: dict[str, KnownModel] = field(default_factory=dict[str, "KnownModel"])
    """Those that other parts of the layer have."""
    owners: dict[str, str] = field(default_factory=dict[str, str])
    """The column of a model that says whose a row is, for policies; not all have one."""
    links: tuple[Link, ...] = ()
    joins: tuple[Join, ...] = ()
    is_supabase: bool = False
    """Whether tables have policies and grants."""
    of_tenants: frozenset[str] = frozenset()
    """The models whose rows belong to tenants."""

    @property
    def has_enums(self) -> bool:
        """Whether some columns are enums."""
        return any(value.type.name == "enum" for value in self._values())

    @property
    def has_vectors(self) -> bool:
        """Whether some columns are of pgvector's type."""
        return any(value.type.name == "vector" for value in self._values())

    @property
    def has_search(self) -> bool:
        """Whether the words of some fields are found by full-text search."""
        return any(value.is_searched for value in self._values())

    def _values(self) -> Iterator[Value]:
        for model in self.models:
            yield from (value for value in model.fields if isinstance(value, Value))


def resolve(models: Sequence[Model], parts: Collection[Part] = ()) -> Schema:
    """Work out what the models mean together.

    Args:
        models: what was asked for.
        parts: what else has models.

    Raises:
        ModelsError: names clash, or a model refers to what cannot be.
    """
    tables = {model.name: plural(snake_case(model.name)) for model in models}
    check_models(models, tables, parts)
    # On Supabase, a model may be called as its users are.
    known = {part.known.name: part.known for part in parts if part.known}
    known = {name: known[name] for name in known if name not in tables}
    tables |= {model.name: model.table for model in known.values()}
    _check_targets(models, known)
    _check_first_rows(models)
    of_tenants = models_of_tenants(models, parts)
    attributes = {model.name: own_attributes(model) for model in models} | {
        model.name: dict.fromkeys(model.attributes, "itself") for model in known.values()
    }
    links = tuple(_links(models, known, attributes, of_tenants))
    joins = tuple(_joins(models, attributes, tables, parts, of_tenants))
    is_supabase = any(part.known and not part.known.is_mapped for part in parts)
    # Where a row is a tenant's, all of its members see it.
    owners = {
        model.name: owner_column(model, known)
        for model in models
        if is_supabase and model.name not in of_tenants
    }
    return Schema(
        tuple(models),
        tables,
        known,
        {name: column for name, column in owners.items() if column},
        links,
        joins,
        is_supabase,
        of_tenants,
    )


def _check_targets(models: Sequence[Model], known: Mapping[str, KnownModel]) -> None:
    names = {*known, *(model.name for model in models)}
    for model in models:
        for relation in model.fields:
            if isinstance(relation, Value):
                continue
            target = relation.target
            if target.text not in names:
                hint = nearest(target.text, names) or " Add it, or leave this out."
                if target.text == "User":
                    hint = " Add it, or say yes to the tables for users (db_auth_tables)."
                raise ModelsError(f"unknown model '{target.text}'.{hint}", target.position)
            if target.text in known and not known[target.text].is_mapped:
                _check_unmapped(relation)


def _check_unmapped(relation: Reference | ManyToMany) -> None:
    name = relation.target.text
    if isinstance(relation, ManyToMany):
        raise ModelsError(
            f"'<->' needs a model, and Supabase's table of users has none: refer to one of your "
            f"own, or to '{name}' by '->'.",
            relation.target.position,
        )
    if relation.reverse:
        raise ModelsError(
            f"Supabase's table of users has no model that could have '{relation.reverse.text}': "
            f"write '-> {name}'.",
            relation.reverse.position,
        )


def _check_first_rows(models: Sequence[Model]) -> None:
    """Refuse references that need each other, of which none could ever be the first."""
    required = {
        model.name: {
            reference.target.text: reference
            for reference in model.fields
            if isinstance(reference, Reference) and not reference.is_optional
        }
        for model in models
    }
    for model in models:
        for target, reference in required[model.name].items():
            if model.name in _reachable(target, required):
                needed = (
                    "another one: make the reference"
                    if target == model.name
                    else f"{with_article(target)} that needs {with_article(model.name)}: "
                    "make a reference"
                )
                raise ModelsError(
                    f"no first {model.name} could ever be saved, for it needs {needed} optional, "
                    f"as in '-> {target}?'.",
                    reference.target.position,
                )


def _reachable(start: str, edges: dict[str, dict[str, Reference]]) -> set[str]:
    """All that can be reached, the start itself included."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        model = waiting.pop()
        if model not in seen:
            seen.add(model)
            waiting.extend(edges.get(model, ()))
    return seen


def _links(
    models: Sequence[Model],
    known: Mapping[str, KnownModel],
    attributes: dict[str, dict[str, str]],
    of_tenants: frozenset[str],
) -> Iterator[Link]:
    references = [
        (model, reference)
        for model in models
        for reference in model.fields
        if isinstance(reference, Reference)
    ]
    pairs = [frozenset({model.name, reference.target.text}) for model, reference in references]
    sides = [
        (model.name, reference.target.text)
        for model, reference in references
        if not reference.reverse
    ]
    edges: dict[str, dict[str, Reference]] = {model.name: {} for model in models}
    for model, reference in references:
        edges[model.name][reference.target.text] = reference
    for model, reference in references:
        target = reference.target.text
        name = (
            reference.reverse.text if reference.reverse else _reverse_name(model, reference, sides)
        )
        is_mapped = target not in known or known[target].is_mapped
        if is_mapped:
            claim(attributes, target, name, model, reference)
        yield Link(
            model=model.name,
            field=reference,
            reverse=name,
            is_one_of_several=pairs.count(frozenset({model.name, target})) > 1,
            closes_cycle=reference.is_optional
            and target != model.name
            and model.name in _reachable(target, edges),
            is_mapped=is_mapped,
            is_of_tenant={model.name, target} <= of_tenants,
        )


def _reverse_name(model: Model, reference: Reference, sides: list[tuple[str, str]]) -> str:
    noun = _noun(model.name, reference.target.text)
    name = noun if reference.is_unique else plural(noun)
    if reference.target.text == model.name and reference.name == "parent":
        name = "child" if reference.is_unique else "children"
    if sides.count((model.name, reference.target.text)) > 1:
        name = f"{reference.name}_{name}"
    return name


def _noun(model: str, target: str) -> str:
    """What rows of a model are to those of another: an invoice's `InvoiceLine` is its `line`."""
    return snake_case(model).removeprefix(f"{snake_case(target)}_")


def _joins(
    models: Sequence[Model],
    attributes: dict[str, dict[str, str]],
    tables: dict[str, str],
    parts: Iterable[Part],
    of_tenants: frozenset[str],
) -> Iterator[Join]:
    owners = {table: model for model, table in tables.items()}
    for model in models:
        for relation in model.fields:
            if not isinstance(relation, ManyToMany):
                continue
            target, noun = relation.target.text, snake_case(model.name)
            if relation.reverse is None and target == model.name:
                raise ModelsError(
                    f"say what the other side is called, as in "
                    f"'{relation.name} <-> {target}.{relation.name}_of'.",
                    relation.target.position,
                )
            name = relation.reverse.text if relation.reverse else plural(_noun(model.name, target))
            claim(attributes, target, name, model, relation)
            table = f"{noun}_{relation.name}"
            if table in owners or any(table in part.tables for part in parts):
                raise ModelsError(
                    f"the join table of '{relation.name}' would be called '{table}', which is "
                    "taken: call the field something else.",
                    relation.position,
                )
            if len(table) > _LONGEST_IN_POSTGRESQL:
                raise ModelsError(
                    f"the join table of '{relation.name}' would be called '{table}', which is too "
                    "long for PostgreSQL.",
                    relation.position,
                )
            if table in attributes[model.name]:
                raise ModelsError(
                    f"the join table of '{relation.name}' is called '{table}': call the field of "
                    "that name something else.",
                    relation.position,
                )
            owners[table] = model.name
            other = snake_case(target) if target != model.name else singular(relation.name)
            yield Join(
                model=model.name,
                field=relation,
                reverse=name,
                table=table,
                column=f"{noun}_id",
                target_column=f"{other if other != noun else f'other_{noun}'}_id",
                is_of_tenant=bool({model.name, target} & of_tenants),
            )
