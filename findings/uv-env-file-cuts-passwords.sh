#!/usr/bin/env bash
# uv run --env-file and pydantic-settings read different passwords from one line.
#
# Versions: uv 0.13.9, pydantic-settings 2.16.3, python-dotenv as it brings; run in
#   November 2026.
# Expected: a .env file that the application reads says the same when uv passes it on.
# Seen: uv expands $word without braces, to nothing if there is none, where
#   python-dotenv wants ${word}: the password sec$ret is cut to "sec". The environment
#   wins over the file, so the cut one is used. In double quotes the $ ends the file
#   instead, with a warning and exit code 0: all lines below are missing.
# Users: single quotes: both read 'sec$ret' as it is. In a URL, %24.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv 'uv==0.13.9' 'pydantic-settings==2.16.3'
cat > settings.py <<'PYTHON'
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")
    password: str = "missing"
    below: str = "missing"


settings = Settings()
print(f"{settings.password} {settings.below}")
PYTHON
seen=""
for line in 'PASSWORD=sec$ret' 'PASSWORD="sec$ret"' "PASSWORD='sec\$ret'"; do
    printf '%s\nBELOW=set\n' "$line" > passed.env
    cp passed.env .env
    own=$(venv/bin/python settings.py)
    rm .env
    passed=$(venv/bin/uv run --quiet --no-project --env-file passed.env venv/bin/python settings.py 2> errors)
    echo "$(head -n 1 passed.env): read by the application: $own; passed by uv: $passed"
    seen="$seen$own/$passed;"
done
if [ "$seen" != 'sec$ret set/sec set;sec$ret set/missing missing;sec$ret set/sec$ret set;' ]; then
    echo "changed: uv and python-dotenv read the lines alike, or differ in another way"
    exit 1
fi
