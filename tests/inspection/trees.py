"""Small projects written from a mapping of paths to texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from extensions.inspection import Facts, inspect_project

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
FACTORY = "from fastapi import FastAPI\n\n\ndef create_app() -> FastAPI:\n    return FastAPI()\n"
PYPROJECT = """\
[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["fastapi>=0.121", "uvicorn"]
"""
POETRY = """\
[tool.poetry]
name = "shop"
version = "0.1.0"

[tool.poetry.dependencies]
python = "^3.11"
fastapi = "^0.121"
"""


def write_tree(directory: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write each text to its path below `directory`."""
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return directory


def inspect_files(directory: Path, files: Mapping[str, str | bytes]) -> Facts:
    """The facts about a project of just these files."""
    return inspect_project(write_tree(directory, files))
