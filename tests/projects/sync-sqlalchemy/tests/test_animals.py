from fastapi.testclient import TestClient


def test_animals_are_listed_by_name(client: TestClient) -> None:
    for name in ("Minka", "Bello"):
        client.post("/animals", json={"name": name, "species": "cat"}).raise_for_status()

    animals = client.get("/animals").json()

    assert [animal["name"] for animal in animals] == ["Bello", "Minka"]


def test_an_animal_is_adopted(client: TestClient) -> None:
    animal = client.post("/animals", json={"name": "Rex", "species": "dog"}).json()

    adopted = client.post(f"/animals/{animal['id']}/adoptions", params={"household": "Miller"})

    assert adopted.status_code == 201


def test_no_such_animal(client: TestClient) -> None:
    assert client.post("/animals/1/adoptions", params={"household": "Miller"}).status_code == 404
