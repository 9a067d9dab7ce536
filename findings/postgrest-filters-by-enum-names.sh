#!/usr/bin/env bash
# Supabase's client inserts the value of a str Enum and filters by the member's name.
#
# Versions: postgrest 2.34.1, httpx 0.28.1, Python 3.11 to 3.13; run in November 2026.
# Expected: with class Status(str, Enum), insert({"status": Status.draft}) and
#   eq("status", Status.draft) mean the same value, as in SQLAlchemy, JSON and Pydantic.
# Seen: the row that is written has "draft", the filter asks for status=eq.Status.draft. The
#   answer is an empty list, without an error.
# Users: enum.StrEnum, or .value in every filter.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv 'postgrest==2.34.1' 'httpx==0.28.1'

venv/bin/python -W ignore - <<'PYTHON'
import enum
import sys

import httpx
from postgrest import SyncPostgrestClient


class Status(str, enum.Enum):
    draft = "draft"


class NewStatus(enum.StrEnum):
    draft = "draft"


sent = []


def answer(request):
    sent.append(request)
    return httpx.Response(200, json=[])


http = httpx.Client(base_url="http://localhost/rest/v1", transport=httpx.MockTransport(answer))
notes = SyncPostgrestClient("http://localhost/rest/v1", http_client=http).from_
notes("notes").insert({"status": Status.draft}).execute()
notes("notes").select("id").eq("status", Status.draft).execute()
notes("notes").select("id").eq("status", NewStatus.draft).execute()
seen = [sent[0].content.decode(), *(request.url.params["status"] for request in sent[1:])]
print("inserted:", seen[0], "filters:", seen[1:])
if seen != ['{"status":"draft"}', "eq.Status.draft", "eq.draft"]:
    sys.exit("changed: filters by str enums")
PYTHON
