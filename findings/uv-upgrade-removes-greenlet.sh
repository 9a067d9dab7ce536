#!/usr/bin/env bash
# Raising SQLAlchemy from 2.0 to 2.1 removes greenlet, and every await on an async
#   engine fails.
#
# Versions: uv 0.13.9, SQLAlchemy 2.0.58 and 2.1.9; run in November 2026.
# Expected: sqlalchemy>=2.0 with asyncpg goes on working after uv lock --upgrade:
#   create_async_engine() is imported as before.
# Seen: 2.0 brings greenlet along on the common platforms, 2.1 only with the extra
#   [asyncio]. The resolver takes it out of the lock file, the application imports and
#   starts, and the first connection raises ValueError.
# Users: sqlalchemy[asyncio], which the template asks for, in every dependency file that
#   lists SQLAlchemy.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv uv==0.13.9
mkdir project && cd project
cat > pyproject.toml <<'TOML'
[project]
name = "application"
version = "1.0"
requires-python = ">=3.11"
dependencies = ["sqlalchemy>=2.0", "asyncpg"]
TOML
has_greenlet() { grep -q '^name = "greenlet"' uv.lock && echo yes || echo no; }
../venv/bin/uv lock --quiet --upgrade-package sqlalchemy==2.0.58
before=$(has_greenlet)
../venv/bin/uv lock --quiet --upgrade-package sqlalchemy==2.1.9
after=$(has_greenlet)
echo "greenlet in the lock file with 2.0: $before, with 2.1: $after"
if [ "$before $after" != "yes no" ]; then
    echo "changed: both versions bring greenlet, or neither"
    exit 1
fi
