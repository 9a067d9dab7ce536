"""A minute at four times what the pool can serve: `uv run python -m tests.faults.soak [SECONDS]`.

Each request holds a connection for half a second, and new ones come at a steady rate, whether or
not those before them were answered.
"""

from __future__ import annotations

import sys

from .cluster import primary
from .project import adopted_project, report

SETTINGS = {"pool_size": 8, "max_overflow": 0, "pool_max_waiting": 24}
"""A small pool, for the processor's time is not to be what is short."""
LONGEST = 2 + 0.5 + 1
"""Seconds: the default of DATABASE_POOL_TIMEOUT_SECONDS, the query, and some for the rest."""


def main(seconds: float) -> None:
    """Print the figures and whether the promises were kept."""
    with adopted_project() as project, primary() as server:
        load = project.start("soak", seconds, url=server.url, **SETTINGS)
        result = load.result()
    print(f"requests by status: {result['statuses']}")
    print(f"served: {result['served']:.0%} of what the connections can do")
    print(f"accepted: p50 {result['p50']:.2f} s, p99 {result['p99']:.2f} s")
    print(f"all others: p99 {result['refused_p99']:.3f} s")
    print(f"left afterwards: {result['left']}")
    report(
        {
            "no error but 503, and that with Retry-After": not (
                result["statuses"].keys() - {"200", "503"} or result["without_retry_after"]
            ),
            "whoever is accepted is served within the timeout": result["p99"] < LONGEST,
            "every connection is back": not any(result["left"].values()),
        }
    )


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 60)
