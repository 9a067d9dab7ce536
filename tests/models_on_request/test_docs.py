"""The page about the grammar tells what is so."""

import re

import pytest

from extensions.models_on_request.requests import ModelsError, RequestedModels
from extensions.models_on_request.specification import Type, Value
from extensions.models_on_request.value_types import SYNONYMS, TYPES
from tests.support.template import REPOSITORY

PAGE = (REPOSITORY / "docs" / "models.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```models\n(.*?)```", PAGE, re.DOTALL)
ROWS = re.findall(r"^\| (`.*?) \| .* \| (.*?) \|$", PAGE, re.MULTILINE)
USERS = re.findall(r"```users\n(.*?)```", PAGE, re.DOTALL)
COMMANDS = re.findall(r"-d db_models='(.*?)'", PAGE)


@pytest.mark.parametrize("text", [*BLOCKS, *COMMANDS])
def test_examples_can_be_made(text: str) -> None:
    assert RequestedModels(text, python=(3, 11)).files


@pytest.mark.parametrize("text", USERS)
def test_users_are_there_to_be_referred_to(text: str) -> None:
    schema = RequestedModels(text, beside=["users"]).schema

    assert {link.target for link in schema.links} | {join.target for join in schema.joins} == {
        "User"
    }


def test_every_type_is_described_with_defaults_that_it_can_have() -> None:
    described: set[str] = set()
    for types, defaults in ROWS:
        for type_ in re.findall(r"`(.+?)`", types):
            for default in re.findall(r"`(.+?)`", defaults) or [""]:
                [model] = RequestedModels(f"Thing: field {type_} {default}").schema.models
                [field] = model.fields
                assert isinstance(field, Value)
                described.add(field.type.name)

    assert described == set(TYPES)


def test_every_synonym_is_described_with_what_it_is() -> None:
    described: set[str] = set()
    for written, meant in re.findall(r"^\| (`[^|]*) \| (`[^|]*) \|$", PAGE, re.MULTILINE):
        meanings = [_type(each) for each in re.findall(r"`(\w+(?:\([\d,]+\))?)`", meant)]
        for each in re.findall(r"`(.+?)`", written):
            described.add(each.partition("(")[0])
            assert _type(each) in meanings

    assert described == set(SYNONYMS)


def _type(written: str) -> Type:
    [model] = RequestedModels(f"Thing: field {written}").schema.models
    [field] = model.fields
    assert isinstance(field, Value)
    return field.type


def test_the_sentence_is_what_is_said() -> None:
    with pytest.raises(ModelsError) as error:
        RequestedModels("Customer: name str\nInvoice: customer -> Custmer")

    assert f"db_models, {error.value}" in PAGE


def test_other_sides_are_called_as_the_page_says() -> None:
    schema = RequestedModels(BLOCKS[5] + BLOCKS[6]).schema
    names = {(link.target, link.reverse) for link in schema.links}

    assert {
        ("Customer", "invoices"),
        ("Invoice", "lines"),
        ("Customer", "address"),
        ("Team", "home_matches"),
        ("Team", "away_matches"),
    } <= names
