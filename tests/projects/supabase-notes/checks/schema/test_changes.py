"""What a change of the models does to the database, and back again."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from uuid import uuid4

import asyncpg
import pytest
from sqlalchemy import ARRAY, Column, Enum, ForeignKey, Table, Text, Uuid
from sqlalchemy.schema import SchemaItem

from notes.database_kit.objects import (
    Grant,
    Policy,
    TableObject,
    Trigger,
    View,
    backend_only,
    everyone_reads,
    owner_only,
    owner_writes,
    visible_references,
)
from notes.models import Base

from .conftest import Migrations

OWN = "owner = (SELECT auth.uid())"
BODY = "BEGIN NEW.title = trim(NEW.title); RETURN NEW; END"


def forget() -> None:
    """Remove the tables that are declared here."""
    for name in list(Base.metadata.tables):
        if name.startswith("things"):
            Base.metadata.remove(Base.metadata.tables[name])


def things(*items: SchemaItem, name: str = "things") -> Table:
    """Declare a table, whose views know its name."""
    return Table(
        name,
        Base.metadata,
        Column("id", Uuid(), primary_key=True),
        Column("owner", ForeignKey("auth.users.id"), index=True),
        Column("title", Text(), nullable=False),
        *(
            replace(item, query=item.query.format(table=name)) if isinstance(item, View) else item
            for item in items
        ),
    )


def status(name: str, *labels: str, default: str) -> Column[str]:
    """Declare a column of an enum type."""
    kind = Enum(*labels, name=name)
    return Column("status", kind, nullable=False, server_default=default)


def policy(name: str = "own", **options: object) -> Policy:
    """Declare a policy."""
    settings: dict[str, object] = {"to": "authenticated", "using": OWN}
    return Policy(name, "all", **(settings | options))  # type: ignore[arg-type]


CHANGES: dict[str, tuple[Sequence[SchemaItem], Sequence[SchemaItem]]] = {
    "nothing": ([], []),
    "a policy is added": ([], [policy()]),
    "a policy is dropped": ([policy()], []),
    "its name": ([policy()], [policy("mine")]),
    "its condition": ([policy()], [policy(using="false")]),
    "its check": ([policy()], [policy(check="title <> ''")]),
    "its roles": ([policy()], [policy(to=("anon", "authenticated"))]),
    "its kind": ([policy()], [policy(restrictive=True)]),
    "a grant": ([], [Grant("all", to="anon")]),
    "more of a grant": (
        [Grant("select", to="anon")],
        [Grant(("select", "insert"), to="anon")],
    ),
    "less of a grant": (
        [Grant("all", to="authenticated")],
        [Grant("update", to="authenticated", columns=("title",))],
    ),
    "a trigger": ([], [Trigger("tidy_1", "BEFORE INSERT", body=BODY)]),
    "no trigger": ([Trigger("tidy_2", "BEFORE INSERT", body=BODY)], []),
    "its event": (
        [Trigger("tidy_3", "BEFORE INSERT", body=BODY)],
        [Trigger("tidy_3", "BEFORE INSERT OR UPDATE", body=BODY)],
    ),
    "its body": (
        [Trigger("tidy_4", "BEFORE INSERT", body=BODY)],
        [Trigger("tidy_4", "BEFORE INSERT", body="BEGIN RETURN NEW; END")],
    ),
    "a trigger of Supabase's table": (
        [Trigger("tidy_5", "BEFORE INSERT", body=BODY)],
        [Trigger("hail", "AFTER INSERT", on="auth.users", body=BODY)],
    ),
    "a new column in a policy": (
        [policy()],
        [Column("public", Text()), policy(using="public = 'yes'")],
    ),
    "an old column in a policy": (
        [Column("public", Text()), policy(using="public = 'yes'")],
        [policy()],
    ),
    "an enum": ([], [status("enum_1", "draft", "sent", default="draft")]),
    "no enum": ([status("enum_2", "draft", "sent", default="draft")], []),
    "a value": (
        [
            status("enum_3", "draft", "sent", default="draft"),
            policy(using="status = 'sent'"),
        ],
        [
            status("enum_3", "new", "draft", "late", "sent", default="new"),
            policy(using="status <> 'new'"),
        ],
    ),
    "no value": (
        [
            status("enum_4", "draft", "sent", default="draft"),
            policy(using="status = 'draft'"),
        ],
        [
            status("enum_4", "sent", default="sent"),
            policy(using="status = 'sent'"),
        ],
    ),
    "other values": (
        [
            status("enum_5", "a", "b", "it's", default="a"),
            policy(using="status <> 'a'"),
        ],
        [
            status("enum_5", "it's", "c", "b", default="c"),
            policy(using="status <> 'c'"),
        ],
    ),
    "an enum that views read": (
        [
            status("enum_6", "a", "b", default="a"),
            View("view_6", "SELECT id, status FROM {table}", to="anon"),
            View("view_7", "SELECT id FROM view_6 WHERE status = 'b'", to="anon"),
        ],
        [
            status("enum_6", "b", "c", default="b"),
            View("view_6", "SELECT id, status FROM {table}", to="anon"),
            View("view_7", "SELECT id FROM view_6 WHERE status = 'b'", to="anon"),
        ],
    ),
    "a view that a view reads": (
        [
            View("view_8", "SELECT id FROM {table}", to="anon"),
            View("view_9", "SELECT id FROM view_8", to="anon"),
        ],
        [
            View("view_8", "SELECT id FROM {table} WHERE title <> ''", to="anon"),
            View("view_9", "SELECT id FROM view_8", to="anon"),
        ],
    ),
    "an array of an enum": (
        [Column("all", ARRAY(Enum("a", "b", name="kind")), server_default="{a}")],
        [Column("all", ARRAY(Enum("b", "c", name="kind")), server_default="{c}")],
    ),
    "a view": (
        [],
        [View("view_1", "SELECT title FROM books WHERE title=\'a:b\'", to="anon")],
    ),
    "no view": ([View("view_2", "SELECT title FROM books", to="anon")], []),
    "its query": (
        [View("view_3", "SELECT title FROM books", to="anon")],
        [View("view_3", "select b.id from books b", to="anon")],
    ),
    "the same query": (
        [View("view_4", "SELECT title FROM books", to="anon")],
        [View("view_4", "select title\nfrom public.books ;", to="anon")],
    ),
    "its readers": (
        [View("view_5", "SELECT title FROM books", to="anon")],
        [View("view_5", "SELECT title FROM books", to=("authenticated", "anon"))],
    ),
    "ready-made for the backend": (
        [*owner_only(OWN)],
        [*backend_only()],
    ),
    "ready-made": (
        [*everyone_reads(), *owner_writes(OWN)],
        [*owner_only(OWN)],
    ),
}


@pytest.fixture(autouse=True)
def _nothing_declared() -> Iterator[None]:
    yield
    forget()


def test_all_changes_go_up_and_down(migrations: Migrations) -> None:
    for number, (before, _) in enumerate(CHANGES.values()):
        things(*before, name=f"things_{number}")
    migrations.revise()
    migrations.upgrade()
    assert migrations.drift() == ""
    first = migrations.snapshot()

    forget()
    for number, (_, after) in enumerate(CHANGES.values()):
        things(*after, name=f"things_{number}")
    seen = migrations.drift()
    assert "things_0 " not in seen
    assert "view_4 " not in seen
    migrations.revise()
    migrations.upgrade()
    assert migrations.drift() == ""
    second = migrations.snapshot()

    migrations.downgrade()
    assert migrations.snapshot() == first
    migrations.upgrade()
    assert migrations.snapshot() == second

    forget()
    migrations.revise()
    migrations.upgrade()
    migrations.downgrade("base")
    migrations.upgrade()
    assert migrations.drift() == ""


def test_tables_whose_policies_read_each_other(migrations: Migrations) -> None:
    start = migrations.snapshot()
    things(*owner_writes("id IN (SELECT thing FROM things_parts)"))
    Table(
        "things_parts",
        Base.metadata,
        Column("thing", Uuid(), primary_key=True),
        *owner_only("thing IN (SELECT id FROM things)"),
    )
    migrations.revise()
    migrations.upgrade()
    assert migrations.drift() == ""
    full = migrations.snapshot()

    forget()
    migrations.revise()
    migrations.upgrade()
    assert migrations.drift() == ""
    migrations.downgrade()
    assert migrations.snapshot() == full
    migrations.downgrade()
    assert migrations.snapshot() == start


def test_owners_refer_to_what_they_see(migrations: Migrations) -> None:
    def owned(name: str, *more: SchemaItem) -> None:
        columns = (Column("id", Uuid(), primary_key=True), Column("owner", Uuid()))
        Table(name, Base.metadata, *columns, *more, *owner_only(OWN))

    references = {"note": "public.things_notes", "parent": "public.things_comments"}
    owned("things_notes")
    owned(
        "things_comments",
        *(Column(name, ForeignKey(f"{t[7:]}.id"), index=True) for name, t in references.items()),
        visible_references("things_comments", **references),
    )
    migrations.revise()
    migrations.upgrade()
    assert migrations.drift() == ""
    ada, bob, note, comment = (f"'{uuid4()}'" for _ in range(4))
    migrations.run(
        f"INSERT INTO things_notes VALUES ({note}, {ada})",
        f"INSERT INTO things_comments VALUES ({comment}, {ada}, {note})",
    )

    def write(user: str, statement: str) -> None:
        claims = f"set_config('request.jwt.claims', '{{\"sub\": \"{user[1:-1]}\"}}', true)"
        role = "set_config('role', 'authenticated', true)"
        migrations.run("BEGIN", f"SELECT {claims}, {role}", statement, "COMMIT")

    new = "INSERT INTO things_comments (id, owner, note, parent) VALUES (gen_random_uuid(), "
    hidden = [
        f"{new} {bob}, {note}, NULL)",
        f"{new} {bob}, NULL, {comment})",
        f"{new} {bob}, gen_random_uuid(), NULL)",
        f"UPDATE things_comments SET note = {note}",
        f"UPDATE things_comments SET parent = {comment}",
    ]
    write(bob, f"{new} {bob}, NULL, NULL)")
    for statement in hidden:
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="not visible"):
            write(bob, statement)
    write(ada, f"{new} {ada}, {note}, {comment})")
    write(ada, f"UPDATE things_comments SET parent = {comment} WHERE id <> {comment}")
    # The backend sees all rows, and gets the errors of foreign keys.
    migrations.run(f"{new} {bob}, {note}, {comment})")
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        migrations.run(f"{new} {bob}, gen_random_uuid(), NULL)")

    forget()
    migrations.revise()
    migrations.upgrade()
    assert migrations.drift() == ""
    migrations.downgrade("base")


CONDITIONS = [
    "true",
    "owner = (SELECT auth.uid())",
    "owner=(select auth.uid()) and title is not null",
    "title IN ('a', 'b')",
    "title BETWEEN 'a' AND 'b' OR NOT title LIKE '%:b%'",
    "title ~ '^a\\d:x' OR title = 'it''s'",
    "things.owner = ANY (SELECT t.owner FROM things AS t WHERE t.id <> things.id)",
    "EXISTS (SELECT 1 FROM public.books b WHERE b.id = things.id)",
    "id IN (SELECT id FROM things)",
    "((SELECT auth.jwt()) ->> 'sub')::uuid = owner",
    "((SELECT auth.jwt()) -> 'app_metadata' ->> 'team') = title",
    "CASE WHEN title = '' THEN false ELSE length(title) > 3 END",
    "coalesce(title, current_setting('a.b', true)) = 'x'",
    'title = \'"""\'',
]


def test_conditions_are_the_same_however_they_are_written(
    migrations: Migrations,
) -> None:
    policies: list[TableObject] = [
        policy(f'condition "{number}"', using=condition)
        for number, condition in enumerate(CONDITIONS)
    ]
    things(*policies)
    migrations.revise()
    migrations.upgrade()

    assert migrations.drift() == ""
    count = "SELECT count(*) FROM pg_policies WHERE tablename = 'things'"
    assert migrations.run(count) == [len(CONDITIONS)]

    rewritten = [
        policy(f'condition "{number}"', using=f"(\n  {condition}\n)")
        for number, condition in enumerate(CONDITIONS)
    ]
    forget()
    things(*rewritten)
    assert migrations.drift() == ""
