"""Run in an adopted project: hot statements return what a session would, or are refused."""

import enum
import pickle
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from app.database import dispose_engine, session_scope
from app.database_kit.hot_reads import HotRead
from app.database_kit.hot_writes import HotWrite
from app.models import Author, Book, Genre
from pydantic import BaseModel
from sqlalchemy import (
    ARRAY,
    JSON,
    Enum,
    Float,
    ForeignKey,
    Integer,
    Interval,
    LargeBinary,
    Numeric,
    String,
    TypeDecorator,
    bindparam,
    delete,
    insert,
    inspect,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import CIDR, INET, INT4RANGE, JSONB, TSTZRANGE, Range
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import InvalidRequestError
from sqlalchemy.ext.mutable import MutableDict
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    aliased,
    deferred,
    mapped_column,
    relationship,
    selectinload,
)
from sqlalchemy.orm.exc import DetachedInstanceError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]


class Own(DeclarativeBase):
    """Models of these tests alone."""


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


class Everything(Own):
    __tablename__ = "hot_everything"

    id: Mapped[int] = mapped_column(primary_key=True)
    word = mapped_column("a word", Reversed)
    mood = mapped_column(Enum(Mood, name="hot_mood"))
    moods = mapped_column(ARRAY(Enum(Mood, name="hot_mood")))
    text_mood = mapped_column(Enum(Mood, native_enum=False))
    document = mapped_column(JSONB)
    mutable = mapped_column(MutableDict.as_mutable(JSON))
    price = mapped_column(Numeric(12, 2))
    rate = mapped_column(Numeric(asdecimal=False))
    exact = mapped_column(Float(asdecimal=True))
    ratio = mapped_column(Float)
    numbers = mapped_column(ARRAY(Numeric))
    grid = mapped_column(ARRAY(Integer, dimensions=2))
    span = mapped_column(INT4RANGE)
    period = mapped_column(TSTZRANGE)
    delay = mapped_column(Interval)
    raw = mapped_column(LargeBinary)
    address = mapped_column(INET)
    network = mapped_column(CIDR)
    large = deferred(mapped_column(String, nullable=True))


class Node(Own):
    __tablename__ = "hot_nodes"

    tenant: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    parent_id: Mapped[int | None]
    children: Mapped[list["Node"]] = relationship(
        back_populates="parent",
        order_by="Node.id.desc()",
        primaryjoin="and_(Node.tenant == remote(Node.tenant), "
        "Node.id == remote(foreign(Node.parent_id)))",
    )
    parent: Mapped["Node | None"] = relationship(
        back_populates="children",
        primaryjoin="and_(remote(Node.tenant) == Node.tenant, "
        "remote(Node.id) == foreign(Node.parent_id))",
    )


class Shape(Own):
    __tablename__ = "hot_shapes"
    __mapper_args__: ClassVar = {"polymorphic_on": "kind", "polymorphic_identity": "shape"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]


class Circle(Shape):
    __tablename__ = "hot_circles"
    __mapper_args__: ClassVar = {"polymorphic_identity": "circle"}

    id: Mapped[int] = mapped_column(ForeignKey("hot_shapes.id"), primary_key=True)


VALUES = {
    "word": "abc", "mood": Mood.GOOD, "moods": [Mood.BAD, None], "text_mood": Mood.BAD,
    "document": {"a": [1, None]}, "mutable": {"b": 2}, "price": Decimal("1.10"), "rate": 0.5,
    "exact": Decimal("0.25"), "ratio": 0.5, "numbers": [Decimal("1.5")], "grid": [[1, 2], [3, 4]],
    "span": Range(1, 5), "period": Range(datetime(2026, 1, 1, tzinfo=UTC), None),
    "delay": timedelta(days=40), "raw": b"\x00", "address": "::1", "network": "10.0.0.0/8",
    "large": "large",
}  # fmt: skip


@pytest.fixture
async def own():
    async with session_scope() as session:
        await session.run_sync(lambda sync: Own.metadata.create_all(sync.connection()))
    # Connections know the types by now.
    await dispose_engine()
    yield
    async with session_scope() as session:
        await session.run_sync(lambda sync: Own.metadata.drop_all(sync.connection()))
    await dispose_engine()


@pytest.fixture
async def library():
    """Authors with books with genres."""
    genres = [Genre(name=f"genre {n}") for n in range(4)]
    async with session_scope() as session:
        for n in range(5):
            books = [Book(title=f"{n}.{m}", genres=genres[m % 3 : m % 3 + n % 3]) for m in range(n)]
            session.add(Author(name=f"author {n}", books=books))
    yield
    async with session_scope() as session:
        for table in ("authors", "genres"):
            await session.execute(text(f"TRUNCATE {table} CASCADE"))
    await dispose_engine()


def plain(instance, seen=()):
    """All that is loaded of an instance, and of those that it refers to."""
    if isinstance(instance, list):
        return sorted((plain(each, seen) for each in instance), key=repr)
    state = inspect(instance, raiseerr=False)
    if state is None or not hasattr(state, "mapper") or instance in seen:
        return getattr(instance, "id", instance) if instance in seen else instance
    loaded = {k: v for k, v in vars(instance).items() if k != "_sa_instance_state"}
    return {key: plain(loaded[key], (*seen, instance)) for key in sorted(loaded)}


async def test_each_type_is_what_a_session_reads(own):
    async with session_scope() as session:
        session.add_all([Everything(id=1, **VALUES), Everything(id=2)])
    async with session_scope() as session:
        query = select(Everything).order_by(Everything.id)
        expected = (await session.scalars(query)).all()
        columns = select(*Everything.__table__.c).order_by(Everything.id)
        rows = (await session.execute(columns)).mappings().all()

    found = await HotRead(query, into=Everything).fetch()
    assert [plain(each) for each in found] == [plain(each) for each in expected]
    for ours, theirs in zip(found, expected, strict=True):
        for key, value in vars(theirs).items():
            assert type(vars(ours)[key]) is type(value), key
    assert await HotRead(columns).fetch() == [dict(row) for row in rows]
    [written] = await HotWrite(insert(Everything).returning(Everything), into=Everything).fetch(
        id=3, **{("a word" if k == "word" else k): v for k, v in VALUES.items()}
    )
    assert {**plain(written), "id": 1} == {**plain(expected[0]), "large": "large"}
    # A change within a mutable value is noticed.
    found[0].mutable["c"] = 3
    assert inspect(found[0]).modified
    with pytest.raises(DetachedInstanceError):
        _ = found[0].large


async def test_relationships_are_what_selectinload_loads(library):
    query = select(Author).order_by(Author.name)
    async with session_scope() as session:
        options = selectinload(Author.books).selectinload(Book.genres)
        expected = (await session.scalars(query.options(options))).all()

    found = await HotRead(query, Author.books, Book.genres, into=Author).fetch()

    assert [plain(each) for each in found] == [plain(each) for each in expected]
    books = await HotRead(select(Book), Book.author, into=Book).fetch()
    assert len({id(book.author) for book in books}) == 4
    assert all(book.author.id == book.author_id for book in books)
    with pytest.raises(InvalidRequestError, match="raise"):
        _ = books[0].genres


async def test_a_tree_with_keys_of_two_columns(own):
    async with session_scope() as session:
        session.add_all(
            Node(tenant=t, id=n, parent_id=(n - 1) // 3 or None)
            for t in (1, 2)
            for n in range(1, 30)
        )
    query = select(Node).where(Node.parent_id.is_(None)).order_by(Node.tenant, Node.id)
    async with session_scope() as session:
        options = selectinload(Node.children).selectinload(Node.children)
        expected = (await session.scalars(query.options(options))).unique().all()

    found = await HotRead(query, Node.children, Node.children, into=Node).fetch()

    def tree(node, depth=2):
        below = [tree(child, depth - 1) for child in node.children] if depth else []
        return node.tenant, node.id, below

    assert [tree(node) for node in found] == [tree(node) for node in expected]
    leaf = select(Node).where(Node.id == bindparam("id"), Node.tenant == 1)
    node = await HotRead(leaf, Node.parent, Node.parent, into=Node).fetch_one(id=29)
    assert (node.parent.id, node.parent.parent.id) == (9, 2)


async def test_what_has_been_in_no_session_can_come_into_one(library):
    read = HotRead(select(Author).where(Author.name == bindparam("name")), into=Author)
    author = await read.fetch_one(name="author 1")
    assert inspect(author).detached
    assert not inspect(author).modified
    with pytest.raises(InvalidRequestError, match="raise"):
        _ = author.books

    async with session_scope() as session:
        session.add(author)
        author.name = "attached"
    copied = await read.fetch_one(name="attached")
    copied.name = "merged"
    async with session_scope() as session:
        here = await session.get_one(Author, copied.id)
        with pytest.raises(InvalidRequestError, match="already present"):
            session.add(copied)
        assert await session.merge(copied) is here
    assert await read.fetch_one(name="merged")


async def test_a_state_comes_when_it_is_asked_for(library):
    query = select(Author).order_by(Author.name)
    author = await HotRead(query, into=Author).fetch_one()
    copied = pickle.loads(pickle.dumps(author))
    assert (copied.id, copied.name) == (author.id, author.name)
    assert not any("_sa_instance_state" in vars(one) for one in (author, copied))
    assert inspect(copied).detached

    # Instances that are not loaded have one from the start, and the class none.
    new = Author(id=author.id, name="new")
    assert "_sa_instance_state" in vars(new)
    assert inspect(new).transient
    assert not hasattr(Author, "_sa_instance_state")
    async with session_scope() as session:
        assert await session.merge(new) is await session.get(Author, author.id)
    author.name = "newer"
    assert inspect(author).attrs.name.history.deleted == ["author 0"]
    async with session_scope() as session:
        session.add(author)
    async with session_scope() as session:
        assert (await session.get_one(Author, author.id)).name == "newer"


@dataclass
class Named:
    id: UUID
    name: str


class NamedOut(BaseModel):
    id: UUID
    name: str


async def test_rows_become_what_the_caller_says(library):
    query = select(Author.id, Author.name).order_by(Author.name).limit(bindparam("limit"))
    rows = await HotRead(query).fetch(limit=2)

    assert await HotRead(query, into=Named).fetch(limit=2) == [Named(**row) for row in rows]
    assert await HotRead(query, into=NamedOut).fetch_one(limit=1) == NamedOut(**rows[0])
    alias = aliased(Author)
    last = HotRead(select(alias).order_by(alias.name.desc()), into=Author)
    assert (await last.fetch_one()).name == "author 4"
    assert '"author 4"' in await last.fetch_json()
    twice = HotRead(select(Author).join(Author.books).where(Author.name == "author 2"), into=Author)
    first, second = await twice.fetch()
    assert first is second


LOADED = select(Author).options(selectinload(Author.books))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: HotRead(select(Author, Book), into=Author), "selects it"),
        (lambda: HotRead(select(Author.id), into=Author), "selects it"),
        (lambda: HotRead(select(Book), into=Author), "selects it"),
        (lambda: HotRead(select(Author.id), Author.books, into=dict), "mapped class"),
        (lambda: HotRead(LOADED, into=Author), "options"),
        (lambda: HotRead(select(Shape), into=Shape), "polymorphic"),
        (lambda: HotRead(select(Author), Author.name, into=Author), "no|not a relationship"),
        (lambda: HotWrite(select(Author)), "one INSERT"),
        (lambda: HotWrite(text("DELETE FROM a; DELETE FROM b")), "one INSERT"),
        (lambda: HotWrite(insert(Circle)), "several statements"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises((TypeError, ValueError), match=message):
        make()


async def test_writes_are_committed_when_they_return(library):
    add = HotWrite(insert(Genre).returning(Genre.id, Genre.name), into=Named)
    rename = HotWrite(
        update(Genre).where(Genre.id == bindparam("key")).values(name=bindparam("new_name"))
    )
    new = upsert(Genre).values(name=bindparam("genre"), description=bindparam("about"))
    save = HotWrite(
        new.on_conflict_do_update(
            index_elements=[Genre.name], set_={"description": new.excluded.description}
        ).returning(Genre),
        into=Genre,
    )
    remove = HotWrite(delete(Genre).where(Genre.name.startswith(bindparam("start"))))

    added = await add.fetch_one(name="added")
    assert isinstance(added, Named)
    assert await rename.execute(key=added.id, new_name="renamed") == 1
    assert await rename.execute(key=uuid4(), new_name="nothing") == 0
    saved = await save.fetch_one(genre="renamed", about="said")
    assert (saved.id, saved.description) == (added.id, "said")
    async with session_scope() as session:
        kept = await session.scalar(select(Genre).where(Genre.name == "renamed"))
        assert plain(kept) == plain(saved)
    with pytest.raises(Exception, match="unique"):
        await add.fetch(name="renamed")
    with pytest.raises(TypeError, match="other"):
        await add.fetch(name="x", other=1)
    assert await remove.execute(start="genre") == 3
    assert await HotRead(select(Genre.name)).fetch() == [{"name": "renamed"}]
