"""Files as people write them, with the lines that are added to them."""

import pytest

from extensions.app_file import Wired, unwire_application, wire_application
from tests.adoption.wiring.call_examples import CALL_EXAMPLES, PARTLY_WIRED_EXAMPLES
from tests.adoption.wiring.example import Example
from tests.adoption.wiring.import_examples import IMPORT_EXAMPLES

_UNWIRED = [pytest.param(each, id=each.name) for each in (*CALL_EXAMPLES, *IMPORT_EXAMPLES)]
_PARTLY_WIRED = [pytest.param(each, id=each.name) for each in PARTLY_WIRED_EXAMPLES]


def _wire(example: Example, content: str) -> Wired:
    result = wire_application(
        content,
        app_object=example.app_object,
        layer_module=example.layer_module,
        package=example.package,
    )
    assert isinstance(result, Wired), result.reason
    return result


@pytest.mark.parametrize("example", [*_UNWIRED, *_PARTLY_WIRED])
def test_adds_the_marked_lines(example: Example) -> None:
    result = _wire(example, example.before)
    assert result.content == example.after
    lines = result.content.split("\n")
    assert result.added
    assert [text for _, text in result.added] == [lines[number - 1] for number, _ in result.added]


@pytest.mark.parametrize("example", [*_UNWIRED, *_PARTLY_WIRED])
def test_is_quiet_when_repeated(example: Example) -> None:
    assert _wire(example, example.after) == Wired(example.after, ())


@pytest.mark.parametrize("example", _UNWIRED)
def test_is_undone(example: Example) -> None:
    undone = unwire_application(
        example.after,
        app_object=example.app_object,
        layer_module=example.layer_module,
        package=example.package,
    )
    assert undone == example.before


def test_an_absolute_import_of_an_earlier_version_is_undone() -> None:
    before = "from fastapi import FastAPI\n\nfrom .routers import items\n\napp = FastAPI()\n"
    earlier = wire_application(before, app_object="app", layer_module="shop.database")
    assert isinstance(earlier, Wired)

    assert before == unwire_application(
        earlier.content, app_object="app", layer_module="shop.database", package="shop"
    )


@pytest.mark.parametrize(
    "wiring",
    [
        "from .database import install_database\ninstall_database(app)",
        "from shop.database import install_database as install\ninstall(app)",
        "from shop.database import *\ninstall_database(app)",
        "from shop import database\ndatabase.install_database(app)",
        "def setup():\n    from shop.database import install_database\n    install_database(app)",
    ],
)
def test_sees_that_it_is_wired_already_in_another_form(wiring: str) -> None:
    content = f"from fastapi import FastAPI\n\napp = FastAPI()\n{wiring}\n"
    result = wire_application(content, app_object="app", layer_module="shop.database")
    assert result == Wired(content, ())
