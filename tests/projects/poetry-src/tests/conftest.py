from collections.abc import AsyncIterator

import pytest
from httpx import ASGITransport, AsyncClient

from stationlog.application import create_app
from stationlog.settings import Settings


@pytest.fixture
async def client() -> AsyncIterator[AsyncClient]:
    app = create_app(Settings(readings_per_station=2))
    transport = ASGITransport(app=app)
    async with AsyncClient(transport=transport, base_url="http://stations.test/api") as client:
        yield client


@pytest.fixture
async def station(client: AsyncClient) -> str:
    position = {"latitude": 47.1, "longitude": 9.5, "altitude_m": 1850}
    response = await client.put("/stations/hill-top", json=position)
    assert response.status_code == 201
    return "hill-top"
