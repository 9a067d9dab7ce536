#!/usr/bin/env bash
# ${NAME} in a second env file is empty, though the first file defines the name.
#
# Versions: pydantic-settings 2.16.3, python-dotenv as it brings; run in November 2026.
# Expected: env_file=(".env", ".env.local") reads both, later files win, and ${HOST} in
#   the second has the value that the settings themselves get for HOST. An environment
#   variable wins over both, also inside ${HOST}.
# Seen: each file is expanded by itself: ${HOST} becomes '' without a warning, and
#   postgresql:///x connects to whatever runs on this machine. In one file it is the
#   other way round: HOST=prod in the environment is the setting, and the URL still has
#   the file's host.
# Users: write URLs out in each file. The layer takes one URL, and has no parts to
#   compose.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'pydantic-settings==2.16.3'

venv/bin/python -W ignore - <<'PYTHON'
import os
import sys
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict

Path("first.env").write_text("HOST=db1\nURL=postgresql://${HOST}/x\n")
Path("second.env").write_text("URL=postgresql://${HOST}/x\n")


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file="first.env")
    host: str
    url: str


both = Settings(_env_file=("first.env", "second.env"))
os.environ["HOST"] = "prod"
one = Settings()
print("two files:", both, "one file and HOST=prod:", one)
if (both.host, both.url, one.host, one.url) != (
    "db1",
    "postgresql:///x",
    "prod",
    "postgresql://db1/x",
):
    sys.exit("changed: ${HOST} has the value that the setting has")
PYTHON
