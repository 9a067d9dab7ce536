#!/usr/bin/env bash
# One dependency asked for in two scopes is two objects in one request.
#
# Versions: FastAPI 0.165.0, Starlette 1.10.0; run in November 2026.
# Expected: a dependency is called once a request and its value shared, unless
#   use_cache=False; scope says when it ends.
# Seen: the scope is part of the cache's key. A route with Depends(get_session,
#   scope="function") and a sub-dependency with Depends(get_session) have two sessions,
#   in two transactions of which neither sees the other's rows, and the second commits
#   after the response.
# Users: use SessionDep everywhere, in sub-dependencies too; an override of get_session
#   replaces both.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'fastapi==0.165.0' \
    'starlette==1.10.0' \
    'httpx==0.28.1'

venv/bin/python -W ignore - <<'PYTHON'
import sys
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

opened = []


async def get_session():
    opened.append(len(opened))
    yield opened[-1]


async def get_user(session: Annotated[int, Depends(get_session)]):
    return session


app = FastAPI()


@app.get("/")
async def read(
    users: Annotated[int, Depends(get_user)],
    own: Annotated[int, Depends(get_session, scope="function")],
) -> list[int]:
    return [users, own]


sessions = TestClient(app).get("/").json()
print("session of the user, and of the route:", sessions)
if len(set(sessions)) != 2:
    sys.exit("changed: both scopes share a session, or are refused")
PYTHON
