from toolshed.models import Tool

HEADERS = {"token": "ada"}


def add(client, name="Drill", shelf=3):
    response = client.post("/tools", json={"name": name, "shelf": shelf}, headers=HEADERS)
    assert response.status_code == 201
    return response.json()


def test_tools_are_found_by_name(client, member):
    for name in ("Saw", "Drill", "Hand drill"):
        add(client, name)

    found = client.get("/tools", params={"name": "drill"}).json()

    assert [tool["name"] for tool in found] == ["Drill", "Hand drill"]
    assert client.get("/tools", params={"skip": 1, "limit": 1}).json()[0]["name"] == "Hand drill"
    assert client.get("/tools/count").json() == 3


def test_only_members_add_tools(client):
    assert (
        client.post("/tools", json={"name": "Saw", "shelf": 1}, headers=HEADERS).status_code == 401
    )


def test_a_tool_moves_to_another_shelf(client, member, db):
    tool = add(client)
    add(client, "Saw")

    moved = client.patch(f"/tools/{tool['id']}", json={"shelf": 7}, headers=HEADERS)

    assert moved.json()["shelf"] == 7
    assert db.query(Tool).filter(Tool.shelf == 7).count() == 1
    assert client.get("/tools/shelves").json() == [
        {"shelf": 3, "tools": 1},
        {"shelf": 7, "tools": 1},
    ]


def test_a_tool_is_removed(client, member):
    tool = add(client)

    assert client.delete(f"/tools/{tool['id']}", headers=HEADERS).status_code == 204
    assert client.delete(f"/tools/{tool['id']}", headers=HEADERS).status_code == 404
