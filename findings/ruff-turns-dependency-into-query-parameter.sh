#!/usr/bin/env bash
# Ruff's fix for TC001 turns a FastAPI dependency into a query parameter.
#
# Versions: Ruff 0.17.6, FastAPI 0.165.0, Starlette 1.10.0; run in November 2026.
# Expected: a fix keeps what the code does, or FastAPI refuses an annotation that it
#   cannot resolve, as pydantic and SQLAlchemy do for theirs.
# Seen: in a module with "from __future__ import annotations", SessionDep is imported
#   for annotations only, so the fix (offered as unsafe) moves it under TYPE_CHECKING.
#   The application starts, every request answers 422: session is now a required query
#   parameter.
# Users: [tool.ruff.lint.flake8-type-checking] exempt-modules with the layer's module,
#   or no __future__ import in modules with routes.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv ruff==0.17.6 fastapi==0.165.0 starlette==1.10.0 httpx==0.28.1
cat > layer.py <<'PYTHON'
from typing import Annotated

from fastapi import Depends


class Session:
    pass


SessionDep = Annotated[Session, Depends(Session)]
PYTHON
cat > routes.py <<'PYTHON'
from __future__ import annotations

from fastapi import FastAPI

from layer import SessionDep

app = FastAPI()


@app.get("/")
async def read(session: SessionDep) -> str:
    return type(session).__name__
PYTHON
cat > ask.py <<'PYTHON'
from fastapi.testclient import TestClient
from routes import app

print(TestClient(app).get("/").status_code)
PYTHON
before=$(venv/bin/python -W ignore ask.py)
venv/bin/ruff check --quiet --isolated --select TC --fix --unsafe-fixes routes.py
after=$(venv/bin/python -W ignore ask.py)
echo "before the fix: $before, after: $after"
if [ "$before $after" != "200 422" ]; then
    echo "changed: the fix leaves the dependency alone, or the application does not start"
    exit 1
fi
