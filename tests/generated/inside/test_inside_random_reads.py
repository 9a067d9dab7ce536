"""Run in an adopted project: hot reads of random models return what a session loads.

`HOT_READ_CASES` says how many, and `HOT_READ_SEED` which.
"""

import enum
import os
import random
import uuid
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from app.database import session_scope
from app.database_kit.hot_reads import HotRead
from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Enum,
    Float,
    ForeignKeyConstraint,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    String,
    Table,
    TypeDecorator,
    Uuid,
    and_,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects.postgresql import INET, INT4RANGE, JSONB, Range
from sqlalchemy.orm import registry, relationship, selectinload

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]

CASES = int(os.environ.get("HOT_READ_CASES", "25"))
SEED = int(os.environ.get("HOT_READ_SEED", "1"))


class Mood(enum.Enum):
    GOOD = "good"
    BAD = "bad"


class Reversed(TypeDecorator):
    impl = String
    cache_ok = True

    def process_bind_param(self, value, dialect):
        return value and value[::-1]

    def process_result_value(self, value, dialect):
        return value and value[::-1]


KEYS = {
    Integer: lambda chance: chance.randrange(20),
    BigInteger: lambda chance: 2**40 + chance.randrange(20),
    String: lambda chance: chance.choice("abcdefghijkl"),
    Reversed: lambda chance: f"{chance.randrange(20)}!",
    Uuid: lambda chance: uuid.UUID(int=chance.randrange(20)),
    Date: lambda chance: date(2026, 1, 1 + chance.randrange(20)),
}
VALUES = {
    **KEYS,
    Boolean: lambda chance: chance.random() < 0.5,
    Float: lambda chance: chance.random(),
    Interval: lambda chance: timedelta(hours=chance.randrange(99)),
    JSON: lambda chance: {"a": [chance.random(), None]},
    JSONB: lambda chance: [chance.randrange(9)],
    LargeBinary: lambda chance: chance.randbytes(4),
    INET: lambda chance: f"10.0.0.{chance.randrange(9)}",
    INT4RANGE: lambda chance: Range(chance.randrange(9), 9),
    lambda: Numeric(9, 2): lambda chance: Decimal(chance.randrange(999)) / 100,
    lambda: Numeric(asdecimal=False): lambda chance: chance.random(),
    lambda: DateTime(timezone=True): lambda chance: datetime(
        2026, 1, 1, chance.randrange(20), tzinfo=UTC
    ),
    lambda: Enum(Mood, native_enum=False): lambda chance: chance.choice(list(Mood)),
    lambda: ARRAY(Integer): lambda chance: [chance.randrange(9)],
    lambda: ARRAY(Uuid): lambda _: [uuid.UUID(int=1), None],
    lambda: ARRAY(Reversed): lambda chance: [chance.choice("ab") * 2],
}


class Model:
    """A mapped class, its rows, and how both are made."""

    def __init__(self, chance, name, parent=None):
        self.name, self.parent = name, parent
        kinds = chance.choices(list(KEYS), k=chance.choice((1, 1, 2, 3)))
        self.keys = parent.keys if parent else {f"key_{n}": kind for n, kind in enumerate(kinds)}
        kinds = [
            *chance.choices(list(VALUES), k=chance.randint(0, 6)),
            *chance.choice(([], [None])),
        ]
        self.values = {f"{name}_{n}": kind for n, kind in enumerate(kinds)}
        self.relationships, self.properties = {}, {}
        rows = [self._row(chance) for _ in range(chance.choice((0, 1, 5, 15)))]
        self.rows = list({repr(self.identity(row)): row for row in rows if row}.values())

    def _row(self, chance):
        row = {name: KEYS[kind](chance) for name, kind in self.keys.items()}
        if self.parent:
            if not self.parent.rows:
                return None
            there = chance.choice(self.parent.rows)
            row = {name: there[name] for name in self.keys}
        for name, kind in self.values.items():
            make = VALUES[kind] if kind else lambda chance: chance.choice(list(Mood))
            row[name] = None if chance.random() < 0.2 else make(chance)
        return row

    def identity(self, row):
        return [row[name] for name in self.keys]

    def make_table(self, metadata):
        keys = [
            Column(name, kind(), primary_key=True, autoincrement=False)
            for name, kind in self.keys.items()
        ]
        values = [
            Column(f"a {name}", kind() if kind else Enum(Mood, name=f"{name}_mood"), key=name)
            for name, kind in self.values.items()
        ]
        same = []
        if self.parent:
            columns = [self.parent.table.c[name] for name in self.keys]
            same = [ForeignKeyConstraint(list(self.keys), columns)]
        self.table = Table(self.name, metadata, *keys, *values, *same)

    def make_class(self, mapping):
        bases, options = (object,), {}
        if self.parent:
            bases, options = (self.parent.mapped,), {"inherits": self.parent.mapped}
        self.mapped = type(self.name, bases, {})
        mapping.map_imperatively(self.mapped, self.table, properties=self.properties, **options)

    def references(self, chance, prefix):
        """Columns that refer to its rows, and what makes their values."""
        columns = [Column(f"{prefix}_{name}", kind()) for name, kind in self.keys.items()]

        def make():
            identity = [KEYS[kind](chance) for kind in self.keys.values()]
            if self.rows and chance.random() < 0.8:
                identity = self.identity(chance.choice(self.rows))
            if chance.random() < 0.2:
                identity[chance.randrange(len(identity))] = None
            return {column.name: value for column, value in zip(columns, identity, strict=True)}

        return columns, make

    def related(self):
        return {**(self.parent.related() if self.parent else {}), **self.relationships}

    def order(self, chance):
        """A random order by its key, or none."""
        return chance.choice((None, [self.table.c[name].desc() for name in self.keys]))


def equal(columns, table):
    return and_(*(left == right for left, right in zip(columns, table.primary_key, strict=True)))


def relate(chance, name, source, target):
    """Relate two models, or one with itself, in both directions, by what may refer to nothing."""
    back = f"{name}_of"
    orders = {name: target.order(chance), back: source.order(chance)}
    if chance.random() < 0.3:
        (left, make_left), (right, make_right) = (
            model.references(chance, side) for model, side in ((source, "left"), (target, "right"))
        )
        between = Table(f"{source.name}_{name}", source.table.metadata, *left, *right)
        rows = [{**make_left(), **make_right()} for _ in range(chance.choice((0, 10, 30)))]
        between.info["rows"] = list({repr(row): row for row in rows}.values())
        joins = [equal(left, source.table), equal(right, target.table)]
        options = {"secondary": between, "foreign_keys": [*left, *right]}
        forward = {"primaryjoin": joins[0], "secondaryjoin": joins[1], "order_by": orders[name]}
        backward = {"primaryjoin": joins[1], "secondaryjoin": joins[0], "order_by": orders[back]}
    else:
        columns, make = target.references(chance, name)
        for column in columns:
            source.table.append_column(column)
        for row in source.rows:
            row.update(make())
        keys = list(target.table.primary_key)
        options = {"primaryjoin": equal(columns, target.table), "foreign_keys": columns}
        forward = {"remote_side": keys, "uselist": False}
        backward = {"remote_side": columns, "uselist": True, "order_by": orders[back]}
        del orders[name]
    for start, key, end, more in (
        (source, name, target, forward),
        (target, back, source, backward),
    ):
        start.relationships[key] = end, bool(orders.get(key))
        start.properties[key] = relationship(
            lambda end=end: end.mapped, viewonly=True, **options, **more
        )


def random_models(chance, name):
    """Map some models to tables."""
    metadata, mapping, models = MetaData(), registry(), []
    for index in range(chance.randint(1, 4)):
        parent = chance.choice(models) if models and chance.random() < 0.2 else None
        models.append(Model(chance, f"{name}_{index}", parent))
        models[-1].make_table(metadata)
    for index in range(chance.randint(1, 5)):
        relate(chance, f"related_{index}", *chance.choices(models, k=2))
    for model in models:
        model.make_class(mapping)
    mapping.configure()
    return metadata, models


def random_path(chance, model):
    """Relationships that lead on from a model, by name."""
    path = []
    for _ in range(chance.randint(0, 3)):
        related = model.related()
        if not related:
            break
        name = chance.choice(list(related))
        path.append((model, name))
        model = related[name][0]
    return path


def tree(instance, path):
    """All columns, with their types, and what the path leads to."""
    if instance is None:
        return None
    columns = inspect(type(instance)).column_attrs.keys()
    values = [(name, getattr(instance, name)) for name in sorted(columns)]
    found = [(name, type(value), value) for name, value in values]
    if not path:
        return found
    (model, name), *rest = path
    below = getattr(instance, name)
    if isinstance(below, list):
        is_ordered = model.related()[name][1]
        trees = [tree(item, rest) for item in below]
        return found, trees if is_ordered else sorted(trees, key=repr)
    return found, tree(below, rest)


@pytest.mark.parametrize("number", range(SEED, SEED + CASES))
async def test_it_is_what_selectinload_loads(number):
    chance = random.Random(number)
    metadata, models = random_models(chance, f"hot_{number}")
    rows = {model.table: model.rows for model in models}
    async with session_scope() as session:
        await (await session.connection()).run_sync(metadata.create_all)
        for table in metadata.sorted_tables:
            for row in rows.get(table, table.info.get("rows")):
                await session.execute(insert(table).values(row))
    try:
        for model in models:
            path = random_path(chance, model)
            query = select(model.mapped).order_by(*(getattr(model.mapped, k) for k in model.keys))
            attributes = [getattr(owner.mapped, name) for owner, name in path]
            async with session_scope() as session:
                options = []
                if attributes:
                    options = [selectinload(attributes[0])]
                    for attribute in attributes[1:]:
                        options = [options[0].selectinload(attribute)]
                expected = (await session.scalars(query.options(*options))).all()
                trees = [tree(instance, path) for instance in expected]

            found = await HotRead(query, *attributes, into=model.mapped).fetch()

            assert [tree(instance, path) for instance in found] == trees
    finally:
        async with session_scope() as session:
            await (await session.connection()).run_sync(metadata.drop_all)
