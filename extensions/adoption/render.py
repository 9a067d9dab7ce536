"""Render the template's files once more, as the version that a project has renders them."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

TEMPLATE = Path(__file__).resolve().parents[2]
PARTS = ("copier.yml", "extensions", "template")


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

    version = answers.get("_commit")
    if version is None or version == _own_version():
        # Without its repository, or Copier would take the latest version of it.
        source = scratch / "source"
        source.mkdir()
        for name in PARTS:
            part = TEMPLATE / name
            (shutil.copytree if part.is_dir() else shutil.copy)(part, source / name)
        version = None
    else:
        source = answers["_src_path"]
    rendered = scratch / "rendered"
    data = {name: value for name, value in answers.items() if not name.startswith("_")}
    try:
        run_copy(
            str(source),
            rendered,
            data=data,
            vcs_ref=version,
            defaults=True,
            unsafe=True,
            quiet=True,
            skip_tasks=True,
        )
    except Exception as error:
        raise RenderError(
            f"The template's version {answers.get('_commit')} cannot be rendered from "
            f"{answers.get('_src_path')} ({error}), so nobody can tell what was edited since; "
            "nothing was changed."
        ) from error
    return rendered


def _own_version() -> str | None:
    """The version that Copier has checked out here, as it records it."""
    done = subprocess.run(
        ["git", "describe", "--tags", "--always"],
        cwd=TEMPLATE,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() or None
