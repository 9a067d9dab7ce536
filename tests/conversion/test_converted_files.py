"""The files that change where routes become async."""

from extensions.answers import Answers
from extensions.conversion.adopted_files import changed_files
from extensions.conversion.adopted_layer import AdoptedLayer
from extensions.conversion.offer import proof
from extensions.inspection import Given, inspect_project
from tests.support.template import PROJECTS


def test_they_are_in_one_order_whatever_the_run() -> None:
    project = PROJECTS / "sync-services"
    layer = proof(project, inspect_project(project, Given()))
    assert isinstance(layer, AdoptedLayer)
    answers = Answers(
        existing="adopt",
        adopt_sessions="async",
        adopted=layer.as_answer(),
        package_dir="toolshed",
        layer_dir="toolshed/db",
        import_path="toolshed",
    )

    files, _ = changed_files(project, answers)

    assert len(files) > 4
    assert [*files] == sorted(files)
