"""What DATABASE.md tells the user of a Supabase project to do, done word for word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.generated.test_guide import TRY_LATER, blocks, follow
from tests.support.template import copy_with_layer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.environments import Environment
    from tests.support.supabase import SupabaseServer

INCLUDE = """
from notes.guide import router

app.include_router(router)
"""
AS_VISITOR = """
from types import SimpleNamespace

from notes import guide_later
from notes.database_kit.row_level_security import ANONYMOUS, get_identity

async def verify(token):
    assert token == "token"
    return ANONYMOUS

app.dependency_overrides[get_identity] = lambda: ANONYMOUS
guide_later.get_token_verifier = lambda: SimpleNamespace(verify=verify)
"""
SECRET = re.compile(r"://[^:\s]+:(?!your_password_here@)[^@\s]+@")


@pytest.fixture
def database(supabase: SupabaseServer) -> Iterator[str]:
    with supabase.new_database() as name:
        yield supabase.url(name)


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    return copy_with_layer(template, "supabase-notes", tmp_path / "notes", db_auth_tables=True)


@pytest.mark.thorough
def test_the_guide_works(project: Path, notes_environment: Environment, database: str) -> None:
    lines = [line for block in blocks(project, "console") for line in block.splitlines()]
    initial, upgrade, add_customers, upgrade_again, *migrate = [
        line for line in lines if "alembic" in line
    ]
    routes, script, later, model, profiles, test = blocks(project, "python")

    def alembic(*commands: str) -> None:
        for command in commands:
            follow(command, project, notes_environment, database)

    def python(code: str) -> None:
        variables = {"DATABASE_URL": database}
        notes_environment.run("-c", code, cwd=project, variables=variables)

    alembic(initial, upgrade)
    (project / "notes" / "guide.py").write_text(routes)
    python(f"{script}\nimport asyncio; asyncio.run(main())")
    python(profiles)
    (project / "notes" / "guide_later.py").write_text(later)
    say_who = "socket.send_text('token')"
    python(TRY_LATER.format(module="notes.", prepare=AS_VISITOR, say_who=say_who))
    main = project / "notes" / "main.py"
    main.write_text(main.read_text() + INCLUDE)
    (project / "tests" / "database" / "test_the_guide.py").write_text(test)
    notes_environment.run("-m", "pytest", "tests/database", cwd=project)

    (project / "notes" / "models" / "customer.py").write_text(model)
    with (project / "notes" / "models" / "__init__.py").open("a") as exports:
        exports.write("\nfrom notes.models.customer import Customer  # noqa: E402\n")
    alembic(add_customers, upgrade_again, *migrate)
    [revision] = (project / "alembic" / "versions").glob("*customers.py")
    assert 'CREATE POLICY "owner" ON customers' in revision.read_text()


def test_the_guide_holds_placeholders_alone(project: Path) -> None:
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")

    assert not SECRET.search(guide)
    names = set(re.findall(r"[\w-]+(?=\.supabase\.co)", guide))
    assert names == {"your-project-ref", "pooler"}
    assert not re.search(r"sb_(secret|publishable)_\w|eyJ", guide)


def test_the_guide_s_names_are_those_of_the_layer(project: Path) -> None:
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    section = guide.partition("## Policies and grants")[2].partition("\n## ")[0]
    objects = (project / "notes" / "database_kit" / "objects.py").read_text(encoding="utf-8")

    names = set(re.findall(r"\| `\*?(\w+)\(|`\*(\w+)\(", section))
    for name in {first or second for first, second in names}:
        assert re.search(rf"^(def|class) {name}\(", objects, re.MULTILINE), name
