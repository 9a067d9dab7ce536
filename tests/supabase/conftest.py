"""The servers that these tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.supabase import SupabaseServer, supabase_server

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def supabase() -> Iterator[SupabaseServer]:
    with supabase_server() as server:
        yield server
