"""What is said where the project does not tell, and what an answer settles."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.inspection.trees import APP, FACTORY, PYPROJECT, write_tree
from tests.support.template import PROJECTS

from .test_bad_input import contents, copy
from .test_plan import QUESTIONS, answer

if TYPE_CHECKING:
    from pathlib import Path


def test_a_name_by_which_the_package_cannot_be_imported(template: Path, tmp_path: Path) -> None:
    project = write_tree(tmp_path / "project", {"pyproject.toml": PYPROJECT, "app/main.py": APP})
    done = copy(template, project, "-d", "db_package_dir=app", "-d", "db_import_path=shop")

    assert "-d db_import_path=shop: app cannot be imported by that name." in done.stderr
    assert not (project / "app" / "database.py").exists()


def test_what_is_typed_is_checked_at_the_prompt(template: Path, tmp_path: Path) -> None:
    files = {"pyproject.toml": PYPROJECT, "shop/web.py": APP, "admin/web.py": APP}
    project = write_tree(tmp_path / "project", files)
    before = contents(project)
    backspace = "\x7f"

    code, said = answer(
        template,
        project,
        ["x\r", f"{backspace}\r", *["\r"] * (len(QUESTIONS) - 1), "n"],
        ["Which package directory", "There is no such directory", *QUESTIONS],
    )

    assert code != 0
    assert "application admin.web:app" in said
    assert contents(project) == before


def test_an_extra_that_an_adopted_layer_cannot_have(template: Path, tmp_path: Path) -> None:
    project = shutil.copytree(PROJECTS / "sync-services", tmp_path / "project")
    before = contents(project)
    to_reads = "\x1b[B" * 4

    code, said = answer(
        template,
        project,
        # It is refused, and taken out again.
        ["\r", "\r", f"{to_reads} \r \r", "\r", "n"],
        [
            *("Adopt the existing layer", "keep their sync sessions", "What else"),
            *("install_database", "Go ahead?"),
        ],
    )

    assert code != 0
    assert "It can be adopted: its engine, sessions, models and migrations stay." in said
    assert "Nothing was added: the plan was not confirmed." in said
    assert contents(project) == before


def test_what_follows_from_an_answer_is_not_asked(template: Path, tmp_path: Path) -> None:
    files = {"pyproject.toml": PYPROJECT, "shop/web.py": APP, "admin/web.py": APP}
    project = write_tree(tmp_path / "project", files)

    asked = copy(template, project)
    done = copy(template, project, "-d", "db_package_dir=shop")

    assert "-d db_package_dir=… (admin, shop, .)." in asked.stderr
    assert "-d db_app_file=… (admin/web.py, shop/web.py)." in asked.stderr
    assert "db_import_path" not in asked.stderr
    assert "db_app_object" not in asked.stderr
    assert done.returncode == 0, done.stderr
    assert "application shop.web:app" in done.stderr
    assert "package shop, imported as shop" in done.stderr


def test_an_answer_means_the_application_of_a_workspaces_root(
    template: Path, tmp_path: Path
) -> None:
    routers = "".join(f"app.include_router({number})\n" for number in range(9))
    files = {
        "pyproject.toml": PYPROJECT,
        "shop/server.py": APP,
        "admin/pyproject.toml": PYPROJECT.replace("shop", "admin"),
        "admin/main.py": APP + routers,
        "admin/Dockerfile": 'CMD ["uvicorn", "main:app"]\n',
    }
    project = write_tree(tmp_path / "project", files)

    asked = copy(template, project)
    done = copy(template, project, "-d", "db_app_file=shop/server.py")

    assert "admin" in asked.stderr
    assert asked.returncode != 0
    assert "-d db_app_file=" in asked.stderr
    assert done.returncode == 0, done.stderr
    assert "application shop.server:app" in done.stderr


def test_an_application_that_nothing_can_import(template: Path, tmp_path: Path) -> None:
    main = FACTORY.replace("create_app()", "build(settings)")
    project = write_tree(tmp_path / "project", {"pyproject.toml": PYPROJECT, "shop/main.py": main})

    done = copy(template, project)

    assert done.returncode == 0, done.stderr
    assert "install_database(app)" in done.stderr
    assert "install_database(build)" not in done.stderr
    assert "fixture `app` in tests/database/conftest.py" in " ".join(done.stderr.split())
