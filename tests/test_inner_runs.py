"""What keeps the runs of pytest apart that our tests start."""

import subprocess
import sys
from pathlib import Path


def test_an_inner_run_has_its_directories_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text("def test_it(tmp_path):\n    print(tmp_path)\n")

    run = subprocess.run(
        [sys.executable, "-m", "pytest", "--capture=no", "-p", "no:xdist", "test_it.py"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
        text=True,
    )

    assert "/inner-runs/" in run.stdout
