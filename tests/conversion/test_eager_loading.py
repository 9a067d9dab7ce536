"""Which responses get the relationships that they read, how that is written, and which do not."""

from pathlib import Path
from textwrap import dedent

import pytest

from extensions.conversion.async_conversion import convert
from tests.support.converted import HEAD, LAYER, SCHEMAS, body, converted, reasons

ROUTE = '@router.get("/x", response_model={})\ndef route(db: Session = Depends(get_db)):\n    '
ASYNC = "async def route(db: AsyncSession = Depends(get_async_db)):\n    "
MORE = """
class BookWithAuthor(BookOut):
    author: AuthorOut


class Reader(AuthorWithBooks):
    books: list[BookWithAuthor]


class Titled(BaseModel):
    work: BookWithAuthor


class Renamed(BaseModel):
    works: list[BookOut] = Field(validation_alias="books")


class Counted(AuthorOut):
    books: list[BookOut]

    @field_validator("name")
    def counted(cls, value, info):
        return str(info.data["author"].books)


class Changed(BaseModel):
    name: str
    books: list[int] | None = None
"""
FILES = {
    "app/schemas.py": f"from pydantic import Field, field_validator\n{SCHEMAS}\n{MORE}",
    "app/routes.py": "",
}


def changed(directory: Path, code: str) -> str:
    """What becomes of `route`, or why it stays."""
    names = "BookWithAuthor, Changed, Counted, Reader, Renamed, Titled"
    head = (
        f"{HEAD.lstrip()}from sqlalchemy import select, update\nfrom app.schemas import {names}\n"
    )
    conversion = converted(directory, code, FILES | {"app/routes.py": f"{head}\n\n{code}"})
    return reasons(conversion).get("route") or body(conversion)


@pytest.mark.parametrize(
    ("schema", "before", "after"),
    [
        (
            "list[AuthorWithBooks]",
            "return db.query(Author).all()",
            "return list(await db.scalars(select(Author).options(selectinload(Author.books))))",
        ),
        (
            "AuthorWithBooks | None",
            "return db.get(Author, 1)",
            "return await db.get(Author, 1, options=[selectinload(Author.books)])",
        ),
        (
            "AuthorWithBooks",
            "return db.query(Author).get(1)",
            "return await db.get(Author, 1, options=[selectinload(Author.books)])",
        ),
        (
            "BookWithAuthor",
            "return db.scalars(select(Book).where(Book.id == 1)).one()",
            (
                "return (await db.scalars(select(Book).options(selectinload(Book.author))"
                ".where(Book.id == 1))).one()"
            ),
        ),
        (
            "list[BookWithAuthor]",
            (
                "query = select(Book)\n    query = query.limit(9)\n"
                "    return db.execute(query).scalars().all()"
            ),
            (
                "query = select(Book).options(selectinload(Book.author))\n"
                "    query = query.limit(9)\n"
                "    return (await db.execute(query)).scalars().all()"
            ),
        ),
        (
            "Renamed",
            "return db.query(Author).first()",
            (
                "return (await db.scalars(select(Author)"
                ".options(selectinload(Author.books)).limit(1))).first()"
            ),
        ),
        (
            "AuthorWithBooks",
            (
                "author = Author(name='Ada')\n    db.add(author)\n    db.commit()\n"
                "    db.refresh(author)\n    return author"
            ),
            (
                "author = Author(name='Ada')\n    db.add(author)\n    await db.commit()\n"
                '    await db.refresh(author)\n    await db.refresh(author, ["books"])\n'
                "    return author"
            ),
        ),
        (
            "AuthorWithBooks",
            (
                "author = db.get(Author, 1)\n    if author:\n        author.name = 'Ada'\n"
                "        db.commit()\n        db.refresh(author)\n    return author"
            ),
            (
                "author = await db.get(Author, 1)\n    if author:\n        author.name = 'Ada'\n"
                "        await db.commit()\n        await db.refresh(author)\n"
                '        await db.refresh(author, ["books"])\n    return author'
            ),
        ),
    ],
)
def test_what_is_loaded(tmp_path: Path, schema: str, before: str, after: str) -> None:
    written = changed(tmp_path, ROUTE.format(schema) + before + "\n")

    assert "".join(written.split()) == "".join((ASYNC + after).split())


@pytest.mark.parametrize(
    ("schema", "code"),
    [
        # Objects may change, or be there already.
        (
            "list[AuthorWithBooks]",
            "db.add(Book(title='x'))\n    db.commit()\n    return db.query(Author).all()",
        ),
        ("AuthorWithBooks", "first = db.query(Author).first()\n    return db.get(Author, 1)"),
        (
            "AuthorWithBooks",
            (
                "author = db.get(Author, 1)\n    db.add(Book(author_id=1))\n    db.commit()\n"
                "    db.refresh(author)\n    return author"
            ),
        ),
        (
            "AuthorWithBooks",
            (
                "author = db.get(Author, 1)\n"
                "    db.execute(update(Book).where(Book.author_id == 1).values(title='x'))\n"
                "    db.commit()\n    db.refresh(author)\n    return author"
            ),
        ),
        # What comes back to the model that it began with.
        ("list[Reader]", "return db.query(Author).all()"),
        # What reads more than its fields.
        ("Counted", "return db.query(Author).first()"),
        ("AuthorWithBooks", "return AuthorWithBooks.model_validate(db.get(Author, 1))"),
        # Where objects come from is not known.
        ("Titled", "return {'work': db.query(Book).first()}"),
        ("list[AuthorWithBooks]", "return [author for author in db.query(Author).all()]"),
        ("AuthorWithBooks", "return db.query(Author).options(joinedload('*')).first()"),
    ],
)
def test_what_stays(tmp_path: Path, schema: str, code: str) -> None:
    assert " reads " in changed(tmp_path, ROUTE.format(schema) + code + "\n")


@pytest.mark.parametrize(
    "other",
    [
        # It shows what is loaded.
        '@router.get("/y")\ndef other(db: Session = Depends(get_db)):\n    return load(db)\n',
        (
            "def other(db: Session):\n    return vars(load(db))\n\n\n"
            '@router.get("/y")\ndef caller(db: Session = Depends(get_db)) -> dict[str, int]:\n'
            "    return other(db)\n"
        ),
        # It stays, and so does what it calls.
        "def work():\n    with SessionLocal() as db:\n        load(db)\n",
    ],
)
def test_a_query_that_others_need_as_it_is(tmp_path: Path, other: str) -> None:
    load = "def load(db: Session):\n    return db.query(Author).first()\n\n\n"
    route = ROUTE.format("AuthorWithBooks") + "return load(db)\n"

    assert " reads " in changed(tmp_path, f"{load}{route}\n\n{other}")
    assert "selectinload(Author.books)" in converted(tmp_path, load + route).files["app/routes.py"]


def test_a_refresh_is_the_last_that_happens(tmp_path: Path) -> None:
    code = """
    def rename(db: Session):
        author = db.get(Author, 1)
        author.name = "Ada"
        db.commit()
        db.refresh(author)
        return author


    @router.put("/x", response_model=AuthorWithBooks)
    def route(db: Session = Depends(get_db)):
        author = rename(db)
        {}
        return author
    """

    assert "async def route" in changed(tmp_path, dedent(code.format("pass")))
    assert " reads " in changed(tmp_path, dedent(code.format("db.commit()")))


def test_a_dependency_has_loaded_what_a_path_goes_through(tmp_path: Path) -> None:
    code = """
    def get_author(db: Session = Depends(get_db)):
        return db.query(Author).first()


    @router.get("/x", response_model=list[{}])
    def route(db: Session = Depends(get_db), author: Author = Depends(get_author)):
        return db.query({}).all()
    """

    # A query loads what objects that are there lack.
    loaded = changed(tmp_path, dedent(code.format("AuthorWithBooks", "Author")))
    assert "select(Author).options(selectinload(Author.books))" in loaded
    assert " reads " in changed(tmp_path, dedent(code.format("Reader", "Author")))


def test_annotations_of_functions_are_no_proof(tmp_path: Path) -> None:
    code = """
    def load(db: Session) -> AuthorWithBooks:
        return db.query(Author).first()


    @router.get("/x", response_model=list[BookOut])
    def route(db: Session = Depends(get_db)):
        author = load(db)
        return author.books
    """

    assert "author.books may load lazily" in changed(tmp_path, dedent(code))


def test_what_a_client_sends_is_of_its_schema(tmp_path: Path) -> None:
    code = """
    def add(db: Session, new: Changed):
        db.add(Author(name=f"{new.name} {len(new.books)}"))
        db.commit()


    @router.post("/x")
    def route(new: Changed, db: Session = Depends(get_db)) -> None:
        add(db, new)
    """

    assert "await add(db, new)" in changed(tmp_path, dedent(code))


def test_a_relationship_that_is_set_by_name(tmp_path: Path) -> None:
    code = """
    @router.patch("/x")
    def route(new: Changed, db: Session = Depends(get_db)) -> None:
        author = db.query(Author).first()
        for name, value in new.model_dump().items():
            setattr(author, name, value)
        db.commit()
    """

    assert "setattr() may replace books" in changed(tmp_path, dedent(code))


def test_a_delete_leaves_to_the_database_what_is_not_loaded(tmp_path: Path) -> None:
    route = ROUTE.format("AuthorWithBooks") + "return db.query(Author).first()\n"
    assert "selectinload" in changed(tmp_path, route)
    models = tmp_path / "app" / "models.py"
    text = models.read_text(encoding="utf-8")
    models.write_text(text.replace('"Book", ', '"Book", passive_deletes=True, '), encoding="utf-8")

    assert " reads " in reasons(convert(tmp_path, LAYER))["route"]
