"""How long a copy takes beside one of a minimal template.

Run it with `uv run python -m tests.benchmarks.copy_time`.
The two run in turn; the figures are medians of whole processes, start of Python included.
"""

import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.support.template import PROJECTS, commit_all, git, snapshot_template

ROUNDS = 9


def minimal_template(destination: Path) -> Path:
    """A template with one question and one file."""
    destination.mkdir()
    (destination / "copier.yml").write_text("name:\n  type: str\n  default: x\n")
    (destination / "file.txt.jinja").write_text("{{ name }}\n")
    git(destination, "init", "--quiet")
    commit_all(destination, "Template")
    git(destination, "tag", "v1.0.0")
    return destination


def seconds(template: Path, scratch: Path, *arguments: str) -> float:
    """Copy to a fresh project and return the time that it took."""
    project = scratch / "project"
    shutil.rmtree(project, ignore_errors=True)
    shutil.copytree(PROJECTS / "uv-app", project)
    command = ["copier", "copy", "--trust", "--defaults", "--quiet", *arguments]
    command += [str(template), str(project)]
    start = time.perf_counter()
    subprocess.run([sys.executable, "-m", *command], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print both medians, the difference and the ratio."""
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        templates = [minimal_template(scratch / "minimal"), snapshot_template(scratch / "ours")]
        rounds = [[seconds(template, scratch) for template in templates] for _ in range(ROUNDS)]
    minimal, ours = (statistics.median(times) for times in zip(*rounds, strict=True))
    more = f"{ours - minimal:+.2f} s, x{ours / minimal:.2f}"
    print(f"minimal {minimal:.2f} s, ours {ours:.2f} s: {more}")


if __name__ == "__main__":
    main()
