"""What the text of a person means."""

import re

import pytest

from extensions.models_on_request.grammar import parse
from extensions.models_on_request.reserved import PARTS
from extensions.models_on_request.schema import resolve
from extensions.models_on_request.specification import ManyToMany, Reference, Type, Value
from extensions.models_on_request.syntax import ModelsError

ISSUE = """
      Customer: name str(120), email str unique, vip bool = false
      Invoice: number str unique, customer -> Customer, total decimal(12,2), due date?, \
status enum(draft, sent, paid) = draft
      Tag: label str unique; invoices <-> Invoice
"""


def test_names_alone_are_models_without_fields() -> None:
    models = parse("Customer, Invoice")

    assert [(model.name, model.fields) for model in models] == [("Customer", ()), ("Invoice", ())]


def test_a_blank_text_has_no_models() -> None:
    assert parse(" \n ;, ") == ()


def test_the_first_letter_tells_models_from_fields() -> None:
    lines = parse("Customer: name str\n  email str\nInvoice\nTag:\n\n  label str")
    line = parse("Customer: name str, email str; Invoice; Tag: label str")

    assert [(model.name, [field.name for field in model.fields]) for model in lines] == [
        ("Customer", ["name", "email"]),
        ("Invoice", []),
        ("Tag", ["label"]),
    ]
    assert [model.name for model in lines] == [model.name for model in line]


def test_a_model_can_be_described() -> None:
    [customer] = parse('Customer "Somebody who buys": name str')

    assert customer.description == "Somebody who buys"


def test_values() -> None:
    [model] = parse(
        "Thing: a str(5)[]? index, b decimal(12, 2) = -0.50, c enum(x-y,\n z) = x-y, "
        'd str unique = "a, b", e interval = 2 weeks index, f datetime=now'
    )
    values = [field for field in model.fields if isinstance(field, Value)]

    assert [(value.type, value.default) for value in values] == [
        (Type("str", (5,), is_array=True), None),
        (Type("decimal", (12, 2)), "-0.50"),
        (Type("enum", labels=("x-y", "z")), "x-y"),
        (Type("str"), "a, b"),
        (Type("interval"), "2 weeks"),
        (Type("datetime"), "now"),
    ]
    assert [value.name for value in values if value.is_optional] == ["a"]
    assert [value.name for value in values if value.is_unique] == ["d"]
    assert [value.name for value in values if value.is_indexed] == ["a", "e"]


@pytest.mark.parametrize(
    ("written", "type_"),
    [
        ("varchar(120)", Type("str", (120,))),
        ("VARCHAR(120)", Type("str", (120,))),
        ("text[]", Type("str", is_array=True)),
        ("numeric(12)", Type("decimal", (12, 0))),
        ("money", Type("decimal", (12, 2))),
        ("email", Type("str", (320,))),
        ("timestamptz", Type("datetime")),
        ("ENUM(a)", Type("enum", labels=("a",))),
    ],
)
def test_types_are_known_by_the_names_that_sql_has_for_them(written: str, type_: Type) -> None:
    [model] = parse(f"Thing: field {written}?")
    [field] = model.fields

    assert isinstance(field, Value)
    assert field.type == type_
    assert field.is_optional


def test_references() -> None:
    invoice, _customer = parse(
        "Invoice: payer -> Customer.bills? unique cascade, tags <-> Customer.x; Customer"
    )
    payer, tags = invoice.fields

    assert isinstance(payer, Reference)
    assert (payer.is_optional, payer.is_unique, payer.on_delete) == (True, True, "CASCADE")
    assert payer.reverse is not None
    assert payer.reverse.text == "bills"
    assert isinstance(tags, ManyToMany)


def test_the_issue_s_example_is_understood() -> None:
    schema = resolve(parse(ISSUE))

    assert schema.tables == {"Customer": "customers", "Invoice": "invoices", "Tag": "tags"}
    [link] = schema.links
    assert (link.column, link.reverse, link.on_delete) == ("customer_id", "invoices", "RESTRICT")
    [join] = schema.joins
    assert (join.table, join.column, join.target_column, join.reverse) == (
        "tag_invoices",
        "tag_id",
        "invoice_id",
        "tags",
    )


def test_other_sides_get_names_that_tell_them_apart() -> None:
    schema = resolve(
        parse(
            "Team; Match: home -> Team, away -> Team; Profile: team -> Team unique; "
            "Person: parent -> Person?, follows <-> Person.followers; TeamMember: team -> Team"
        )
    )

    assert [link.reverse for link in schema.links] == [
        "home_matches",
        "away_matches",
        "profile",
        "children",
        "members",
    ]
    [join] = schema.joins
    assert (join.column, join.target_column) == ("person_id", "follow_id")


def test_what_goes_with_a_row_follows_from_whether_it_is_needed() -> None:
    schema = resolve(parse("A: b -> B, c -> B?, d -> B cascade, e -> B? restrict; B"))

    deletes = [link.on_delete for link in schema.links]
    assert deletes == ["RESTRICT", "SET NULL", "CASCADE", "RESTRICT"]


def test_only_an_optional_key_closes_a_circle() -> None:
    schema = resolve(parse("Team: captain -> Player?; Player: team -> Team; Fan: team -> Team?"))

    assert [link.model for link in schema.links if link.closes_cycle] == ["Team"]


def test_models_belong_to_tenants_unless_they_are_shared() -> None:
    text = "Invoice: shared bool, tags <-> Tag, currency -> Currency; shared Tag\nshared Currency"
    tenants = [PARTS["tenants"]]

    assert [field.name for field in parse(text)[0].fields] == ["shared", "tags", "currency"]
    schema = resolve(parse(text), tenants)
    assert schema.of_tenants == {"Invoice"}
    assert [join.is_of_tenant for join in schema.joins] == [True]
    assert [(link.is_of_tenant, link.on_delete) for link in schema.links] == [(False, "RESTRICT")]
    [link] = resolve(parse("Invoice: parent -> Invoice?"), tenants).links
    # SET NULL would take the tenant, too.
    assert (link.is_of_tenant, link.on_delete) == (True, "RESTRICT")


@pytest.mark.parametrize(
    ("text", "parts", "message"),
    [
        ("shared Tag", [], "line 1, column 1: without tenants (db_tenants), nobody shares"),
        ("Tag\nshared Bill: tag -> Tag", ["tenants"], "column 21: 'Bill' is shared, and 'Tag'"),
        ("Tag: tenant str", ["tenants"], "column 6: a field cannot be called 'tenant'"),
        ("Tenant: name str", ["tenants"], "column 1: a model cannot be called 'Tenant'"),
    ],
)
def test_what_tenants_cannot_have(text: str, parts: list[str], message: str) -> None:
    with pytest.raises(ModelsError, match=re.escape(message)):
        resolve(parse(text), [PARTS[part] for part in parts])
