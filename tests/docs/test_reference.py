"""What the reference pages say is what the code says."""

from scripts.reference import REFERENCE, pages


def test_the_reference_is_up_to_date() -> None:
    for name, text in pages().items():
        assert (REFERENCE / name).read_text(encoding="utf-8") == text, (
            f"docs/reference/{name} is not what the code says: uv run python -m scripts.reference"
        )
