from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session, SQLModel, StaticPool, create_engine

from allotments.database import get_session
from allotments.main import app


@pytest.fixture
def client() -> Iterator[TestClient]:
    engine = create_engine(
        "sqlite://", connect_args={"check_same_thread": False}, poolclass=StaticPool
    )
    SQLModel.metadata.create_all(engine)
    with Session(engine) as session:
        app.dependency_overrides[get_session] = lambda: session
        yield TestClient(app)
    app.dependency_overrides.clear()


def test_plots_are_listed(client: TestClient) -> None:
    for number in ("B7", "A1"):
        client.post(f"/plots/{number}").raise_for_status()

    assert client.get("/plots").json() == ["A1", "B7"]
