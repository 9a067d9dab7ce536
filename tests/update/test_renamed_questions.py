"""A question that gets another name keeps the answer that a project has recorded."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import copier
import pytest
import yaml

from tests.support.template import (
    ANSWERS_FILE,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    release,
)

RENAMED = {"db_guide": "db_guide_file", "db_example_model": "db_with_example"}
"""One that is recorded without being asked, and one that is asked; old names to new."""


def rename_questions(template: Path) -> None:
    """Release a version with other names, as the table's docstring says."""
    for path in [template / "copier.yml", *template.rglob("extensions/**/*.py")]:
        content = path.read_text(encoding="utf-8")
        for old, new in RENAMED.items():
            content = re.sub(rf"\b{old}\b", new, content)
        path.write_text(content, encoding="utf-8")
    for path in sorted(template.rglob("template/**/*"), key=lambda path: -len(path.parts)):
        if path.is_file() and path.suffix == ".jinja":
            content = path.read_text(encoding="utf-8")
            for old, new in RENAMED.items():
                content = re.sub(rf"\b{old}\b", new, content)
            path.write_text(content, encoding="utf-8")
        name = path.name
        for old, new in RENAMED.items():
            name = re.sub(rf"\b{old}\b", new, name)
        path.rename(path.with_name(name))
    questions = template / "copier.yml"
    content = questions.read_text(encoding="utf-8").replace(
        "{{ example_fits() and", "{{ proposed('db_with_example', example_fits()) and"
    )
    questions.write_text(content, encoding="utf-8")
    table = template / "extensions" / "adoption" / "renamed_questions.py"
    content = table.read_text(encoding="utf-8")
    names = {new: old for old, new in RENAMED.items()}
    table.write_text(content.replace("[str, str] = {}", f"[str, str] = {names}"), encoding="utf-8")
    release(template, "v1.1.0")


@pytest.mark.parametrize("options", [{"skip_answered": True}, {}], ids=str)
def test_the_answers_move_over(
    own_template: Path, tmp_path: Path, options: Mapping[str, Any]
) -> None:
    project = copy_project("uv-app", tmp_path / "project")
    add_layer(own_template, project, db_guide="docs/STORAGE.md", db_example_model=False)
    guide = project / "docs" / "STORAGE.md"
    guide.write_text(f"{guide.read_text()}\nMine.\n")
    commit_all(project, "Add the database layer")
    answers = yaml.safe_load((project / ANSWERS_FILE).read_text())
    rename_questions(own_template)

    copier.run_update(
        project,
        answers_file=ANSWERS_FILE,
        defaults=True,
        overwrite=True,
        unsafe=True,
        quiet=True,
        **options,
    )

    updated = yaml.safe_load((project / ANSWERS_FILE).read_text())
    for old, new in RENAMED.items():
        answers[new] = answers.pop(old)
    assert {**answers, "_commit": "v1.1.0"} == updated
    assert changed_files(project) == [f" M {ANSWERS_FILE}"]
