from httpx import AsyncClient


async def test_announced_station_is_listed(client: AsyncClient, station: str) -> None:
    response = await client.get("/stations")

    assert response.json() == {station: {"latitude": 47.1, "longitude": 9.5, "altitude_m": 1850}}


async def test_station_can_be_moved(client: AsyncClient, station: str) -> None:
    moved = await client.put(f"/stations/{station}", json={"latitude": 47.2, "longitude": 9.5})

    assert moved.status_code == 204
    stations = (await client.get("/stations")).json()
    assert stations[station]["latitude"] == 47.2


async def test_position_off_the_globe_is_refused(client: AsyncClient) -> None:
    response = await client.put("/stations/nowhere", json={"latitude": 91, "longitude": 0})

    assert response.status_code == 422
