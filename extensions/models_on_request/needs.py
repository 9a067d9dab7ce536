"""What models on request need besides the layer itself."""

from __future__ import annotations

from .grammar import parse
from .specification import Value
from .syntax import ModelsError


def needs_vectors(text: str) -> bool:
    """Whether some columns are of pgvector's type; not where the text is refused elsewhere."""
    try:
        models = parse(text)
    except ModelsError:
        return False
    return any(
        isinstance(field, Value) and field.type.name == "vector"
        for model in models
        for field in model.fields
    )
