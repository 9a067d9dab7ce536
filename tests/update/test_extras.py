"""What becomes of the extras when the answer changes, or was never given."""

from pathlib import Path

import pytest
from copier.errors import UserMessageError

from tests.support.template import (
    ANSWERS_FILE,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    copy_with_layer,
    git,
    release,
    run_copier,
    update_layer,
)

QUESTION = "db_extras:\n"


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A project with the default extras, committed."""
    copied = copy_with_layer(template, "uv-app", tmp_path / "project")
    commit_all(copied, "Add a database")
    return copied


def test_an_extra_leaves_with_its_answer(project: Path) -> None:
    update_layer(project, {"db_extras": "[]"})

    assert not (project / "app" / "database_kit" / "doctor.py").exists()
    assert "doctor" not in (project / "DATABASE.md").read_text()


def test_edits_of_an_extra_that_leaves_are_in_git(
    template: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    add_layer(template, project, db_extras=["doctor", "reads", "seeds"])
    # Each of the first three needs something that leaves, too; the last does not.
    needing = ["app/database_kit/doctor.py", "app/database_kit/hot_reads.py"]
    needing.append("tests/database/test_database_reads.py")
    edited = [*needing, "app/seeds.py"]
    for name in edited:
        with (project / name).open("a") as file:
            file.write("\nMINE = True\n")
    commit_all(project, "Edit what came")

    update_layer(project, {"db_extras": "[]"})

    assert [name for name in edited if (project / name).exists()] == ["app/seeds.py"]
    said = capfd.readouterr().err.splitlines()
    for name in needing:
        where = f"git show HEAD:./{name}"
        assert f"{name}: removed by this update; your edits: {where}" in said
        assert git(project, *where.split()[1:]).endswith("\nMINE = True\n")
    assert [line for line in said if "imports" in line] == []


def test_code_that_imports_what_leaves_is_named(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (project / "app" / "report.py").write_text("\nfrom app.database_kit.doctor import examine\n")
    commit_all(project, "Use the doctor")

    update_layer(project, {"db_extras": "[]"})

    said = capfd.readouterr().err.splitlines()
    assert (
        "app/report.py, line 2: it imports a module that this update has removed or moved." in said
    )


def test_a_deleted_extra_stays_deleted(project: Path) -> None:
    (project / "app" / "database_kit" / "doctor.py").unlink()
    commit_all(project, "Delete the doctor")

    update_layer(project)

    assert changed_files(project) == []


def test_a_mistake_in_an_update_changes_nothing(project: Path) -> None:
    with pytest.raises(UserMessageError, match=r"db_extras=\[doctro\]: it takes a list"):
        update_layer(project, {"db_extras": "[doctro]"})

    assert changed_files(project) == []


def test_a_project_from_before_the_question(own_template: Path, tmp_path: Path) -> None:
    questions = own_template / "copier.yml"
    content = questions.read_text(encoding="utf-8")
    _, question, rest = content.partition(QUESTION)
    asked = question + rest.partition("\n\n")[0]
    questions.write_text(content.replace(asked, "db_extras:\n  when: false\n  default: []\n"))
    commit_all(own_template, "Know of no extras")
    git(own_template, "tag", "--force", "v1.0.0")
    project = add_layer(own_template, copy_project("uv-app", tmp_path / "project"))
    commit_all(project, "Add a database")
    assert "db_extras" not in (project / ANSWERS_FILE).read_text()
    questions.write_text(content)
    release(own_template, "v1.1.0")

    # A prompt would fail: nobody is there to answer.
    command = ("update", "--trust", "--skip-answered", "-a", ANSWERS_FILE)
    done = run_copier(*command, cwd=project)

    assert done.returncode == 0, done.stderr
    assert (project / "app" / "database_kit" / "doctor.py").exists()
    assert "db_extras:\n- doctor\n" in (project / ANSWERS_FILE).read_text()
