"""Compile each of the questionnaire's texts once, and those without a tag not at all.

Copier compiles a text every time that it renders it: 1,000 times in a copy, of which 250 differ,
and 90 of these say nothing but themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment, Template


@dataclass(frozen=True)
class _Constant:
    """What a template is for Copier."""

    text: str

    def render(self, *_args: Any, **_variables: Any) -> str:  # noqa: ANN401 - Jinja's signature
        return self.text


def remember_compiled_texts(environment: Environment) -> None:
    """Make `environment.from_string` return what it has compiled before from the same text."""
    # A text may also be a bool or a number: True would else be found under 1.
    compiled = lru_cache(maxsize=None, typed=True)(environment.from_string)

    def from_string(source: Any, *args: Any, **options: Any) -> Template | _Constant:  # noqa: ANN401
        # Copier's `yield` tag begins anew here: its extension looks at each text beforehand.
        environment.preprocess(str(source))
        if isinstance(source, str) and "{" not in source:
            return _Constant(source)
        return compiled(source, *args, **options)

    environment.from_string = from_string  # type: ignore[method-assign, assignment]
