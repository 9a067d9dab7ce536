"""What keeps the runs of pytest apart that our tests start."""

import sys
from pathlib import Path

from tests.support.environments import Environment


def test_an_inner_run_has_its_directories_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(tmp_path):\n    print(tmp_path)\n")

    run = Environment(Path(sys.prefix)).run(
        *["-m", "pytest", "--capture=no", "-p", "no:xdist", "test_it.py"],
        cwd=tmp_path,
        variables={"TEST_DATABASE_URL": ""},
    )

    assert "/inner-runs/" in run.stdout
