"""Relationships without a session: `uv run python -m tests.benchmarks.nested`.

Prints Markdown: the least processor time over interleaved rounds, and the median of the ratios.
"""

from __future__ import annotations

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.faults.cluster import primary

from .over_http import adopt

HERE = Path(__file__).parent


def main() -> None:
    """Adopt a project and measure inside it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--environments", type=Path, help="keep the virtual environment here")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(primary(max_connections=200)).plain_url
        project, environment = adopt(scratch, arguments.environments or scratch, url)
        done = environment.run(
            *[str(HERE / "contenders" / "nested.py"), str(arguments.rounds)],
            cwd=project,
            variables={"DATABASE_URL": url, "PYTHONPATH": str(project)},
        )
    print(done.stdout, end="")


if __name__ == "__main__":
    main()
