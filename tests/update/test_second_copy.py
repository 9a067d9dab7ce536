"""A second copy changes nothing, whatever the user has made of the files meanwhile."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.adopted import CASES
from tests.support.template import (
    ANSWERS_FILE,
    add_layer,
    changed_files,
    commit_all,
    copy_with_layer,
    release,
    run_copier,
    snapshot_template,
)


@pytest.fixture(params=[case.name for case in CASES])
def committed(request: pytest.FixtureRequest, template: Path, tmp_path: Path) -> Path:
    """A project whose layer is committed."""
    project = copy_with_layer(template, request.param, tmp_path / "project")
    commit_all(project, "Add the database layer")
    return project


def reformat(project: Path) -> None:
    """Format all files as somebody with other tastes does."""
    style = ["--config", "format.quote-style='single'", "--line-length", "60"]
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", *style, "."]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


def test_untouched(template: Path, committed: Path) -> None:
    add_layer(template, committed)

    assert changed_files(committed) == []


@pytest.mark.parametrize(
    "answers",
    [
        {"db_type": "supabase", "db_tenants": True, "db_extras": ["health"]},
        {"db_auth_tables": True, "db_models": "Run: agent str", "db_example_model": False},
        {"db_reflect": True, "db_wire_app": False, "db_extras": ["doctor", "seeds"]},
    ],
    ids=["tenants", "models", "tables"],
)
def test_the_first_answers_are_the_defaults(
    template: Path, tmp_path: Path, answers: dict[str, object]
) -> None:
    project = copy_with_layer(template, "uv-app", tmp_path / "project", **answers)
    commit_all(project, "Add the database layer")

    add_layer(template, project)

    assert changed_files(project) == []


def test_edited_and_reformatted(template: Path, committed: Path) -> None:
    reformat(committed)
    for name in ("alembic.ini", "DATABASE.md", ".env.example", ".gitignore"):
        with (committed / name).open("a") as file:
            file.write("# mine\n")
    assert changed_files(committed)
    commit_all(committed, "Edit and reformat")

    add_layer(template, committed)

    assert changed_files(committed) == []


def test_at_a_terminal_without_prompting_to_overwrite(template: Path, committed: Path) -> None:
    reformat(committed)
    commit_all(committed, "Reformat")

    done = run_copier("copy", "--trust", "--defaults", template, committed)

    assert done.returncode == 0, done.stderr
    assert "Overwrite" not in done.stdout + done.stderr
    assert changed_files(committed) == []


def test_of_a_newer_template_says_what_updates(tmp_path: Path) -> None:
    own_template = snapshot_template(tmp_path / "template")
    project = copy_with_layer(own_template, "uv-app", tmp_path / "project")
    commit_all(project, "Add the database layer")
    again = run_copier("copy", "--trust", "--defaults", own_template, project)
    release(own_template, "v9.0.0", pool=("FIFO", "first-in, first-out"))

    done = run_copier("copy", "--trust", "--defaults", own_template, project)

    assert "Update" not in again.stderr
    assert "another version now: `copier update" in " ".join(done.stderr.split())
    assert changed_files(project) == []
    (project / "app" / "database_kit" / "doctor.py").unlink()
    done = run_copier("copy", "--trust", "--defaults", own_template, project)
    assert "another version now: `copier update" in " ".join(done.stderr.split())
    (project / ANSWERS_FILE).unlink()
    done = run_copier("copy", "--trust", "--defaults", own_template, project)
    assert f"app/ has a database layer of this template, but {ANSWERS_FILE}" in done.stderr
