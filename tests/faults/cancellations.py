"""Clients that go at any moment: `uv run python -m tests.faults.cancellations [COUNT]`.

Two thousand requests are cancelled as they wait, ask, write, or commit, forty at once.
"""

from __future__ import annotations

import sys

from .cluster import primary
from .project import adopted_project, report


def main(count: int) -> None:
    """Print the figures and whether the promises were kept."""
    with adopted_project() as project, primary() as server:
        result = project.start("cancel", count, url=server.url).result()
    print(f"requests by their end: {result['ended']}")
    print(f"left afterwards: {result['left']}")
    print(f"usable connections: {result['usable']} of {result['capacity']}")
    report(
        {
            "nothing holds a connection": not any(result["left"].values()),
            "all connections can be used": result["usable"] == result["capacity"],
        }
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
