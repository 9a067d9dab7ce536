"""Models that the template and the user have both changed."""

import pytest

from extensions.adoption.settled_conflicts import merge_declarations

TAG = '''"""The table of tags."""

from sqlalchemy.orm import Mapped

from shop.models.base import Base


class Tag(Base):
    """A tag."""

    __tablename__ = "tags"

    label: Mapped[str]
'''
LABELS = """
    labels: Mapped[list["Label"]] = relationship(
        back_populates="tag",
        passive_deletes="all",
        lazy="raise",
    )
"""
COLOUR = "    colour: Mapped[str | None]\n"
METHOD = '''
    def shout(self) -> str:
        """In capitals."""
        return self.label.upper()
'''
FUNCTION = '''

def mine() -> None:
    """Do nothing."""
'''


@pytest.mark.parametrize("mine", [COLOUR, METHOD, FUNCTION], ids=["field", "method", "function"])
def test_a_relationship_comes_and_goes(mine: str) -> None:
    came = merge_declarations(TAG, TAG + mine, TAG + LABELS)

    assert came is not None
    assert came == TAG + LABELS + mine
    assert merge_declarations(TAG + LABELS, came, TAG) == TAG + mine


def test_fields_of_both() -> None:
    weight = '    weight: Mapped[int] = mapped_column(server_default="0")\n'
    imports = TAG.replace("import Mapped", "import Mapped, mapped_column")

    merged = merge_declarations(TAG, TAG + COLOUR, imports + weight)

    assert merged == imports + weight + COLOUR


@pytest.mark.parametrize(
    ("edited", "new"),
    [
        (TAG.replace("str]", "str | None]"), TAG.replace("str]", "int]")),
        (TAG + COLOUR, TAG + COLOUR.replace("str | None", "int")),
        (TAG + COLOUR + METHOD, TAG + COLOUR),
        (TAG.replace("    label", "   label") + COLOUR, TAG + LABELS),
    ],
    ids=["line", "name", "addition", "syntax"],
)
def test_what_a_person_has_to_merge(edited: str, new: str) -> None:
    assert merge_declarations(TAG, edited, new) is None
