from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from shelter.database import engine
from shelter.main import app
from shelter.models import Base


@pytest.fixture
def client() -> Iterator[TestClient]:
    Base.metadata.create_all(engine)
    with TestClient(app) as client:
        yield client
    Base.metadata.drop_all(engine)
