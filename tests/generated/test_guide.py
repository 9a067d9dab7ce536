"""What DATABASE.md tells the user to do is done here, word for word."""

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.adopted import CASES, EXTRAS, WITH_EVERYTHING, ProjectCase
from tests.support.environments import Environment
from tests.support.template import copy_with_layer

pytestmark = pytest.mark.long

INCLUDE = """
from {module} import router

# Ahead of a catch-all that the application may have.
{app}.router.routes[:0] = router.routes
"""
TRY_LATER = """
from fastapi import FastAPI
from fastapi.testclient import TestClient
from {module}guide_later import router

app = FastAPI()
app.include_router(router)
client = TestClient(app)
{prepare}
assert client.get("/numbers.csv").text.split()[-1] == "1000"
with client.websocket_connect("/squares") as socket:
    {say_who}
    for number, square in [(7, 49), (8, 64)]:
        socket.send_text(str(number))
        assert socket.receive_json() == square
"""
TRY_READS = """

async def test_the_reads(client: AsyncClient, session: AsyncSession) -> None:
    author = Author(name="Ada")
    session.add(author)
    await session.commit()
    ada = {"id": str(author.id), "name": "Ada"}

    assert (await client.get("/reads/authors/count")).json() == 1
    assert (await client.get(f"/reads/authors/{author.id}")).json() == {**ada, "books": []}
    assert (await client.get("/reads/authors/")).json() == [ada]
"""


def blocks(project: Path, language: str) -> list[str]:
    """The guide's code blocks, in their order."""
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)


def follow(command: str, project: Path, environment: Environment, url: str) -> None:
    """Run a line of the guide, without the manager's own way into the environment."""
    words = shlex.split(command, comments=True)
    while words[0] in ("uv", "poetry", "pdm", "run"):
        words.pop(0)
    if words[0] == "python":
        words.pop(0)
    else:
        words.insert(0, "-m")
    environment.run(*words, cwd=project, variables={"DATABASE_URL": url})


# One for each way in which the guide's test is written.
@pytest.mark.parametrize(
    "case",
    [CASES[0], pytest.param(CASES[1], marks=pytest.mark.thorough)],
    ids=lambda case: case.name,
)
def test_the_guide_works(
    case: ProjectCase,
    template: Path,
    environments: Path,
    new_database: Callable[[], str],
    tmp_path: Path,
) -> None:
    # Once with all extras, and once as it comes.
    answers = {"db_extras": EXTRAS} if case == CASES[0] else {}
    project = copy_with_layer(template, case.name, tmp_path / case.name, **answers)
    environment = case.environment(environments, project)
    url = new_database()
    commands = [
        [line for line in block.splitlines() if "alembic" in line and " -- " not in line]
        for block in blocks(project, "console")
    ]
    set_up, add_model, migrate = [block for block in commands if block]
    examples = blocks(project, "python")
    reads = [example for example in examples if "database_kit.reads" in example]
    bulk = [example for example in examples if "database_kit.bulk" in example]
    routes, script, later, model, test = [
        example for example in examples if example not in (*reads, *bulk)
    ]
    layer = project / case.layer

    for command in set_up:
        follow(command, project, environment, url)
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    [doctor] = re.findall(r"^.*python -m .*database_kit\.doctor$", guide, re.MULTILINE)
    follow(doctor, project, environment, url)

    (layer / "guide.py").write_text(routes)
    module, _, application = case.application.partition(":")
    environment.run(
        "-c",
        f"{script}\nimport asyncio; asyncio.run(main())",
        cwd=project,
        variables={"DATABASE_URL": url},
    )
    (layer / "guide_later.py").write_text(later)
    try_later = TRY_LATER.format(module=case.module, prepare="", say_who="")
    environment.run("-c", try_later, cwd=project, variables={"DATABASE_URL": url})
    wired = project / case.layer / f"{module.removeprefix(case.module)}.py"
    if application.endswith("()"):
        content = wired.read_text()
        include = (
            f"    from {case.module}guide import router\n    application.include_router(router)\n"
        )
        wired.write_text(
            content.replace("    return application\n", f"{include}    return application\n")
        )
    else:
        wired.write_text(
            wired.read_text() + INCLUDE.format(module=f"{case.module}guide", app=application)
        )
    if reads:
        read_routes, read_own_write = reads
        (layer / "guide_reads.py").write_text(read_routes)
        wired.write_text(
            wired.read_text() + INCLUDE.format(module=f"{case.module}guide_reads", app=application)
        )
        test += TRY_READS
        [load] = bulk
        for example, name in ((read_own_write, "read_own_write"), (load, "load")):
            environment.run(
                "-c",
                f"{example}\nimport asyncio; asyncio.run({name}())",
                cwd=project,
                variables={"DATABASE_URL": url},
            )
    (project / "tests" / "database" / "test_the_guide.py").write_text(test)
    environment.run("-m", "pytest", "tests/database", cwd=project)
    for line in re.findall(r"^from tests\..* import \*.*$", guide, re.MULTILINE):
        elsewhere = project / "tests" / "elsewhere"
        elsewhere.mkdir()
        (elsewhere / "__init__.py").touch()
        (elsewhere / "conftest.py").write_text(line + "\n")
        (elsewhere / "test_the_guide.py").write_text(test)
        environment.run(
            "-m", "pytest", "tests/elsewhere", "tests/database/test_the_guide.py", cwd=project
        )

    (layer / "models" / "customer.py").write_text(model)
    exports = layer / "models" / "__init__.py"
    exports.write_text(
        exports.read_text() + f"\nfrom {case.module}models.customer import Customer  # noqa: E402\n"
    )
    for command in [*add_model, *migrate]:
        follow(command, project, environment, url)


def test_the_table_of_settings_is_complete(template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(template, "uv-app", tmp_path / "project", db_extras=EXTRAS)
    settings = (project / "app" / "database_kit" / "settings.py").read_text(encoding="utf-8")
    declared = settings.partition("class DatabaseSettings(BaseSettings)")[2].partition("\ndef ")[0]
    fields = dict(re.findall(r"^    (\w+): [^=\n]+(?:= ?(.*))?$", declared, re.MULTILINE))
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    table = dict(re.findall(r"^\| `DATABASE_(\w+)` \| ([^|]*?) ?\|", guide, re.MULTILINE))

    assert {name.upper() for name in fields} == set(table)
    for name, default in fields.items():
        if default and default[0].isdigit():
            assert table[name.upper()] == default


LOG_IN = """
from fastapi import FastAPI
from fastapi.testclient import TestClient

from {module}database import install_database
from {module}logins import router

app = FastAPI()
app.include_router(router)
install_database(app)
ada = {{"email": "ada@example.com", "password": "correct horse battery staple"}}
with TestClient(app) as client:
    for _ in range(2):
        assert client.post("/login/users", json=ada).status_code == 202
    assert client.post("/login", json=ada | {{"email": "x@example.com"}}).status_code == 401
    login = client.post("/login", json=ada).raise_for_status().json()
    used = {{"token": login["refresh_token"]}}
    following = client.post("/login/refresh", json=used).raise_for_status().json()
    assert following["user_id"] == login["user_id"]
    assert client.post("/login/refresh", json=used).status_code == 401
    token = {{"token": following["refresh_token"]}}
    assert client.post("/login/refresh", json=token).status_code == 401
    token = {{"token": client.post("/login", json=ada).json()["refresh_token"]}}
    assert client.post("/login/end", json=token).status_code == 204
    assert client.post("/login/refresh", json=token).status_code == 401
"""


@pytest.mark.thorough
def test_the_guides_logins_work(
    template: Path, environments: Path, new_database: Callable[[], str], tmp_path: Path
) -> None:
    case = WITH_EVERYTHING
    project = copy_with_layer(template, case.project, tmp_path / "project", **case.answers)
    environment = case.environment(environments, project)
    variables = {"DATABASE_URL": new_database()}
    [logins] = [block for block in blocks(project, "python") if "database_kit import auth" in block]
    (project / case.layer / "logins.py").write_text(logins)

    for command in ("revision --autogenerate", "upgrade head"):
        environment.run("-m", "alembic", *command.split(), cwd=project, variables=variables)
    environment.run("-c", LOG_IN.format(module=case.module), cwd=project, variables=variables)
