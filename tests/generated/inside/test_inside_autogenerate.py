"""Run in an adopted project: what autogenerate makes of unusual models."""

import asyncio
import re
from enum import Enum
from pathlib import Path

import pytest
from alembic.command import check, downgrade, revision, upgrade
from alembic.config import Config
from alembic.util import CommandError
from app.database_kit.engine import create_migration_engine
from app.models import Base
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Enum as EnumColumn,
    Date,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Sequence,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import CITEXT, JSONB, ExcludeConstraint
from sqlalchemy.types import UserDefinedType

from .test_database_catalog import read_catalogs

CREATE = "    op.execute('CREATE SEQUENCE numbers')\n"


class Status(Enum):
    NEW = "new"
    OLD = "old"


class Price(TypeDecorator):
    """Its arguments are not those of the type it decorates."""

    impl = Numeric
    cache_ok = True

    def __init__(self, currency):
        super().__init__(precision=12, scale=3)
        self.currency = currency


class Document(TypeDecorator):
    impl = JSONB
    cache_ok = True


class Point(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_):
        return "point"


class Vector(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_):
        return "vector(3)"


class Project:
    """Alembic with revisions of a test's own, on a database of its own."""

    def __init__(self, config, path):
        self.path = path
        self.config = Config(config.config_file_name)
        self.config.set_main_option("version_locations", str(path).replace("%", "%%"))
        self.number = 0

    def declare(self, *items, metadata=None, **options):
        Base.metadata = metadata or MetaData(naming_convention=Base.metadata.naming_convention)
        key = Column("id", Integer, primary_key=True)
        Table("things", Base.metadata, key, *items, **options)

    def revise(self):
        self.number += 1
        script = revision(
            self.config,
            f"{self.number}",
            autogenerate=True,
            version_path=str(self.path),
            rev_id=f"{self.number}",
        )
        return Path(script.path).read_text()

    def migrate(self):
        """Go to the models, back and there again; what is left has to be clean."""
        written = self.revise()
        upgrade(self.config, "head")
        check(self.config)
        downgrade(self.config, "-1")
        upgrade(self.config, "head")
        check(self.config)
        return written


@pytest.fixture
def project(empty_database, alembic_config, tmp_path, monkeypatch):
    monkeypatch.setattr(Base, "metadata", Base.metadata)
    return Project(alembic_config, tmp_path)


def fetch(sql):
    return asyncio.run(run(sql)).scalar()


def execute(sql):
    asyncio.run(run(sql))


async def run(sql):
    engine = create_migration_engine()
    async with engine.begin() as connection:
        found = await connection.execute(text(sql))
    await engine.dispose()
    return found


def test_types_that_are_not_sqlalchemys(project):
    project.declare(
        Column("price", Price("SEK")), Column("document", Document), Column("at", Point)
    )

    written = project.migrate()

    assert "sa.Numeric(precision=12, scale=3)" in written
    assert "postgresql.JSONB(astext_type=sa.Text())" in written
    assert f"\nimport {__name__}\n" in written


def test_what_sqlalchemy_cannot_read_comes_back(project):
    execute("CREATE EXTENSION vector")
    index = Index("ix", "at", postgresql_using="hnsw", postgresql_ops={"at": "vector_l2_ops"})
    project.declare(Column("at", Vector), Column("point", Point), index)
    project.migrate()
    project.declare()

    project.migrate()

    downgrade(project.config, "-1")
    column = "attrelid = 'things'::regclass AND attname = 'at'"
    found = fetch(f"SELECT format_type(atttypid, atttypmod) FROM pg_attribute WHERE {column}")
    assert found == "vector(3)"


def test_a_second_schema(project):
    def declare(*labels):
        metadata = MetaData(naming_convention=Base.metadata.naming_convention)
        project.declare(Column("code", ForeignKey("shared.codes.code")), metadata=metadata)
        kind = EnumColumn(*labels, name="kind", schema="shared")
        columns = (Column("code", Text, primary_key=True), Column("kind", kind))
        Table("codes", metadata, *columns, schema="shared")
        # The default schema by its name.
        Table("notes", metadata, Column("id", Integer, primary_key=True), schema="public")
        Table("pages", metadata, Column("id", ForeignKey("public.notes.id"), primary_key=True))

    declare("a", "b")
    written = project.migrate()
    declare("b", "c")
    project.migrate()

    assert 'op.execute("CREATE SCHEMA shared")' in written
    downgrade(project.config, "base")
    assert fetch("SELECT to_regnamespace('shared')") is None


def test_a_schema_that_was_created_by_hand(project):
    execute('CREATE SCHEMA "by hand"')
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)
    project.declare(metadata=metadata)
    Table("codes", metadata, Column("code", Text, primary_key=True), schema="by hand")
    project.migrate()
    Table("names", metadata, Column("name", Text, primary_key=True), schema="by hand")
    second = project.migrate()
    downgrade(project.config, "base")
    execute('DROP SCHEMA "by hand"')

    upgrade(project.config, "head")

    assert "SCHEMA" not in second
    assert fetch("""SELECT to_regclass('"by hand".names')::text""") == '"by hand".names'


def test_partitions(project):
    def declare(*items):
        keys = (Column("at", Date), PrimaryKeyConstraint("at"))
        project.declare(Column("event", ForeignKey("events.at")))
        by = {"postgresql_partition_by": "RANGE (at)"}
        Table("events", Base.metadata, *keys, Index("ix", "at"), *items, **by)

    declare()
    project.migrate()
    some = "FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')"
    execute(f"CREATE TABLE events_2026 PARTITION OF events {some} PARTITION BY LIST (at)")
    execute("CREATE TABLE events_rest PARTITION OF events_2026 DEFAULT")
    check(project.config)
    declare(Column("kind", EnumColumn("a", "b", name="kind")))
    project.migrate()
    declare(Column("kind", EnumColumn("b", "c", name="kind")))
    project.migrate()
    project.declare()
    project.migrate()
    downgrade(project.config, "-1")

    assert fetch("SELECT count(*) FROM pg_partition_tree('events')") == 3


def test_a_primary_key(project):
    project.declare(Column("code", Text, nullable=False))
    project.migrate()
    project.declare(Column("code", Text, primary_key=True))

    written = project.revise()
    migrated, declared = asyncio.run(read_catalogs())

    add = "ALTER TABLE things ADD CONSTRAINT pk_things PRIMARY KEY"
    assert f"{add} (id)" in migrated - declared
    assert f"{add} (id, code)" in declared - migrated
    assert "ADD CONSTRAINT pk_things PRIMARY KEY (id, code)" in written


def test_an_enum_of_python(project):
    project.declare(Column("status", EnumColumn(Status)))
    project.migrate()
    new = Column("before", EnumColumn("a", "b", name="before"))
    project.declare(Column("status", EnumColumn(Status)), new)
    project.migrate()
    new = Column("before", EnumColumn("c", "b", name="before"))
    project.declare(Column("status", EnumColumn(Status)), new)
    project.migrate()
    project.declare()
    project.migrate()

    assert fetch("SELECT count(*) FROM pg_type WHERE typname IN ('status', 'before')") == 0


def test_an_enum_changes_while_a_table_goes(project):
    def declare(*labels, **tables):
        project.declare(Column("kind", EnumColumn(*labels, name="kind")))
        for name, where in tables.items():
            key = Column("id", Integer, primary_key=True)
            kind = Column("kind", EnumColumn(*labels, name="kind"))
            Table(name, Base.metadata, key, kind, Index("ix", "kind", postgresql_where=where))

    declare("a", "b", others=text("kind <> 'a'"))
    project.migrate()
    declare("a", "b", "c")
    project.migrate()


def words(name):
    return EnumColumn("a", "b", name=name, native_enum=False, create_constraint=True)


def test_a_column_with_a_check_of_its_type(project):
    project.declare()
    project.migrate()
    project.declare(Column("kind", words("kind")), Column("x%y", words("other kind")))
    project.migrate()
    project.declare()
    project.migrate()


def enum(name):
    return EnumColumn("a", "b", name=name)


# What is there with its default, what it becomes with its own, and a value before and after.
CONVERSIONS = [
    (enum("one"), "a", enum("two"), "b", "b", "b"),
    (Text, "a", enum("three"), "a", "b", "b"),
    (enum("four"), "a", Text, "a", "b", "b"),
    (ARRAY(Text), "{a}", ARRAY(enum("five")), "{b}", "{a,b}", "{a,b}"),
    (String(9), "1", Integer, "2", "10", "10"),
    (Integer, "1", String(9), "x", "10", "10"),
    (Integer, None, Text, None, "10", "10"),
    (Boolean, "true", Integer, "1", "true", "1"),
    (Integer, "1", Boolean, "false", "1", "true"),
    (Text, None, Uuid, None, "00000000-0000-0000-0000-000000000001", None),
    (Text, "{}", JSONB, "{}", '{"a": 1}', None),
    (Text, None, Date, text("current_date"), "2026-01-02", None),
    (BigInteger, None, Interval, None, None, None),
]


def test_types_without_an_automatic_cast(project):
    names = [f"o {number}" for number in range(len(CONVERSIONS))]
    columns = [
        Column(n, kind, server_default=d)
        for n, (kind, d, *_) in zip(names, CONVERSIONS, strict=True)
    ]
    project.declare(Column("length", Integer), *columns)
    project.migrate()
    values = ["NULL" if value is None else f"'{value}'" for *_, value, _ in CONVERSIONS]
    execute(f"INSERT INTO things VALUES (1, 2, {', '.join(values)})".replace(":", r"\:"))
    columns = [
        Column(n, kind, server_default=d, nullable=n == "o 12", comment="c")
        for n, (_, _, kind, d, *_) in zip(names, CONVERSIONS, strict=True)
    ]
    project.declare(Column("length", BigInteger), *columns)

    written = project.migrate()

    assert 'ALTER COLUMN "o 0" TYPE two USING "o 0"::text::two' in written
    assert 'ALTER COLUMN "o 8" TYPE boolean USING "o 8"::boolean' in written
    assert "existing_type=sa.INTEGER()," in written
    expected = ["2", *(after or before for *_, before, after in CONVERSIONS[:-1])]
    found = asyncio.run(run("SELECT * FROM things")).one()
    assert [str(value) for value in found[1:-1]] == [*map(as_read, expected)]


def as_read(value):
    return {"true": "True", "{a,b}": "['a', 'b']", '{"a": 1}': "{'a': 1}"}.get(value, value)


LIMITS = [
    (String(9), String()),
    (String(), String(9)),
    (Numeric, Numeric(12, 4)),
    (Numeric(12, 4), Numeric),
    (Text, ARRAY(Text)),
    (Interval, Interval(second_precision=0)),
    (Interval(second_precision=3), Interval),
    (Float(24), Float(53)),
]


def test_limits_that_come_and_go(project):
    project.declare(*(Column(f"c{n}", old) for n, (old, _) in enumerate(LIMITS)))
    project.migrate()
    project.declare(*(Column(f"c{n}", new) for n, (_, new) in enumerate(LIMITS)))
    project.migrate()

    migrated, declared = asyncio.run(read_catalogs())
    assert migrated == declared


def test_a_computed_column_is_replaced_with_what_it_is_made_of(project):
    def declare(base, kind, **options):
        double = Computed("length(name) * 2", persisted=True)
        index = Index("ix", "double")
        project.declare(
            Column("name", base),
            Column("double", kind, double, comment="it's\ntwo", **options),
            index,
        )

    declare(String(9), Integer)
    project.migrate()
    for changed in (
        (String(5), Integer),
        (Text, Integer),
        (Text, BigInteger),
    ):
        declare(*changed)
        project.migrate()
    declare(Text, BigInteger, nullable=False)
    project.migrate()
    declare(Text, BigInteger)
    project.migrate()

    migrated, declared = asyncio.run(read_catalogs())
    assert migrated == declared


@pytest.mark.parametrize(
    ("labels", "kind", "named"),
    [(("a", "b", "c"), Integer, "status"), (("a", "b"), Text, '"two words"')],
)
def test_a_view_of_ones_own_is_named(project, labels, kind, named):
    def declare(labels, kind):
        status = Column("status", EnumColumn(*labels, name="status"))
        project.declare(status, Column("two words", kind))

    declare(("a", "b"), Integer)
    project.revise()
    upgrade(project.config, "head")
    execute('CREATE VIEW seen AS SELECT status, "two words" FROM things')
    declare(labels, kind)

    with pytest.warns(UserWarning, match=f"view seen uses things.{named}, which changes"):
        project.revise()


def test_generated_columns_and_what_they_are_made_of(project):
    def declare(*columns, by=2, items=()):
        double = Column("double", Integer, Computed(f"number * {by}", persisted=True))
        project.declare(*([double] if by else []), *columns, *items)

    declare(by=None)
    project.migrate()
    declare(Column("number", Integer))
    project.migrate()
    declare(Column("number", Integer), items=[UniqueConstraint("double", name="u")])
    project.migrate()
    declare(Column("number", Integer), by=3, items=[Index("ix", "double")])
    project.migrate()
    declare(Column("number", Integer), by=4, items=[UniqueConstraint("double", "id", name="v")])
    project.migrate()
    declare(by=None)
    project.migrate()


def test_a_column_that_is_generated_no_more_keeps_its_values(project):
    number = Column("number", Integer)
    text_of_number = "number::text"
    by_hand = Column("label", String(20), nullable=False, server_default="x", comment="c")
    stored = Column("label", Text, Computed(text_of_number, persisted=True), comment="d")
    index = Index("ix", "label")
    project.declare(number._copy(), by_hand._copy(), index)
    project.migrate()
    project.declare(number._copy(), stored._copy(), Index("ix", "label"))
    project.migrate()
    execute("INSERT INTO things (number) VALUES (7)")
    project.declare(number._copy(), by_hand._copy(), CheckConstraint("label <> 'y'", name="c"))
    project.migrate()

    assert fetch("SELECT label FROM things") == "7"
    project.declare(number._copy(), Column("label", Integer, Computed("number", persisted=True)))
    project.migrate()
    project.declare(number._copy(), stored._copy())
    project.migrate()
    virtual = Computed(text_of_number, persisted=False)
    project.declare(number._copy(), Column("label", Text, virtual))
    project.migrate()
    project.declare(number._copy(), Column("label", Text))
    project.migrate()


def test_dropped_columns_have_an_order(project):
    names = ["first", "second", "third", "fourth"]
    made = [Column(f"{name}_made", Integer, Computed(f"{name} + 1")) for name in names]
    project.declare(*made, *(Column(name, Integer) for name in names))
    project.migrate()
    project.declare()

    written = project.migrate()

    dropped = re.findall(r'op.drop_column\("things", "(\w+)"\)', written)
    assert dropped == [f"{name}_made" for name in names[::-1]] + names[::-1]


@pytest.mark.filterwarnings("ignore:Cannot correctly sort tables")
@pytest.mark.parametrize("is_marked", [True, False])
def test_tables_that_refer_to_each_other_go_and_come_back(project, is_marked):
    project.declare()
    project.migrate()
    kept = Base.metadata
    project.declare()
    captain = ForeignKey("players.id", use_alter=is_marked)
    key = Column("id", Integer, primary_key=True)
    Table("teams", Base.metadata, key, Column("captain", captain))
    key = Column("id", Integer, primary_key=True)
    Table("players", Base.metadata, key, Column("team", ForeignKey("teams.id")))
    project.migrate()
    Base.metadata = kept
    written = project.migrate()

    assert written.index("drop_constraint") < written.index("drop_table")
    assert fetch("SELECT to_regclass('teams')") is None


def test_a_colon_in_sql(project):
    def declare(default):
        where = text(r"kind <> 'app \:start'")
        kind = Column("kind", Text, server_default=default)
        project.declare(kind, Index("ix", "kind", postgresql_where=where))

    declare(text(r"'a \:b'"))
    project.migrate()
    declare("c")
    project.migrate()
    downgrade(project.config, "-1")

    assert "'app :start'" in fetch("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix'")
    assert fetch("SELECT pg_get_expr(adbin, adrelid) FROM pg_attrdef ORDER BY 1") == "'a :b'::text"


def test_a_parameter_in_sql_is_refused(project):
    where = text("kind <> 'app :start'")
    project.declare(Column("kind", Text), Index("ix", "kind", postgresql_where=where))

    with pytest.raises(CommandError, match=r"things: .*NULL for :start\. Write \\:start"):
        project.revise()


def test_a_key_gets_its_numbers_in_another_way(project):
    numbers = "INSERT INTO things (note) VALUES ('x') RETURNING id"
    kept = Base.metadata
    keys = [
        (Integer,),
        (BigInteger,),
        (BigInteger, Identity()),
        (Integer, Identity(always=True, start=7, maxvalue=900, cycle=True)),
        (BigInteger,),
        (Integer, Identity(start=9)),
        (Integer,),
    ]
    for number, (kind, *options) in enumerate(keys, 1):
        Base.metadata = MetaData(naming_convention=kept.naming_convention)
        key = Column("id", kind, *options, primary_key=True)
        Table("things", Base.metadata, key, Column("note", Text))
        project.migrate()
        assert fetch(numbers) == number
    narrow = "SELECT count(*) FROM pg_sequences WHERE data_type = 'integer'::regtype"
    assert fetch(narrow) == 1
    key = Column("id", BigInteger, primary_key=True)
    Base.metadata = MetaData(naming_convention=kept.naming_convention)
    Table("things", Base.metadata, key, Column("note", Text))
    project.migrate()
    assert fetch(narrow) == 0


def test_a_sequence_that_a_model_names(project):
    default = text("nextval('things_number_seq'::regclass)")
    execute("CREATE TABLE things (id serial CONSTRAINT pk_things PRIMARY KEY, number serial)")
    project.declare(Column("number", Integer, server_default=default, nullable=False))

    check(project.config)


def test_sequences_are_not_spent(project):
    metadata = MetaData()
    Sequence("numbers", metadata=metadata)
    default = text("nextval('numbers')")
    project.declare(Column("number", Integer, server_default=default), metadata=metadata)
    written = project.revise().replace(
        "def upgrade() -> None:\n", f"def upgrade() -> None:\n{CREATE}"
    )
    [file] = project.path.glob("*_1.py")
    file.write_text(written)
    upgrade(project.config, "head")

    check(project.config)

    assert fetch("SELECT is_called FROM numbers") is False


@pytest.mark.parametrize("default", ["50% off", r"C:\logs"])
def test_a_default_in_a_script(project, capsys, default):
    project.declare(Column("title", Text, server_default=default))
    project.revise()

    upgrade(project.config, "head", sql=True)

    assert f"DEFAULT '{default}'" in capsys.readouterr().out


def test_what_cannot_be_created_is_named(project):
    project.declare(Column("number", Integer))
    project.migrate()
    project.declare(Column("number", Integer, server_default=text("nextval('missing')")))

    with pytest.warns(UserWarning, match="things was not compared: .*missing"):
        project.revise()


@pytest.mark.parametrize(
    ("declared", "reason"),
    [
        (
            [Column("kind", Text, server_default=text("missing()"))],
            r"function missing\(\) does not",
        ),
        ([Column("kind", CITEXT)], 'type "citext" does not exist'),
        (
            [Column("kind", Uuid), ExcludeConstraint(("kind", "="), name="once")],
            'no default operator class for access method "gist"',
        ),
    ],
    ids=["function", "type", "operator class"],
)
def test_what_an_extension_would_bring_comes_first(project, declared, reason):
    project.declare(Column("kind", Uuid))
    project.migrate()
    project.declare(*declared)

    with pytest.raises(
        CommandError, match=f"things cannot be compared: .*{reason}.*revision of its own"
    ):
        project.revise()
