"""A server that crashes and comes back: `uv run python -m tests.faults.restarts [TIMES]`.

Sixty workers write and read while it is killed, away for half a second, and started again, five
times.
"""

from __future__ import annotations

import sys
import time
from collections import Counter

from .cluster import primary
from .outages import Outage, Request, lost_writes, seconds_to_recover, wrong_answers
from .project import adopted_project, report

WORKERS = 60


def main(times: int) -> None:
    """Print the figures and whether the promises were kept."""
    outages: list[Outage] = []
    with adopted_project() as project, primary() as server:
        load = project.start("load", WORKERS, url=server.url)
        load.await_line()
        for _ in range(times):
            time.sleep(2)
            killed = time.time()
            server.kill()
            time.sleep(0.5)
            server.start()
            outages.append(Outage(killed, time.time()))
        time.sleep(2)
        requests = [Request(*fields) for fields in load.result()]
        lost = lost_writes(requests, server.url)
    recovery = seconds_to_recover(requests, outages)
    statuses = Counter(request.status for request in requests)
    away = [f"{outage.back - outage.killed:.1f}" for outage in outages]
    print(f"requests by status: {dict(statuses)}")
    print(f"the server was away for {', '.join(away)} s")
    print(f"after its return, the last failure and a success: {recovery_text(recovery)}")
    report(
        {
            "recovers within a second": max(recovery) < 1,
            "no acknowledged write is lost": not lost,
            "no wrong success": not wrong_answers(requests),
        }
    )


def recovery_text(recovery: list[float]) -> str:
    """Milliseconds, for people."""
    return ", ".join(f"{seconds * 1000:.0f}" for seconds in recovery) + " ms"


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
