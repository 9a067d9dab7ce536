"""A template of each test's own, to release newer versions of."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def own_template(template: Path, tmp_path: Path) -> Path:
    """The template of this work tree, tagged as the first version."""
    return shutil.copytree(template, tmp_path / "template")
