"""How long a copy with fifty models takes beside one of a minimal template.

Run it with `uv run python -m tests.benchmarks.fifty_models`.
The two run in turn; the figures are medians of whole processes, start of Python included. The
bound is for a machine that does nothing else: where others work as well, the time of the processor
tells more.
"""

import resource
import statistics
import tempfile
from pathlib import Path

from tests.support.template import snapshot_template

from .copy_time import minimal_template, seconds

ROUNDS = 5
COUNT = 50
BOUND_SECONDS = 2


def fifty_models() -> str:
    """Models with values of all kinds, each with two references and a join table."""
    fields = (
        "name str(120) unique, note str?, count int = 0, price decimal(12,2), due date?, "
        "sent datetime = now, state enum(draft, sent, paid) = draft, tags str[] index, extra json"
    )
    names = [f"Model{chr(65 + n // 10)}{chr(65 + n % 10)}" for n in range(COUNT)]
    return "\n".join(
        f"{name}: {fields}, first -> {names[n - 1]}.seconds_{n}?, "
        f"other -> {names[n // 2]}.others_{n}?, many <-> {names[n - 2]}.manies_{n}"
        for n, name in enumerate(names)
    )


def both(template: Path, scratch: Path, *arguments: str) -> tuple[float, float]:
    """How long a copy takes, and for how long a processor was busy with it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    elapsed = seconds(template, scratch, *arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return elapsed, busy


def main() -> None:
    """Print both medians and the difference."""
    with tempfile.TemporaryDirectory() as directory:
        scratch = Path(directory)
        minimal = minimal_template(scratch / "minimal")
        ours = snapshot_template(scratch / "ours")
        data = ["-d", f"db_models={fifty_models()}", "-d", "db_extras=[doctor, seeds]"]
        rounds = [(*both(minimal, scratch), *both(ours, scratch, *data)) for _ in range(ROUNDS)]
    start, start_cpu, copied, copied_cpu = map(statistics.median, zip(*rounds, strict=True))
    print(f"minimal {start:.2f} s, {COUNT} models {copied:.2f} s: {copied - start:+.2f} s")
    print(f"of the processor: {start_cpu:.2f} s and {copied_cpu:.2f} s")
    if copied - start > BOUND_SECONDS:
        raise SystemExit(f"more than {BOUND_SECONDS} s")


if __name__ == "__main__":
    main()
