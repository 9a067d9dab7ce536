"""Render the template's files once more, as the version that a project has renders them.

A version is taken out of this template's own repository, never from the address that the project
records: rendering runs the code of a template, and that one was not asked for.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).resolve().parents[2]
PARTS = ("copier.yml", "extensions", "includes", "template")


class RenderError(Exception):
    """The files cannot be rendered; the message is one sentence for the user."""


def render_recorded(answers: Mapping[str, Any]) -> dict[str, bytes]:
    """Render the files of a project; by their paths.

    Args:
        answers: what the project records.

    Raises:
        RenderError: the version that the project has cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="database-layer-") as scratch:
        rendered = _render(answers, Path(scratch))
        return {
            path.relative_to(rendered).as_posix(): path.read_bytes()
            for path in rendered.rglob("*")
            if path.is_file()
        }


def _render(answers: Mapping[str, Any], scratch: Path) -> Path:
    # Copier takes most of a second to import, and only an undo needs it.
    from copier import run_copy  # noqa: PLC0415

    # Without its repository, or Copier would take the latest version of it.
    source, rendered = scratch / "source", scratch / "rendered"
    source.mkdir()
    version = answers.get("_commit")
    if version is None or version == _own_version():
        for name in PARTS:
            part = TEMPLATE / name
            (shutil.copytree if part.is_dir() else shutil.copy)(part, source / name)
    else:
        _check_out(str(version), source)
    data = {name: value for name, value in answers.items() if not name.startswith("_")}
    try:
        run_copy(
            str(source),
            rendered,
            data=data,
            defaults=True,
            unsafe=True,
            quiet=True,
            skip_tasks=True,
        )
    except Exception as error:
        raise RenderError(
            f"The template's version {version} cannot be rendered ({error}), so your edits cannot "
            "be recognised; nothing was changed."
        ) from error
    return rendered


def _check_out(version: str, destination: Path) -> None:
    """Write the files of one of this template's own versions."""
    try:
        name = f"{version}^{{commit}}"
        found = _git("rev-parse", "--verify", "--quiet", "--end-of-options", name)
        commit = found.decode().strip()
        # An earlier version lacks some.
        parts = _git("ls-tree", "--name-only", commit, "--", *PARTS).decode().split()
        archive = _git("archive", "--format=tar", commit, *parts)
    except (OSError, ValueError, subprocess.CalledProcessError) as error:
        raise RenderError(
            f"The project has version {version}, which this template does not have: run this with "
            "the template that added the layer; nothing was changed."
        ) from error
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        files.extractall(destination, filter="data")


def _own_version() -> str | None:
    """The version that Copier has checked out here, as it records it."""
    try:
        return _git("describe", "--tags", "--always").decode().strip() or None
    except (OSError, subprocess.CalledProcessError):
        return None


def _git(*arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=TEMPLATE, check=True, capture_output=True).stdout
