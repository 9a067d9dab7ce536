"""Compile each of the questionnaire's texts once.

Copier compiles a text every time that it renders it: 440 times in a copy, of which 100 differ.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment, Template


def remember_compiled_texts(environment: Environment) -> None:
    """Make `environment.from_string` return what it has compiled before from the same text."""
    # A text may also be a bool or a number: True would else be found under 1.
    compiled = lru_cache(maxsize=None, typed=True)(environment.from_string)

    def from_string(source: Any, *args: Any, **options: Any) -> Template:  # noqa: ANN401
        # Copier's `yield` tag begins anew here: its extension looks at each text beforehand.
        environment.preprocess(str(source))
        return compiled(source, *args, **options)

    environment.from_string = from_string  # type: ignore[method-assign]
