"""How long `alembic check` takes with the layer's comparisons, beside Alembic's alone.

Run it with `uv run python -m tests.benchmarks.alembic_check`.
Both compare the same 500 tables in one process, in turn; the figure is the median of the ratios.
"""

import argparse
import tempfile
from contextlib import ExitStack
from pathlib import Path

from tests.support.environments import make_environment
from tests.support.postgres import running_server
from tests.support.supabase import supabase_server
from tests.support.template import add_layer, copy_project, snapshot_template

INSIDE = Path(__file__).parent / "contenders" / "compare_tables.py"
BOUNDS = {"postgresql": 1.3, "supabase": 2.0}
PROJECTS = {"postgresql": ("uv-app", "app"), "supabase": ("supabase-notes", "notes")}


def main() -> None:
    """Print the ratio for both kinds of database; fail where one is too large."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tables", type=int, default=500)
    arguments = parser.parse_args()
    slow: list[str] = []
    for kind, bound in BOUNDS.items():
        with ExitStack() as stack:
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            name, package = PROJECTS[kind]
            project = copy_project(name, scratch / "project")
            answers = {"db_type": kind, "db_extras": ["autogenerate"]}
            add_layer(snapshot_template(scratch / "template"), project, **answers)
            install = ["-r", "pyproject.toml", "--group", "dev"]
            environment = make_environment(scratch / "environments", kind, install, cwd=project)
            if kind == "supabase":
                server = stack.enter_context(supabase_server())
                url = server.url(stack.enter_context(server.new_database()))
            else:
                url = stack.enter_context(running_server(18)).url
            done = environment.run(
                *[str(INSIDE), package, str(arguments.tables), str(arguments.rounds)],
                cwd=project,
                variables={"DATABASE_URL": url, "PYTHONPATH": str(project)},
            )
        ratio = float(done.stdout)
        print(f"{kind}: {ratio:.2f} x Alembic's own, at most {bound}")
        if ratio > bound:
            slow.append(kind)
    if slow:
        raise SystemExit(f"too slow: {', '.join(slow)}")


if __name__ == "__main__":
    main()
