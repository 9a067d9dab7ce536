"""The files that change where routes become async."""

from pathlib import Path

import pytest

from extensions.answers import Answers
from extensions.conversion.adopted_files import MAX_REPLACED, changed_files
from extensions.conversion.adopted_layer import AdoptedLayer
from extensions.conversion.modules import UnprovenError
from extensions.conversion.offer import proof
from extensions.inspection import Given, inspect_project
from tests.support.template import PROJECTS, copy_project

NAME = "sync-services"


def answers_for(project: Path) -> Answers:
    """The answers that make the routes of a project async."""
    layer = proof(project, inspect_project(project, Given()))
    assert isinstance(layer, AdoptedLayer)
    return Answers(
        existing="adopt",
        adopt_sessions="async",
        adopted=layer.as_answer(),
        package_dir="toolshed",
        layer_dir="toolshed/db",
        import_path="toolshed",
    )


def test_they_are_in_one_order_whatever_the_run() -> None:
    project = PROJECTS / NAME

    files, _ = changed_files(project, answers_for(project))

    assert len(files) > 4
    assert [*files] == sorted(files)


def test_only_what_changes_counts(tmp_path: Path) -> None:
    project = copy_project(NAME, tmp_path / "project")
    routes = project / "toolshed" / "routes" / "tools.py"
    text = routes.read_text(encoding="utf-8")
    routes.write_text(f"{text}\n# {'x' * MAX_REPLACED}\n", encoding="utf-8")

    files, _ = changed_files(project, answers_for(project))

    assert len(files["toolshed/routes/tools.py"]) > MAX_REPLACED

    long = f"\n\n@router.get('/long')\ndef long(db: SessionDep):  # {'x' * MAX_REPLACED}\n"
    routes.write_text(f"{text}{long}    return db.query(Tool).count()\n", encoding="utf-8")

    with pytest.raises(UnprovenError, match="more would change than an undo can restore"):
        changed_files(project, answers_for(project))
