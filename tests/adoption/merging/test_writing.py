"""Files are whole whatever happens while they are written."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from extensions.project_files.requirement import Change
from extensions.project_files.writing import WriteError, write_atomically, write_changes
from extensions.project_paths import READ_FLAGS

OLD = {"one.toml": b"old one\n", "linked.txt": b"old target\n"}
NEW = {
    "linked.txt": b"old target\nmore\n",
    "new.txt": b"new file\n" * 1000,
    "one.toml": b"old one\nmore\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Three files to write: one that is there, one behind a link, one that is new."""
    root = tmp_path / "a project, ünï"
    (root / ".planned").mkdir(parents=True)
    (root / "elsewhere").mkdir()
    (root / "one.toml").write_bytes(OLD["one.toml"])
    (root / "one.toml").chmod(0o640)
    (root / "elsewhere" / "target.txt").write_bytes(OLD["linked.txt"])
    (root / "linked.txt").symlink_to("elsewhere/target.txt")
    for name, content in NEW.items():
        (root / ".planned" / name).write_bytes(content)
    return root


def state(project: Path) -> dict[str, bytes | None]:
    return {
        name: (project / name).read_bytes() if (project / name).exists() else None for name in NEW
    }


def leftovers(project: Path) -> list[str]:
    return [path.name for path in project.rglob("*.tmp")]


def changes(project: Path) -> list[Change]:
    before = state(project)
    return [Change(project / name, before[name], after, ()) for name, after in NEW.items()]


def test_kill_at_any_call_leaves_every_file_old_or_new(project: Path) -> None:
    planned = project.with_name("planned")
    (project / ".planned").rename(planned)
    script = Path(__file__).with_name("killed_writer.py")
    process = subprocess.run(
        [sys.executable, script, project, planned], check=True, capture_output=True
    )
    runs = json.loads(process.stdout)
    old = {name: content.decode() for name, content in OLD.items()}
    new = {name: content.decode() for name, content in NEW.items()}
    seen: set[tuple[bool, ...]] = set()
    for left, repeated in runs:
        assert all(left.get(name) in {old.get(name), new[name]} for name in new)
        assert left["elsewhere/target.txt"] == left["linked.txt"]
        seen.add(tuple(left.get(name) == new[name] for name in new))
        # One more run finishes the work and leaves no temporary file.
        assert repeated == {**new, "elsewhere/target.txt": new["linked.txt"]}
    assert len(seen) == len(NEW) + 1
    assert len(runs) > 20


Fault = Callable[..., object]


@pytest.fixture(params=[errno.ENOSPC, errno.EACCES, errno.EROFS])
def fault(request: pytest.FixtureRequest) -> Fault:
    def fail(*_: object, **__: object) -> object:
        raise OSError(request.param, os.strerror(request.param))

    return fail


@pytest.mark.parametrize("call", ["open", "fsync", "fdopen"])
def test_failing_call_leaves_all_files_old(
    project: Path, monkeypatch: pytest.MonkeyPatch, fault: Fault, call: str
) -> None:
    before, planned = state(project), changes(project)
    real = getattr(os, call)

    def fail_to_write(*arguments: object) -> object:
        reads = arguments[1:] == ("rb",) or (call == "open" and arguments[1:] == (READ_FLAGS,))
        return (real if reads else fault)(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(f"extensions.project_files.writing.os.{call}", fail_to_write)
        with pytest.raises(WriteError) as error:
            write_changes(planned, within=project)
    assert state(project) == before
    assert not leftovers(project)
    assert "cannot be written" in str(error.value)
    assert "\n" not in str(error.value)


def test_full_disk_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_bytes(b"fastapi\n")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # A file may not grow past the limit, so part of it is on the disk when writing fails.
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(WriteError, match=r"requirements\.txt cannot be written: .*too large"):
            write_atomically(path, b"x" * 5000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, previous)
    assert path.read_bytes() == b"fastapi\n"
    assert [item.name for item in tmp_path.iterdir()] == ["requirements.txt"]


def test_failure_between_files_says_which_are_new(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace = Path.replace

    def fail_on_second(self: Path, target: Path) -> Path:
        if target.name == "new.txt":
            raise OSError(errno.EIO, "Input/output error")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", fail_on_second)
    with pytest.raises(WriteError, match=r"new\.txt cannot be written: input.*linked\.txt written"):
        write_changes(changes(project))
    assert state(project) == {**NEW, "new.txt": None, "one.toml": OLD["one.toml"]}
    assert not leftovers(project)


def test_mode_and_link_stay(project: Path) -> None:
    write_changes(changes(project), within=project)
    assert state(project) == NEW
    assert (project / "one.toml").stat().st_mode & 0o777 == 0o640
    assert (project / "linked.txt").is_symlink()
    assert (project / "elsewhere" / "target.txt").read_bytes() == NEW["linked.txt"]


def test_new_file_has_the_mode_of_any_new_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "written", b"")
    (tmp_path / "plain").touch()
    assert (tmp_path / "written").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_directory_of_a_new_file_is_made(tmp_path: Path) -> None:
    write_atomically(tmp_path / "requirements" / "dev.txt", b"pytest\n", within=tmp_path)
    assert (tmp_path / "requirements" / "dev.txt").read_bytes() == b"pytest\n"


def test_dangling_link_gets_its_target(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("target")
    write_atomically(tmp_path / "link", b"x", within=tmp_path)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"x"


def test_link_out_of_the_project_is_refused(tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (tmp_path / "outside").write_bytes(b"old")
    (project / "link").symlink_to("../outside")
    with pytest.raises(WriteError, match="outside the project"):
        write_atomically(project / "link", b"new", within=project)
    assert (tmp_path / "outside").read_bytes() == b"old"


def test_project_behind_a_link_is_written(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to("real")
    write_atomically(tmp_path / "linked" / "file", b"x", within=tmp_path / "linked")
    assert (tmp_path / "real" / "file").read_bytes() == b"x"


def test_loop_of_links_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    with pytest.raises(WriteError, match="a cannot be"):
        write_changes([Change(tmp_path / "a", None, b"x", ())])


def test_read_only_file_is_left(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(WriteError, match=r"pyproject\.toml cannot be written: it is read-only"):
        write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert not leftovers(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only to root")
def test_read_only_directory_is_told(tmp_path: Path) -> None:
    path = tmp_path / "pyproject.toml"
    path.write_bytes(b"old")
    tmp_path.chmod(0o555)
    try:
        with pytest.raises(WriteError, match="permission denied"):
            write_atomically(path, b"new")
    finally:
        tmp_path.chmod(0o755)
    assert path.read_bytes() == b"old"


def test_directory_in_place_of_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").mkdir()
    with pytest.raises(WriteError, match="it is not a regular file"):
        write_atomically(tmp_path / "pyproject.toml", b"new")


def test_file_that_changed_since_the_plan_is_left(project: Path) -> None:
    planned = changes(project)
    (project / "one.toml").write_bytes(b"edited meanwhile\n")
    before = state(project)
    with pytest.raises(WriteError, match=r"one\.toml has changed since the plan"):
        write_changes(planned)
    assert state(project) == before
    assert not leftovers(project)


def test_file_that_is_as_planned_is_not_touched(project: Path) -> None:
    (project / "one.toml").write_bytes(NEW["one.toml"])
    written = (project / "one.toml").stat().st_mtime_ns
    planned = [Change(project / "one.toml", OLD["one.toml"], NEW["one.toml"], ())]
    write_changes(planned)
    assert (project / "one.toml").stat().st_mtime_ns == written
