"""Print the lower bounds of what the running application gets, as pins for `pip-audit`.

Run it with `uv run python -m scripts.floors`; CI looks for published vulnerabilities in what it
prints.
"""

from __future__ import annotations

import re

from extensions.adoption.layer_requirements import main_requirements, raised_where_declared
from extensions.answers import Answers

ANSWERS = (
    Answers(type="postgresql", auth_tables=True),
    Answers(type="supabase"),
)


def floors() -> list[str]:
    """One `name==version` for each package that has a bound, over all answers."""
    found: set[str] = set()
    for answers in ANSWERS:
        for text in (*main_requirements(answers), *raised_where_declared(answers)):
            name, _, bound = re.sub(r"\[.*?\]", "", text).partition(">=")
            if name != "python":
                found.add(f"{name}=={bound}")
    return sorted(found)


if __name__ == "__main__":
    print("\n".join(floors()))
