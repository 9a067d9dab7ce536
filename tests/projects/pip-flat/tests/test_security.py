import pytest

from cookbook.config import config


@pytest.mark.parametrize(('key', 'status'), [('', 403), ('wrong', 403), ('let me in', 201)])
def test_editor_key(client, bread, monkeypatch, key, status):
    monkeypatch.setattr(config, 'editor_key', 'let me in')

    response = client.post('/recipes/', json=bread, headers={'X-Editor-Key': key})

    assert response.status_code == status
