from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from app.core.config import get_settings
from app.main import app


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    monkeypatch.setenv("PARCELS_CAPACITY", "3")
    get_settings.cache_clear()
    with TestClient(app) as client:
        yield client
    get_settings.cache_clear()


@pytest.fixture
def tracking_code(client: TestClient) -> str:
    parcel = {"destination": "Lighthouse road 4", "weight_grams": 1200}
    return client.post("/parcels", json=parcel).json()["tracking_code"]
