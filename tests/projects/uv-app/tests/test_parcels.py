from fastapi.testclient import TestClient


def test_registered_parcel_can_be_read(client: TestClient, tracking_code: str) -> None:
    response = client.get(f"/parcels/{tracking_code}")

    assert response.status_code == 200
    assert response.json() == {
        "tracking_code": tracking_code,
        "destination": "Lighthouse road 4",
        "weight_grams": 1200,
        "status": "registered",
        "scans": [],
    }


def test_too_heavy_parcel_is_refused(client: TestClient) -> None:
    parcel = {"destination": "Lighthouse road 4", "weight_grams": 40_000}

    assert client.post("/parcels", json=parcel).status_code == 422


def test_full_depot_refuses(client: TestClient) -> None:
    parcel = {"destination": "Harbour 1", "weight_grams": 10}
    codes = [client.post("/parcels", json=parcel).status_code for _ in range(4)]

    assert codes == [201, 201, 201, 507]


def test_unknown_parcel_is_not_found(client: TestClient) -> None:
    assert client.get("/parcels/PT000000999").status_code == 404


def test_malformed_code_is_refused(client: TestClient) -> None:
    assert client.get("/parcels/whatever").status_code == 422


def test_scans_move_a_parcel_until_delivery(
    client: TestClient, tracking_code: str
) -> None:
    scans = f"/parcels/{tracking_code}/scans"

    moved = client.post(scans, json={"place": "North hub"}).json()
    delivered = client.post(scans, json={"place": "Door", "delivered": True}).json()
    again = client.post(scans, json={"place": "North hub"})

    assert moved["status"] == "in_transit"
    assert delivered["status"] == "delivered"
    assert [scan["place"] for scan in delivered["scans"]] == ["North hub", "Door"]
    assert again.status_code == 409
