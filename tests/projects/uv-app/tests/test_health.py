from fastapi.testclient import TestClient


def test_health_counts_parcels(client: TestClient, tracking_code: str) -> None:
    health = client.get("/health").json()

    assert health["parcels"] == 1
    assert health["uptime_seconds"] >= 0
