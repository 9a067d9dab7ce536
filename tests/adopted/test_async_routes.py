"""The routes of an adopted sync layer become async where that is proven."""

from collections.abc import Callable
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from urllib.parse import urlsplit

import copier
import pytest

from tests.support.desk import Desk
from tests.support.environments import make_environment
from tests.support.linters import RULES, silent
from tests.support.template import (
    PROJECTS,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    copy_with_layer,
    git,
    update_layer,
)

NAME = "sync-services"
TRACE = ("-m", "toolshed.db.database_kit.trace")
REQUESTS = """
from fastapi.testclient import TestClient
from toolshed.main import app

HEADERS = {"token": "ada"}
TOOLS = {"Saw": 1, "Drill": 3, "Hand drill": 3}

with TestClient(app, headers=HEADERS) as client:
    client.put("/loans/members/Ada", params={"token": "ada"}).raise_for_status()
    for name, shelf in TOOLS.items():
        client.post("/tools", json={"name": name, "shelf": shelf}).raise_for_status()
    client.post("/tools", json={"name": "Axe", "shelf": 1}, headers={"token": "nobody"})
    for query in ("", "?name=drill", "?skip=1&limit=1", "/count", "/shelves"):
        client.get(f"/tools{query}").raise_for_status()
    for number in (2, 22):
        client.patch(f"/tools/{number}", json={"shelf": 9})
    for path in ("1", "9", "1/return", "7/return"):
        client.post(f"/loans/{path}")
    client.get("/loans").raise_for_status()
    for _ in range(2):
        client.delete("/tools/3")
    client.post("/loans/2").raise_for_status()
    for path in ("loans", "loans/2", "loans/9", "members/me"):
        client.get(f"/related/{path}").raise_for_status()
    client.put("/related/loans/2/1").raise_for_status()
    for number in (3, 9):
        client.post(f"/related/loans/{number}")
    for path in ("members", "names"):
        client.get(f"/related/{path}").raise_for_status()
"""
LAZY = """

@router.get("/names")
def list_names(current: CurrentMember, loans: LoanService = Depends()) -> list[str]:
    found = sorted(loans.of_member(current), key=lambda loan: loan.id)
    return [loan.tool.name for loan in found]
"""
RELATED = """
from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict
from sqlalchemy import func, select

from toolshed.dependencies import CurrentMember, SessionDep
from toolshed.models import Loan, Member, Tool
from toolshed.schemas import LoanOut, ToolOut

router = APIRouter(prefix="/related")


class LoanWithTool(LoanOut):
    tool: ToolOut


class MemberWithLoans(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    name: str
    loans: list[LoanOut]


class Counted(BaseModel):
    Member: MemberWithLoans
    count: int


@router.get("/loans", response_model=list[LoanWithTool])
def list_loans(db: SessionDep):
    return db.query(Loan).order_by(Loan.id).all()


@router.get("/loans/{loan_id}", response_model=LoanWithTool | None)
def show_loan(loan_id: int, db: SessionDep):
    return db.get(Loan, loan_id)


@router.put("/loans/{loan_id}/{tool_id}", response_model=LoanWithTool)
def move(loan_id: int, tool_id: int, db: SessionDep):
    loan = db.get(Loan, loan_id)
    if loan is None:
        raise HTTPException(404)
    loan.tool_id = tool_id
    db.commit()
    db.refresh(loan)
    return loan


@router.post("/loans/{tool_id}", response_model=LoanWithTool)
def lend(tool_id: int, current: CurrentMember, db: SessionDep):
    tool = db.get(Tool, tool_id)
    if tool is None:
        raise HTTPException(404)
    loan = Loan(tool_id=tool.id, member_id=current.id)
    db.add(loan)
    db.commit()
    db.refresh(loan)
    return LoanWithTool.model_validate(loan)


@router.get("/names")
def list_names(db: SessionDep) -> list[str]:
    loans = db.query(Loan).order_by(Loan.id).all()
    return [loan.tool.name for loan in loans]


@router.get("/members", response_model=list[Counted])
def list_members(db: SessionDep):
    query = db.query(Member, func.count(Loan.id).label("count")).join(Member.loans)
    return query.group_by(Member.id).order_by(Member.id).all()


@router.get("/members/me", response_model=MemberWithLoans)
def show_me(current: CurrentMember, db: SessionDep):
    return db.scalars(select(Member).where(Member.id == current.id)).one()
"""
ASYNC = {"db_existing": "adopt", "db_adopt_sessions": "async"}


def copied(template: Path, project: Path) -> str:
    """Add the layer with async routes, and return what is printed."""
    said = StringIO()
    with redirect_stderr(said):
        copier.run_copy(str(template), project, data=dict(ASYNC), defaults=True, unsafe=True)
    return said.getvalue()


def replace(file: Path, *pairs: tuple[str, str]) -> None:
    """Edit a file as its owner would."""
    text = file.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    file.write_text(text, encoding="utf-8")


def with_related(project: Path) -> Path:
    """The project with routes whose responses read relationships."""
    package = project / "toolshed"
    (package / "routes" / "related.py").write_text(RELATED.lstrip(), encoding="utf-8")
    replace(
        package / "main.py",
        ("import loans, tools", "import loans, related, tools"),
        ("(loans.router)", "(loans.router)\napp.include_router(related.router)"),
    )
    commit_all(project, "Related")
    return project


def environment_of(project: Path, environments: Path, url: str) -> Desk:
    """The environment that a project declares, and its database."""
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, f"adopted-{NAME}", install, cwd=project)
    dsn = urlsplit(url).geturl().replace("@/", "@localhost/")
    return Desk(project, environment, {"TOOLSHED_DATABASE_URL": dsn})


@pytest.mark.long
def test_clients_and_the_database_see_the_same(
    template: Path, tmp_path: Path, environments: Path, new_database: Callable[[], str]
) -> None:
    before = copy_with_layer(template, NAME, tmp_path / "before", db_existing="adopt")
    with_related(before)
    (before / "requests.py").write_text(REQUESTS, encoding="utf-8")
    desk = environment_of(before, environments, new_database())
    desk.run("-m", "alembic", "upgrade", "head")
    desk.run(*TRACE, "record", "--", "requests.py")

    after = add_layer(template, with_related(copy_project(NAME, tmp_path / "after")), **ASYNC)

    (after / ".database").mkdir()
    recording = before / ".database" / "trace.json"
    (after / ".database" / "trace.json").write_bytes(recording.read_bytes())
    (after / "requests.py").write_text(REQUESTS, encoding="utf-8")
    desk = environment_of(after, environments, new_database())
    desk.run("-m", "alembic", "upgrade", "head")
    said = desk.fails(*TRACE, "compare")
    differences = [line for line in said.splitlines() if " runs " in line or "became" in line]
    related = [line for line in differences if "/related/" in line]
    # Relationships are loaded by other statements, with the same result.
    assert related
    assert not any("became" in line for line in related)
    # PostgreSQL does not read what an EXISTS selects.
    assert {line.partition(" (SELECT")[0] for line in differences if line not in related} == {
        f"POST /loans/{number}: {words} SELECT EXISTS"
        for number in (1, 2)
        for words in ("no longer runs", "also runs")
    }
    written = (after / "toolshed" / "routes" / "related.py").read_text(encoding="utf-8")
    assert written.count("select(Loan).options(selectinload(Loan.tool))") == 2
    assert written.count('await db.refresh(loan, ["tool"])') == 2
    assert ".options(selectinload(Member.loans))" in written
    # Their own tests override the sync dependency, and are on SQLite.
    assert "7 passed" in desk.run(
        "-m", "pytest", "-q", "tests/test_tools.py", "tests/test_loans.py"
    )
    changed = [line[3:] for line in changed_files(after) if line.startswith(" M")]
    modules = [name for name in changed if name.startswith("toolshed/")]
    silent("ruff", "check", "--isolated", "--no-cache", "--select=ASYNC,F,I", *modules, cwd=after)
    silent("ruff", "format", "--isolated", "--line-length=100", "--diff", *modules, cwd=after)
    own = ["toolshed/db/async_sessions.py", "toolshed/db/database_kit/async_override.py"]
    silent("ruff", "check", "--isolated", "--no-cache", *RULES, *own, cwd=after)
    silent("ruff", "format", "--isolated", "--line-length=79", "--diff", *own, cwd=after)
    strict = ["--strict", "--config-file=", "--explicit-package-bases", "--cache-dir=/dev/null"]
    python = f"--python-executable={desk.environment.python}"
    silent("mypy", *strict, python, *own, cwd=after)


def test_a_relationship_that_loads_lazily_keeps_its_route(template: Path, tmp_path: Path) -> None:
    project = copy_project(NAME, tmp_path / "project")
    routes = project / "toolshed" / "routes" / "loans.py"
    with routes.open("a", encoding="utf-8") as file:
        file.write(LAZY)
    commit_all(project, "Names")

    said = " ".join(copied(template, project).split())

    assert "Async 7 of 11 routes, 17 of 29 functions that lead to a session" in said
    assert "toolshed/services/tools.py: add " in said
    reason = "loan.tool may load lazily: add .options(selectinload(…tool)) to the query"
    assert f"stays: list_names (toolshed/routes/loans.py, line 35: {reason}" in said
    text = routes.read_text(encoding="utf-8")
    assert LAZY in text
    assert "async def lend_tool" not in text
    services = project / "toolshed" / "services"
    assert "async def lend" not in (services / "loans.py").read_text(encoding="utf-8")
    # What the other routes need is async.
    assert "async def add" in (services / "tools.py").read_text(encoding="utf-8")
    commit_all(project, "Async")
    add_layer(template, project, db_undo=True)
    git(project, "add", "--all")
    assert git(project, "diff", "--stat", "--cached", "main~1") == ""


def test_the_undo_keeps_what_was_edited_since(template: Path, tmp_path: Path) -> None:
    source = PROJECTS / NAME
    project = copy_with_layer(template, NAME, tmp_path / "project", **ASYNC)
    edits = {
        "toolshed/services/tools.py": [
            ("return deleted > 0", "return deleted >= 1"),
            ("name: str | None = None, skip", "name: str | None = None, shelf: int = 0, skip"),
        ],
        "toolshed/services/base.py": [("db.add(created)", "db.add_all([created])")],
        "tests/conftest.py": [("sqlite://", "sqlite:///:memory:")],
    }
    for name, pairs in edits.items():
        replace(project / name, *pairs)
    member = project / "toolshed" / "services" / "members.py"
    member = member.rename(member.with_name("people.py"))

    add_layer(template, project, db_undo=True)

    for name, pairs in edits.items():
        text = (source / name).read_text(encoding="utf-8")
        for old, new in pairs:
            text = text.replace(old, new, 1)
        assert (project / name).read_text(encoding="utf-8") == text
    former = source / "toolshed" / "services" / "members.py"
    assert member.read_bytes() == former.read_bytes()
    assert not list(project.rglob("database_kit"))


@pytest.mark.thorough
def test_an_update_makes_them_async_later(template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(template, NAME, tmp_path / "project", db_existing="adopt")
    commit_all(project, "Adopted")
    at_once = add_layer(template, copy_project(NAME, tmp_path / "at_once"), **ASYNC)

    update_layer(project, {"db_adopt_sessions": "async"})

    for name in ("toolshed/services/tools.py", "toolshed/main.py", "tests/conftest.py"):
        assert (project / name).read_bytes() == (at_once / name).read_bytes()
    commit_all(project, "Async")
    # What is async stays as it is.
    update_layer(project)
    assert changed_files(project) == []
    add_layer(template, project, db_undo=True)
    git(project, "add", "--all")
    assert git(project, "diff", "--stat", "--cached", "main~2") == ""
