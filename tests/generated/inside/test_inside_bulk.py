"""Run in an adopted project: bulk loads of each type, in the session's transaction."""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from app.database import dispose_engine, session_scope
from app.database_kit.bulk import copy_rows, upsert_rows
from app.models import Author, Book
from sqlalchemy import (
    ARRAY,
    JSON,
    DateTime,
    Enum,
    MetaData,
    Numeric,
    String,
    TypeDecorator,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import CITEXT, HSTORE, JSONB, MONEY, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]


class Base(DeclarativeBase):
    metadata = MetaData(schema="bulk loads")


class Colour(enum.Enum):
    RED = "red"
    GREEN = "green"


class Thing(Base):
    __tablename__ = "every Type"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    named: Mapped[str] = mapped_column("Another Name", String(20), unique=True)
    native: Mapped[Colour] = mapped_column(Enum(Colour, name="colour"))
    written: Mapped[Colour] = mapped_column(Enum(Colour, native_enum=False))
    document: Mapped[dict] = mapped_column(JSONB)
    old_document: Mapped[list] = mapped_column(JSON)
    labels: Mapped[list[str]] = mapped_column(ARRAY(String))
    colours: Mapped[list[Colour]] = mapped_column(ARRAY(Enum(Colour, name="colour")))
    keys: Mapped[list[UUID]] = mapped_column(ARRAY(Uuid))
    price: Mapped[Decimal] = mapped_column(Numeric(12, 2))
    weight: Mapped[float]
    day: Mapped[date]
    moment: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    seen: Mapped[bool] = mapped_column(default=False)
    data: Mapped[bytes]
    nothing: Mapped[str | None]
    counted: Mapped[int] = mapped_column(server_default="42")


def thing(number):
    return {
        "named": f"thing {number}",
        "native": Colour.RED,
        "written": Colour.GREEN,
        "document": {"number": number, "quoted": "\\ \t'"},
        "old_document": [number, None],
        "labels": ["a", "b,c", 'd"'],
        "colours": [Colour.RED, Colour.GREEN],
        "keys": [UUID(int=number)],
        "price": Decimal("12.50"),
        "weight": 0.5,
        "day": date(2026, 2, 28),
        "moment": datetime(2026, 2, 28, 12, tzinfo=UTC),
        "data": b"\x00\xff",
        "nothing": None,
    }


@pytest.fixture
async def session():
    async with session_scope() as session:
        await session.execute(text('CREATE SCHEMA "bulk loads"'))
        await (await session.connection()).run_sync(Base.metadata.create_all)
        yield session
        await session.rollback()
    await dispose_engine()


async def test_each_type_comes_back_as_it_went_in(session):
    rows = [thing(number) for number in range(100)]

    await copy_rows(session, Thing, rows)

    found = (await session.scalars(select(Thing).order_by(Thing.moment, Thing.id))).all()
    by_name = {one.named: one for one in found}
    for row in rows:
        one = by_name[row["named"]]
        assert {key: getattr(one, key) for key in row} == row
        assert (one.seen, one.counted) == (False, 42)
    assert len({one.id for one in found}) == 100


async def test_each_type_is_changed_as_it_was_told(session):
    await copy_rows(session, Thing, [thing(number) for number in range(10)])
    rows = [thing(number) | {"document": {}, "labels": []} for number in range(5, 15)]

    await upsert_rows(session, Thing, rows, conflict=["named"], update=["document"])

    query = select(Thing.document, Thing.labels).where(Thing.named == "thing 7")
    assert (await session.execute(query)).one() == ({}, ["a", "b,c", 'd"'])
    assert await session.scalar(select(func.count()).select_from(Thing)) == 15


async def test_what_the_rows_refer_to_may_be_pending():
    async with session_scope() as session:
        author = Author(id=uuid4(), name="A")
        session.add(author)
        await copy_rows(session, Book, [{"title": "T", "author_id": author.id}])
        await session.rollback()
    async with session_scope() as session:
        assert not await session.scalar(select(func.count()).select_from(Book))
        assert not await session.scalar(select(func.count()).select_from(Author))
    await dispose_engine()


async def test_nothing_of_a_failed_load_stays():
    async def load():
        async with session_scope() as session:
            session.add(Author(name="A"))
            await copy_rows(session, Book, [{"title": "T", "author_id": uuid4()}])

    with pytest.raises(Exception, match="foreign key"):
        await load()
    async with session_scope() as session:
        assert not await session.scalar(select(func.count()).select_from(Author))
    await dispose_engine()


class Vector(UserDefinedType):
    """As pgvector has it: a list is written as its text."""

    cache_ok = True

    def get_col_spec(self, **_):
        return "VECTOR(2)"

    def bind_processor(self, dialect):
        return lambda value: value and str(value)


class Ltree(UserDefinedType):
    cache_ok = True

    def get_col_spec(self, **_):
        return "LTREE"


class Lower(TypeDecorator):
    impl = CITEXT
    cache_ok = True


class Document(Base):
    __tablename__ = "documents"

    id: Mapped[int] = mapped_column(primary_key=True)
    words: Mapped[str | None] = mapped_column(TSVECTOR)
    price: Mapped[str] = mapped_column(MONEY)


EXTENSIONS = {
    "citext": (CITEXT, "Ada", "Ada"),
    "hstore": (HSTORE, {"a": "1", "b": None}, '"a"=>"1", "b"=>NULL'),
    "ltree": (Ltree, "top.sub", "top.sub"),
    "vector": (Vector, [1.5, 2.0], "[1.5,2]"),
    "lower": (Lower, "Ada", "Ada"),
}


async def test_types_that_copy_has_no_form_for(session):
    rows = [
        {"id": 1, "words": "'a':1 'b':2", "price": "$1.50"},
        {"id": 2, "words": None, "price": "2"},
    ]

    await copy_rows(session, Document, rows)
    rows[1]["words"] = "c"
    await upsert_rows(session, Document, rows, conflict=["id"], update=["words"])

    found = await session.execute(select(Document.words, Document.price).order_by(Document.id))
    assert [tuple(row) for row in found] == [("'a':1 'b':2", "$1.50"), ("'c'", "$2.00")]


@pytest.mark.parametrize("name", EXTENSIONS)
async def test_types_of_extensions(name, session):
    extension = "citext" if name == "lower" else name
    available = "SELECT count(*) FROM pg_available_extensions WHERE name = :name"
    if not await session.scalar(text(available), {"name": extension}):
        pytest.skip("the server does not have it")
    await session.execute(text(f"CREATE EXTENSION {extension}"))
    type_, value, shown = EXTENSIONS[name]

    class Extended(DeclarativeBase):
        pass

    class Row(Extended):
        __tablename__ = "extended"
        id: Mapped[int] = mapped_column(primary_key=True)
        value: Mapped[Any] = mapped_column(type_(), nullable=True)
        values: Mapped[Any] = mapped_column(type_())

    await (await session.connection()).run_sync(Extended.metadata.create_all)

    await copy_rows(session, Row, [{"id": 1, "value": value, "values": value}])
    await upsert_rows(
        session, Row, [{"id": 1, "value": None, "values": value}], conflict=["id"], update=["value"]
    )

    query = text('SELECT value::text, "values"::text FROM extended')
    assert (await session.execute(query)).one() == (None, shown)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("weight", "heavy"),
        ("price", "dear"),
        ("day", "2026-02-28"),
        ("moment", 5),
        ("counted", 2**40),
        ("counted", "many"),
        ("named", 5),
        ("named", "\ud800"),
        ("data", "text"),
        ("labels", 5),
        ("keys", ["no key"]),
    ],
)
async def test_a_value_that_the_driver_refuses_is_refused_as_in_an_insert(session, column, value):
    with pytest.raises(asyncpg.DataError) as caught:
        await copy_rows(session, Thing, [thing(1) | {column: value}])

    assert caught.value.sqlstate == "22000"
    assert str(value) not in str(caught.value)


async def test_the_schema_is_translated():
    async with session_scope() as session:
        options = {"schema_translate_map": {None: "tenant"}}
        await session.connection(execution_options=options)
        for statement in ("SCHEMA tenant", "TABLE tenant.authors (LIKE authors INCLUDING ALL)"):
            await session.execute(text(f"CREATE {statement}"))
        key = uuid4()

        await copy_rows(session, Author, [{"id": key, "name": "A"}])
        await upsert_rows(
            session, Author, [{"id": key, "name": "B"}], conflict=["id"], update=["name"]
        )

        assert list(await session.scalars(text("SELECT name FROM tenant.authors"))) == ["B"]
        assert not await session.scalar(text("SELECT count(*) FROM public.authors"))
        await session.rollback()
    await dispose_engine()


async def test_no_rows_are_no_work():
    async with session_scope() as session:
        await copy_rows(session, Author, [])
        await upsert_rows(session, Author, [], conflict=["id"])
    await dispose_engine()
