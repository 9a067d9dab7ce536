"""Trees that a careless reader would hang on, fall over or be led out of."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extensions.inspection import inspect_project
from extensions.inspection import tree as trees
from extensions.inspection.tree import Tree
from tests.inspection.trees import APP, PYPROJECT, inspect_files, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PROJECT = {"pyproject.toml": PYPROJECT, "app/main.py": APP}
ENGINE = "from sqlalchemy import create_engine\n\nengine = create_engine('')\n"
needs_unix = pytest.mark.skipif(sys.platform == "win32", reason="links and modes of Unix")


def test_the_projects_code_is_never_run(tmp_path: Path) -> None:
    bomb = "import pathlib\npathlib.Path(__file__).with_suffix('.ran').touch()\n"
    files = dict.fromkeys(("setup.py", "conftest.py", "app/__init__.py", "sitecustomize.py"), bomb)
    inspect_files(tmp_path, {**PROJECT, **files, "app/main.py": bomb + APP})
    assert not list(tmp_path.rglob("*.ran"))
    assert not list(tmp_path.rglob("__pycache__"))


def test_nothing_is_written(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    inspect_project(tmp_path)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


ENVIRONMENTS = {
    "by pyvenv.cfg": {"env39/pyvenv.cfg": "", "env39/lib/python3.11/x/db.py": ENGINE},
    "by site-packages": {"deps/site-packages/lib/db.py": ENGINE, "deps/site-packages/m.py": APP},
    "without pyvenv.cfg": {
        "stuff/lib/python3.9/lib/main.py": APP,
        "stuff/lib/python3.9/d.py": ENGINE,
    },
    "of conda": {
        "conda/conda-meta/history": "",
        "conda/pkg/db.py": ENGINE,
        "conda/pkg/main.py": APP,
    },
    "hidden": {".venv/lib/db.py": ENGINE, ".venv/lib/main.py": APP},
    "node_modules": {"node_modules/x/db.py": ENGINE, "node_modules/x/main.py": APP},
    "a submodule": {"sub/.git": "gitdir: x\n", "sub/db.py": ENGINE, "sub/main.py": APP},
}


@pytest.mark.parametrize("files", ENVIRONMENTS.values(), ids=ENVIRONMENTS.keys())
def test_what_others_installed_is_not_looked_at(files: dict[str, str], tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {**PROJECT, **files})
    assert (facts.app_file, facts.app_files) == ("app/main.py", ())
    assert facts.database.sqlalchemy == "none"


def test_a_directory_called_env_may_be_the_projects_own(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path, {"pyproject.toml": PYPROJECT, "env/__init__.py": "", "env/main.py": APP}
    )
    assert facts.package_dir == "env"


@needs_unix
def test_links_out_of_the_tree_are_not_followed(tmp_path: Path) -> None:
    outside = write_tree(tmp_path / "outside", {"db.py": ENGINE, "requirements.txt": "fastapi\n"})
    project = write_tree(tmp_path / "project", PROJECT)
    (project / "app" / "linked").symlink_to(outside)
    (project / "app" / "db.py").symlink_to(outside / "db.py")
    (project / "requirements.txt").symlink_to(outside / "requirements.txt")
    facts = inspect_project(project)
    assert facts.database.sqlalchemy == "none"
    assert facts.dependency_files == ()


@needs_unix
def test_a_link_to_a_file_inside_the_tree_is_read(tmp_path: Path) -> None:
    write_tree(tmp_path, {"deps/base.txt": "fastapi==0.121.0\n", "app/main.py": APP})
    (tmp_path / "requirements.txt").symlink_to("deps/base.txt")
    assert inspect_project(tmp_path).dependency_file == "requirements.txt"


@needs_unix
def test_cycles_of_links_end(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    (tmp_path / "app" / "self").symlink_to(tmp_path)
    (tmp_path / "app" / "a").symlink_to("b")
    (tmp_path / "app" / "b").symlink_to("a")
    (tmp_path / "app" / "nowhere.py").symlink_to("missing.py")
    assert inspect_project(tmp_path).app_file == "app/main.py"


@needs_unix
def test_a_pipe_does_not_block(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    os.mkfifo(tmp_path / "app" / "queue.py")
    os.mkfifo(tmp_path / "requirements.txt")
    assert inspect_project(tmp_path).app_file == "app/main.py"


@needs_unix
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may read all")
def test_unreadable_files_and_directories_are_passed_over(tmp_path: Path) -> None:
    write_tree(tmp_path, {**PROJECT, "secret/x.py": APP, "app/users.py": ""})
    (tmp_path / "secret").chmod(0)
    (tmp_path / "app" / "users.py").chmod(0)
    try:
        facts = inspect_project(tmp_path)
    finally:
        (tmp_path / "secret").chmod(0o755)
    assert facts.app_file == "app/main.py"


def test_failures_of_the_file_system_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path, {**PROJECT, "secret/x.py": APP, "app/users.py": APP})
    scan, open_file = os.scandir, os.open

    def scandir(path: str) -> object:
        if path.endswith("secret"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    def open_some(path: str, flags: int, mode: int = 0o777) -> int:
        if path.endswith(("users.py", "pyproject.toml")):
            raise PermissionError(13, "Permission denied", path)
        return open_file(path, flags, mode)

    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "open", open_some)
    facts = inspect_project(tmp_path)
    assert (facts.app_file, facts.app_files) == ("app/main.py", ())
    assert [problem.text for problem in facts.problems] == ["pyproject.toml cannot be read"]


ENCODINGS = {
    "UTF-8 with a mark": "\ufefffastapi>=0.121\n".encode(),
    "UTF-16 with a mark": "fastapi>=0.121\n".encode("utf-16"),
    "UTF-16 little": "fastapi>=0.121\n".encode("utf-16-le"),
    "UTF-16 big": "fastapi>=0.121\n".encode("utf-16-be"),
    "Latin 1": "# für\nfastapi>=0.121\n".encode("latin-1"),
    "carriage returns": b"fastapi>=0.121\r\nuvicorn\r\n",
    "old Macintosh": b"uvicorn\rfastapi>=0.121\r",
}


@pytest.mark.parametrize("data", ENCODINGS.values(), ids=ENCODINGS.keys())
def test_encodings_of_a_requirements_file(data: bytes, tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"requirements.txt": data, "app/main.py": APP})
    assert facts.fastapi is not None
    assert facts.fastapi.specifier == ">=0.121"


UNPARSABLE = {
    "syntax": f"{APP}\nprint 'x'\n".encode(),
    "a null byte": f"{APP}\n\0\n".encode(),
    "not UTF-8": f"# \xe4\n{APP}".encode("latin-1"),
    "an encoding that does not exist": f"# coding: nonsense\n{APP}".encode(),
    "deep nesting": f"{APP}x = {'(' * 500}{')' * 500}\n".encode(),
    "an escape that warns": f"{APP}x = '\\d'\n".encode(),
    "a line without an end": APP.rstrip().encode(),
}


@pytest.mark.parametrize("data", UNPARSABLE.values(), ids=UNPARSABLE.keys())
def test_python_that_does_not_parse(data: bytes, tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"pyproject.toml": PYPROJECT, "app/main.py": data})
    assert (facts.app_file, facts.app_object) == ("app/main.py", "app.main:app")


def test_names_with_spaces_and_letters_of_any_language(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path / "mein Projekt ÄÖ",
        {"pyproject.toml": PYPROJECT, "bücher/main.py": APP, "日本 語/notes.py": ENGINE},
    )
    assert (facts.package_dir, facts.import_path) == ("bücher", "bücher")


@needs_unix
@pytest.mark.skipif(sys.platform == "darwin", reason="its file names are always UTF-8")
def test_names_that_are_no_text(tmp_path: Path) -> None:
    write_tree(tmp_path, PROJECT)
    (tmp_path / "app" / os.fsdecode(b"\xff\xfe.py")).write_text(ENGINE)
    assert inspect_project(tmp_path).app_file == "app/main.py"


def test_a_broken_pyproject_is_named_with_its_line(tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"web/pyproject.toml": "[project\nx", "web/app/main.py": APP})
    (problem,) = facts.problems
    assert problem.file == "pyproject.toml"
    assert problem.line == 1
    assert "not valid TOML" in problem.text


def test_a_pyproject_of_50_megabytes_is_a_problem_not_a_wait(tmp_path: Path) -> None:
    write_tree(tmp_path, {"app/main.py": APP, "requirements.txt": "fastapi\n"})
    with (tmp_path / "pyproject.toml").open("wb") as file:
        file.write(PYPROJECT.encode())
        file.seek(50_000_000)
        file.write(b"\n")
    facts = inspect_project(tmp_path)
    assert facts.app_file == "app/main.py"
    assert "larger than" in facts.problems[0].text


def test_thousands_of_requirements_take_no_square_of_time(tmp_path: Path) -> None:
    names = "".join(f'    "package-{number}>=1",\n' for number in range(8_000))
    pyproject = f'[project]\nname = "x"\ndependencies = [\n{names}    "fastapi",\n]\n'
    facts = inspect_files(tmp_path, {"pyproject.toml": pyproject, "app/main.py": APP})
    assert facts.fastapi is not None
    assert facts.fastapi.line == 8_004


def test_requirements_that_include_each_other_end(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path,
        {
            "requirements.txt": "-r a.txt\n-r requirements.txt\n-r ../../etc/passwd\n",
            "a.txt": "-r requirements.txt\nfastapi\n",
            "app/main.py": APP,
        },
    )
    assert facts.fastapi is not None


class Entry:
    """A directory's entry that no file system has to hold."""

    def __init__(self, directory: str, name: str, *, is_directory: bool) -> None:
        self.name, self.path = name, f"{directory}/{name}"
        self._is_directory = is_directory

    def is_dir(self, *, follow_symlinks: bool) -> bool:
        return self._is_directory and not follow_symlinks

    def is_file(self, *, follow_symlinks: bool) -> bool:
        return not (self._is_directory or follow_symlinks)


def imagined(path: str, top: str) -> list[Entry]:
    """A directory `data` in `top` with a thousand directories of a hundred modules each."""
    if path == top:
        return [Entry(path, "data", is_directory=True)]
    if path.endswith("/data"):
        return [Entry(path, f"d{number}", is_directory=True) for number in range(1000)]
    return [Entry(path, f"f{number}.py", is_directory=False) for number in range(100)]


def test_100000_files_are_survived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path, PROJECT)
    top, scan = os.path.realpath(tmp_path), os.scandir

    def scandir(path: str) -> AbstractContextManager[Iterable[object]]:
        if path != top and "/data" not in path:
            return scan(path)
        real = list(scan(path)) if path == top else []
        return nullcontext([*real, *imagined(path, top)])

    monkeypatch.setattr(os, "scandir", scandir)
    tree = Tree(tmp_path)
    assert tree.truncated
    assert sum(len(listed.files) for listed in tree.directories.values()) <= trees.MAX_ENTRIES + 100
    assert inspect_project(tmp_path).app_file == "app/main.py"


def test_a_tree_deeper_than_any_project_ends(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * 60)
    deep.mkdir(parents=True)
    (deep / "main.py").write_text(APP)
    facts = inspect_files(tmp_path, PROJECT)
    assert facts.app_files == ()


NAMES = (
    "app", "src", "tests", "main.py", "db.py", "__init__.py", "env.py", "setup.py", "setup.cfg",
    "pyproject.toml", "requirements.txt", "Pipfile", "environment.yml", "alembic.ini", "Dockerfile",
)  # fmt: skip
PIECES = (
    APP, ENGINE, PYPROJECT, "[tool.poetry]\ndependencies = 3\n", "-r requirements.txt\n",
    "[project]\ndependencies = 'x'\n", "[dependency-groups]\ndev = 1\n", "- fastapi=\n",
    "from . import x\n", "import app.main\n", "[alembic]\nscript_location = :\n", "\0", "(", '"""',
    "[packages]\nfastapi = {version = 1}\n", "from setuptools import setup\nsetup(**x)\n",
    'CMD ["uvicorn", "app.main:app"]\n',
)  # fmt: skip
paths = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3).map(tuple)
contents = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=4).map(lambda pieces: "".join(pieces).encode()),
    st.binary(max_size=60),
)


@settings(max_examples=120)
@given(st.dictionaries(paths, contents, max_size=8))
def test_no_tree_makes_it_fail(
    tmp_path_factory: pytest.TempPathFactory, files: dict[tuple[str, ...], bytes]
) -> None:
    directory = tmp_path_factory.mktemp("tree")
    for parts, data in files.items():
        path = directory.joinpath(*parts)
        if any(part.is_file() for part in path.parents) or path.exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    facts = inspect_project(directory)
    assert (directory / facts.project_root / facts.package_dir).is_dir()
    assert facts.app_file is None or (directory / facts.project_root / facts.app_file).is_file()
    for reason in facts.reasons:
        assert reason.file is None or (directory / facts.project_root / reason.file).exists()
