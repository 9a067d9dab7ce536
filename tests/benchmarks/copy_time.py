"""How long a copy takes beside one of a minimal template, and one with as many files.

Run it with `uv run python -m tests.benchmarks.copy_time`.
They run in turn; the figures are medians of whole processes, start of Python included. Each
template is packed, as a clone from a server is. Copier asks git for a setting once a file that it
renders, which is most of what the second minimal template takes longer.
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


FILES = 36
"""As many as a copy by default renders."""


def minimal_template(destination: Path, *, files: int = 1) -> Path:
    """A template with one question, and files that say its answer."""
    destination.mkdir()
    (destination / "copier.yml").write_text("name:\n  type: str\n  default: x\n")
    for number in range(files):
        (destination / f"file_{number}.txt.jinja").write_text("{{ name }}\n")
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
    """Print the medians, and what is more than the first one."""
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        templates = {
            "minimal": minimal_template(scratch / "minimal"),
            f"minimal with {FILES} files": minimal_template(scratch / "files", files=FILES),
            "ours": snapshot_template(scratch / "ours"),
        }
        for template in templates.values():
            git(template, "gc", "--quiet")
        rounds = [
            [seconds(template, scratch) for template in templates.values()] for _ in range(ROUNDS)
        ]
    medians = [statistics.median(times) for times in zip(*rounds, strict=True)]
    for name, median in zip(templates, medians, strict=True):
        print(f"{name}: {median:.2f} s, {median - medians[0]:+.2f} s, x{median / medians[0]:.2f}")


if __name__ == "__main__":
    main()
