import pytest


def slugs(response):
    assert response.status_code == 200
    return [recipe['slug'] for recipe in response.json()]


@pytest.mark.parametrize(
    ('query', 'found'),
    [
        ({}, ['tomato-soup', 'oat-pancakes']),
        ({'ingredient': 'tomato'}, ['tomato-soup']),
        ({'tag': 'breakfast'}, ['oat-pancakes']),
        ({'ingredient': 'tomato', 'tag': 'breakfast'}, []),
    ],
)
def test_search(client, query, found):
    assert slugs(client.get('/recipes/', params=query)) == found


def test_scaled_to_servings(client):
    recipe = client.get('/recipes/tomato-soup', params={'servings': 6}).json()

    assert recipe['servings'] == 6
    assert {i['name']: i['amount'] for i in recipe['ingredients']} == {
        'tomato': 1500,
        'onion': 3,
        'olive oil': 45,
    }


def test_unknown_recipe(client):
    assert client.get('/recipes/stone-soup').status_code == 404


def test_add_recipe(client, bread):
    response = client.post('/recipes/', json=bread)

    assert response.status_code == 201
    assert client.get(response.headers['Location']).json() == bread
    assert client.get('/tags/').json() == ['bread', 'breakfast', 'soup', 'vegan']


def test_same_recipe_twice(client, bread):
    client.post('/recipes/', json=bread)

    assert client.post('/recipes/', json=bread).status_code == 409
