from httpx import AsyncClient


async def test_readings_are_summarised(client: AsyncClient, station: str) -> None:
    for hour, temperature in [("06", -4.5), ("07", -1.5)]:
        reading = {
            "measured_at": f"2025-01-31T{hour}:00:00Z",
            "temperature_c": temperature,
            "humidity_pct": 70,
        }
        response = await client.post(f"/stations/{station}/readings", json=reading)
        assert response.status_code == 202

    assert (await client.get(f"/stations/{station}/summary")).json() == {
        "readings": 2,
        "coldest_c": -4.5,
        "warmest_c": -1.5,
        "mean_temperature_c": -3.0,
        "mean_humidity_pct": 70.0,
    }


async def test_reading_without_time_zone_is_refused(client: AsyncClient, station: str) -> None:
    reading = {"measured_at": "2025-01-31T06:00:00", "temperature_c": 1, "humidity_pct": 70}

    response = await client.post(f"/stations/{station}/readings", json=reading)

    assert response.status_code == 422


async def test_unknown_station_is_not_found(client: AsyncClient) -> None:
    response = await client.get("/stations/sea-side/summary")

    assert response.status_code == 404
    assert response.json() == {"detail": "No station is called sea-side."}
