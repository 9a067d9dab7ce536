"""Which responses get the relationships that they read, how that is written, and which do not."""

from pathlib import Path
from textwrap import dedent

import pytest

from extensions.conversion.async_conversion import convert
from tests.support.converted import HEAD, LAYER, MODELS, SCHEMAS, body, converted, reasons

ROUTE = '@router.get("/x", response_model={})\ndef route(db: Session = Depends(get_db)):\n    '
ASYNC = "async def route(db: AsyncSession = Depends(get_async_db)):\n    "
FIRST_VISIT = "return (await db.scalars(select(Visit).limit(1))).first()"
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


class Page(BaseModel):
    authors: list[AuthorWithBooks]
    total: int


class Sold(BaseModel):
    Book: BookWithAuthor


class Shelf(BaseModel):
    id: int
    books: list[int] = []
"""
FILES = {
    "app/schemas.py": f"from pydantic import Field, field_validator\n{SCHEMAS}\n{MORE}",
    "app/routes.py": "",
}


def changed(directory: Path, code: str) -> str:
    """What becomes of `route`, or why it stays."""
    names = "BookWithAuthor, Changed, Counted, Page, Reader, Renamed, Shelf, Sold, Titled"
    head = (
        f"{HEAD.lstrip()}from sqlalchemy import select, update\nfrom app.schemas import {names}\n"
    )
    filling = "def fill(into, found):\n    into.extend(found)\n"
    text = f"{head}\n\n{filling}\n\n{code}"
    conversion = converted(directory, code, FILES | {"app/routes.py": text})
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
        # What schemas are made of.
        (
            "AuthorWithBooks",
            "author = db.get(Author, 1)\n    return AuthorWithBooks.model_validate(author)",
            (
                "author = await db.get(Author, 1, options=[selectinload(Author.books)])\n"
                "    return AuthorWithBooks.model_validate(author)"
            ),
        ),
        (
            "Page",
            (
                "found = []\n    for author in db.scalars(select(Author)):\n"
                "        found.append(AuthorWithBooks.model_validate(author))\n"
                "    total = db.query(Author).count()\n"
                "    return Page(authors=found, total=total + 1)"
            ),
            (
                "found = []\n    for author in await db.scalars(\n"
                "        select(Author).options(selectinload(Author.books))\n    ):\n"
                "        found.append(AuthorWithBooks.model_validate(author))\n"
                "    total = (\n        await db.execute("
                "select(func.count()).select_from(select(Author).subquery()))\n"
                "    ).scalar_one()\n"
                "    return Page(authors=found, total=total + 1)"
            ),
        ),
        (
            "BookWithAuthor",
            (
                "book = Book(title='x', author_id=db.get(Author, 1).id)\n    db.add(book)\n"
                "    db.commit()\n    db.refresh(book)\n"
                "    return BookWithAuthor.model_validate(book)"
            ),
            (
                "book = Book(title='x', author_id=(await db.get(Author, 1)).id)\n"
                "    db.add(book)\n    await db.commit()\n    await db.refresh(book)\n"
                '    await db.refresh(book, ["author"])\n'
                "    return BookWithAuthor.model_validate(book)"
            ),
        ),
        # Rows.
        (
            "list[Sold]",
            "return db.query(Book, func.count(Book.id)).group_by(Book.id).all()",
            (
                "return list(await db.execute(select(Book, func.count(Book.id))"
                ".options(selectinload(Book.author)).group_by(Book.id)))"
            ),
        ),
        # What is there, and what a model lacks.
        (
            "list[BookWithAuthor]",
            (
                "query = select(Book)\n    query = query.limit(3)\n"
                "    loaded = query.options(joinedload(Book.author))\n"
                "    return db.scalars(loaded).all()"
            ),
            (
                "query = select(Book)\n    query = query.limit(3)\n"
                "    loaded = query.options(joinedload(Book.author))\n"
                "    return (await db.scalars(loaded)).all()"
            ),
        ),
        ("Shelf", "return db.query(Visit).first()", FIRST_VISIT),
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
        (
            "AuthorWithBooks",
            "return AuthorWithBooks.model_validate(max([db.get(Author, 1)], key=id))",
        ),
        # What may have changed.
        (
            "BookWithAuthor",
            (
                "author = db.get(Author, 1)\n    author.name = 'Ada'\n"
                "    book = Book(author_id=1)\n    db.add(book)\n    db.commit()\n"
                "    db.refresh(book)\n    return book"
            ),
        ),
        # Options that not each query has.
        (
            "list[BookWithAuthor]",
            (
                "query = select(Book)\n    if db.info:\n"
                "        query = query.options(joinedload(Book.author))\n"
                "    return db.scalars(query).all()"
            ),
        ),
        (
            "list[BookWithAuthor]",
            (
                "query = db.query(Book)\n    if db.info:\n"
                "        query = query.options(joinedload(Book.author))\n    return query.all()"
            ),
        ),
        # What other code puts in.
        (
            "Page",
            (
                "found = []\n    fill(found, db.query(Author).all())\n"
                "    return Page(authors=found, total=0)"
            ),
        ),
        (
            "Page",
            (
                "page = Page(authors=[], total=0)\n    page.authors = db.query(Author).all()\n"
                "    return page"
            ),
        ),
        # Where objects come from is not known.
        ("Titled", "return {'work': db.query(Book).first()}"),
        ("list[AuthorWithBooks]", "return sorted(db.query(Author).all(), key=id)"),
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

    assert "author = await load(db)" in changed(tmp_path, dedent(code))
    text = converted(tmp_path, dedent(code)).files["app/routes.py"]
    assert "select(Author).options(selectinload(Author.books))" in text


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


@pytest.mark.parametrize(
    ("returned", "loads"),
    [("AuthorWithBooks(id=1, name=found.name, books=[])", 0), ("found", 1), ("Author(id=1)", None)],
)
def test_a_dependency_is_of_what_it_makes(tmp_path: Path, returned: str, loads: int | None) -> None:
    code = f"""
    def current(db: Session = Depends(get_db)) -> AuthorWithBooks:
        found = db.query(Author).first()
        if found is None:
            return None
        return {returned}


    @router.get("/x")
    def route(db: Session = Depends(get_db), me: AuthorWithBooks = Depends(current)) -> int:
        return len(me.books) + db.query(Book).count()
    """

    conversion = converted(tmp_path, dedent(code))

    if loads is None:
        assert "me.books may load lazily" in reasons(conversion)["route"]
    else:
        assert reasons(conversion) == {}
        assert conversion.files["app/routes.py"].count(".options(") == loads


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


@pytest.mark.parametrize("shown", ["shown(author)", "[*map(shown, [author])][0]"])
def test_a_function_that_makes_the_schema(tmp_path: Path, shown: str) -> None:
    code = f"""
    def shown(author):
        return AuthorWithBooks.model_validate(author)


    @router.get("/x", response_model=AuthorWithBooks)
    def route(db: Session = Depends(get_db)):
        author = db.get(Author, 1)
        return {shown}
    """

    written = changed(tmp_path, dedent(code))

    # A function that is a value may be called with anything.
    is_loaded = "options=[selectinload(Author.books)]" in written
    assert is_loaded is shown.startswith("shown")
    assert is_loaded or " reads " in written


def test_a_path_is_loaded_to_its_end(tmp_path: Path) -> None:
    code = """
    def authors(db: Session):
        return db.query(Author).all()


    @router.get("/y", response_model=list[AuthorWithBooks])
    def other(db: Session = Depends(get_db)):
        return authors(db)


    @router.get("/x", response_model=list[Written])
    def route(db: Session = Depends(get_db)):
        {}
        return db.query(Visit).all()
    """
    models = """
class Visit(Base):
    __tablename__ = "visits"

    id = Column(Integer, primary_key=True)
    author_id = Column(ForeignKey("authors.id"))
    author = relationship("Author")
"""
    schemas = f"{SCHEMAS}\n\nclass Written(BaseModel):\n    author: AuthorWithBooks\n"
    head = f"{HEAD.lstrip()}from app.schemas import Written\n"
    kept = MODELS[: MODELS.index("class Visit")]

    def converted_with(statement: str) -> str:
        files = {
            "app/models.py": kept + models,
            "app/schemas.py": schemas,
            "app/routes.py": f"{head}{dedent(code.format(statement))}",
        }
        conversion = converted(tmp_path, "", files)
        return reasons(conversion).get("route") or body(conversion)

    assert "selectinload(Visit.author).selectinload(Author.books)" in converted_with("pass")
    # Its books would be there already.
    assert " reads " in converted_with("authors(db)")


@pytest.mark.parametrize(
    ("schema", "before", "after"),
    [
        (
            "list[BookOut]",
            "author = db.get(Author, 1)\n    return author.books",
            (
                "author = await db.get(Author, 1, options=[selectinload(Author.books)])\n"
                "    return author.books"
            ),
        ),
        (
            "list[str]",
            "books = db.query(Book).all()\n    return [book.author.name for book in books]",
            (
                "books = list(await db.scalars(select(Book).options(selectinload(Book.author))))\n"
                "    return [book.author.name for book in books]"
            ),
        ),
        (
            "dict[int, str]",
            (
                "found = {}\n    for author in db.scalars(select(Author)):\n"
                "        for book in author.books:\n            found[book.id] = author.name\n"
                "    return found"
            ),
            (
                "found = {}\n    for author in await db.scalars(\n"
                "        select(Author).options(selectinload(Author.books))\n    ):\n"
                "        for book in author.books:\n            found[book.id] = author.name\n"
                "    return found"
            ),
        ),
        (
            "AuthorOut",
            "return first(db).author",
            "return (await first(db)).author",
        ),
    ],
)
def test_what_the_code_reads(tmp_path: Path, schema: str, before: str, after: str) -> None:
    first = "def first(db: Session):\n    return db.query(Book).first()\n\n\n"

    written = changed(tmp_path, first + ROUTE.format(schema) + before + "\n")

    assert "".join(written.split()) == "".join((ASYNC + after).split())


@pytest.mark.parametrize(
    "code",
    [
        # It has changed, or may be there already.
        (
            "author = db.get(Author, 1)\n    db.add(Book(author_id=1))\n    db.commit()\n"
            "    return len(author.books)"
        ),
        "author = db.get(Author, db.query(Author).first().id)\n    return author.books",
        # It comes back to the model that it began with.
        "return [book.author.books for book in db.query(Book).all()]",
        # It is no relationship.
        "return [author.titles for author in db.query(Author).all()]",
        # Where it comes from is not known.
        "return max(db.query(Author).all(), key=id).books",
        "author = db.get(Author, 1)\n    return getattr(author, 'books') or author.books",
    ],
)
def test_what_the_code_reads_that_stays(tmp_path: Path, code: str) -> None:
    assert "loads lazily" in (
        changed(tmp_path, ROUTE.format("None") + code + "\n").replace("may load", "loads")
    )


def test_a_query_that_many_routes_have_is_left(tmp_path: Path) -> None:
    code = "def author(db: Session):\n    return db.query(Author).first()\n\n\n"
    others = "".join(
        f'@router.get("/{number}")\ndef other{number}(db: Session = Depends(get_db)) -> int:\n'
        f"    return author(db).id\n\n\n"
        for number in range(5)
    )
    route = ROUTE.format("list[BookOut]") + "return author(db).books\n"

    assert "await author(db)" in changed(tmp_path, code + route)
    assert "author(db).books may load lazily" in changed(tmp_path, code + others + route)
