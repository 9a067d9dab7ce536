from toolshed.models import Tool

HEADERS = {"token": "ada"}


def test_a_tool_is_lent_once(client, member, db):
    db.add(Tool(name="Drill", shelf=1))
    db.commit()

    loan = client.post("/loans/1", headers=HEADERS)

    assert loan.status_code == 201
    assert client.post("/loans/1", headers=HEADERS).status_code == 409
    assert client.post(f"/loans/{loan.json()['id']}/return", headers=HEADERS).json()["returned"]
    assert client.post("/loans/1", headers=HEADERS).status_code == 201
    assert [loan["returned"] for loan in client.get("/loans", headers=HEADERS).json()] == [
        True,
        False,
    ]


def test_no_such_tool(client, member):
    assert client.post("/loans/9", headers=HEADERS).status_code == 404
    assert client.post("/loans/9/return", headers=HEADERS).status_code == 404


def test_somebody_joins(client):
    assert client.put("/loans/members/Grace", params={"token": "grace"}).json() == "Grace"
    assert client.get("/loans", headers={"token": "grace"}).json() == []
