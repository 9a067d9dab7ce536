"""Random models, as a person might ask for them, down to the unlikely."""

import random
from collections.abc import Iterator
from typing import NamedTuple

from extensions.models_on_request.requests import ModelsError, RequestedModels

MODEL_NAMES = (
    "Customer", "Invoice", "InvoiceLine", "Tag", "Person", "Category", "News", "Order", "User",
    "Group", "Match", "Status", "Address", "HTTPLog", "OAuth2Token", "Item2", "Item10", "Child",
    "Organisation", "UserNotificationPreference", "PaymentProviderTransaction", "Check", "View",
    "Constraint", "Abc", "SMS", "Q", "Metadata", "Reference", "Series",
)  # fmt: skip
FIELD_NAMES = (
    "name", "email", "number", "order", "user", "group", "end", "desc", "limit", "offset", "date",
    "time", "datetime", "timedelta", "text", "type", "hash", "select", "table", "column", "key",
    "value", "values", "index", "unique", "default", "check", "dt", "n", "uuid", "json", "count",
    "enum", "decimal", "status", "total2", "x", "primary", "a_very_long_name_for_a_field",
    "session", "model", "query", "items", "label", "due", "price", "is_active", "start", "match",
)  # fmt: skip
LABELS = ("draft", "sent", "paid", "in-progress", "EUR", "None", "true", "name", "value", "x1")
WORDS = ("draft", "now", "today", "random", '"two words"', '""', '"100%"', '"a:b"', '"back\\slash"')
SCALARS = (
    "str", "str(1)", "str(3)", "str(8)", "str(120)", "int", "bigint", "decimal", "decimal(12, 2)",
    "decimal(3,3)", "decimal(1,0)", "decimal(4,2)", "float", "bool", "date", "datetime", "time",
    "interval", "uuid", "bytes", "vector(2)", "vector(1536)", "vector(2001)",
)  # fmt: skip
DEFAULTS = {
    "str": WORDS,
    "int": ("0", "-1", "2147483647"),
    "bigint": ("9223372036854775807", "-5"),
    "str(120)": WORDS,
    "decimal": ("0", "0.50", "-1.25"),
    "decimal(12, 2)": ("0", "0.50", "-1234567890.25"),
    "decimal(3,3)": ("0.125", "-0.5"),
    "float": ("0.1", "-2", "100"),
    "bool": ("true", "false"),
    "date": ("today", "2026-01-31", "0001-01-01"),
    "datetime": ("now", "2026-01-31T12:00+02:00", "2026-01-31T12:00:00.000001Z"),
    "time": ("12:30", "23:59:59.999999"),
    "interval": ("30 days", "1 hour", "90 minutes", "2 weeks", "0 seconds"),
    "uuid": ("random",),
}


class Spec(NamedTuple):
    """What is asked for, and the parts of the layer that are there as well."""

    text: str
    beside: tuple[str, ...] = ()


def random_specs(count: int, seed: int) -> Iterator[Spec]:
    """Yield specifications that can be made, each of which is of its own kind."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        beside = chance.choice(((), (), ("users",)))
        spec = Spec(_text(chance, ["User"] if beside else []), beside)
        try:
            RequestedModels(spec.text, beside=spec.beside)
        except ModelsError:
            continue
        made += 1
        yield spec


def _text(chance: random.Random, others: list[str]) -> str:
    names: list[str] = chance.sample(MODEL_NAMES, chance.randint(1, 6))
    between = chance.choice(("\n", "; ", "\n\n", ", "))
    return between.join(_model(chance, name, [*names, *others]) for name in names)


def _model(chance: random.Random, name: str, names: list[str]) -> str:
    described = f'{name} "What {name} is for"' if chance.random() < 0.2 else name
    count = chance.choice((0, 1, 2, 3, 5, 8))
    fields = [
        _relation(chance, field, names) if chance.random() < 0.35 else _value(chance, field)
        for field in chance.sample(FIELD_NAMES, count)
    ]
    if not fields:
        return described
    between = chance.choice((", ", "; ", "\n    ", ",\n  "))
    return f"{described}:{chance.choice((' ', chr(10) + '  '))}{between.join(fields)}"


def _relation(chance: random.Random, field: str, names: list[str]) -> str:
    target = chance.choice(names)
    reverse = f".{field}_of" if chance.random() < 0.3 else ""
    if chance.random() < 0.3:
        return f"{field} <-> {target}{reverse}"
    optional = chance.choice(("", "?"))
    more = [word for word in ("unique", "cascade", "restrict") if chance.random() < 0.25]
    if len(more) > 1 and "unique" not in more:
        more.pop()
    return " ".join([f"{field} -> {target}{reverse}{optional}", *more[:2]])


def _value(chance: random.Random, field: str) -> str:
    kind = chance.choice((*SCALARS, "json", "enum", "array"))
    if kind == "enum":
        return _enum(chance, field)
    if kind == "array":
        default = chance.choice(("", " = []"))
        kind = f"{chance.choice(SCALARS[:-3])}[]"
    else:
        known = ("{}",) if kind == "json" else DEFAULTS.get(kind, ())
        default = f" = {chance.choice(known)}" if known and chance.random() < 0.4 else ""
    modifier = chance.choice(("", "", " unique", " index"))
    if kind in ("bool", "json") or kind.endswith("]"):
        modifier = chance.choice(("", " index"))
    if kind.startswith("vector"):
        modifier = ""
    if kind in ("str", "str(3)", "str(120)"):
        modifier += chance.choice(("", " search"))
    return f"{field} {kind}{chance.choice(('', '?'))}{modifier}{default}"


def _enum(chance: random.Random, field: str) -> str:
    labels = chance.sample(LABELS, chance.randint(1, 4))
    default = f" = {chance.choice(labels)}" if chance.random() < 0.5 else ""
    modifier = chance.choice(("", " index"))
    return f"{field} enum({', '.join(labels)}){chance.choice(('', '?'))}{modifier}{default}"
