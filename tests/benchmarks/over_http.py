"""The layer through FastAPI, beside what people would use instead.

`uv run python -m tests.benchmarks.over_http [--seconds S] [--rounds N]` prints Markdown tables; it
needs wrk, and PgBouncer for one of them (`apt-get install wrk pgbouncer`). `--direct` leaves the
network and the pooler out, `--clients 16` the long rounds of 64, and `--contenders` all but those
that are named.

All contenders answer the same requests from the same table, on uvicorn with one worker. Within a
round they run one after the other; a figure is the median over the rounds of the ratio to asyncpg
in the same round. With 64 clients there is one round, of twenty seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import tempfile
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import asyncpg

from tests.faults.cluster import primary
from tests.support.adopted import CASES
from tests.support.environments import Environment, make_environment
from tests.support.template import add_layer, copy_project, snapshot_template

from .server import missing_tools, over_network, through_pgbouncer

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Mapping, Sequence

HERE = Path(__file__).parent
PEERS = [
    *["advanced-alchemy", "asyncpg", "fastapi", "httptools", "piccolo[postgres]"],
    *["psycopg[binary]", "sqlmodel", "tortoise-orm[asyncpg]", "uvicorn", "uvloop"],
]
ROWS = 10_000
MANY = 64


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to answer, and which of the requests it answers."""

    name: str
    module: str
    path: str = "/authors"
    kinds: tuple[str, ...] = ("read", "list", "insert")
    knows_poolers: bool = True
    """Whether its documentation says how it is used with PgBouncer in transaction mode."""

    @property
    def argument(self) -> str:
        """Its name on the command line."""
        return self.name.removeprefix("**ours**: ").replace("`", "")


READING = ("read", "list")
BASE = Contender("asyncpg in the endpoint", "with_asyncpg")
PLAIN = Contender("plain async SQLAlchemy", "with_plain_sqlalchemy")
SQLMODEL = Contender("sync SQLModel", "with_sqlmodel")
ALCHEMY = Contender("advanced-alchemy", "with_advanced_alchemy")
PICCOLO = Contender("Piccolo, rows", "with_piccolo", knows_poolers=False)
PICCOLO_OBJECTS = replace(PICCOLO, name="Piccolo, objects", path="/objects/authors", kinds=READING)
TORTOISE = Contender("Tortoise, objects", "with_tortoise", knows_poolers=False)
TORTOISE_ROWS = replace(TORTOISE, name="Tortoise, rows", path="/rows/authors", kinds=READING)
ORM = Contender("**ours**: `SessionDep`", "with_the_layer", "/orm/authors")
READS = replace(ORM, name="**ours**: `ReadSessionDep`", path="/reads/authors", kinds=READING)
HOT = replace(READS, name="**ours**: `HotRead`, rows", path="/hot/authors")
MODELS = replace(READS, name="**ours**: `HotRead`, models", path="/models/authors")
JSON = replace(ORM, name="**ours**: JSON by PostgreSQL", path="/json/authors", kinds=("list",))
ONE = replace(ORM, name="**ours**: one statement", path="/one/authors", kinds=("insert",))
WRITE = replace(ONE, name="**ours**: `HotWrite`", path="/hot/authors")
CONTENDERS = (
    *(BASE, PLAIN, SQLMODEL, ALCHEMY, PICCOLO, PICCOLO_OBJECTS, TORTOISE_ROWS, TORTOISE),
    *(ORM, READS, HOT, MODELS, JSON, ONE, WRITE),
)
NAMES = [contender.argument for contender in CONTENDERS]
KINDS = {"read": "by key", "list": "list 50", "insert": "insert"}


@dataclass(frozen=True, slots=True)
class Run:
    """What wrk has seen."""

    per_second: float
    failed: int
    p50: float
    p99: float
    """Milliseconds."""
    cpu: float
    """Microseconds of the application's process for each request."""


Results = dict[tuple[str, str, int], list[Run]]
"""By the contender's name, the kind of request and the number of clients; a run a round."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running application."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """The processor time that it has taken so far."""
        stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")


def wrk(
    server: Server, contender: Contender, kind: str, clients: int, seconds: float, keys: Path
) -> Run:
    """Put a contender under load."""
    url = f"http://127.0.0.1:{server.port}{contender.path}"
    cpu = server.cpu_seconds()
    done = subprocess.run(
        [
            *["wrk", "--threads=1", f"--connections={clients}", f"--duration={seconds:.0f}s"],
            *["--timeout=20s", f"--script={HERE / 'load.lua'}", url, "--", kind, str(keys)],
        ],
        check=True,
        capture_output=True,
        text=True,
    )
    seen = json.loads(done.stdout.splitlines()[-1])
    return Run(
        per_second=seen["requests"] / seen["microseconds"] * 1e6,
        failed=seen["failed"],
        p50=seen["p50"] / 1000,
        p99=seen["p99"] / 1000,
        cpu=(server.cpu_seconds() - cpu) / max(seen["requests"], 1) * 1e6,
    )


@contextmanager
def running(
    environment: Environment, project: Path, variables: Mapping[str, str]
) -> Generator[dict[str, Server]]:
    """Start each contender's application."""
    with ExitStack() as stack:
        servers: dict[str, Server] = {}
        for module in sorted({contender.module for contender in CONTENDERS}):
            servers[module] = stack.enter_context(_uvicorn(environment, project, module, variables))
        yield servers


@contextmanager
def _uvicorn(
    environment: Environment, project: Path, module: str, variables: Mapping[str, str]
) -> Generator[Server]:
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [
                *[str(environment.python), "-m", "uvicorn", f"{module}:app", "--port=0"],
                *["--no-access-log", "--loop=uvloop", "--http=httptools"],
            ],
            cwd=project,
            env={"PATH": "", "PYTHONPATH": f"{HERE / 'contenders'}:{project}", **variables},
            stderr=subprocess.PIPE,
            stdout=log,
            text=True,
        )
        try:
            said: list[str] = []
            for line in process.stderr or ():
                said.append(line)
                if "Uvicorn running on" in line:
                    port = int(line.split("127.0.0.1:")[1].split()[0])
                    yield Server(port, process.pid)
                    break
            else:
                raise RuntimeError("".join(said))
        finally:
            process.terminate()
            process.communicate()


def measure(
    servers: Mapping[str, Server],
    contenders: Iterable[Contender],
    clients: Sequence[int],
    rounds: int,
    seconds: float,
    keys: Path,
) -> Results:
    """Let the contenders run in turn, after each has been warmed."""
    results: Results = defaultdict(list)
    plan = [
        (contender, kind) for kind in KINDS for contender in contenders if kind in contender.kinds
    ]
    for contender, kind in plan:
        wrk(servers[contender.module], contender, kind, 4, 1, keys)
    # The fewest clients first: some contenders do not recover from many for a while.
    for number in clients:
        # The event loop accepts one connection in each turn. Where many come all at once, the last
        # waits for a second, and would be among the slowest hundredth of a short time's requests.
        runs, duration = (rounds, seconds) if number < MANY else (1, max(20, seconds))
        for _ in range(runs):
            for contender, kind in plan:
                run = wrk(servers[contender.module], contender, kind, number, duration, keys)
                results[contender.name, kind, number].append(run)
    return results


def ratio(results: Results, name: str, base: str, kind: str, clients: int) -> float:
    """The median over the rounds of one contender's throughput to another's."""
    pairs = zip(results[name, kind, clients], results[base, kind, clients], strict=True)
    return statistics.median(
        # A contender that stands still for a whole round is as good as one request.
        run.per_second / max(base_run.per_second, 1)
        for run, base_run in pairs
    )


def table(results: Results, clients: Sequence[int]) -> str:
    """Throughput as ratios to asyncpg's; latencies and processor time at the most clients."""
    columns = [(kind, number) for kind in KINDS for number in clients]
    most = clients[-1]
    head = [f"{KINDS[kind]}, {number}" for kind, number in columns]
    latency = [f"{name}, {most}: p50/p99 ms, CPU µs" for name in KINDS.values()]
    lines = [
        "| | " + " | ".join([*head, *latency]) + " |",
        "|---|" + "--:|" * (len(head) + len(latency)),
    ]
    for contender in CONTENDERS:
        if not any((contender.name, *column) in results for column in columns):
            continue
        cells: list[str] = []
        for kind, number in columns:
            if kind in contender.kinds:
                figure = f"{ratio(results, contender.name, BASE.name, kind, number):.2f}"
                failed = sum(run.failed for run in results[contender.name, kind, number])
                cells.append(f"{figure} ({failed} failed)" if failed else figure)
            else:
                cells.append("")
        for kind in KINDS:
            runs = results.get((contender.name, kind, most), [])
            if runs:
                p50, p99, cpu = (
                    statistics.median(getattr(run, name) for run in runs)
                    for name in ("p50", "p99", "cpu")
                )
                cells.append(f"{p50:.0f}/{p99:.0f}, {cpu:.0f}")
            else:
                cells.append("")
        lines.append(f"| {contender.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def cpu_ratio(results: Results, name: str, base: str, kind: str, clients: int) -> float:
    """The median over the rounds of another contender's processor time to one's."""
    pairs = zip(results[name, kind, clients], results[base, kind, clients], strict=True)
    return statistics.median(base_run.cpu / max(run.cpu, 1) for run, base_run in pairs)


def goals(results: Results) -> str:
    """What was set out to reach, and what was seen."""
    wanted = [
        *((MODELS, BASE, "read", 0.80), (MODELS, BASE, "list", 0.70)),
        *((MODELS, PICCOLO_OBJECTS, "read", 1.3), (MODELS, PICCOLO_OBJECTS, "list", 1.2)),
        *((MODELS, PICCOLO, "read", 1.3), (MODELS, PICCOLO, "list", 1.2)),
        *((MODELS, TORTOISE, "read", 1.3), (MODELS, TORTOISE, "list", 1.2)),
        *((MODELS, TORTOISE_ROWS, "read", 1.3), (MODELS, TORTOISE_ROWS, "list", 1.2)),
        *((HOT, BASE, "read", 1.25), (HOT, BASE, "list", 1.15)),
        *((JSON, BASE, "list", 1.6), (WRITE, BASE, "insert", 0.92)),
        *((ORM, PLAIN, "read", 1.0), (ORM, PLAIN, "list", 1.0), (ORM, PLAIN, "insert", 1.0)),
        *((READS, BASE, "read", 0.60), (READS, BASE, "list", 0.55)),
        *((READS, SQLMODEL, "read", 3.5), (READS, SQLMODEL, "list", 3.0)),
        (ONE, SQLMODEL, "insert", 2.2),
    ]
    lines = ["| at 16 clients | goal | throughput | processor time |", "|---|--:|--:|--:|"]
    for contender, base, kind, goal in wanted:
        if not all((item.name, kind, 16) in results for item in (contender, base)):
            continue
        seen, cpu = (
            figure(results, contender.name, base.name, kind, 16) for figure in (ratio, cpu_ratio)
        )
        name = f"{contender.name}, {KINDS[kind]}, to {base.name}"
        lines.append(f"| {name} | {goal} | {seen:.2f} | {cpu:.2f} |")
    for kind in READING:
        if not all((item.name, kind, MANY) in results for item in (READS, PLAIN)):
            continue
        ours, plain = (
            statistics.median(run.p99 for run in results[contender.name, kind, MANY])
            for contender in (READS, PLAIN)
        )
        name = f"{READS.name}, {KINDS[kind]}, p99 at {MANY} clients to {PLAIN.name}"
        lines.append(f"| {name} | ≤ 0.15 | {ours / plain:.2f} | |")
    return "\n".join(lines)


async def fill(url: str) -> str:
    """Add the rows, and the column that advanced-alchemy's models have; returns the keys."""
    connection = await asyncpg.connect(url)
    await connection.execute("ALTER TABLE authors ADD sa_orm_sentinel int")
    rows = await connection.fetch(
        "INSERT INTO authors (name) SELECT 'Author ' || generate_series(1, $1::int) RETURNING id",
        ROWS,
    )
    await connection.execute("VACUUM ANALYZE authors")
    await connection.close()
    return "".join(f"{row['id']}\n" for row in rows)


def adopt(scratch: Path, environments: Path, url: str) -> tuple[Path, Environment]:
    """Add the layer to a project and create its tables, as its guide says."""
    template = snapshot_template(scratch / "template")
    project = copy_project("uv-app", scratch / "project")
    add_layer(template, project, db_extras=["reads", "bulk"])
    install = [*CASES[0].install, *PEERS]
    environment = make_environment(environments, "benchmarks", install, cwd=project)
    for command in (["revision", "--autogenerate", "-m", "initial"], ["upgrade", "head"]):
        environment.run("-m", "alembic", *command, cwd=project, variables={"DATABASE_URL": url})
    return project, environment


def main() -> None:
    """Print the tables."""
    arguments = _arguments()
    if missing := missing_tools("wrk", "pgbouncer"):
        raise SystemExit(f"{' and '.join(missing)} missing: apt-get install wrk pgbouncer")
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(primary(max_connections=200))
        direct = server.plain_url
        keys = scratch / "keys"
        project, environment = adopt(scratch, arguments.environments or scratch, direct)
        keys.write_text(asyncio.run(fill(direct)), encoding="ascii")

        chosen = {BASE.argument, *(arguments.contenders or NAMES)}
        contenders = [item for item in CONTENDERS if item.argument in chosen]

        def run(
            url: str,
            clients: Sequence[int],
            contenders: Sequence[Contender] = contenders,
            **variables: str,
        ) -> Results:
            with running(environment, project, {"DATABASE_URL": url, **variables}) as servers:
                rounds, seconds = arguments.rounds, arguments.seconds
                return measure(servers, contenders, clients, rounds, seconds, keys)

        clients = arguments.clients
        results = run(direct, clients)
        print(f"Direct, throughput to {BASE.name}:\n\n{table(results, clients)}\n")
        print(goals(results), flush=True)
        if arguments.direct:
            return
        with over_network(server, 1) as url:
            results = run(url, (16,))
        print(f"\nWith 1 ms of network:\n\n{table(results, (16,))}", flush=True)
        pooled = [contender for contender in contenders if contender.knows_poolers]
        with through_pgbouncer(server) as url:
            results = run(url, (16,), pooled, DATABASE_POOLER="transaction")
        print(f"\nThrough PgBouncer, in transaction mode:\n\n{table(results, (16,))}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="for each round")
    parser.add_argument("--clients", type=int, nargs="+", default=[16, MANY])
    parser.add_argument("--contenders", nargs="+", choices=NAMES, metavar="NAME")
    parser.add_argument("--direct", action="store_true", help="without network and PgBouncer")
    parser.add_argument("--environments", type=Path, help="keep the virtual environment here")
    return parser.parse_args()


if __name__ == "__main__":
    main()
