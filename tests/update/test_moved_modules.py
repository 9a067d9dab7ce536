"""Modules of the kit that a newer version of the template has elsewhere take edits along."""

from pathlib import Path

import pytest

from tests.support.template import (
    add_layer,
    commit_all,
    copy_project,
    git,
    release,
    snapshot_template,
    update_layer,
)

OLD, NEW = "app/database_kit/commands/dev.py", "app/database_kit/dev.py"
MINE = "\nMINE = True\n"
FIRST_WORDS = '"""PostgreSQL for development'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose `dev.py` is where an earlier version of the template had it."""
    template = snapshot_template(tmp_path / "template")
    [module] = template.glob("template/*/database_kit/*dev.py*")
    content = module.read_text()
    earlier = module.parent / "commands" / module.name
    earlier.parent.mkdir()
    module.rename(earlier)
    release(template, "v1.1.0")
    copied = add_layer(template, copy_project("uv-app", tmp_path / "project"))
    module.write_text(content)
    earlier.unlink()
    release(template, "v1.2.0")
    return copied


def edit(project: Path, old: str, new: str) -> None:
    path = project / OLD
    content = path.read_text()
    assert old in content
    path.write_text(content.replace(old, new) + MINE)
    commit_all(project, "Edit what came")


def test_edits_move_along(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    edit(project, FIRST_WORDS, '"""Our PostgreSQL for development')

    update_layer(project)

    moved = (project / NEW).read_text()
    assert moved.startswith('"""Our PostgreSQL for development')
    assert moved.endswith(MINE)
    assert not (project / OLD).exists()
    assert f"{OLD}: moved to {NEW}, with your edits." in capfd.readouterr().err.splitlines()


def test_edits_of_what_has_changed_are_in_git(
    project: Path, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    edit(project, FIRST_WORDS, '"""Our PostgreSQL for development')
    [module] = (tmp_path / "template").glob("template/*/database_kit/*dev.py*")
    module.write_text(module.read_text().replace(FIRST_WORDS, '"""A PostgreSQL for development'))
    release(tmp_path / "template", "v1.3.0")

    update_layer(project)

    where = f"git show HEAD:./{OLD}"
    assert (project / NEW).read_text().startswith('"""A PostgreSQL for development')
    assert f"{OLD}: moved to {NEW}; your edits: {where}" in capfd.readouterr().err.splitlines()
    assert git(project, *where.split()[1:]).endswith(MINE)
