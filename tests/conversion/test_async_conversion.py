"""Which functions of a sync layer become async, what is written, and why others stay."""

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from extensions.conversion.modules import UnprovenError
from tests.support.converted import DATABASE, HEAD, SCHEMAS, body, converted, reasons


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("db.query(Author).all()", "list(await db.scalars(select(Author)))"),
        (
            "db.query(Author).filter(Author.id == 1).first()",
            "(await db.scalars(select(Author).filter(Author.id == 1).limit(1))).first()",
        ),
        (
            "db.query(Author).join(Book).filter_by(title='x').one()",
            (
                "(\n        (\n"
                "            await db.scalars(select(Author).join(Book).filter_by(title='x'))\n"
                "        )\n        .unique()\n        .one()\n    )"
            ),
        ),
        ("db.query(Author).get(1)", "await db.get(Author, 1)"),
        ("db.query(Author).get(1).name", "(await db.get(Author, 1)).name"),
        (
            "db.query(Author.name, Author.id).all()",
            "list(await db.execute(select(Author.name, Author.id)))",
        ),
        ("db.query(func.max(Author.id)).scalar()", "await db.scalar(select(func.max(Author.id)))"),
        (
            "db.query(Author.id).scalar()",
            "(await db.execute(select(Author.id))).scalar_one_or_none()",
        ),
        (
            "db.query(Book).count()",
            (
                "(\n        await db.execute("
                "select(func.count()).select_from(select(Book).subquery()))\n"
                "    ).scalar_one()"
            ),
        ),
        (
            "db.query(Book).with_entities(func.max(Book.id)).scalar()",
            "await db.scalar(select(Book).with_only_columns(func.max(Book.id)))",
        ),
        (
            "db.query(Book).filter(Book.id > 1).delete()",
            "(await db.execute(delete(Book).filter(Book.id > 1))).rowcount",
        ),
        (
            "db.query(Book).filter(Book.id == 1).update({'title': 'x'})",
            (
                "(\n        await db.execute("
                "update(Book).filter(Book.id == 1).values({'title': 'x'}))\n"
                "    ).rowcount"
            ),
        ),
        (
            "[book.id for book in db.query(Book).limit(3)]",
            "[book.id for book in await db.scalars(select(Book).limit(3))]",
        ),
        ("db.scalars(text('x')).all()", "(await db.scalars(text('x'))).all()"),
        ("db.scalar(text('x')) + 1", "await db.scalar(text('x')) + 1"),
        ("-db.scalar(text('x')) ** 2", "-(await db.scalar(text('x'))) ** 2"),
        (
            "db.get(Author, db.scalar(text('x')))",
            "await db.get(Author, await db.scalar(text('x')))",
        ),
    ],
)
def test_expressions(tmp_path: Path, before: str, after: str) -> None:
    conversion = converted(
        tmp_path,
        f"""
        @router.get("/x", response_model=None)
        def route(db: Session = Depends(get_db)):
            return {before}
        """,
    )

    assert reasons(conversion) == {}
    assert body(conversion) == (
        "async def route(db: AsyncSession = Depends(get_async_db)):\n    return " + after
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "found = query.filter(Book.id > 1)\n    return found.count()",
            (
                "found = query.filter(Book.id > 1)\n    return (await db.execute("
                "select(func.count()).select_from(found.subquery()))).scalar_one()"
            ),
        ),
        (
            "if query.first():\n        query.delete(synchronize_session=False)\n    return 1",
            (
                "if (await db.scalars(query.limit(1))).first():\n        await db.execute("
                "delete(Book).where(query.whereclause)"
                ".execution_options(synchronize_session=False))\n    return 1"
            ),
        ),
        (
            "rows = query.all()\n    query.filter(Book.id > 1).delete()\n    return len(rows)",
            (
                "rows = list(await db.scalars(query))\n    await db.execute("
                "delete(Book).where(query.whereclause).filter(Book.id > 1))\n"
                "    return len(rows)"
            ),
        ),
        (
            "return query.with_entities(func.count(Book.id)).scalar()",
            (
                "return (await db.execute(query.with_only_columns(func.count(Book.id))))"
                ".scalar_one_or_none()"
            ),
        ),
        (
            "authors = db.query(Author)\n    query.delete()\n    return authors.all()",
            (
                "authors = select(Author)\n    await db.execute(query)\n"
                "    return list(await db.scalars(authors))"
            ),
        ),
    ],
)
def test_queries_in_variables(tmp_path: Path, before: str, after: str) -> None:
    conversion = converted(
        tmp_path,
        f"""
        @router.get("/x", response_model=None)
        def route(db: Session = Depends(get_db)):
            query = db.query(Book).filter(Book.title == "x")
            {before.replace(chr(10), chr(10) + " " * 8)}
        """,
    )

    assert reasons(conversion) == {}
    assert "".join(after.split()) in "".join(body(conversion).split())


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "query = db.query(Book)\n    if query.first():\n        query.delete()",
            "query is more than a filter",
        ),
        (
            (
                "query = db.query(Book).limit(3)\n    some = query.filter(Book.id > 1)\n"
                "    some.delete()"
            ),
            "some is more than a filter",
        ),
        (
            (
                "query = db.query(Book).options(joinedload(Book.author))\n"
                "    query.with_entities(func.count(Book.id)).scalar()"
            ),
            "query has options for other columns",
        ),
        (
            "query = db.query(Book)\n    ids = query.with_entities(Book.id)\n    ids.all()",
            "Query.with_entities() is kept in a variable",
        ),
    ],
)
def test_queries_in_variables_that_stay(tmp_path: Path, code: str, reason: str) -> None:
    text = f'@router.get("/x")\ndef route(db: Session = Depends(get_db)) -> None:\n    {code}\n'

    assert reason in reasons(converted(tmp_path, text))["route"]


def test_the_rest_of_a_file_keeps_every_byte(tmp_path: Path) -> None:
    code = """
        OTHER = {'a' : 1,   "b":2}  # odd


        @router.get( "/x" )
        def route(db: Session = Depends(get_db)):   # why
            # Before.
            name  =  "é"; found = db.query(Author).filter(Author.name==name).first()
            return {"found": found is not None,}


        def untouched( ):
            return ( 1 )
    """

    conversion = converted(tmp_path, code)

    before = (tmp_path / "app/routes.py").read_text(encoding="utf-8")
    expected = (
        before.replace(
            "def route(db: Session = Depends(get_db))",
            "async def route(db: AsyncSession = Depends(get_async_db))",
        )
        .replace(
            "db.query(Author).filter(Author.name==name).first()",
            "(\n        await db.scalars(select(Author).filter(Author.name==name).limit(1))\n"
            "    ).first()",
        )
        .replace(
            "import func, text",
            "import func, select, text\nfrom sqlalchemy.ext.asyncio import AsyncSession",
        )
        .replace("import Session, joinedload", "import joinedload")
        .replace("import SessionLocal, get_db", "import SessionLocal")
        .replace("from app.db", "from app.async_sessions import get_async_db\nfrom app.db")
    )  # fmt: skip
    assert conversion.files == {"app/routes.py": expected}


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (
            "return [book.title for book in max([db.get(Author, 1)], key=id).books]",
            "add .options(selectinload(…books)) to the query that loads its object",
        ),
        ("author = db.get(Author, 1)\n    return author.titles", "author.titles may load lazily"),
        (
            "return AuthorWithBooks.model_validate(max([db.get(Author, 1)], key=id))",
            (
                "AuthorWithBooks reads books, which loads lazily: add "
                ".options(selectinload(Author.books)) to the query"
            ),
        ),
        (
            "return db.query(Author).with_entities(Author.id, Author.name).all()",
            "Query.with_entities() has more than a column",
        ),
        ("return paginate(db.query(Author))", "the query itself is handed on"),
        ("return paginate(db)", "the session is handed to paginate"),
        (
            "return list(map(lambda name: db.scalar(func.lower(name)), ['x']))",
            "an inner function has the session",
        ),
        (
            "return f'{db.query(Author).count()} authors'",
            "an f-string has the session",
        ),
        (
            "author = db.get(Author, 1)\n    db.rollback()\n    return author.name",
            "a rollback has author loaded again where it is read afterwards",
        ),
        (
            (
                "author = db.get(Author, 1)\n    db.rollback() if author else db.commit()\n"
                "    return author.name"
            ),
            "a rollback has author loaded again where it is read afterwards",
        ),
        ("db.expire_all()", "Session.expire_all() has no counterpart"),
        (
            (
                "with SessionLocal(autoflush=True) as other:\n        other.get(Author, 1)\n"
                "    db.get(Author, 1)"
            ),
            "it opens a session of its own",
        ),
        ("asyncio.run(run())\n    db.get(Author, 1)", "runs an event loop of its own"),
        (
            "db.execute(text('SELECT :x'), {'x': 1})",
            "asyncpg has PostgreSQL infer the types of text()'s parameters",
        ),
        ("db.execute(text('SELECT 1; SELECT 2'))", "asyncpg runs one statement at a time"),
        # The driver would refuse these, or store another value.
        (
            "caller = Caller(id='5')\n    return db.query(Author).get(caller.id).name",
            "the key of Author: the value is a str, the column's type int",
        ),
        (
            "db.query(Author).filter(Author.id == '5').all()",
            "Author.id: the value is a str, the column's type int",
        ),
        (
            "caller = Caller(id='5')\n    db.query(Author).filter(Author.id == caller.id).all()",
            "Author.id: the value is a str, the column's type int",
        ),
        (
            "db.add(Author(name=5))\n    db.commit()",
            "Author.name: the value is a int, the column's type str",
        ),
        (
            "db.add(Author(seen_at=datetime.utcnow()))\n    db.commit()",
            "Author.seen_at: a datetime without time zone shifts in a column with one",
        ),
        (
            "db.add(Author(born_at=datetime.now(UTC)))\n    db.commit()",
            "Author.born_at: a datetime with time zone is refused by a column without",
        ),
        (
            (
                "since = datetime.utcnow() - timedelta(days=1)\n"
                "    db.query(Author).filter(Author.seen_at > since).all()"
            ),
            "Author.seen_at: a datetime without time zone shifts",
        ),
        (
            "new = NewAuthor(name='x')\n    db.add(Author(**new.model_dump()))\n    db.commit()",
            "Author.seen_at: a datetime without time zone shifts",
        ),
        (
            "new = Priced(fee=1.1)\n    db.add(Author(fee=new.fee))\n    db.commit()",
            "Author.fee: the value is a float, the column's type Decimal",
        ),
        (
            "db.add(Visit())\n    db.commit()",
            "the default of Visit.at: a datetime with time zone is refused",
        ),
        (
            (
                "for book in db.query(Book):\n        book.title = 'x'\n    db.commit()\n"
                "    return book.changed_at"
            ),
            "the server may compute what is read of book after this commit: add db.refresh(book)",
        ),
    ],
)
def test_obstacles(tmp_path: Path, code: str, reason: str) -> None:
    conversion = converted(
        tmp_path,
        '@router.get("/x", response_model=None)\n'
        f"def route(db: Session = Depends(get_db)):\n    {code}\n",
    )

    assert reason in reasons(conversion)["route"]
    assert reasons(conversion)["route"].startswith("app/routes.py, line ")
    assert conversion.files == {}


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        (
            (
                '@router.get("/x", response_model=AuthorWithBooks)\n'
                "def route(db: Session = Depends(get_db)):\n    return {1: db.get(Author, 1)}[1]\n"
            ),
            "route",
            "AuthorWithBooks reads books",
        ),
        (
            (
                '@router.get("/x")\n@cached\ndef route(db: Session = Depends(get_db)):\n'
                "    return db.get(Author, 1)\n"
            ),
            "route",
            "@cached may not take an async function",
        ),
        (
            (
                '@router.get("/x")\n'
                "def route(tasks: BackgroundTasks, db: Session = Depends(get_db)):\n"
                "    tasks.add_task(work, db)\n\n\ndef work(db: Session):\n    db.commit()\n"
            ),
            "work",
            "work is used as a value",
        ),
        (
            (
                "def work(db: Session):\n    db.commit()\n\n\n"
                "with SessionLocal() as db:\n    work(db)\n"
            ),
            "work",
            "it is called when a module is imported",
        ),
    ],
)
def test_obstacles_around_a_function(tmp_path: Path, code: str, name: str, reason: str) -> None:
    assert reason in reasons(converted(tmp_path, code))[name]


def test_a_query_is_not_taken_out_of_run_sync(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        def base(db: Session):
            query = db.query(Author).filter(Author.id > 0)
            return query


        @router.get("/first")
        def first(db: Session = Depends(get_db)):
            return base(db).first().name
        """,
    )

    assert "the query itself is handed on" in reasons(conversion)["first"]
    assert conversion.files == {}


def test_no_object_takes_its_session_out_of_run_sync(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        class Authors:
            def __init__(self, db: Session):
                self.db = db

            @property
            def newest(self):
                return self.db.query(Author).first()


        def authors(db: Session = Depends(get_db)) -> Authors:
            return Authors(db)


        @router.get("/newest")
        def newest(found: Authors = Depends(authors)):
            return found.newest.name


        @router.get("/x")
        def other(db: Session = Depends(get_db)):
            return db.get(Author, 1)
        """,
    )

    assert "def authors(db: Session" in conversion.files["app/routes.py"]
    assert "async_authors" not in conversion.files["app/routes.py"]


def test_an_async_route_may_wait_for_something_else(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @router.get("/x")
        async def route(db: Session = Depends(get_db)):
            await asyncio.sleep(0)
            return db.get(Author, 1)
        """,
    )

    assert "    return await db.get(Author, 1)" in conversion.files["app/routes.py"]


WITH_ALIASES = """
from typing import Annotated

from sqlalchemy.ext.asyncio import AsyncSession

from app.async_sessions import get_async_db

SessionDep = Annotated[Session, Depends(get_db)]
AsyncSessionDep = Annotated[{session}, Depends(get_async_db)]


@router.get("/stays")
def stays(db: SessionDep):
    db.expire_all()


@router.get("/x")
def route(db: SessionDep):
    return db.get(Author, 1)
"""
ASYNC_SESSIONS = {
    "app/async_sessions.py": """
    from sqlalchemy.ext.asyncio import AsyncSession


    async def get_async_db():
        async with AsyncSession() as session:
            yield session
    """
}


def test_an_alias_of_an_earlier_conversion_serves_again(tmp_path: Path) -> None:
    code = WITH_ALIASES.format(session="AsyncSession")

    conversion = converted(tmp_path, code, ASYNC_SESSIONS)

    assert body(conversion).startswith("async def route(db: AsyncSessionDep):")
    assert conversion.files["app/routes.py"].count("AsyncSessionDep = ") == 1


def test_an_imported_alias_of_an_earlier_conversion_serves_again(tmp_path: Path) -> None:
    aliases = WITH_ALIASES[: WITH_ALIASES.index("@router")].format(session="AsyncSession")
    routes = WITH_ALIASES[WITH_ALIASES.index("@router") :]
    dependencies = f"""
from fastapi import Depends
from sqlalchemy.orm import Session

from app.db import get_db
{aliases}"""

    conversion = converted(
        tmp_path,
        f"from app.dependencies import AsyncSessionDep, SessionDep\n\n\n{routes}",
        {**ASYNC_SESSIONS, "app/dependencies.py": dependencies},
    )

    assert body(conversion).startswith("async def route(db: AsyncSessionDep):")
    assert [*conversion.files] == ["app/routes.py"]


def test_an_override_of_an_earlier_conversion_is_enough(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @router.get("/x")
        def route(db: Session = Depends(get_db)) -> None:
            db.commit()
        """,
        {
            "tests/conftest.py": """\
            from app.async_sessions import get_async_db
            from app.database_kit.async_override import async_override
            from app.db import get_db
            from app.main import app


            def fixture(override):
                app.dependency_overrides[get_db] = override
                app.dependency_overrides[get_async_db] = async_override(override)
                yield
                del app.dependency_overrides[get_db]
                del app.dependency_overrides[get_async_db]
            """,
            **ASYNC_SESSIONS,
        },
    )

    assert [*conversion.files] == ["app/routes.py"]


def test_an_alias_of_another_meaning(tmp_path: Path) -> None:
    code = WITH_ALIASES.format(session="Session")

    with pytest.raises(UnprovenError, match="AsyncSessionDep has another meaning"):
        converted(tmp_path, code, ASYNC_SESSIONS)


def test_what_is_read_before_a_rollback_does_no_harm(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @router.get("/x")
        def route(db: Session = Depends(get_db)):
            author = db.get(Author, 1)
            try:
                db.commit()
            except ValueError as error:
                db.rollback()
                raise RuntimeError(str(error)) from error
            return author.name
        """,
    )

    assert "return author.name" in conversion.files["app/routes.py"]


def test_a_route_stays_and_the_others_change(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        def load(db: Session, key: int):
            return db.query(Author).filter(Author.id == key).first()


        @router.get("/authors/{key}/books", response_model=AuthorWithBooks)
        def with_books(key: int, db: Session = Depends(get_db)):
            author, *_ = [load(db, key)]
            return author


        @router.get("/authors/{key}", response_model=AuthorOut)
        def plain(key: int, db: Session = Depends(get_db)):
            return load(db, key)


        @router.delete("/authors/{key}")
        def remove(*, key: int, db: Session = Depends(get_db)) -> None:
            db.delete(load(db, key=key))
            db.commit()
        """,
    )

    assert {*reasons(conversion)} == {"load", "with_books"}
    assert conversion.routes == (2, 3)
    # What stays sync is called in the session's greenlet.
    assert body(conversion, "plain") == dedent("""\
        async def plain(key: int, db: AsyncSession = Depends(get_async_db)):
            return await db.run_sync(load, key)""")
    assert body(conversion, "remove") == dedent("""\
        async def remove(*, key: int, db: AsyncSession = Depends(get_async_db)) -> None:
            await db.delete(await db.run_sync(load, key=key))
            await db.commit()""")


def test_an_eager_option_lets_a_route_change(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @router.get("/x", response_model=list[AuthorWithBooks])
        def route(db: Session = Depends(get_db)):
            return db.query(Author).options(selectinload(Author.books)).all()
        """,
    )

    assert body(conversion) == dedent("""\
        async def route(db: AsyncSession = Depends(get_async_db)):
            return list(
                (
                    await db.scalars(select(Author).options(selectinload(Author.books)))
                ).unique()
            )""")


def test_what_is_read_after_a_commit_is_refreshed(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @router.post("/x", response_model=AuthorOut)
        def route(db: Session = Depends(get_db)):
            author = Author(name="x")
            db.add(author)
            db.commit()
            return author
        """,
    )

    assert body(conversion).endswith(
        "    await db.commit()\n    await db.refresh(author)\n    return author"
    )


def test_what_blocks_goes_to_a_thread(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        def wait(seconds: float) -> None:
            time.sleep(seconds)


        @router.get("/x")
        def route(db: Session = Depends(get_db)) -> None:
            wait(seconds=1)
            db.commit()
        """,
    )

    assert "    await run_in_threadpool(wait, seconds=1)\n" in body(conversion)
    assert "\ndef wait(seconds: float)" in conversion.files["app/routes.py"]


def test_tests_override_both_dependencies(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @router.get("/x")
        def route(db: Session = Depends(get_db)) -> None:
            db.commit()
        """,
        {
            "tests/conftest.py": """\
            from app.db import get_db
            from app.main import app


            def fixture(session):
                app.dependency_overrides[get_db] = lambda: session
                yield
                del app.dependency_overrides[get_db]
            """
        },
    )

    override = "async_override(app.dependency_overrides[get_db])"
    assert conversion.files["tests/conftest.py"] == dedent(f"""\
        from app.async_sessions import get_async_db
        from app.database_kit.async_override import async_override
        from app.db import get_db
        from app.main import app


        def fixture(session):
            app.dependency_overrides[get_db] = lambda: session
            app.dependency_overrides[get_async_db] = {override}
            yield
            del app.dependency_overrides[get_db]
            del app.dependency_overrides[get_async_db]
        """)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {
                "app/db.py": DATABASE.replace(
                    "        yield db", "        yield db\n        db.commit()"
                )
            },
            "app/db.py, line 16: get_db does more than open a session",
        ),
        (
            {"app/db.py": DATABASE.replace("autoflush", "query_cls=Own, autoflush")},
            "app/db.py, line 5: the session has the option query_cls",
        ),
        (
            {"tests/test_x.py": ("def test(patch):\n    patch.setattr('app.db.engine', 1)\n")},
            "tests/test_x.py, line 2: tests replace engine",
        ),
        (
            {
                "tests/test_x.py": (
                    "from app.db import get_db\n\napp.dependency_overrides = {get_db: 1}\n"
                )
            },
            "tests/test_x.py, line 3: the dependency is overridden in a dictionary",
        ),
    ],
)
def test_nothing_changes_where_the_whole_is_not_proven(
    tmp_path: Path, files: Mapping[str, str], reason: str
) -> None:
    code = '@router.get("/x")\ndef route(db: Session = Depends(get_db)) -> None:\n    db.commit()\n'
    with pytest.raises(UnprovenError) as error:
        converted(tmp_path, code, {name: text.lstrip() for name, text in files.items()})

    assert str(error.value) == reason


SHARED = """
def get_caller(token: str, db: Session = Depends(get_db)) -> Author:
    return db.query(Author).filter(Author.name == token).one()


{between}
@router.get("/lazy")
def lazy(author: Author = Depends({given})):
    return author.titles


@router.patch("/plain", response_model=AuthorOut)
def plain(name: str, db: Session = Depends(get_db), author: Author = Depends({given})):
    author.name = name
    db.commit()
    return author
"""


def test_a_shared_dependency_gets_a_counterpart(tmp_path: Path) -> None:
    conversion = converted(tmp_path, SHARED.format(between="", given="get_caller"))

    assert {*reasons(conversion)} == {"lazy"}
    assert body(conversion, "get_async_caller").startswith(
        "async def get_async_caller(token: str, db: AsyncSession = Depends(get_async_db)) -> Author"
    )
    assert "Depends(get_async_caller)" in body(conversion, "plain")
    assert "Depends(get_caller)" in body(conversion, "lazy")


@pytest.mark.parametrize(
    "between",
    [
        (
            "def known(role: str):\n    def check(author: Author = Depends(get_caller)):\n"
            "        return author\n\n    return check\n\n\n"
        ),
        (
            "def known(role: str):\n    def check(token: str, db: Session = Depends(get_db)):\n"
            "        return get_caller(token, db)\n\n    return check\n\n\n"
        ),
    ],
)
def test_a_dependency_that_is_made_has_one_session(tmp_path: Path, between: str) -> None:
    # Both routes would have the author of one session, and one of them another session.
    conversion = converted(tmp_path, SHARED.format(between=between, given='known("x")'))

    assert conversion.files == {}
    assert {"lazy", "plain"} <= {*reasons(conversion)}


@pytest.mark.parametrize(
    ("method", "reason"),
    [
        ("def __init__(self, db: Session):\n        self.db = db\n        db.commit()",
         "__init__ cannot wait"),
        (("def __init__(self, db: Session):\n        self.db = db\n\n"
         "    def __len__(self):\n        return self.db.query(Author).count()"),
         "__len__ cannot wait"),
    ],
)  # fmt: skip
def test_methods_that_python_calls(tmp_path: Path, method: str, reason: str) -> None:
    conversion = converted(
        tmp_path,
        f"class Store:\n    {method}\n\n"
        "    def load(self):\n        return self.db.get(Author, 1)\n"
        '\n\n@router.get("/x")\ndef route(db: Session = Depends(get_db)) -> None:\n'
        "    store = Store(db)\n    store.load()\n",
    )

    assert reason in reasons(conversion)["route"]
    assert conversion.files == {}


def test_schemas_are_read_through_those_in_them(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @router.get("/x", response_model=list[Ranked])
        def route(db: Session = Depends(get_db)):
            return db.query(Author, func.count(Book.id)).join(Book).group_by(Author.id).all()
        """,
        {
            "app/schemas.py": (
                f"{SCHEMAS}\n\nclass Ranked(BaseModel):\n    author: AuthorWithBooks\n"
            ),
            "app/routes.py": HEAD.replace("import AuthorOut", "import Ranked, AuthorOut")
            + '\n\n@router.get("/x", response_model=list[Ranked])\n'
            "def route(db: Session = Depends(get_db)):\n"
            "    return db.query(Author, func.count(Book.id)).join(Book).all()\n",
        },
    )

    assert "Ranked reads" in reasons(conversion)["route"]


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        (
            (
                "def load(db: Session | None = None):\n    db = db or SessionLocal()\n"
                "    return db.get(Author, 1)\n"
            ),
            "load",
            "the session is used as a value",
        ),
        (
            (
                "def load(db: Session):\n    return db.get(Author, 1)\n\n\n"
                '@router.get("/y")\ndef other():\n    db = next(get_db())\n    load(db)\n'
            ),
            "other",
            "the session that load gets is not the caller's own",
        ),
        (
            (
                "class Work:\n    def __init__(self, db: Session):\n        self.db = db\n\n\n"
                "def load(db: Session):\n    return Work(db).db.get(Author, 1)\n"
            ),
            "load",
            "the session is that of another object",
        ),
    ],
)
def test_sessions_of_others(tmp_path: Path, code: str, name: str, reason: str) -> None:
    route = (
        '\n\n@router.get("/x")\ndef route(db: Session = Depends(get_db)) -> None:\n    load(db)\n'
    )

    assert reason in reasons(converted(tmp_path, code + route))[name]


def test_a_session_in_the_body_of_a_class(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        @dataclass
        class Store:
            db: Session = Depends(get_db)

            def load(self):
                return self.db.get(Author, 1)


        @router.get("/x")
        def route(store: Store = Depends()) -> None:
            store.load()
        """,
    )

    text = conversion.files["app/routes.py"]
    assert "    db: AsyncSession = Depends(get_async_db)\n\n    async def load(self):" in text
    assert "    await store.load()\n" in text


def test_a_migration_calls_what_stays(tmp_path: Path) -> None:
    conversion = converted(
        tmp_path,
        """
        def load(db: Session):
            return db.get(Author, 1)


        @router.get("/x")
        def route(db: Session = Depends(get_db)) -> None:
            load(db)
        """,
        {
            "alembic/versions/one.py": """\
            from app.routes import load


            def upgrade():
                load(Session(op.get_bind()))
            """
        },
    )

    assert {*reasons(conversion)} == {"load"}
    assert "await db.run_sync(load)" in body(conversion)


@pytest.mark.parametrize(
    "update",
    [
        "db.query(Book).update({'title': 'x'}, synchronize_session=False)",
        "db.execute(update(Book).values(title='x').execution_options(synchronize_session=False))",
    ],
)
def test_an_update_that_leaves_objects_as_they_are(tmp_path: Path, update: str) -> None:
    # A commit expires them in a sync session, and not in this one.
    conversion = converted(
        tmp_path,
        f"""
        def rename(db: Session):
            {update}
            db.commit()


        @router.get("/x", response_model=BookOut)
        def route(db: Session = Depends(get_db)):
            book = db.get(Book, 1)
            rename(db)
            return book
        """,
    )

    assert {*reasons(conversion)} == {"rename", "route"}


OPENS = """
def count():
    with SessionLocal() as own:
        return own.query(Author).count()


def add(name: str):
    own = SessionLocal()
    try:
        own.add(Author(name=name))
        own.commit()
    finally:
        own.close()


@router.post("/x")
def route(name: str) -> int:
    add(name)
    return count()
"""


def test_a_session_of_its_own(tmp_path: Path) -> None:
    conversion = converted(tmp_path, OPENS)

    assert reasons(conversion) == {}
    text = conversion.files["app/routes.py"]
    assert "from app.async_sessions import open_async_session\n" in text
    assert "    async with open_async_session() as own:\n" in text
    assert "    own = open_async_session()\n    try:\n" in text
    assert "        await own.close()\n" in text
    assert "    await add(name)\n    return await count()\n" in text


@pytest.mark.parametrize(
    ("code", "names"),
    [
        (OPENS.replace("SessionLocal() as", "SessionLocal(bind=None) as"), {"count", "route"}),
        (OPENS.replace("        own.close()", "        pass"), {"add", "route"}),
        (f"{OPENS}\n\ndef main():\n    print(count())\n", {"count", "route"}),
        (
            (
                f"{OPENS}\n\n@router.post('/y')\ndef later(tasks: BackgroundTasks) -> None:\n"
                "    tasks.add_task(add, 'Ada')\n"
            ),
            {"add", "route"},
        ),
    ],
)
def test_sessions_that_stay_as_they_are(tmp_path: Path, code: str, names: set[str]) -> None:
    assert names <= reasons(converted(tmp_path, code)).keys()


def test_tests_override_what_gives_other_sessions(tmp_path: Path) -> None:
    override = "from app.db import get_db\n\napp.dependency_overrides[get_db] = lambda: None\n"

    conversion = converted(tmp_path, OPENS, {"tests/conftest.py": override})

    assert "opens a session of its own" in reasons(conversion)["count"]


def test_what_a_commit_leaves_as_it_was(tmp_path: Path) -> None:
    code = """
    @router.post("/x")
    def route(db: Session = Depends(get_db)) -> None:
        for book in db.query(Book).all():
            book.title = "x"
            db.commit()
            print(book.author_id)
    """

    assert "await db.commit()\n        print(" in body(converted(tmp_path, code))
    read = code.replace("book.author_id)", "book.changed_at)")
    assert "the server may compute" in reasons(converted(tmp_path, read))["route"]
    whole = code.replace("book.author_id)", "book)")
    assert "the server may compute" in reasons(converted(tmp_path, whole))["route"]


def test_an_object_that_a_select_loads_is_refreshed(tmp_path: Path) -> None:
    code = """
    @router.post("/x", response_model=BookOut)
    def route(db: Session = Depends(get_db)):
        book = db.scalar(select(Book).where(Book.id == 1))
        book.title = "x"
        db.commit()
        return book
    """

    conversion = converted(tmp_path, f"from sqlalchemy import select\n{dedent(code)}")

    assert "    await db.commit()\n    await db.refresh(book)\n" in body(conversion)


DECORATORS = """
    from functools import wraps

    def checked(function):
        @wraps(function)
        async def checking(*args, **kwargs):
            return await function(*args, **kwargs)

        return checking

    def using(function):
        @wraps(function)
        async def used(*args, **kwargs):
            kwargs["db"].execute(text("SELECT 1"))
            return await function(*args, **kwargs)

        return used

    def finding(function):
        @wraps(function)
        async def found(*args, **kwargs):
            assert not any(isinstance(value, Session) for value in kwargs.values())
            return await function(*args, **kwargs)

        return found

    @router.get("/x")
    @{}
    {} route(db: Session = Depends(get_db)) -> int:
        return db.query(Author).count()
"""


@pytest.mark.parametrize(
    ("decorator", "definition", "stays"),
    [
        ("checked", "async def", ""),
        ("checked", "def", "@checked may not take an async function"),
        ("using", "async def", "@using may not take an async function"),
        ("finding", "async def", "@finding may not take an async function"),
    ],
)
def test_a_decorator_of_an_async_function(
    tmp_path: Path, decorator: str, definition: str, stays: str
) -> None:
    found = reasons(converted(tmp_path, DECORATORS.format(decorator, definition)))

    assert found.get("route", "").partition(": ")[2] == stays
