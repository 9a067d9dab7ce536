"""The bounds that the template writes."""

import pytest

from extensions.adoption.layer_requirements import EARLIER, main_requirements
from extensions.answers import Answers
from scripts.floors import floors


@pytest.mark.parametrize("db_type", ["postgresql", "supabase"])
@pytest.mark.parametrize("extras", [[], ["reads"]])
def test_an_update_knows_each_text(db_type: str, extras: list[str]) -> None:
    answers = Answers(type=db_type, auth_tables=True, python="3.10", extras=tuple(extras))

    assert set(main_requirements(answers)) <= set(EARLIER)


def test_ci_looks_at_the_floor_of_each_package() -> None:
    pins = dict(pin.split("==") for pin in floors())

    assert pins.keys() >= {"alembic", "asyncpg", "fastapi", "pydantic-settings", "sqlalchemy"}
    assert pins.keys() >= {"argon2-cffi", "pyjwt", "uuid-utils"}
    assert all(pins.values())
