"""The question about the models, as Copier asks it."""

from pathlib import Path

import pytest
from copier.errors import UserMessageError

from tests.support.template import add_layer, changed_files, copy_project

MODELS = "Customer: name str(120), email str unique; Invoice: customer -> Customer, due date?"


def test_each_model_gets_a_file_and_is_exported(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")

    add_layer(template, project, db_models=MODELS)

    names = {path.name for path in (project / "app" / "models").iterdir()}
    assert names == {"__init__.py", "base.py", "customer.py", "example.py", "invoice.py"}
    package = (project / "app" / "models" / "__init__.py").read_text()
    assert "from app.models.invoice import Invoice" in package
    assert '"Genre", "Invoice"]' in package


@pytest.mark.parametrize(
    ("models", "message"),
    [
        (
            "Invoice: customer -> Custmer\nCustomer",
            "db_models, line 1, column 22: unknown model 'Custmer'. Did you mean 'Customer'?",
        ),
        (
            "Author: name str",
            (
                "db_models, line 1, column 1: a model cannot be called 'Author': the example "
                "(db_example_model) has a model or a table of that name."
            ),
        ),
    ],
)
def test_a_mistake_stops_before_anything_is_written(
    template: Path, tmp_path: Path, models: str, message: str
) -> None:
    project = copy_project("uv-app", tmp_path / "project")

    with pytest.raises(UserMessageError) as error:
        add_layer(template, project, db_models=models, db_example_model=True)

    assert str(error.value) == message
    assert changed_files(project) == []


def test_the_example_makes_room_for_models_of_its_names(template: Path, tmp_path: Path) -> None:
    project = copy_project("uv-app", tmp_path / "project")

    add_layer(template, project, db_models="Author: name str")

    names = {path.name for path in (project / "app" / "models").iterdir()}
    assert names == {"__init__.py", "base.py", "author.py"}
