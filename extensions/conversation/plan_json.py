"""The plan as a program reads it before anything is written."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from ..answers import PREFIX

if TYPE_CHECKING:
    from pathlib import Path

    from ..adoption.plan import Plan
    from ..answers import Answers


def plan_as_json(answers: Answers, plan: Plan, project: Path) -> str:
    """Write what a copy does as a JSON object.

    Args:
        answers: the answers to all questions before the confirmation.
        plan: what a copy does.
        project: the project's directory.
    """
    named = asdict(answers) | {"adopted": answers.adopted or None}
    del named["kept"]
    changes = [
        {
            "file": change.path.relative_to(project).as_posix(),
            "is_new": change.before is None,
            "added": [line for line in map(str.strip, change.added_apart) if line],
            "replaced": [list(pair) for pair in change.raised],
        }
        for change in plan.changes
    ]
    described = {
        "project": str(project.resolve()),
        "answers": {f"{PREFIX}{name}": value for name, value in named.items()},
        "created": list(plan.created),
        "changed": changes,
        "in_place": list(plan.in_place),
        "conflicts": [conflict.message for conflict in plan.conflicts],
        "sessions": list(plan.sessions),
        "by_hand": list(plan.notes),
        "advice": list(plan.advice),
    }
    return json.dumps(described, indent=2)
