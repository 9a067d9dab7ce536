#!/usr/bin/env bash
# A context variable that a "def" dependency sets is not set in the route, not even in
#   a "def" route.
#
# Versions: FastAPI 0.165.0, Starlette 1.10.0; run in November 2026.
# Expected: "def" and "async def" are documented as interchangeable for dependencies;
#   what runs for one request shares its context.
# Seen: a "def" dependency runs in a thread with a copy of the context, and the copy is
#   thrown away: the tenant that it set is None in the route, the query runs without it,
#   and nothing raises. Written as a generator, its reset(token) raises ValueError
#   besides. With "async def" the route sees it.
# Users: pass identity as a parameter, as the layer's session dependencies do, or set it
#   in an "async def" dependency.

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
from contextvars import ContextVar

from fastapi import BackgroundTasks, Depends, FastAPI
from fastapi.testclient import TestClient

tenant = ContextVar("tenant", default=None)
in_background = []


def by_def():
    tenant.set("acme")


async def by_async_def():
    tenant.set("acme")


app = FastAPI()
DEPENDENCIES = {"def": Depends(by_def), "async def": Depends(by_async_def)}

for path, dependency in DEPENDENCIES.items():

    @app.get(f"/{path}", dependencies=[dependency])
    def read(tasks: BackgroundTasks) -> str | None:
        tasks.add_task(lambda: in_background.append(tenant.get()))
        return tenant.get()


client = TestClient(app)
in_route = [client.get(f"/{path}").json() for path in DEPENDENCIES]
print(list(DEPENDENCIES), "in the route:", in_route, "in the background:", in_background)
if (in_route, in_background) != ([None, "acme"], [None, "acme"]):
    sys.exit("changed: the context of a dependency reaches other places")
PYTHON
