"""A tenant's session beside a plain one: `uv run python -m tests.benchmarks.tenants`.

Both read equal tables by a login that policies bind, in turn within a round. Prints medians in
milliseconds, their ratio, and the ratio of the processor time, at its least over the rounds: where
something else keeps the machine busy, that tells more.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.attacks.tenants import APPLICATION, prepare, with_login
from tests.faults.cluster import primary
from tests.support.adopted import CASES
from tests.support.template import add_layer, copy_project, snapshot_template

SCRIPT = Path(__file__).parent / "inside" / "tenants.py"
COLUMNS = "name str, email str unique"
GOALS = {"get": 1.25, "list_some": 1.15}


def main() -> None:
    """Adopt a project and measure inside it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=30)
    arguments = parser.parse_args()
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(primary())
        project = copy_project("uv-app", scratch / "project")
        models = f"Customer: {COLUMNS}; shared Plain: {COLUMNS}"
        template = snapshot_template(scratch / "template")
        add_layer(template, project, db_tenants=True, db_models=models)
        environment = CASES[0].environment(scratch / "environments", project)
        prepare(environment, project, server.plain_url)
        done = environment.run(
            *[str(SCRIPT), str(arguments.rounds)],
            cwd=project,
            variables={
                "DATABASE_URL": with_login(server.plain_url, APPLICATION),
                "PYTHONPATH": str(project),
            },
        )
    print("| | plain, ms | tenant, ms | ratio | of processor time | goal |")
    print("|---|--:|--:|--:|--:|--:|")
    for name, found in json.loads(done.stdout.splitlines()[-1]).items():
        figures = " | ".join(f"{found[part]:.2f}" for part in ("plain", "tenant", "time", "cpu"))
        print(f"| {name} | {figures} | {GOALS[name]} |")


if __name__ == "__main__":
    main()
