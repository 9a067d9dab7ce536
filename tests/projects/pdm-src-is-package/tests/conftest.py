from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from fastapi.testclient import TestClient

from src.bookings.router import get_bookings
from src.bookings.service import BookingService
from src.config import Config
from src.internal.app import internal_app
from src.main import app


@pytest.fixture
def client() -> Iterator[TestClient]:
    config = Config(
        time_zone=ZoneInfo('Europe/Zurich'),
        opens_at=8,
        closes_at=20,
        allowed_origins=(),
    )
    bookings = BookingService(config)
    for application in (app, internal_app):
        application.dependency_overrides[get_bookings] = lambda: bookings
    with TestClient(app) as test_client:
        yield test_client
    for application in (app, internal_app):
        application.dependency_overrides.clear()
