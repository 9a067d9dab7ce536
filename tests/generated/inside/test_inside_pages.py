"""Run in an adopted project: pages of any order are the slices that OFFSET makes."""

import random

import pytest
from app.database import dispose_engine, session_scope
from app.database_kit.pages import CursorError, count_rows, page
from app.models.base import Base
from sqlalchemy import Integer, MetaData, Numeric, String, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]

CASES = 40


class Paged(Base):
    """Few values, so that ties and NULLs are everywhere."""

    __tablename__ = "paged"
    metadata = MetaData()

    word: Mapped[str | None]
    number: Mapped[int]
    amount: Mapped[float | None] = mapped_column(Numeric(6, 2))
    flag: Mapped[bool | None]
    code: Mapped[str | None] = mapped_column(String(2))


COLUMNS = [
    Paged.word,
    Paged.number,
    Paged.amount,
    Paged.flag,
    Paged.created_at,
    func.length(Paged.word, type_=Integer),
    Paged.amount / 7,
    Paged.code + Paged.word,
]


@pytest.fixture(scope="module")
def draw():
    return random.Random(7)


@pytest.fixture(autouse=True)
async def rows(draw):
    async with session_scope() as session:
        connection = await session.connection()
        await connection.run_sync(Paged.metadata.create_all)
        for _ in range(30):
            session.add(
                Paged(
                    word=draw.choice([None, "", "a", "B", "ä", "it's"]),
                    number=draw.choice([-1, 0, 1]),
                    amount=draw.choice([None, 0, 1.5, -2.25]),
                    flag=draw.choice([None, True, False]),
                    code=draw.choice([None, "x", "xy"]),
                )
            )
    yield
    async with session_scope() as session:
        await session.execute(text("DROP TABLE paged"))
    await dispose_engine()


def any_order(draw):
    order = []
    for column in draw.sample(COLUMNS, draw.randint(0, 4)):
        expression = draw.choice([column, column.asc(), column.desc()])
        nulls = draw.choice(["", "nulls_first", "nulls_last"])
        order.append(getattr(expression, nulls)() if nulls else expression)
    return order


async def test_pages_are_what_offset_makes(draw):
    async with session_scope() as session:
        for _ in range(CASES):
            order, limit = any_order(draw), draw.randint(1, 11)
            query = select(Paged).where(Paged.number >= draw.choice([-1, 0]))
            expected = list(await session.scalars(query.order_by(*order, Paged.id)))
            pages = [await page(session, query, order, limit=limit)]
            while pages[-1].next:
                pages.append(await page(session, query, order, limit=limit, cursor=pages[-1].next))
            back = [pages[-1]]
            while back[0].previous:
                back.insert(
                    0, await page(session, query, order, limit=limit, cursor=back[0].previous)
                )

            shown = [str(each) for each in order]
            assert [row for each in pages for row in each.items] == expected, shown
            assert [row for each in back for row in each.items] == expected, shown
            assert all(len(each.items) == limit for each in pages[:-1])
            assert await count_rows(session, query) == len(expected)
            assert pages[0].previous is None
            assert pages[-1].next is None


async def test_rows_are_compared_where_an_index_can_serve():
    statements = []
    async with session_scope() as session:
        first = await page(session, select(Paged), [Paged.number], limit=3)
        connection = await session.connection()
        execute = session.execute

        async def spy(statement, *args):
            statements.append(str(statement))
            return await execute(statement, *args)

        session.execute = spy
        await page(session, select(Paged), [Paged.number], limit=3, cursor=first.next)
    assert connection
    assert "WHERE (paged.number, paged.id) > (" in statements[0]


@pytest.mark.parametrize("cursor", ["", "AAAA", "ä", "x" * 50])
async def test_what_is_no_cursor(cursor):
    async with session_scope() as session:
        with pytest.raises(CursorError):
            await page(session, select(Paged), [Paged.number], cursor=cursor)


async def test_a_cursor_of_another_order():
    async with session_scope() as session:
        first = await page(session, select(Paged), [Paged.number], limit=3)
        with pytest.raises(CursorError):
            await page(session, select(Paged), [Paged.number.desc()], cursor=first.next)
