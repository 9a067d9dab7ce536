import secrets

from fastapi import Header, HTTPException

from cookbook.config import config


def require_editor(x_editor_key: str = Header(default='')):
    """Let editors pass; everyone is one while no key is set."""
    if config.editor_key is None:
        return
    if not secrets.compare_digest(x_editor_key.encode(), config.editor_key.encode()):
        raise HTTPException(status_code=403, detail='Only editors may add recipes')
