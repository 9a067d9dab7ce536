#!/usr/bin/env bash
# use_cache=False gives a value of its own, or the shared one, by the order of
#   parameters.
#
# Versions: FastAPI 0.165.0, Starlette 1.10.0; run in November 2026.
# Expected: a dependency with use_cache=False is called for that parameter, and nobody
#   else has its value.
# Seen: it does not read the cache, but fills it: a cached parameter of the same
#   dependency that stands after it gets its value, one that stands before has another.
#   Two sessions for one request become one when parameters are sorted.
# Users: a second dependency function for a second session, not a flag.

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
from itertools import count
from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

numbers = count()


async def number():
    return next(numbers)


Shared = Annotated[int, Depends(number)]
Own = Annotated[int, Depends(number, use_cache=False)]
app = FastAPI()


@app.get("/own-first")
async def own_first(own: Own, shared: Shared) -> bool:
    return own == shared


@app.get("/shared-first")
async def shared_first(shared: Shared, own: Own) -> bool:
    return own == shared


client = TestClient(app)
same = {path: client.get(path).json() for path in ("/own-first", "/shared-first")}
print("one value for both:", same)
if same != {"/own-first": True, "/shared-first": False}:
    sys.exit("changed: the order of parameters does not matter")
PYTHON
