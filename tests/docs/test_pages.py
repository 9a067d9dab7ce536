"""Whoever follows a page of the site gets there: its blocks are done one after the other."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import pytest
import yaml

from tests.support.adopted import CASES, EXTRAS, WITH_EVERYTHING
from tests.support.environments import Environment, make_environment
from tests.support.supabase import supabase_server
from tests.support.template import add_layer, copy_project, copy_with_layer

from .follow import Reader, change
from .pages import DOCS, blocks

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="the pages are written for a POSIX shell"),
    pytest.mark.long,
]

MODELS = """
Customer: name str(120), email str unique
Invoice: customer -> Customer, number str unique, total decimal(12,2),
    status enum(draft, sent, paid) = draft, sent_at datetime?
"""

TOOLS = [
    *("fastapi-pagination>=0.16", "httpx-ws>=0.7", "logfire[fastapi]>=5"),
    "opentelemetry-sdk>=1.45",
    *("prometheus-client>=0.26", "python-multipart", "sentry-sdk>=2.75", "sqladmin>=0.32"),
]
"""What the pages add to the project; here it is installed once for all of them."""
SHOP_PAGES = [
    "how-to/admin.md",
    "how-to/jobs-and-scripts.md",
    "how-to/observability.md",
    "how-to/pagination.md",
    "how-to/poolers.md",
    "how-to/replicas.md",
    "how-to/retries.md",
    "how-to/routine.md",
    "how-to/seeding.md",
    "how-to/testing.md",
    "how-to/zero-downtime-migrations.md",
]
LONG_PAGES = {
    "how-to/observability.md",
    "how-to/routine.md",
    "how-to/zero-downtime-migrations.md",
}
FOLLOWED = {
    *SHOP_PAGES,
    "how-to/coding-agents.md",
    "how-to/existing-database.md",
    "how-to/existing-layer.md",
    "how-to/from-sqlmodel.md",
    "how-to/from-sync-sqlalchemy.md",
    "how-to/row-level-security.md",
    "how-to/tenants.md",
    "tutorials/postgresql.md",
    "tutorials/supabase.md",
}
ELSEWHERE_TESTED = {
    "audit.md",
    "benchmarks.md",
    "detection.md",
    "doctor.md",
    "errors.md",
    "how-to/add-tenants.md",
    "how-to/adopt-a-layer.md",
    "how-to/citus.md",
    "how-to/schema-per-tenant.md",
    "how-to/update.md",
    "index.md",
    "models.md",
    "operations.md",
    "undo.md",
}
"""Pages of which other tests, or commands that take minutes, run what they say."""


@dataclass(frozen=True, slots=True)
class Place:
    """A project that pages begin in, the environment it declares, and its database."""

    project: Path
    environment: Environment
    url: str


@pytest.fixture(scope="session")
def shop(
    template: Path, environments: Path, server_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Place:
    """A project that has the layer with all extras, and tables of customers and invoices."""
    case = CASES[0]
    project = copy_project(case.name, tmp_path_factory.mktemp("shop") / case.name)
    add_layer(template, project, db_extras=EXTRAS, db_models=MODELS, db_example_model=False)
    install = [*case.install, *TOOLS]
    environment = make_environment(environments, "shop", install, cwd=project)
    place = Place(project, environment, create_database(server_url))
    for command in (["revision", "--autogenerate", "-m", "initial"], ["upgrade", "head"]):
        url = {"DATABASE_URL": place.url}
        place.environment.run("-m", "alembic", *command, cwd=project, variables=url)
    return place


def check_types(project: Path, environment: Environment, files: list[Path]) -> None:
    """Run pyright, strict, on what a page has written."""
    names = sorted({str(file) for file in files if "versions" not in file.parts})
    # What pages show beside the layer is not typed throughout.
    lenient = dict.fromkeys(["reportUnknownArgumentType", "reportUnknownVariableType"], False)
    config = {"typeCheckingMode": "strict", **lenient}
    (project / "pyrightconfig.json").write_text(json.dumps(config))
    done = subprocess.run(
        [sys.executable, "-m", "pyright", f"--pythonpath={environment.python}", *names],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stdout + done.stderr


def test_every_page_with_blocks_is_followed() -> None:
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    with_blocks = {page for page in pages if [b for b in blocks(page) if b.language != "models"]}

    assert with_blocks <= FOLLOWED | ELSEWHERE_TESTED


@pytest.mark.thorough
def test_what_is_written_in_a_project_with_the_layer_is_typed(shop: Place, tmp_path: Path) -> None:
    project = shutil.copytree(shop.project, tmp_path / "project")
    written: list[Path] = []
    for block in [block for page in SHOP_PAGES for block in blocks(page)]:
        if block.language == "python":
            written.append(project / block.title)
            written[-1].write_text(block.text, encoding="utf-8")
        elif block.language == "diff" and block.title.startswith("app/"):
            change(project, block.title, block.text)

    check_types(project, shop.environment, written)


def test_the_commands_of_pipelines_and_hooks_are_run() -> None:
    page = blocks("how-to/routine.md")
    files = [yaml.safe_load(block.text) for block in page if block.language == "yaml"]
    [workflow, with_service, hooks, compose] = files
    run = [
        line for block in page if block.language == "console" for line in block.text.splitlines()
    ]
    steps = [
        step["run"]
        for each in (workflow, with_service)
        for step in each["jobs"]["database"]["steps"]
        if "run" in step
    ]
    entries = [hook["entry"] for hook in hooks["repos"][0]["hooks"]]

    assert {*steps, *entries} - {*run} == {"uv sync --locked"}
    assert set(compose["services"]) == {"postgres", "migrate", "app"}


def create_database(server_url: str, *, like: str = "template1") -> str:
    """Create a database as another one is, and return its URL."""

    async def create(name: str) -> None:
        connection = await asyncpg.connect(server_url)
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        await connection.close()

    name = f"docs_{uuid4().hex}"
    asyncio.run(create(name))
    return urlsplit(server_url)._replace(path=f"/{name}").geturl()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(page, marks=[pytest.mark.thorough] if page in LONG_PAGES else [])
        for page in SHOP_PAGES
    ],
)
def test_in_a_project_with_the_layer(
    page: str, shop: Place, template: Path, server_url: str, tmp_path: Path
) -> None:
    project = shutil.copytree(shop.project, tmp_path / "project")
    url = create_database(server_url, like=urlsplit(shop.url).path.strip("/"))
    (project / ".env").write_text(f"DATABASE_URL={url}\n")
    variables = {"UV_PROJECT_ENVIRONMENT": str(shop.environment.path), "UV_NO_SYNC": "1"}

    Reader(project, template, url, variables).follow(page)


@pytest.mark.parametrize("page", ["how-to/existing-layer.md", "how-to/from-sync-sqlalchemy.md"])
def test_in_a_project_with_a_layer_of_its_own(
    page: str, template: Path, environments: Path, new_database: Callable[[], str], tmp_path: Path
) -> None:
    project = copy_project("sync-sqlalchemy", tmp_path / "project")
    place = tmp_path / "adopted"
    adopted = copy_with_layer(template, "sync-sqlalchemy", place, db_existing="beside")
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, "sync-sqlalchemy", install, cwd=adopted)
    url = new_database()
    variables = {
        "DATABASE_URL": urlsplit(url)._replace(scheme="postgresql+psycopg").geturl(),
        "UV_PROJECT_ENVIRONMENT": str(environment.path),
        "UV_NO_SYNC": "1",
    }

    Reader(project, template, url, variables).follow(page)


def test_in_a_project_without_a_layer(
    template: Path, shop: Place, new_database: Callable[[], str], tmp_path: Path
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    url = new_database()
    variables = {
        "DATABASE_URL": url,
        "UV_PROJECT_ENVIRONMENT": str(shop.environment.path),
        "UV_NO_SYNC": "1",
    }

    Reader(project, template, url, variables).follow("how-to/existing-database.md")


@pytest.mark.thorough
def test_with_tenants(template: Path, environments: Path, server_url: str, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    environment = WITH_EVERYTHING.environment(
        environments,
        copy_with_layer(template, "uv-app", tmp_path / "everything", **WITH_EVERYTHING.answers),
    )
    variables = {"UV_PROJECT_ENVIRONMENT": str(environment.path), "UV_NO_SYNC": "1"}

    reader = Reader(project, template, server_url, variables)
    check_types(project, environment, reader.follow("how-to/tenants.md"))


def test_without_a_person(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")

    Reader(project, template, "", {}).follow("how-to/coding-agents.md")

    skill = (project / ".agents" / "skills" / "database" / "SKILL.md").read_text("utf-8")
    guide = (project / "DATABASE.md").read_text("utf-8")
    rules = skill.partition("## Rules for changes\n\n")[2]
    assert "- A route takes `SessionDep`" in rules
    assert rules in guide
    assert (project / "app" / "models" / "customer.py").exists()
    assert (project / "app" / "database_kit" / "errors.py").exists()


@pytest.mark.parametrize(
    "page",
    [
        pytest.param("how-to/from-sqlmodel.md", marks=pytest.mark.thorough),
        "tutorials/postgresql.md",
    ],
)
def test_from_nothing(
    page: str, template: Path, new_database: Callable[[], str], open_path: Path
) -> None:
    url = new_database()
    variables = {"DATABASE_URL": url} if "sqlmodel" in page else {}

    Reader(open_path, template, url, variables).follow(page)


@pytest.fixture
def supabase_url() -> Iterator[str]:
    """A database as a new Supabase project has it."""
    with supabase_server() as server, server.new_database() as name:
        yield server.url(name)


@pytest.mark.thorough
def test_from_nothing_on_supabase(template: Path, supabase_url: str, tmp_path: Path) -> None:
    project = tmp_path / "notebook"

    written = Reader(tmp_path, template, supabase_url, {}).follow("tutorials/supabase.md")

    check_types(project, Environment(project / ".venv"), written)


@pytest.mark.thorough
def test_in_a_project_on_supabase(
    template: Path, environments: Path, supabase_url: str, tmp_path: Path
) -> None:
    project = copy_project("supabase-notes", tmp_path / "project")
    add_layer(template, project, db_example_model=False)
    install = ["-r", "pyproject.toml", "--group", "dev"]
    environment = make_environment(environments, "supabase-notes", install, cwd=project)
    variables = {
        "DATABASE_URL": supabase_url,
        "UV_PROJECT_ENVIRONMENT": str(environment.path),
        "UV_NO_SYNC": "1",
    }

    reader = Reader(project, template, supabase_url, variables)
    check_types(project, environment, reader.follow("how-to/row-level-security.md"))
