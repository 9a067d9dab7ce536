"""What spares the tests copies is as a copy is."""

import shutil
from pathlib import Path

from tests.support.template import add_layer, changed_files, copy_project, copy_with_layer


def contents(directory: Path) -> dict[str, str]:
    return {
        path.relative_to(directory).as_posix(): path.read_text(encoding="utf-8")
        for path in directory.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def test_a_copied_project_is_as_if_the_layer_had_been_added_there(
    template: Path, tmp_path: Path
) -> None:
    own_template = shutil.copytree(template, tmp_path / "template")
    added = add_layer(own_template, copy_project("uv-app", tmp_path / "added" / "project"))
    copy_with_layer(template, "uv-app", tmp_path / "first" / "project")

    copied = copy_with_layer(own_template, "uv-app", tmp_path / "second" / "project")

    assert contents(copied) == contents(added)
    assert changed_files(copied) == changed_files(added)
