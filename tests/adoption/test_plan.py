"""What is shown and asked before anything is written, and what a no leaves."""

import os
import pty
import re
import select
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from tests.support.template import REPOSITORY, copy_project, git

from .test_bad_input import contents, copy


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return copy_project("uv-app", tmp_path / "project")


def mtimes(directory: Path) -> dict[str, int]:
    return {str(path): path.stat().st_mtime_ns for path in directory.rglob("*")}


QUESTIONS = (
    *("Which database", "belong to tenants", "tables for users", "Which models"),
    *("example model", "What else", "install_database", "Go ahead?"),
)
TERMINAL_COLUMNS, MARGIN = 80, 5
PATIENCE_SECONDS = 120
"""How long to wait for a question: a new one that a test does not know would be waited for."""


def read(terminal: int) -> str:
    """What the other side prints next."""
    ready, _, _ = select.select([terminal], [], [], PATIENCE_SECONDS)
    assert ready, "nothing more was printed"
    return os.read(terminal, 65536).decode(errors="replace")


def answer(
    template: Path, project: Path, keys: Sequence[str], questions: Sequence[str] = QUESTIONS
) -> tuple[int, str]:
    """Run a copy at a terminal; each of `keys` is typed once its question is asked."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "copier", "copy", "--trust", str(template), str(project)],
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm", "COLUMNS": "80", "LINES": "24"},
    )
    os.close(slave)
    output = ""
    try:
        for expected, key in zip(questions, keys, strict=True):
            while expected not in output:
                output += read(master)
            os.write(master, key.encode())
        while chunk := read(master):
            output += chunk
    except OSError:  # Linux's way of saying that the other side is closed
        pass
    except AssertionError:
        process.kill()
        raise
    os.close(master)
    return process.wait(), output


def test_the_plan_says_what_will_happen(template: Path, project: Path) -> None:
    said = copy(template, project).stderr

    plan = said.partition("The plan for ")[2].partition("Copying from template")[0]
    assert "application app.main:app (app/main.py:" in plan
    assert "app/database_kit/{__init__.py, " in plan
    assert '+ "asyncpg>=0.27",' in plan
    assert "+ install_database(app)" in plan


def test_the_plan_lists_each_file_that_is_created(template: Path, project: Path) -> None:
    before = set(contents(project))
    plan = copy(template, project).stderr.partition("The plan for ")[2].partition("Copying")[0]

    new = {Path(name) for name in set(contents(project)) - before}

    assert new
    assert {path.name for path in new if path.name not in plan} == set()


def test_each_question_fits_a_narrow_terminal() -> None:
    """What is too long is cut off there, without a sign."""
    content = yaml.safe_load((REPOSITORY / "copier.yml").read_text(encoding="utf-8"))
    for name, question in content.items():
        if name.startswith("db_"):
            lines = [*question.get("help", "").splitlines(), *question.get("choices", ())]
            assert [line for line in lines if len(line) > TERMINAL_COLUMNS - MARGIN] == [], name


def test_a_yes_at_a_terminal(template: Path, project: Path) -> None:
    code, said = answer(template, project, ["\r"] * len(QUESTIONS))

    assert code == 0, said
    assert "The plan for" in said
    assert (project / "app" / "database.py").exists()


def test_a_no_at_a_terminal_leaves_every_byte_and_time(template: Path, project: Path) -> None:
    before, times = contents(project), mtimes(project)

    code, said = answer(template, project, [*["\r"] * (len(QUESTIONS) - 1), "n"])

    assert code != 0
    assert "Nothing was added" in said
    assert "Traceback" not in said
    assert (contents(project), mtimes(project)) == (before, times)


DOWN = "\x1b[B"
EXISTING = "Adopt the existing layer"


def test_leaving_the_layer_that_is_there(template: Path, tmp_path: Path) -> None:
    project = copy_project("sync-sqlalchemy", tmp_path / "project")
    before = contents(project)

    code, said = answer(template, project, [f"{DOWN}\r"], [EXISTING])

    assert code != 0
    assert "shelter/models.py:8: `class Base(DeclarativeBase):`" in said
    assert "Nothing was added: the project keeps the layer that it has." in said
    assert contents(project) == before


def test_adding_one_beside_the_layer_that_is_there(template: Path, tmp_path: Path) -> None:
    project = copy_project("sync-sqlalchemy", tmp_path / "project")

    code, said = answer(
        template, project, [f"{DOWN}{DOWN}\r", *["\r"] * len(QUESTIONS)], [EXISTING, *QUESTIONS]
    )

    assert code == 0, said
    assert (project / "alembic_db.ini").exists()


def test_adopting_is_what_a_terminal_offers_where_it_is_proven(
    template: Path, tmp_path: Path
) -> None:
    project = copy_project("async-sqlalchemy", tmp_path / "project")
    parts = ["Create an engine", "How does env.py connect"]
    questions = [EXISTING, *parts, "What else", "install_database", "Go ahead?"]
    keys = ["\r", f"{DOWN}\r", f"{DOWN}\r", "\r", "\r", "\r"]

    code, said = answer(template, project, keys, questions)

    assert code == 0, said
    assert "database URL str(get_settings().postgres_dsn)" in said
    assert "migrations in migrations, at revision 6e02f5d81c44" in said
    assert "engine desk.db.session:engine: its options stay" in said
    assert (project / "desk" / "database_kit" / "health.py").exists()
    engine = (project / "desk" / "db" / "session.py").read_text(encoding="utf-8")
    assert "create_layer_engine(url" in engine


def test_a_no_by_data(template: Path, project: Path) -> None:
    before = contents(project)

    done = copy(template, project, "-d", "db_confirm=false")

    assert done.returncode != 0
    assert "Nothing was added" in done.stderr
    assert contents(project) == before


def test_pretend_leaves_every_byte_and_time(template: Path, project: Path) -> None:
    before, times = contents(project), mtimes(project)

    done = copy(template, project, "--pretend")

    assert done.returncode == 0, done.stderr
    assert "The plan for" in done.stderr
    assert (contents(project), mtimes(project)) == (before, times)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("db_tpye=supabase", "did you mean db_type?"),
        ("type=supabase", "no question of that name"),
        ("db_type=mysql", "it takes postgresql or supabase"),
        ("db_example_model=perhaps", "it takes true or false"),
        ("db_extras=[doctro]", "it takes a list in brackets of any of doctor"),
        ("db_extras=doctor", "it takes a list in brackets of any of doctor"),
        ("db_type=[postgresql]", "it takes postgresql or supabase"),
        ("db_package_dir=nowhere", "there is no such directory"),
        ("db_package_dir=..", "there is no such directory"),
        ("db_app_file=app", "there is no such file"),
        ("db_app_object=app/main.py", "it takes module:object, such as app.main:app"),
        ("db_app_object=app.main", "it takes module:object, such as app.main:app"),
        ("db_app_object=app.mian:app", "there is no module app.mian"),
        ("db_import_path=src/app", "by, such as src.app; empty for top-level modules"),
    ],
)
def test_a_wrong_answer_by_data(template: Path, project: Path, given: str, expected: str) -> None:
    before = contents(project)

    done = copy(template, project, "-d", given)

    assert done.returncode != 0
    assert expected in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert contents(project) == before


def test_the_plan_that_is_shown_is_the_plan_that_is_written(template: Path, project: Path) -> None:
    done = copy(template, project)

    plan = done.stderr.partition("The plan for")[2].partition("\n\nThe ")[0].splitlines()
    changed = [line.split()[1] for line in plan if line.startswith("Change")]
    assert changed
    assert set(changed) == set(git(project, "diff", "--name-only").split())
    git(project, "add", "--intent-to-add", ".env.example")
    diff = git(project, "diff", *changed, ".env.example").splitlines()
    added = {line[1:].strip() for line in diff if re.match(r"\+[^+]", line)} - {""}
    assert added == {line.strip()[2:].strip() for line in plan if line.startswith(" " * 12 + "+ ")}
    created = "".join(plan[plan.index("") + 1 :])
    new = git(project, "ls-files", "--others", "--exclude-standard").split()
    assert new
    assert all(Path(path).name in created for path in new)
