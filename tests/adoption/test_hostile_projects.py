"""What is no file in a project's tree ends a copy in one sentence, before anything is written."""

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType

import pytest
from copier.errors import UserMessageError

from tests.support.template import ANSWERS_FILE, PROJECTS, add_layer
from tests.test_project_paths import (
    a_directory,
    a_link_out,
    a_link_to_a_device,
    a_pipe,
    too_much,
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and alarms of Unix")

SECONDS = 10
"""Of this process; and how long a machine that is busy may take for them."""
PATIENCE_SECONDS = 120
Make = Callable[[Path], None]


@contextmanager
def bounded() -> Generator[None]:
    """End whatever waits for a pipe, and see how long the rest has worked."""

    def give_up(_signal: int, _frame: FrameType | None) -> None:
        raise TimeoutError(f"not done in {PATIENCE_SECONDS} s")

    former = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE_SECONDS)
    start = time.process_time()
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, former)
    assert time.process_time() - start < SECONDS


def listed(directory: Path) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for path in directory.rglob("*"):
        status = path.lstat()
        found[path.relative_to(directory).as_posix()] = status.st_mode, status.st_mtime_ns
    return found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "outside.txt").write_text("theirs\n")
    return shutil.copytree(PROJECTS / "pip-flat", tmp_path / "project")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        *((".gitignore", make) for make in (a_pipe, a_directory, a_link_to_a_device, too_much)),
        *((".env.example", make) for make in (a_pipe, a_directory, a_link_out, too_much)),
        *((ANSWERS_FILE, make) for make in (a_pipe, a_directory, a_link_to_a_device, too_much)),
        *(("cookbook/models", make) for make in (a_pipe, a_link_out)),
        *(("tests/database", make) for make in (a_link_to_a_device,)),
    ],
)
def test_one_sentence_and_nothing_written(
    template: Path, project: Path, name: str, make: Make
) -> None:
    (project / name).unlink(missing_ok=True)
    make(project / name)
    before = listed(project)

    with bounded(), pytest.raises(UserMessageError) as stopped:
        add_layer(
            template,
            project,
            # Names that the layer would have avoided by itself.
            db_layer_dir="cookbook",
            db_tests_subdir="database",
        )

    assert name in str(stopped.value)
    assert "\n" not in str(stopped.value)
    assert listed(project) == before


@pytest.mark.parametrize("make", [a_pipe, a_directory, a_link_to_a_device, a_link_out, too_much])
def test_a_module_of_the_users_that_is_none(template: Path, project: Path, make: Make) -> None:
    for name in ("cookbook/queue.py", "env.py", "setup.cfg", "docs.py"):
        make(project / name)

    with bounded():
        add_layer(template, project)

    assert (project / "cookbook" / "database.py").is_file()


@pytest.mark.parametrize("name", ["requirements.txt", "cookbook/__init__.py"])
@pytest.mark.parametrize("make", [a_pipe, a_directory, a_link_to_a_device, too_much])
def test_a_file_that_the_layer_depends_on(
    template: Path, project: Path, name: str, make: Make
) -> None:
    (project / name).unlink()
    make(project / name)

    with bounded(), suppress(UserMessageError):
        add_layer(template, project)


def test_a_pipe_above_the_project(template: Path, project: Path) -> None:
    os.mkfifo(project.parent / ".gitignore")
    (project.parent / ".git").mkdir()

    with bounded():
        add_layer(template, project)


@pytest.mark.parametrize(
    "given",
    [
        {"db_package_dir": "../outside"},
        {"db_layer_dir": "../outside"},
        {"db_migrations_dir": "/nowhere/migrations"},
        {"db_alembic_ini": "link/alembic.ini"},
        {"db_guide": ".git/hooks/pre-commit"},
        {"db_app_file": "../outside.txt"},
        {"db_dependency_file": "link/outside.txt"},
        {"db_tests_dir": "link"},
    ],
)
def test_an_answer_that_leads_out(template: Path, project: Path, given: dict[str, str]) -> None:
    (project / "link").symlink_to("..")
    before = listed(project.parent)

    with pytest.raises(UserMessageError) as stopped:
        add_layer(template, project, **given)

    assert next(iter(given.values())) in str(stopped.value)
    assert listed(project.parent) == before


@pytest.mark.parametrize("text", ["a: [", "- a\n", "just text", "a: 1\n<<<<<<< before\n"])
def test_answers_that_cannot_be_read(template: Path, project: Path, text: str) -> None:
    (project / ANSWERS_FILE).write_text(text)
    before = listed(project)

    with pytest.raises(UserMessageError, match=r"\.copier-answers\.db\.yml.*restore"):
        add_layer(template, project)

    assert listed(project) == before
