"""Reads on a standby that lags, stands still, dies and returns.

`uv run python -m tests.faults.replica`. Both servers are real, and stream to each other on
loopback. Each write is read at once: by a session that takes what is there, and by one that has to
see it.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import asyncpg

from .cluster import Cluster, primary, standby
from .failover import await_standby
from .project import adopted_project, report

WORKERS = 8
PHASE_SECONDS = 6
SETTLING_SECONDS = 2
"""What began so long after a phase's start, and before its end, has met nothing but the phase."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A write and two reads of it."""

    began: float
    error: str
    is_found: bool
    is_found_when_it_must: bool
    is_on_replica: bool


def main() -> None:
    """Print the figures and whether the promises were kept."""
    with adopted_project() as project, primary() as first, standby(first) as second:
        asyncio.run(await_standby(first, is_synchronous=False))
        load = project.start("replica", WORKERS, url=first.url, replica_url=second.url)
        load.await_line()
        starts: dict[str, float] = {}

        def during(phase: str) -> None:
            starts[phase] = time.time()
            time.sleep(PHASE_SECONDS)

        asyncio.run(delay(second, "50ms"))
        during("lags")
        asyncio.run(delay(second, "1h"))
        during("stands still")
        second.kill()
        during("is away")
        second.start()
        asyncio.run(delay(second, "0"))
        during("is back")
        attempts = [Attempt(*fields) for fields in load.result()]

    promises = {
        "a read that must see a write does": all(
            attempt.is_found_when_it_must for attempt in attempts if not attempt.error
        )
    }
    for phase, start in starts.items():
        lasting = [a for a in attempts if start <= a.began < start + PHASE_SECONDS]
        settled = [
            a
            for a in lasting
            if SETTLING_SECONDS <= a.began - start < PHASE_SECONDS - SETTLING_SECONDS
        ]
        failed = sum(bool(attempt.error) for attempt in lasting)
        on_replica = sum(attempt.is_on_replica for attempt in settled)
        missed = sum(not attempt.is_found for attempt in settled)
        print(
            f"it {phase}: {len(lasting)} writes, {failed} failed; of {len(settled)} amid it, "
            f"{on_replica} read on the replica, {missed} not seen by a session that did not have to"
        )
        expected = len(settled) if phase in ("lags", "is back") else 0
        promises[f"it {phase}: {'all' if expected else 'none'} are read there"] = (
            bool(settled) and on_replica == expected
        )
        promises[f"it {phase}: nothing fails for long"] = not any(a.error for a in settled)
    report(promises)


async def delay(server: Cluster, lag: str) -> None:
    """Have a standby apply what was committed that much later."""
    connection = await asyncpg.connect(server.url)
    await connection.execute(f"ALTER SYSTEM SET recovery_min_apply_delay = '{lag}'")
    await connection.execute("SELECT pg_reload_conf()")
    await connection.close()


if __name__ == "__main__":
    main()
