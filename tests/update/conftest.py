"""A template of each test's own, to release newer versions of."""

from pathlib import Path

import pytest

from tests.support.template import snapshot_template


@pytest.fixture
def own_template(tmp_path: Path) -> Path:
    """The template of this work tree, tagged as the first version."""
    return snapshot_template(tmp_path / "template")
