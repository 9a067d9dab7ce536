#!/usr/bin/env bash
# A JSON number for a Decimal field has passed through a float, and lost its last
#   digits.
#
# Versions: FastAPI 0.165.0, pydantic 2.14.4; run in November 2026.
# Expected: a field is Decimal so that NUMERIC(20, 2) keeps its cents:
#   model_validate_json() and a FastAPI body make of 12345678901234567.89 the Decimal
#   that is written there, as json.loads(parse_float=Decimal) does.
# Seen: both make a float of each number with a point, and the Decimal of that:
#   12345678901234568, valid, and stored. A body of 0.1 comes right, so only large
#   amounts show it. A string in the JSON keeps all digits.
# Users: have clients send amounts as strings (a Decimal field takes them), or as whole
#   cents.

set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
uv venv --quiet venv
uv pip install --quiet --python venv \
    'fastapi==0.165.0' \
    'starlette==1.10.0' \
    'httpx==0.28.1' \
    'pydantic==2.14.4'

venv/bin/python -W ignore - <<'PYTHON'
import sys
from decimal import Decimal

from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

AS_NUMBER = b'{"amount": 12345678901234567.89}'
AS_STRING = b'{"amount": "12345678901234567.89"}'
received = []


class Payment(BaseModel):
    amount: Decimal


app = FastAPI()


@app.post("/")
async def pay(payment: Payment) -> None:
    received.append(payment.amount)


client = TestClient(app, headers={"content-type": "application/json"})
for body in (AS_NUMBER, AS_STRING):
    client.post("/", content=body)
    received.append(Payment.model_validate_json(body).amount)
print("number by FastAPI and pydantic, string by both:", *received)
rounded, exact = Decimal("12345678901234568"), Decimal("12345678901234567.89")
if received != [rounded, rounded, exact, exact]:
    sys.exit("changed: a JSON number is read to its last digit")
PYTHON
