"""Run in an adopted project: bulk loads of each type, in the session's transaction."""

import enum
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID, uuid4

import pytest
from app.database import dispose_engine, session_scope
from app.database_bulk import copy_rows, upsert_rows
from app.models import Author, Book
from sqlalchemy import (
    ARRAY,
    JSON,
    DateTime,
    Enum,
    MetaData,
    Numeric,
    String,
    Uuid,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

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


async def test_no_rows_are_no_work():
    async with session_scope() as session:
        await copy_rows(session, Author, [])
        await upsert_rows(session, Author, [], conflict=["id"])
    await dispose_engine()
