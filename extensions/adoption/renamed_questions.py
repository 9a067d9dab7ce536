"""Answers that a project recorded when their questions had other names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

EARLIER_NAMES: Mapping[str, str] = {}
"""The name that a question had, by the name that it has; entries stay for good.

A project keeps what it has answered under the old name, and the first update hands it over: the
question's default has to be `{{ proposed('db_new_name', …) }}`, with whatever the default was.
A `before` migration would not do: with `--skip-answered` Copier reads no answer again after it.
"""


def under_present_names(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Add each answer that is there under an earlier name alone."""
    renamed = {new: answers[old] for new, old in EARLIER_NAMES.items() if old in answers}
    return {**renamed, **answers}
