"""What becomes of the files of models when the answer changes."""

from pathlib import Path

import pytest
from copier.errors import UserMessageError

from tests.support.template import (
    changed_files,
    commit_all,
    copy_with_layer,
    git,
    update_layer,
)

BEFORE = "Customer: name str; Invoice: customer -> Customer; Tag: label str"
WITHOUT_INVOICE = "Customer: name str; Tag: label str"


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    """A project with three models, committed."""
    answers = {"db_models": BEFORE, "db_example_model": False}
    copied = copy_with_layer(template, "uv-app", tmp_path / "project", **answers)
    commit_all(copied, "Add a database")
    return copied


def test_a_new_model_comes_with_the_other_sides_of_its_relations(project: Path) -> None:
    customer = project / "app" / "models" / "customer.py"
    customer.write_text(customer.read_text() + "\n\ndef mine() -> None:\n    pass\n")
    tag = project / "app" / "models" / "tag.py"
    mine = "    colour: Mapped[str | None]\n"
    tag.write_text(tag.read_text() + mine)
    commit_all(project, "Edit the models")

    update_layer(project, {"db_models": f"{BEFORE}; Note: customer -> Customer, tag -> Tag"})

    assert (project / "app" / "models" / "note.py").exists()
    assert 'notes: Mapped[list["Note"]]' in customer.read_text()
    assert "def mine()" in customer.read_text()
    assert 'notes: Mapped[list["Note"]]' in tag.read_text()
    assert tag.read_text().endswith(mine)
    assert "import Note" in (project / "app" / "models" / "__init__.py").read_text()
    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""


def test_a_model_that_is_left_out_takes_its_file_along(project: Path) -> None:
    update_layer(project, {"db_models": WITHOUT_INVOICE})

    assert not (project / "app" / "models" / "invoice.py").exists()
    package = (project / "app" / "models" / "__init__.py").read_text()
    assert "invoice" not in package
    assert "invoices" not in (project / "app" / "models" / "customer.py").read_text()


def test_an_edited_file_stays(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    invoice = project / "app" / "models" / "invoice.py"
    edited = invoice.read_text() + "\n\ndef mine() -> None:\n    pass\n"
    invoice.write_text(edited)
    commit_all(project, "Edit a model")

    update_layer(project, {"db_models": "Customer: name str"})

    assert invoice.read_text() == edited
    assert not (project / "app" / "models" / "tag.py").exists()
    said = capfd.readouterr().err
    assert "app/models/invoice.py: no longer generated" in said
    assert "invoice.py: a revision would drop its tables, unless app/models exports it" in said
    commit_all(project, "Leave models out")
    update_layer(project, {"db_models": BEFORE})
    assert invoice.read_text() == edited
    assert "app/models/invoice.py: it was there already; kept as it is.\n" in capfd.readouterr().err
    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""


def test_a_mistake_in_an_update_changes_nothing(project: Path) -> None:
    with pytest.raises(UserMessageError, match=r"line 1, column 8: expected a type"):
        update_layer(project, {"db_models": "Tag: xy!"})

    assert changed_files(project) == []


def test_edited_exports_and_the_answer_s_are_both_there(project: Path) -> None:
    exports = project / "app" / "models" / "__init__.py"
    content = exports.read_text()
    # Where the new model's line comes, too.
    last = "from app.models.tag import Tag\n"
    assert last in content
    mine = "from app.models.mine import Mine\n"
    exports.write_text(content.replace(last, last + mine).replace('"Tag"]', '"Tag", "Mine"]'))
    (project / "app" / "models" / "mine.py").write_text("class Mine:\n    pass\n")
    commit_all(project, "Add a model by hand")

    update_layer(project, {"db_models": f"{BEFORE}; Unit: label str"})

    merged = exports.read_text()
    assert (project / "app" / "models" / "mine.py").exists()
    assert (project / "app" / "models" / "unit.py").exists()
    assert mine in merged
    assert "from app.models.unit import Unit\n" in merged
    assert '"Tag", "Mine", "Unit"]' in merged
    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""


def test_a_model_that_goes_although_somebody_edits_its_neighbours(
    project: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    models = project / "app" / "models"
    exports, customer, tag = (models / f"{name}.py" for name in ("__init__", "customer", "tag"))
    exports.write_text(exports.read_text() + "\nMINE = 1\n")
    customer.write_text(customer.read_text() + "\n\ndef mine() -> None:\n    pass\n")
    edited = tag.read_text().replace("label: Mapped[str]", "label: Mapped[str | None]")
    tag.write_text(edited)
    commit_all(project, "Edit the models")

    update_layer(project, {"db_models": "Customer: name str; Unit: customer -> Customer"})

    assert tag.read_text() == edited
    assert not (models / "invoice.py").exists()
    assert "def mine()" in customer.read_text()
    assert 'units: Mapped[list["Unit"]]' in customer.read_text()
    assert "invoices" not in customer.read_text()
    assert "MINE = 1" in exports.read_text()
    assert "import Unit" in exports.read_text()
    assert "app/models/tag.py" in capfd.readouterr().err
