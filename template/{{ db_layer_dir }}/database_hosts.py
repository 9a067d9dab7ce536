"""Connecting where a URL has several hosts, each of which gets its time."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from importlib import import_module
from typing import Any
from urllib.parse import urlsplit

asyncpg = import_module("asyncpg")


def has_several_hosts(dsn: str) -> bool:
    """Tell whether it matters in which order hosts are tried."""
    # "Any, but rather a standby" is to be decided among all of them.
    return "," in urlsplit(dsn).netloc and "=prefer-standby" not in dsn


def connect_in_turn(dsn: str) -> Callable[..., Awaitable[Any]]:
    """Return what connects to the first host that will do.

    asyncpg has one timeout for all hosts, which is spent at the first one
    that is silent, as a machine is that has lost its power.
    """
    parts = urlsplit(dsn)
    login, at, hosts = parts.netloc.rpartition("@")
    # The one that did comes first, or each connection would wait for those
    # that are gone.
    places = [f"{login}{at}{host}" for host in hosts.split(",")]
    in_turn = [parts._replace(netloc=place).geturl() for place in places]

    async def connect_to(one: str, options: dict[str, object]) -> object:
        connection = await asyncpg.connect(**options | {"dsn": one})
        in_turn.remove(one)
        in_turn.insert(0, one)
        return connection

    async def connect(**options: object) -> object:
        *others, last = in_turn
        for one in others:
            with suppress(Exception):
                return await connect_to(one, options)
        try:
            return await connect_to(last, options)
        except asyncpg.InternalClientError as error:
            # There is a standby, but no primary: as if nobody was there.
            away = ConnectionError(f"{error}")
            raise away.with_traceback(error.__traceback__) from error

    return connect
