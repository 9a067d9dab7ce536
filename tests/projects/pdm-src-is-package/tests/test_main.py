from fastapi.testclient import TestClient


def test_rooms_by_seats(client: TestClient):
    rooms = client.get('/rooms', params={'seats': 10}).json()

    assert [room['key'] for room in rooms] == ['workshop', 'hall']


def test_unknown_room(client: TestClient):
    assert client.get('/rooms/cellar/bookings').status_code == 404


def test_response_is_timed(client: TestClient):
    assert client.get('/rooms').headers['server-timing'].startswith('app;dur=')


def test_internal_status_is_mounted(client: TestClient):
    status = client.get('/internal/status').json()
    public = client.get('/openapi.json').json()

    assert (status['rooms'], status['bookings']) == (3, 0)
    assert '/internal/status' not in public['paths']
