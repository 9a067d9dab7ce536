#!/usr/bin/env bash
# One session-wide async fixture lets context variables leak from test to test.
#
# Versions: anyio 4.16.0, pytest 9.2.0; run in November 2026.
# Expected: each async test runs in a task of its own, whose context variables end with
#   it: the tenant or user that one test set is not there in the next.
# Seen: with a fixture of session scope anyio keeps one runner for all tests, and they
#   share its context: the second test sees what the first set. Without that fixture it
#   does not, so adding a fixture for the server changes what unrelated tests see.
# Users: reset context variables in the test that sets them (token, try and finally).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv anyio==4.16.0 pytest==9.2.0
cat > tests.py <<'PYTHON'
from contextvars import ContextVar

import pytest

tenant = ContextVar("tenant", default=None)
pytestmark = pytest.mark.anyio


async def test_first():
    tenant.set("acme")


async def test_second():
    assert tenant.get() is None
PYTHON
cat > conftest.py <<'PYTHON'
import pytest


@pytest.fixture(scope="session")
def anyio_backend():
    return "asyncio"
PYTHON
cat > server.py <<'PYTHON'
import pytest


@pytest.fixture(scope="session", autouse=True)
async def server(anyio_backend):
    yield
PYTHON
run() {
    if PYTHONPATH=. venv/bin/python -m pytest -q -p no:cacheprovider tests.py "$@" > output 2>&1; then
        echo passed
    else
        tail -n 1 output
    fi
}
without=$(run)
with=$(run -p server)
echo "without the fixture: $without; with it: $with"
if [ "$without" != passed ] || [ "${with#1 failed, 1 passed}" = "$with" ]; then
    echo "changed: the fixture makes no difference to what the second test sees"
    exit 1
fi
