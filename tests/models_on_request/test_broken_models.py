"""Whatever is typed: models, or one sentence that says where."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from extensions.models_on_request.requests import ModelsError, RequestedModels

from .specs import random_specs

SPECS = [spec.text for spec in random_specs(40, seed=3)]
PIECES = st.one_of(
    st.sampled_from(
        [":", ",", ";", "->", "<->", "?", "(", ")", "[]", "=", ".", '"', "'", "\n", "|"]
    ),
    st.sampled_from(
        ["unique", "index", "cascade", "str", "enum", "Customer", "id", "class", "9" * 5000]
    ),
    st.text(max_size=3),
)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    """A good text, of which something is cut out, doubled or replaced."""
    text = draw(st.sampled_from(SPECS))
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 12)))
        text = text[:start] + draw(PIECES) + text[end:]
    return text


def assert_models_or_a_located_sentence(text: str) -> None:
    error = error_of(text)
    if error is not None:
        lines = text.split("\n")
        line, column = error.position.line, error.position.column
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        assert "\n" not in str(error)


def error_of(text: str) -> ModelsError | None:
    try:
        _ = RequestedModels(text, python=(3, 11)).files
    except ModelsError as error:
        return error
    return None


@settings(max_examples=1500)
@given(damaged())
def test_damaged_models(text: str) -> None:
    assert_models_or_a_located_sentence(text)


@settings(max_examples=500)
@given(st.text(max_size=60))
def test_any_text(text: str) -> None:
    assert_models_or_a_located_sentence(text)


def test_words_in_any_order() -> None:
    chance = random.Random(5)
    words = " ".join(SPECS).split()
    for _ in range(2000):
        text = " ".join(chance.choices(words, k=chance.randint(1, 12)))
        assert_models_or_a_located_sentence(text)
