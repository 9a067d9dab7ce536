"""A layer that was moved is found again, and no version is skipped for it."""

import re
import shutil
from pathlib import Path

import pytest
import yaml
from copier.errors import UserMessageError

from extensions.adoption.answers_file import read_answers
from extensions.adoption.moved_layer import LostError, moved_answers
from tests.support.template import (
    ANSWERS_FILE,
    PROJECTS,
    add_layer,
    changed_files,
    commit_all,
    copy_with_layer,
    git,
    release,
    run_copier,
    update_layer,
)

CHANGE = ("Close all connections;", "Close every connection;")


def rename(project: Path, old: str, new: str) -> None:
    """Move a package, and change all imports, as an editor does."""
    (project / new).parent.mkdir(parents=True, exist_ok=True)
    (project / old).rename(project / new)
    module, other = old.replace("/", "."), new.replace("/", ".")
    inner = "|".join(sorted(path.stem for path in (project / new).iterdir()))
    name = rf"(?<![\w.]){re.escape(module)}(?=\.(?:{inner})\b| import )"
    for path in project.rglob("*.py"):
        path.write_text(re.sub(name, other, path.read_text()))


@pytest.fixture(scope="module")
def adopted(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = shutil.copytree(PROJECTS / "uv-app", tmp_path_factory.mktemp("moved") / "project")
    return add_layer(template, project)


@pytest.fixture
def project(adopted: Path, tmp_path: Path) -> Path:
    return shutil.copytree(adopted, tmp_path / "project")


def moved(project: Path) -> dict[str, object]:
    found = moved_answers(project, read_answers(project), ANSWERS_FILE)
    found.pop("db_record", None)
    return found


def test_an_update_after_a_renamed_package(own_template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(own_template, "uv-app", tmp_path / "project")
    commit_all(project, "Add the database layer")
    rename(project, "app", "service")
    settings = project / "service" / "database_kit" / "settings.py"
    settings.write_text(settings.read_text().replace("= 100", "= 7"))
    commit_all(project, "Rename the package")
    before = git(project, "show", f"HEAD:{ANSWERS_FILE}")
    release(own_template, "v1.1.0", database=CHANGE)

    with pytest.raises(UserMessageError, match=r"service.*commit it, and run this again") as told:
        update_layer(project)

    assert "\n" not in str(told.value)
    assert changed_files(project) == [f" M {ANSWERS_FILE}"]
    answers = yaml.safe_load((project / ANSWERS_FILE).read_text())
    assert answers["_commit"] == "v1.0.0"
    assert answers["db_layer_dir"] == answers["db_package_dir"] == "service"
    assert answers["db_app_object"] == "service.main:app"
    assert "service/main.py" in answers["db_record"]["changed"]
    changed = [line for line in before.splitlines() if line not in _text(project)]
    assert all("app" in line for line in changed)
    commit_all(project, "Record where the layer is")

    update_layer(project)

    assert CHANGE[1] in (project / "service" / "database.py").read_text()
    assert "= 7" in settings.read_text()
    assert not (project / "app").exists()
    assert changed_files(project) == [f" M {ANSWERS_FILE}", " M service/database.py"]


def _text(project: Path) -> list[str]:
    return (project / ANSWERS_FILE).read_text().splitlines()


# Copier leaves the directory that it was reading.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_update_of_what_is_nowhere(own_template: Path, tmp_path: Path) -> None:
    project = copy_with_layer(own_template, "uv-app", tmp_path / "project")
    for name in ("app/database.py", "app/models/base.py"):
        (project / name).unlink()
    commit_all(project, "Use something else")
    release(own_template, "v1.1.0", database=CHANGE)

    with pytest.raises(UserMessageError, match=r"not in app any more.*db_undo"):
        update_layer(project)

    assert changed_files(project) == []


def test_an_undo_after_a_renamed_package(project: Path, tmp_path: Path) -> None:
    rename(project, "app", "service")

    done = run_copier(
        *("recopy", "--trust", "--defaults", "-a", ANSWERS_FILE, "-d", "db_undo=true"),
        cwd=project,
    )

    assert done.returncode == 0, done.stderr
    expected = {
        path.relative_to(PROJECTS / "uv-app").as_posix().replace("app/", "service/", 1)
        for path in (PROJECTS / "uv-app").rglob("*")
        if path.is_file()
    }
    assert {
        path.relative_to(project).as_posix() for path in project.rglob("*") if path.is_file()
    } == expected
    original = shutil.copytree(PROJECTS / "uv-app", tmp_path / "original")
    rename(original, "app", "service")
    main = "service/main.py"
    assert (project / main).read_text() == (original / main).read_text()


def test_a_second_copy_after_a_renamed_package(template: Path, project: Path) -> None:
    rename(project, "app", "service")

    with pytest.raises(UserMessageError, match="run this again"):
        add_layer(template, project)
    add_layer(template, project)

    assert not (project / "app").exists()


def test_nothing_has_moved(project: Path) -> None:
    assert moved(project) == {}


def test_into_another_directory(project: Path) -> None:
    rename(project, "app", "src/app")
    (project / "src" / "app" / "x.py").touch()
    for path in project.rglob("*.py"):
        path.write_text(path.read_text().replace("src.app", "app"))

    assert moved(project) == {
        "db_layer_dir": "src/app",
        "db_package_dir": "src/app",
        "db_import_base": "src",
        "db_app_file": "src/app/main.py",
    }


def test_imports_that_were_not_changed_yet(project: Path) -> None:
    (project / "app").rename(project / "service")

    found = moved(project)

    assert found["db_import_path"] == "service"
    assert found["db_app_object"] == "service.main:app"


def test_within_the_package(project: Path) -> None:
    (project / "app" / "data").mkdir()
    for path in [*(project / "app").glob("database*.py"), project / "app" / "models"]:
        path.rename(project / "app" / "data" / path.name)

    assert moved(project) == {"db_layer_dir": "app/data"}


def test_other_places(project: Path) -> None:
    (project / "alembic").rename(project / "migrations")
    (project / "ops").mkdir()
    ini = (project / "alembic.ini").read_text().replace("s/alembic\n", "s/../migrations\n")
    (project / "alembic.ini").unlink()
    (project / "ops" / "alembic.ini").write_text(ini)
    (project / "tests" / "database").rename(project / "tests" / "storage")
    (project / "docs").mkdir()
    (project / "DATABASE.md").rename(project / "docs" / "DATABASE.md")
    (project / "app" / "main.py").rename(project / "app" / "entry.py")

    assert (
        moved(project)
        == {
            "db_app_file": "app/entry.py",
            "db_app_object": "app.entry:app",
            "db_migrations_dir": "migrations",
            "db_alembic_ini": "ops/alembic.ini",
            "db_tests_subdir": "storage",
            "db_guide": "docs/DATABASE.md",
            "db_tests_dir": "tests",
        }
        or moved(project).items() >= {"db_migrations_dir": "migrations"}.items()
    )


def test_what_was_deleted_has_not_moved(project: Path) -> None:
    for name in ("alembic", "tests/database"):
        shutil.rmtree(project / name)
    for name in ("DATABASE.md", "alembic.ini", "app/main.py"):
        (project / name).unlink()

    assert moved(project) == {}


def test_at_two_places(project: Path) -> None:
    (project / "app").rename(project / "one")
    shutil.copytree(project / "one", project / "two")

    with pytest.raises(LostError, match="one of one, two"):
        moved(project)


def test_that_of_another_project(project: Path) -> None:
    shutil.copytree(project, project / "services" / "other")
    (project / "app").rename(project / "service")

    assert moved(project)["db_layer_dir"] == "service"
