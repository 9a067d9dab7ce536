"""What is said of adopting, of answers that do not go with it, and of bounds."""

from pathlib import Path

import pytest

from extensions.conversation.reasons_to_stop import bounds_that_exclude
from extensions.conversion.offer import (
    check_adopted,
    offer,
    other_extras,
    proof,
    reasons_not_to_adopt,
    why_sync,
)
from tests.conversion.test_adopted_layer import FIRST, PROJECT, PYPROJECT
from tests.inspection.trees import APP, inspect_files

RECORDED = {
    "base": "app.models:Base",
    "models": ["app.tables"],
    "url": "settings.url",
    "url_imports": ["from app.settings import settings"],
    "factories": [],
    "heads": ["a1"],
    "version_table": "alembic_version",
}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({"db_models": "Customer: name str"}, "-d db_models: not available"),
        ({"db_auth_tables": True}, "-d db_auth_tables: not available"),
        ({"db_type": "supabase"}, "-d db_type=supabase: db_existing=adopt supports"),
        ({"db_extras": ["doctor", "seeds"]}, "-d db_extras: db_existing=adopt supports"),
        (
            {"db_adopt_sessions": "async"},
            "-d db_adopt_sessions=async: no layer with sync sessions is adopted.",
        ),
    ],
)
def test_answers_that_do_not_go_with_it(
    tmp_path: Path, data: dict[str, object], reason: str
) -> None:
    facts = inspect_files(tmp_path, PROJECT)

    assert not list(reasons_not_to_adopt(tmp_path, facts, proof(tmp_path, facts), {}))
    [said] = reasons_not_to_adopt(tmp_path, facts, proof(tmp_path, facts), data)
    assert said.startswith(reason)


def test_without_a_layer_there_is_nothing_to_adopt(tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"pyproject.toml": PYPROJECT, "app/main.py": APP})

    [said] = reasons_not_to_adopt(tmp_path, facts, proof(tmp_path, facts), {})

    assert "has no database layer" in said


def test_what_is_not_proven_is_said_where_adopting_is_offered(tmp_path: Path) -> None:
    second = FIRST.replace('"a1"', '"b2"')
    facts = inspect_files(tmp_path, {**PROJECT, "alembic/versions/b2.py": second})

    assert "the history has no single head" in offer(proof(tmp_path, facts))


def test_a_file_for_a_newer_python_is_named(tmp_path: Path) -> None:
    sync = {"sessions": "sync"}
    before = why_sync(tmp_path, ".", sync)
    (tmp_path / "deps.py").write_text("x = 1\nsome new syntax\n")

    assert before.startswith("no dependency that only opens a session")
    assert why_sync(tmp_path, ".", sync).startswith("deps.py, line 2, cannot be parsed by Python 3")


def test_extras_as_a_command_line_has_them() -> None:
    assert not list(other_extras("[doctor, health]"))
    assert not list(other_extras([]))
    [said] = other_extras("[doctor, reads]")
    assert said.endswith("not reads.")


def test_bounds_count_for_what_is_added(tmp_path: Path) -> None:
    pins = PYPROJECT.replace('"alembic"', '"alembic~=1.9.1"').replace(">=2.0.40", "==2.0.22")
    facts = inspect_files(tmp_path, {**PROJECT, "pyproject.toml": pins})

    assert not list(bounds_that_exclude(facts, tmp_path, "adopt"))
    [alembic, sqlalchemy] = bounds_that_exclude(facts, tmp_path, "beside")
    assert "alembic~=1.9.1 excludes" in alembic
    assert "==2.0.22 excludes" in sqlalchemy


@pytest.mark.parametrize(
    "changed",
    [
        {"url": "settings.url)\nraise SystemExit("},
        {"url_imports": ["print()"]},
        {"factories": None},
        {"models": [1]},
        {"models": ['x"']},
        {"driver": "x y"},
        {"run_in": "elsewhere"},
    ],
)
def test_a_record_that_no_copy_wrote(changed: dict[str, object]) -> None:
    answers = {"db_existing": "adopt", "db_added_on": "2026-11-27"}

    assert not list(check_adopted({**answers, "db_adopted": RECORDED}))
    assert list(check_adopted({**answers, "db_adopted": {**RECORDED, **changed}}))
    assert list(check_adopted({**answers, "db_adopted": None}))
    # Routes become async by a dependency that is known.
    given = {"dependency": "app.db:get_db", "autoflush": True, "overridden": False}
    answers["db_adopt_sessions"] = "async"
    assert list(check_adopted({**answers, "db_adopted": RECORDED}))
    assert not list(check_adopted({**answers, "db_adopted": {**RECORDED, **given}}))
    wrong = {**RECORDED, **given, "dependency": "app.db:get_db()"}
    assert list(check_adopted({**answers, "db_adopted": wrong}))
    assert not list(check_adopted({"db_existing": "stop", "db_added_on": "2026-11-27"}))
