"""What a copy writes reaches a clone, whatever the project's `.gitignore` says."""

from pathlib import Path

import pytest

from tests.support.template import (
    ANSWERS_FILE,
    changed_files,
    commit_all,
    copy_project,
    git,
    run_copier,
)

RULES = "\n# weights, dumps, notes\nmodels/\n*.sql\n/*.md\n!/README.md\n.copier-answers*\n"
LINES = [
    *("+ !/.copier-answers.db.yml", "+ !/DATABASE.md", "+ !/alembic/login_role.sql"),
    *("+ !/app/models/", "+ !/tests/database/supabase_stand_in.sql"),
]


@pytest.mark.thorough
def test_ignored_files(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    ignore = project / ".gitignore"
    ignore.write_text(ignore.read_text() + RULES)
    commit_all(project, "Ignore more")
    before = ignore.read_bytes()

    command = ("copy", "--trust", "--defaults", "-d", "db_type=supabase", template, ".")
    done = run_copier(*command, cwd=project)

    assert done.returncode == 0, done.stderr
    plan, _, summary = done.stderr.partition("The Supabase layer is in app/")
    assert [line.strip() for line in plan.splitlines() if line.strip() in LINES] == LINES
    assert " .gitignore: !/.copier-answers.db.yml, " in summary
    written = {path for path in project.rglob("*") if path.is_file() and ".git" not in path.parts}
    commit_all(project, "Add the layer")
    kept = {project / name for name in git(project, "ls-files").splitlines()}
    assert written == kept

    again = run_copier(*command, cwd=project)
    assert "nothing was changed" in again.stderr
    assert changed_files(project) == []

    ignore.write_bytes(before)
    commit_all(project, "Ignore them again")
    updated = run_copier("update", "--trust", "--defaults", "-a", ANSWERS_FILE, cwd=project)
    assert "git ignores files of the layer: add !/.copier-answers.db.yml, " in updated.stderr
    git(project, "reset", "--hard", "HEAD~1")

    run_copier(
        *("recopy", "--trust", "--defaults", "-a", ANSWERS_FILE, "-d", "db_undo=true"), cwd=project
    )
    assert ignore.read_bytes() == before
