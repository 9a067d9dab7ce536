"""What a load has seen of servers that were away."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Request:
    """One request of the load, in seconds of wall time."""

    began: float
    ended: float
    status: int
    number: int
    kind: str


@dataclass(frozen=True, slots=True)
class Outage:
    """When a server was killed, and when one accepted connections again."""

    killed: float
    back: float


def lost_writes(requests: Sequence[Request], url: str) -> set[int]:
    """The numbers whose write was answered with 201, and that are not there."""
    acknowledged = {r.number for r in requests if r.kind == "write" and r.status == 201}
    return acknowledged - asyncio.run(_numbers(url))


async def _numbers(url: str) -> set[int]:
    connection = await asyncpg.connect(url)
    try:
        return {row["number"] for row in await connection.fetch("SELECT number FROM numbers")}
    finally:
        await connection.close()


def wrong_answers(requests: Sequence[Request]) -> list[Request]:
    """Successes that are none: a read that did not find what was written before it."""
    return [r for r in requests if r.status in (-200, -404)]


def seconds_to_recover(requests: Sequence[Request], outages: Sequence[Outage]) -> list[float]:
    """For each outage, after how long the last request began that failed; and one succeeded."""
    found: list[float] = []
    ends = [outage.killed for outage in outages[1:]] + [float("inf")]
    for outage, end in zip(outages, ends, strict=True):
        after = [r for r in requests if outage.back <= r.began < end]
        failed = [r.began for r in after if r.status not in (200, 201) and r.ended < end]
        worked = [r.ended for r in after if r.status in (200, 201)]
        last_failure = max(failed, default=outage.back)
        first_success = min((at for at in worked if at > last_failure), default=float("inf"))
        found.append(first_success - outage.back)
    return found
