"""The one step that acts: write into the user's files, verify, and sum up."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from copier.errors import UserMessageError

from ..adoption.apply import Applied, apply_plan, take_back
from ..project_files.requirement import Change
from ..verification.checks import verify
from .summary_text import Adopted, summarize

if TYPE_CHECKING:
    from ..adoption.plan import Plan
    from .context import CopierContext


def carry_out(state: CopierContext, plan: Plan, answers_before: bytes | None) -> None:
    """Change the user's files as planned, look at the result, and say how it is.

    A copy that does not succeed is taken back.

    Args:
        state: what Copier knows; the layer's files are rendered already.
        plan: what was shown and confirmed.
        answers_before: the answers file before this copy; None where there was none.

    Raises:
        UserMessageError: something is not as it has to be; the summary has said what.
    """
    project, answers = state.root, state.answers
    applied = apply_plan(project, plan)
    # After a copy that changed nothing, nothing new is there to be imported.
    # The application's own code would run where its settings are imported.
    imports = bool(plan.changes or plan.created) and not answers.is_adopted
    checks = verify(project, answers, plan, imports=imports, environ=os.environ)
    destination = str(state.options["dst_path"])
    adopted = Adopted(project, destination, state.answers_file, answers, plan, applied, checks)
    if adopted.failed and (plan.created or applied.changes):
        recorded = Change(project / state.answers_file, answers_before, b"", ())
        new = [name for name in plan.created if name != state.answers_file]
        left = take_back(project, new, [*applied.changes, recorded])
        taken = Applied((), (*applied.failures, *left))
        adopted = replace(adopted, applied=taken, taken_back=True)
    text = summarize(adopted, environ=os.environ, terminal=sys.stderr.isatty())
    if text and (adopted.failed or not state.options["quiet"]):
        sys.stderr.write(text)
    if adopted.failed:
        raise UserMessageError(
            "Nothing was added: see above."
            if adopted.taken_back
            else "Not everything is as it has to be: see above."
        )
