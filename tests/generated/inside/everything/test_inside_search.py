"""Run in an adopted project: vectors and words are found by the ORM, hot reads and COPY alike."""

import pytest
from app.database import session_scope
from app.database_kit.bulk import copy_rows, upsert_rows
from app.database_kit.hot_reads import HotRead
from app.database_kit.search import matches, rank
from app.database_kit.vectors import cosine_distance, use_iterative_scans
from app.models import Article
from sqlalchemy import bindparam, delete, select, text

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("migrated_database")]

ROWS = [
    {"title": "A fox", "body": "It runs", "embedding": [1.0, 0.0, 0.0]},
    {"title": "A hen", "body": "It runs from a fox, a fox, a fox", "embedding": [0.0, 1.0, 0.0]},
    {"title": "Running", "body": None, "embedding": None},
]


@pytest.fixture(autouse=True)
async def rows():
    async with session_scope() as session:
        await copy_rows(session, Article, ROWS)
    yield
    async with session_scope() as session:
        await session.execute(delete(Article))


async def test_what_copy_has_written():
    async with session_scope() as session:
        found = await session.scalars(select(Article).order_by(Article.title))

    assert [(one.title, one.embedding) for one in found] == [
        (row["title"], row["embedding"]) for row in ROWS
    ]


async def test_the_first_fields_count_most():
    async with session_scope() as session:
        query = select(Article.title).where(matches(Article.search_vector, "foxes"))
        found = await session.scalars(query.order_by(rank(Article.search_vector, "foxes").desc()))

        assert found.all() == ["A fox", "A hen"]


async def test_an_upsert_and_a_change_are_found():
    async with session_scope() as session:
        row = {"title": "An owl", "body": "", "embedding": [0.0, 0.0, 1.0]}
        await upsert_rows(session, Article, [row], conflict=["id"])
        fox = await session.scalar(select(Article).where(Article.title == "A fox"))
        fox.title = "A wolf"
        fox.embedding = [0.0, 0.5, 0.5]
        await session.flush()
        words = select(Article.title).where(matches(Article.search_vector, "wolf or owl"))
        distance = cosine_distance(Article.embedding, [0.0, 0.0, 1.0])
        nearest = select(Article.title).where(distance < 1).order_by(distance)

        assert {*await session.scalars(words)} == {"An owl", "A wolf"}
        assert (await session.scalars(nearest)).all() == ["An owl", "A wolf"]
        await session.rollback()


async def test_hot_reads():
    distance = cosine_distance(Article.embedding, bindparam("embedding"))
    columns = select(Article.title, distance.label("distance"))
    nearest = HotRead(columns.where(Article.embedding.is_not(None)).order_by(distance).limit(5))
    words = matches(Article.search_vector, bindparam("words"))
    found = HotRead(select(Article.title).where(words).order_by(Article.title))

    assert await nearest.fetch(embedding=[0.0, 2.0, 0.0]) == [
        {"title": "A hen", "distance": 0.0},
        {"title": "A fox", "distance": 1.0},
    ]
    assert [row["title"] for row in await found.fetch(words="run -hen")] == ["A fox", "Running"]
    assert await found.fetch_json(words='"a hen"') == '[{"title":"A hen"}]'


async def test_iterative_scans_find_as_many_rows_as_asked_for():
    many = [{"title": f"{n}", "body": "", "embedding": [1.0, float(n), 1.0]} for n in range(300)]
    distance = cosine_distance(Article.embedding, [1.0, 0.0, 1.0])
    query = select(Article.id).where(Article.title != "0").order_by(distance).limit(100)
    async with session_scope() as session:
        await copy_rows(session, Article, many)
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        few = (await session.scalars(query)).all()
        await use_iterative_scans(session)
        enough = (await session.scalars(query)).all()
        await session.rollback()

    assert len(few) < 41
    assert len(enough) == 100
