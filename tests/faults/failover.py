"""A primary that dies, and a standby that takes over: `uv run python -m tests.faults.failover`.

Both are real, and stream to each other on loopback. The application has one URL with both hosts and
`target_session_attrs=read-write`, and is not restarted. It is done twice: with a standby that
follows as it can, and with one that each commit waits for.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections import Counter

import asyncpg

from .cluster import Cluster, primary, standby
from .outages import Outage, Request, lost_writes, seconds_to_recover, wrong_answers
from .project import Project, adopted_project, report
from .restarts import WORKERS, recovery_text


def main() -> None:
    """Print the figures and whether the promises were kept."""
    with adopted_project() as project:
        promises = fail_over(project, is_synchronous=False) | fail_over(
            project, is_synchronous=True
        )
    report(promises)


def fail_over(project: Project, *, is_synchronous: bool) -> dict[str, bool]:
    """Kill the primary under load and promote its standby."""
    name = "synchronous" if is_synchronous else "asynchronous"
    with primary() as first, standby(first) as second:
        asyncio.run(await_standby(first, is_synchronous=is_synchronous))
        url = (
            f"postgresql://postgres@127.0.0.1:{first.port},127.0.0.1:{second.port}/postgres"
            "?sslmode=disable&target_session_attrs=read-write"
        )
        load = project.start("load", WORKERS, url=url)
        load.await_line()
        time.sleep(3)
        killed = time.time()
        first.kill()
        time.sleep(0.5)
        second.promote()
        outage = Outage(killed, time.time())
        time.sleep(3)
        requests = [Request(*fields) for fields in load.result()]
        lost = lost_writes(requests, second.url)
    recovery = seconds_to_recover(requests, [outage])
    statuses = Counter(request.status for request in requests)
    print(f"{name}: requests by status: {dict(statuses)}")
    print(f"{name}: no primary for {outage.back - outage.killed:.1f} s")
    print(f"{name}: after the promotion, a success in {recovery_text(recovery)}")
    print(f"{name}: acknowledged writes lost: {len(lost)}")
    promises = {f"{name}: recovers within a second, without a restart": max(recovery) < 1}
    if is_synchronous:
        promises[f"{name}: no acknowledged write is lost"] = not lost
        promises[f"{name}: no wrong success"] = not wrong_answers(requests)
    return promises


async def await_standby(server: Cluster, *, is_synchronous: bool) -> None:
    """Wait until the standby streams, and have commits wait for it."""
    connection = await asyncpg.connect(server.url)
    if is_synchronous:
        # On this one alone: the standby, once promoted, has nobody to wait for.
        await connection.execute("ALTER SYSTEM SET synchronous_standby_names = '*'")
        await connection.execute("SELECT pg_reload_conf()")
    state = "sync" if is_synchronous else "async"
    streams = "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = $1)"
    for _ in range(100):
        if await connection.fetchval(streams, state):
            break
        await asyncio.sleep(0.1)
    else:
        sys.exit("the standby does not follow")
    await connection.close()


if __name__ == "__main__":
    main()
