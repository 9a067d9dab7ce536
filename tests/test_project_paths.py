"""A path stays in the project, and what is no file is not read."""

import os
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from extensions import project_paths
from extensions.project_paths import PathError, inside, obstacles, read

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes and links of Unix")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    directory = tmp_path / "project"
    directory.mkdir()
    (tmp_path / "outside.txt").write_text("theirs")
    return directory


@pytest.mark.parametrize(
    "name",
    [
        *("../outside.txt", "app/../../outside.txt", "..", "app/..", "..\\outside.txt"),
        *("/etc/hostname", "C:\\windows", "C:file", "\\\\host\\share\\x", "a\0b"),
        *(".git/config", "app/.GIT/hooks/x", 3, None, ["app"]),
    ],
)
def test_paths_that_lead_out(project: Path, name: object) -> None:
    with pytest.raises(PathError):
        inside(project, name)


@pytest.mark.parametrize("name", [".", "app", "app/main.py", "no such/file", ".gitignore"])
def test_paths_within(project: Path, name: str) -> None:
    assert inside(project, name) == project / name


READS = re.compile(r"\.read_(?:text|bytes)\(|(?<!\w)open\(")
OTHERS = {
    "project_paths.py": "the reader",
    "inspection/tree.py": "the beginnings of files, from its own walk",
    "conversation/given_answers.py": "the template's own questions",
    "adoption/rerender.py": "what was just rendered",
    "project_files/writing.py": "its own temporary files",
}


def test_nobody_else_reads() -> None:
    extensions = Path(project_paths.__file__).parent
    found = {
        path.relative_to(extensions).as_posix()
        for path in extensions.rglob("*.py")
        if READS.search(path.read_text(encoding="utf-8"))
    }

    assert found <= OTHERS.keys()


def test_a_link_that_leads_out(project: Path) -> None:
    (project / "here").symlink_to("..")
    (project / "linked.txt").symlink_to("../outside.txt")

    for name in ("here/outside.txt", "here", "linked.txt"):
        with pytest.raises(PathError, match="outside the project"):
            read(project, name)


def test_a_link_within(project: Path) -> None:
    (project / "one.txt").write_text("mine")
    (project / "two.txt").symlink_to("one.txt")

    assert read(project, "two.txt") == b"mine"


def a_pipe(place: Path) -> None:
    os.mkfifo(place)


def a_socket(place: Path) -> None:
    # The path of a socket may have about a hundred characters.
    directory = os.open(place.parent, os.O_RDONLY)
    try:
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(f"/proc/self/fd/{directory}/{place.name}")
    finally:
        os.close(directory)


def a_directory(place: Path) -> None:
    place.mkdir()


def a_link_to_a_device(place: Path) -> None:
    place.symlink_to("/dev/null")


def a_link_to_itself(place: Path) -> None:
    place.symlink_to(place.name)


def a_link_out(place: Path) -> None:
    place.symlink_to("../outside.txt")


def too_much(place: Path) -> None:
    with place.open("wb") as file:
        file.truncate(300_000_000)


NO_FILES = (a_pipe, a_socket, a_directory, a_link_to_a_device, a_link_to_itself, a_link_out)
Make = Callable[[Path], None]


@pytest.mark.parametrize("make", [*NO_FILES, too_much])
def test_what_is_no_file_is_not_read(project: Path, make: Make) -> None:
    if make is a_socket and sys.platform != "linux":
        pytest.skip("no /proc")
    make(project / "x")

    with pytest.raises(PathError, match=r"^x \w[^\n]*[^.\n]$"):
        read(project, "x")


def test_a_file_that_grows_while_it_is_read(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "x").write_bytes(b"1234")

    def let_pass(*_: object) -> None:
        """Take it for a file of another size."""

    monkeypatch.setattr("extensions.project_paths._require_regular", let_pass)

    with pytest.raises(PathError, match="larger"):
        read(project, "x", limit=3)


def test_no_file(project: Path) -> None:
    (project / "file").touch()

    assert read(project, "nothing") is None
    assert read(project, "file/below") is None


def test_what_stands_where_files_are_to_be_written(project: Path) -> None:
    (project / "file").touch()
    (project / "directory").mkdir()
    (project / "link").symlink_to("nowhere")
    (project / "out").symlink_to("..")
    os.mkfifo(project / "pipe")
    names = ("file", "new/file", "file/below", "directory", "link", "out/x", "pipe", "pipe/x")

    found = list(obstacles(project, names))

    assert [text.split()[0] for text in found] == [
        *("file", "directory", "link", "out", "pipe", "pipe"),
    ]
    assert len(set(found)) == len(found)
