"""Names as a person would choose them."""

import pytest

from extensions.models_on_request.naming import plural, singular, snake_case, with_article
from extensions.models_on_request.requests import RequestedModels


@pytest.mark.parametrize(
    ("model", "table"),
    {
        "Customer": "customers",
        "InvoiceLine": "invoice_lines",
        "Category": "categories",
        "Address": "addresses",
        "Person": "people",
        "Child": "children",
        "Status": "statuses",
        "Campus": "campuses",
        "Hero": "heroes",
        "Leaf": "leaves",
        "Criterion": "criteria",
        "Analysis": "analyses",
        "News": "news",
        "Settings": "settings",
        "Equipment": "equipment",
        "SalesPerson": "sales_people",
        "APIKey": "api_keys",
        "HTTPLog2": "http_log2s",
    }.items(),
)
def test_a_table_has_the_plural_of_its_model(model: str, table: str) -> None:
    assert plural(snake_case(model)) == table


@pytest.mark.parametrize(
    ("name", "one"),
    {"friends": "friend", "favourite_books": "favourite_book", "news": "news"}.items(),
)
def test_a_join_table_s_column_has_the_singular(name: str, one: str) -> None:
    assert singular(name) == one


@pytest.mark.parametrize(
    ("name", "words"),
    {
        "invoice_line": "an invoice line",
        "customer": "a customer",
        "user": "a user",
        "university": "a university",
        "uninstall": "an uninstall",
        "umbrella": "an umbrella",
        "euro": "a euro",
        "one_time_code": "a one time code",
        "hour": "an hour",
        "house": "a house",
    }.items(),
)
def test_an_article_goes_by_the_sound(name: str, words: str) -> None:
    assert with_article(name) == words


@pytest.mark.parametrize(
    ("fields", "docstring"),
    {
        "": "A task.",
        "owner -> User": "A task of an owner.",
        "room -> Room, booked_by -> User": "A task of a room and a user.",
        "created_by -> User, assigned_to -> User": "A task of a user.",
        "room -> Room?, users <-> User": "A task with users.",
    }.items(),
)
def test_a_docstring_names_what_a_row_belongs_to(fields: str, docstring: str) -> None:
    files = RequestedModels(f"Room, User, Task: {fields}", python=(3, 12)).files

    [task] = [file for file in files if file.name == "Task"]
    assert task.docstring == docstring
