"""Carry out the plan: write the user's files, verify, and print the summary."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from copier.errors import UserMessageError

from ..adoption.answers_file import AnswersError, record_changes
from ..adoption.apply import Applied, apply_plan, take_back, written
from ..project_files.requirement import Change
from ..project_files.writing import WriteError
from ..verification.checks import verify
from .summary_text import Adopted, summarize

if TYPE_CHECKING:
    from pathlib import Path

    from ..adoption.plan import Plan
    from .context import CopierContext


def carry_out(state: CopierContext, plan: Plan, answers_before: bytes | None) -> None:
    """Change the user's files as planned, verify the result, and print the summary.

    A copy that fails or is interrupted is rolled back.

    Args:
        state: the state of Copier; the layer's files are rendered already.
        plan: the plan that was shown and confirmed.
        answers_before: the answers file before this copy; None if there was none.

    Raises:
        UserMessageError: a change or a check failed; the summary has the reason.
    """
    created = [name for name in plan.created if name != state.answers_file]
    recorded = Change(state.root / state.answers_file, answers_before, b"", ())
    try:
        adopted = _apply_and_verify(state, plan, answers_before)
        if adopted.failed and (plan.created or adopted.applied.changes):
            left = take_back(state.root, created, [*adopted.applied.changes, recorded])
            taken = Applied((), (*adopted.applied.failures, *left))
            adopted = replace(adopted, applied=taken, taken_back=True)
        text = summarize(adopted, environ=os.environ, terminal=sys.stderr.isatty())
    except BaseException as error:  # Ctrl-C, too
        list(take_back(state.root, created, [*written(plan), recorded]))
        # Copier takes a TypeError for a condition that is no template, and would run the undo.
        if isinstance(error, TypeError):
            raise RuntimeError(f"The layer was not added: {error}") from error  # noqa: TRY004
        raise
    if text and (adopted.failed or not state.options["quiet"]):
        sys.stderr.write(text)
    if adopted.failed:
        raise UserMessageError(
            "Nothing was added: see above."
            if adopted.taken_back
            else "The layer is incomplete: see above."
        )


def _apply_and_verify(state: CopierContext, plan: Plan, answers_before: bytes | None) -> Adopted:
    """Change the user's files as planned, and verify the result."""
    project, answers = state.root, state.answers
    applied = apply_plan(project, plan)
    if answers_before is not None:
        applied = _recorded(project, applied, state.answers_file)
    # A copy that changed nothing has nothing new to import, and an adopted layer imports the
    # application's settings, which runs the application's code.
    imports = bool(plan.changes or plan.created) and not answers.is_adopted
    checks = verify(project, answers, plan, imports=imports, environ=os.environ)
    destination = str(state.options["dst_path"])
    adopted = Adopted(project, destination, state.answers_file, answers, plan, applied, checks)
    adopted = replace(adopted, other_version=state.is_copy_of_another_version)
    if answers.is_adopted and answers_before is None and not adopted.failed:
        # Later, the user may have edited the audit, and a copy runs none of the user's code.
        from ..verification.project_audit import audit_project  # noqa: PLC0415 - few need it

        adopted = replace(adopted, audited=audit_project(project, answers))
    return adopted


def _recorded(project: Path, applied: Applied, answers_file: str) -> Applied:
    """Record the changes of a second copy, which leaves files alone that are there: the answers."""
    try:
        record_changes(project, applied.changes, answers_file)
    except (AnswersError, WriteError) as error:
        return replace(applied, failures=(*applied.failures, f"{error}"))
    return applied
