"""What the template cannot do for tenants, and says instead."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from ..project_paths import PathError, read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ..answers import Answers

_SHARED = re.compile(r"\bshared\s+(\w+)\s*:")
_ALWAYS_SHARED = {"auth.py", "base.py", "tenants.py"}
"""The files of the layer's models that no tenant has rows of."""


def left_to_do(answers: Answers) -> Iterator[str]:
    """What keeps tenants apart only once it is done."""
    if answers.is_supabase:
        yield (
            "write each user's tenant into app_metadata.tenant_id, with the secret key: the "
            f"policies go by that claim; see {answers.guide}, under Tenants"
        )
        return
    file = f"{answers.layer_dir}/database_kit/tenants.py".removeprefix("./")
    yield f"{file}: write get_tenant_id(), which says whose request it is; until then it raises"
    yield (
        "log the application in as a role that owns no table: policies do not bind an owner; "
        f"{answers.guide}, under Tenants, has the statements"
    )


def in_an_update(project: Path, answers: Answers) -> Iterator[str]:
    """What to do once an update has brought tenants to a project that had none.

    Args:
        project: the project's directory, updated.
        answers: what it records now.
    """
    yield from left_to_do(answers)
    yield from _shared_models(project, answers)
    yield (
        "let autogenerate write two revisions, the second one once the first is applied: the first "
        "gives all rows to one tenant, and the second keeps tenants apart"
    )


def _shared_models(project: Path, answers: Answers) -> Iterator[str]:
    """Models of the user's own, or of the example, which the update leaves to all tenants."""
    declared = {*_SHARED.findall(answers.models)}
    directory = f"{answers.layer_dir}/models".removeprefix("./")
    for path in sorted((project / directory).glob("*.py")):
        name = f"{directory}/{path.name}"
        if path.name in _ALWAYS_SHARED:
            continue
        try:
            tree = ast.parse(read(project, name) or b"")
        except (PathError, SyntaxError, ValueError, RecursionError):
            continue
        models = [
            node.name
            for node in tree.body
            if isinstance(node, ast.ClassDef) and node.name not in declared and _is_shared(node)
        ]
        if models:
            yield (
                f"{name}: tenants share {', '.join(models)}; if rows belong to one, derive the "
                "model from TenantBase, refer to tenants' tables by tenant_key(), and begin its "
                "unique constraints and indexes with tenant_id"
            )


def _is_shared(node: ast.ClassDef) -> bool:
    return any(isinstance(base, ast.Name) and base.id == "Base" for base in node.bases)
