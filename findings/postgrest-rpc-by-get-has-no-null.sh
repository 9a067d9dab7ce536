#!/usr/bin/env bash
# A function of the database that Supabase's client calls by GET gets '' where None was given.
#
# Versions: postgrest 2.34.1, httpx 0.28.1; run in November 2026.
# Expected: rpc("search", {"author": None}) passes NULL, by POST and with get=True.
# Seen: POST has null in its body, GET has author= in its address, which PostgREST reads as an
#   empty text: a text argument is '' instead of NULL, one of another type is a syntax error.
# Users: leave the argument out, and give it a default in the function.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv 'postgrest==2.34.1' 'httpx==0.28.1'

venv/bin/python -W ignore - <<'PYTHON'
import sys

import httpx
from postgrest import SyncPostgrestClient

sent = []


def answer(request):
    sent.append(request)
    return httpx.Response(200, json=[])


http = httpx.Client(base_url="http://localhost/rest/v1", transport=httpx.MockTransport(answer))
client = SyncPostgrestClient("http://localhost/rest/v1", http_client=http)
client.rpc("search", {"author": None}).execute()
client.rpc("search", {"author": None}, get=True).execute()
seen = (sent[0].content.decode(), sent[1].url.query.decode())
print("by POST:", seen[0], "by GET:", seen[1])
if seen != ('{"author":null}', "author="):
    sys.exit("changed: how None is passed to a function")
PYTHON
