"""The layer without HTTP, beside the driver: `uv run python -m tests.benchmarks.in_process`.

Prints Markdown. A figure is the median over interleaved rounds of the ratio to asyncpg's speed in
the same round; processor time is what the process itself took, its least over the rounds. A second
table has what instances take of memory.
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
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--environments", type=Path, help="keep the virtual environment here")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(primary(max_connections=200))
        url = server.plain_url
        project, environment = adopt(scratch, arguments.environments or scratch, url)
        for program in (["inside.py", str(arguments.rounds)], ["memory.py"]):
            done = environment.run(
                *[str(HERE / "contenders" / program[0]), *program[1:]],
                cwd=project,
                variables={"DATABASE_URL": url, "PYTHONPATH": str(project)},
            )
            print(done.stdout, flush=True)


if __name__ == "__main__":
    main()
