import pytest
from fastapi.testclient import TestClient

WORKSHOP = '/rooms/workshop/bookings'


def wish(from_hour: int, to_hour: int, **changes: object) -> dict[str, object]:
    return {
        'day': '2025-07-01',
        'from_hour': from_hour,
        'to_hour': to_hour,
        'people': 8,
        **changes,
    }


@pytest.mark.time_zones
def test_booking_starts_in_the_time_zone_of_the_house(client: TestClient):
    response = client.post(WORKSHOP, json=wish(9, 11))

    assert response.status_code == 201
    assert response.json()['starts_at'] == '2025-07-01T09:00:00+02:00'


def test_bookings_may_touch(client: TestClient):
    for hours in [(9, 11), (11, 12), (8, 9)]:
        assert client.post(WORKSHOP, json=wish(*hours)).status_code == 201

    listed = client.get(WORKSHOP, params={'day': '2025-07-01'}).json()
    assert [booking['from_hour'] for booking in listed] == [8, 9, 11]


@pytest.mark.parametrize(
    ('refused', 'reason'),
    [
        (wish(10, 12), 'Workshop is taken from 9 to 11'),
        (wish(7, 9), 'Rooms are open from 8 to 20'),
        (wish(12, 13, people=13), 'Workshop has 12 seats'),
    ],
)
def test_refusal_says_why(client: TestClient, refused: dict, reason: str):
    client.post(WORKSHOP, json=wish(9, 11))

    response = client.post(WORKSHOP, json=refused)

    assert response.status_code == 409
    assert response.json() == {'detail': reason}


def test_booking_ends_after_it_starts(client: TestClient):
    assert client.post(WORKSHOP, json=wish(11, 11)).status_code == 422


def test_cancelled_booking_frees_the_room(client: TestClient):
    number = client.post(WORKSHOP, json=wish(9, 11)).json()['number']

    assert client.delete(f'/bookings/{number}').status_code == 204
    assert client.delete(f'/bookings/{number}').status_code == 404
    assert client.post(WORKSHOP, json=wish(10, 12)).status_code == 201
