"""The template works wherever a project lies."""

import shutil
from pathlib import Path

import copier
import pytest

from tests.support.template import (
    ANSWERS_FILE,
    PROJECTS,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    git,
    release,
    update_layer,
)

ADDED = "app/database.py"
CHANGE = ("Close all connections;", "Close every connection;")


def updated(project: Path) -> bool:
    return CHANGE[1] in (project / ADDED).read_text()


def test_without_git(template: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECTS / "uv-app", project)

    add_layer(template, project)

    assert (project / ADDED).exists()


def test_with_uncommitted_changes(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    main = project / "app" / "main.py"
    main.write_text(main.read_text() + "\n# not committed\n")

    add_layer(template, project)

    assert main.read_text().endswith("\n# not committed\n")
    assert "install_database(app)" in main.read_text()


def test_in_a_subdirectory_of_a_repository(own_template: Path, tmp_path: Path) -> None:
    repository = tmp_path / "monorepo"
    project = repository / "services" / "parcels"
    shutil.copytree(PROJECTS / "uv-app", project)
    (repository / ".gitignore").write_text(".env\n")
    git(repository, "init", "--quiet")
    commit_all(repository, "Repository")
    add_layer(own_template, project)
    commit_all(repository, "Add the database layer")
    release(own_template, "v1.1.0", database=CHANGE)

    update_layer(project)

    assert updated(project)
    assert len(changed_files(repository)) == 2


@pytest.mark.parametrize("name", ["with spaces", "größe-日本", "it's [odd] {100%} #1"])
def test_under_an_unusual_path(name: str, own_template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / name / "my project")
    add_layer(own_template, project)
    commit_all(project, "Add the database layer")
    add_layer(own_template, project)
    assert changed_files(project) == []
    release(own_template, "v1.1.0", database=CHANGE)

    update_layer(project)

    assert updated(project)


def test_through_a_linked_directory(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    link = tmp_path / "link"
    link.symlink_to(project, target_is_directory=True)

    add_layer(template, link)

    assert link.is_symlink()
    assert (project / ADDED).exists()


def test_in_a_project_that_another_template_made(own_template: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "copier.yml").write_text(
        "name:\n  type: str\n  default: parcels\ndb_type:\n  type: str\n  default: theirs\n"
        "_subdirectory: files\n"
    )
    shutil.copytree(PROJECTS / "uv-app", other / "files")
    (other / "files" / "{{ _copier_conf.answers_file }}.jinja").write_text(
        "{{ _copier_answers|to_nice_yaml }}"
    )
    (other / "files" / "NOTES.txt.jinja").write_text("{{ name }} one\n")
    git(other, "init", "--quiet")
    commit_all(other, "Other template")
    git(other, "tag", "v1.0.0")
    project = tmp_path / "project"
    copier.run_copy(str(other), project, defaults=True, quiet=True)
    git(project, "init", "--quiet")
    commit_all(project, "Project")
    theirs = (project / ".copier-answers.yml").read_bytes()

    add_layer(own_template, project)
    assert (project / ".copier-answers.yml").read_bytes() == theirs
    assert "db_type: postgresql" in (project / ANSWERS_FILE).read_text()
    commit_all(project, "Add the database layer")

    release(own_template, "v1.1.0", database=CHANGE)
    update_layer(project)
    assert updated(project)
    commit_all(project, "Update the layer")

    (other / "files" / "NOTES.txt.jinja").write_text("{{ name }} two\n")
    commit_all(other, "Second version")
    git(other, "tag", "v1.1.0")
    copier.run_update(project, defaults=True, overwrite=True, quiet=True)
    assert (project / "NOTES.txt").read_text() == "parcels two\n"
    assert updated(project)
    assert "install_database(app)" in (project / "app" / "main.py").read_text()
