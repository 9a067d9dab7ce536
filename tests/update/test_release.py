"""What has to pass before a release: each version that people may have brings them to this one.

Generated with the older version, edited as people do, updated, and run.
"""

import io
import re
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.adopted import CASES
from tests.support.template import (
    REPOSITORY,
    add_layer,
    changed_files,
    commit_all,
    copy_project,
    git,
    snapshot_template,
    update_layer,
)

pytestmark = pytest.mark.long

PARTS = ("copier.yml", "extensions", "includes", "template")
EARLIER_WORDS = " In earlier words."
CASE = CASES[0]


def releases() -> list[str]:
    """The tags of the releases that this checkout knows of."""
    done = subprocess.run(
        ["git", "tag", "--list", "v*"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    return done.stdout.split()


def earlier_template(release: str | None, destination: Path) -> Path:
    """A repository with a release of the template; None stands for one that differs everywhere."""
    snapshot_template(destination)
    if release:
        for part in PARTS:
            place = destination / part
            shutil.rmtree(place) if place.is_dir() else place.unlink()
        archive = subprocess.run(
            ["git", "archive", release, *PARTS], cwd=REPOSITORY, check=True, capture_output=True
        )
        with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
            files.extractall(destination, filter="data")
    else:
        for file in sorted(destination.glob("template/**/*.py.jinja")):
            content = file.read_text(encoding="utf-8")
            file.write_text(re.sub(r"\A(\"\"\"[^\n]*?\.)", rf"\1{EARLIER_WORDS}", content))
        [added] = destination.glob("template/**/test_database_sessions.py.jinja")
        added.unlink()
    commit_all(destination, "An earlier version")
    git(destination, "tag", "--force", "v0.0.1")
    git(destination, "tag", "--delete", "v1.0.0")
    return destination


def release_this(template: Path) -> None:
    """Make this work tree's template the newest version of a repository."""
    current = snapshot_template(template.with_name("current"))
    for part in PARTS:
        place = template / part
        shutil.rmtree(place) if place.is_dir() else place.unlink()
        shutil.move(current / part, place)
    commit_all(template, "This version")
    git(template, "tag", "v999.0.0")


def edit_as_people_do(project: Path) -> None:
    """Add to what was generated, change it, format it otherwise, and delete some of it."""
    app = project / "app"
    database = app / "database.py"
    option = "        expire_on_commit=False,\n"
    content = database.read_text()
    assert option in content
    content = content.replace(option, f"{option}        autoflush=True,\n")
    database.write_text(f"{content}\n\nasync def ping(session: AsyncSession) -> None:\n    pass\n")
    (app / "models" / "parcel.py").write_text(
        "from sqlalchemy.orm import Mapped\n\nfrom app.models.base import Base\n\n\n"
        'class Parcel(Base):\n    __tablename__ = "parcels"\n\n    weight_grams: Mapped[int]\n'
    )
    exports = app / "models" / "__init__.py"
    content = exports.read_text().replace("__all__ = [", '__all__ = [\n    "Parcel",')
    first, base, rest = content.partition("from app.models.base import Base\n")
    assert base
    exports.write_text(
        f"{first}{base}{rest}".replace(
            "\n\n__all__", "\nfrom app.models.parcel import Parcel\n\n__all__", 1
        )
    )
    conftest = project / "tests" / "database" / "conftest.py"
    conftest.write_text(
        f"{conftest.read_text()}\n\n@pytest.fixture\ndef weight_grams() -> int:\n    return 500\n"
    )
    pyproject = project / "pyproject.toml"
    pyproject.write_text(pyproject.read_text().replace('"asyncpg>=0.27"', '"asyncpg>=0.29,<1"'))
    (project / "DATABASE.md").unlink()
    style = ["--config", "format.quote-style='single'", "--line-length", "100"]
    command = [sys.executable, "-m", "ruff", "format", "--isolated", "--no-cache", *style, "app"]
    subprocess.run(command, cwd=project, check=True, capture_output=True)


@pytest.mark.parametrize("release", [None, *releases()], ids=str)
def test_from_an_earlier_version(
    release: str | None, environments: Path, new_database: Callable[[], str], tmp_path: Path
) -> None:
    template = earlier_template(release, tmp_path / "template")
    project = add_layer(template, copy_project(CASE.name, tmp_path / CASE.name))
    run, url = CASE.environment(environments, project).run, {"DATABASE_URL": new_database()}
    edit_as_people_do(project)
    for command in (["revision", "--autogenerate", "-m", "initial"], ["upgrade", "head"]):
        run("-m", "alembic", *command, cwd=project, variables=url)
    commit_all(project, "Add the database layer, our way")
    tests = project / "tests" / "database"
    own = {
        path: path.read_bytes()
        for path in [project / "app/models/parcel.py", *project.glob("alembic/versions/*.py")]
    }
    release_this(template)

    update_layer(project)

    assert git(project, "diff", "--name-only", "--diff-filter=U") == ""
    assert changed_files(project)
    assert [path for path, content in own.items() if path.read_bytes() != content] == []
    assert not (project / "DATABASE.md").exists()
    database = (project / "app" / "database.py").read_text()
    assert "autoflush=True" in database
    assert "async def ping(" in database
    assert "Parcel" in (project / "app" / "models" / "__init__.py").read_text()
    assert "def weight_grams" in (tests / "conftest.py").read_text()
    assert '"asyncpg>=0.29,<1"' in (project / "pyproject.toml").read_text()
    updated = [
        path for name in ("app", "alembic", "tests") for path in (project / name).rglob("*.py")
    ]
    assert [path for path in updated if EARLIER_WORDS in path.read_text()] == []
    assert (tests / "test_database_sessions.py").exists()
    run("-m", "alembic", "check", cwd=project, variables=url)
    run("-m", "pytest", cwd=project)
