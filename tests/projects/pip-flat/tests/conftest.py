import pytest
from fastapi.testclient import TestClient

from cookbook.config import config
from cookbook.library import RecipeLibrary, get_library
from cookbook.server import api


@pytest.fixture
def client():
    library = RecipeLibrary.from_file(config.starter_recipes)
    api.dependency_overrides[get_library] = lambda: library
    yield TestClient(api)
    api.dependency_overrides.clear()


@pytest.fixture
def bread():
    return {
        'slug': 'flat-bread',
        'title': 'Flat bread',
        'servings': 4,
        'tags': ['bread', 'vegan'],
        'ingredients': [{'name': 'flour', 'amount': 300, 'unit': 'g'}],
        'steps': ['Knead.', 'Roll out.', 'Bake.'],
    }
