#!/usr/bin/env bash
# A route that yields its rows runs after its function-scoped session has ended.
#
# Versions: FastAPI 0.165.0, Starlette 1.10.0; run in November 2026.
# Expected: scope="function" ends a dependency after the path function, and a path
#   function that yields (JSON lines, server-sent events) ends with its last yield.
# Seen: the dependency ends before the first line of the function's body runs: the
#   session is closed, and what the body does with it opens a new transaction that
#   nobody commits. FastAPI 0.133 refused such routes, 0.165 takes them.
# Users: session_scope() inside the generator.

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

events = []


async def get_session():
    events.append("open")
    yield
    events.append("end")


app = FastAPI()


@app.get("/")
async def rows(session: Annotated[None, Depends(get_session, scope="function")]):
    events.append("first row")
    yield {"n": 1}
    events.append("second row")
    yield {"n": 2}


TestClient(app).get("/")
print(events)
if events != ["open", "end", "first row", "second row"]:
    sys.exit("changed: the session ends after the rows, or the route is refused")
PYTHON
