"""Exports that the template and the user have both changed."""

import pytest

from extensions.adoption.leftover_imports import Module
from extensions.adoption.package_exports import merge_exports

PACKAGE = Module.of("src/shop/models/__init__.py", "src")
BASE = '''"""The models."""

from shop.models.base import Base
from shop.models.tag import Tag

__all__ = ["Base", "Tag"]
'''
NEW = '''"""The models."""

from shop.models.auth import RefreshToken, User
from shop.models.base import Base
from shop.models.unit import Unit, UnitKind

__all__ = ["Base", "RefreshToken", "Unit", "UnitKind", "User"]
'''


def merged(edited: str, base: str = BASE, new: str = NEW) -> str | None:
    assert PACKAGE is not None
    return merge_exports(base, edited, new, PACKAGE)


def with_parcel(text: str) -> str:
    """Export a model of the user's."""
    line = "from shop.models.parcel import Parcel\n"
    text = text.replace("base import Base\n", f"base import Base\n{line}")
    return text.replace('"Base"', '"Base", "Parcel"')


def test_names_of_both() -> None:
    edited = merged(with_parcel(BASE))

    assert edited is not None
    assert edited == with_parcel(NEW)
    assert merged(edited, NEW, BASE) == with_parcel(BASE)


def test_the_project_s_own_way_of_writing() -> None:
    edited = """'''All.'''
import shop.events  # registers listeners
from .base import Base
from .sales.parcel import Parcel
from .tag import Tag

__all__ = [
    'Tag',
    'Base',
    'Parcel',
]

MINE = 1
"""

    assert (
        merged(edited)
        == """'''All.'''
import shop.events  # registers listeners
from .auth import RefreshToken, User
from .base import Base
from .sales.parcel import Parcel
from .unit import Unit, UnitKind

__all__ = [
    'Base',
    'Parcel',
    'RefreshToken',
    'User',
    'Unit',
    'UnitKind',
]

MINE = 1
"""
    )


def test_a_model_that_was_moved_stays() -> None:
    text = merged(BASE.replace("models.tag", "models.goods.tag"))

    assert text is not None
    assert "from shop.models.goods.tag import Tag\n" in text
    assert '["Base", "RefreshToken", "Tag", "Unit", "UnitKind", "User"]' in text


def test_a_name_more_in_a_statement_that_is_there() -> None:
    new = BASE.replace("import Tag", "import Tag, TagKind").replace('"Tag"', '"Tag", "TagKind"')

    assert merged(with_parcel(BASE), new=new) == with_parcel(new)
    assert merged(with_parcel(new), base=new, new=BASE) == with_parcel(BASE)


def test_without_a_list() -> None:
    edited = with_parcel(BASE).partition("\n__all__")[0]

    assert merged(edited) == with_parcel(NEW).partition("\n__all__")[0]


@pytest.mark.parametrize(
    "edited",
    [
        with_parcel(BASE).replace("models.parcel import Parcel", "people import User"),
        with_parcel(BASE).replace("import Tag", "import Tag  # with labels"),
        with_parcel(BASE).replace('"Tag"]', '"Tag"'),
    ],
    ids=["clash", "comment", "syntax"],
)
def test_what_a_person_has_to_merge(edited: str) -> None:
    assert merged(edited) is None


def test_a_template_that_changes_more() -> None:
    assert merged(with_parcel(BASE), new=NEW.replace("The models", "All models")) is None
