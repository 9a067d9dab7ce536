"""A release says what the changelog says of it."""

import pytest

from scripts.release_notes import release_notes

CHANGELOG = """# Changelog

## Unreleased

## 1.10.0 (2026-12-01)

- Ten.

## 1.1.0

- One.
"""


def test_a_section_goes_to_the_next() -> None:
    assert release_notes(CHANGELOG, "v1.10.0") == "- Ten."
    assert release_notes(CHANGELOG, "v1.1.0") == "- One."


@pytest.mark.parametrize("tag", ["v1.1", "v2.0.0"])
def test_a_release_without_a_section_is_none(tag: str) -> None:
    with pytest.raises(ValueError, match="CHANGELOG"):
        release_notes(CHANGELOG, tag)
