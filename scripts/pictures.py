"""Makes the pictures of the README from a real run at a terminal.

`uv run --group docs python -m scripts.pictures` writes them into `docs/pictures/`: the questions
and the plan, the tree that a project has afterwards, and the way from a clone to an answered
request. `… scripts.pictures first-answer` writes that one alone.
"""

import os
import pty
import re
import shlex
import socket
import subprocess
import sys
import tempfile
import termios
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from time import monotonic

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text
from rich.tree import Tree

from tests.support.template import REPOSITORY, changed_files, copy_project, snapshot_template

UVX = "uvx --with copier-template-extensions,jinja2-time,pluralizer"
DEV = "uv run python -m app.database_kit.dev"
PICTURES = REPOSITORY / "docs" / "pictures"
PROJECT = "uv-app"
COLUMNS, LINES = 104, 300
TREE_COLUMNS = 60
MODELS = "Customer: name str, email str unique; Parcel: customer -> Customer, grams int"
ANSWERS = (
    ("Which database", "\r"),
    ("belong to tenants", "\r"),
    ("Add tables for users", "n"),
    ("Which models", f"{MODELS}\r"),
    ("example model", "n"),
    ("What else", "\r"),
    ("install_database", "\r"),
    ("Go ahead?", "\r"),
)
# The names that pyte has for the terminal's first colours.
COLORS = {"default": None, "brown": "yellow"} | {
    name: name for name in ("black", "red", "green", "blue", "magenta", "cyan", "white")
}
# Rich's own, without the font that it would load from another server.
FRAME = """<svg class="rich-terminal" viewBox="0 0 {width} {height}"
     xmlns="http://www.w3.org/2000/svg" role="img">
<style>
.{unique_id}-matrix {{
    font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
    font-size: {char_height}px; line-height: {line_height}px;
}}
.{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
{styles}
</style>
<defs>
<clipPath id="{unique_id}-clip-terminal">
<rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
</clipPath>
{lines}
</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}
<g class="{unique_id}-matrix">
{matrix}
</g>
</g>
</svg>
"""


def main() -> None:
    """Write the pictures, or the one that is named."""
    PICTURES.mkdir(exist_ok=True)
    if sys.argv[1:] != ["first-answer"]:
        draw_questions_and_tree()
    with tempfile.TemporaryDirectory() as name:
        save("first-answer", [*first_answer(Path(name))])


def draw_questions_and_tree() -> None:
    """Write the pictures of a copy."""
    with tempfile.TemporaryDirectory() as name:
        template = snapshot_template(Path(name, "fastapi-database-layer"))
        project = copy_project(PROJECT, Path(name, "parcel-tracking"))
        screen = converse(template, project)
        lines = list(colored(screen))
        for line in lines:
            # Where the script keeps it is nobody's business.
            if (place := line.plain.find(str(project))) >= 0:
                line.plain = f"{line.plain[:place]}~/{project.name}"
        end = next(i for i, line in enumerate(lines) if line.plain.startswith("Copying from"))
        save("questions", [Text("$ copier copy --trust gh:OWNER/REPO .", "bold"), *lines[:end]])
        tree = grown(project)
    save("tree", [Text.from_ansi(line) for line in drawn(tree)], TREE_COLUMNS)


def first_answer(directory: Path) -> Iterator[Text]:
    """Do what a stranger does who has uv and git alone; yield what is typed and what is printed.

    The route is that of DATABASE.md, and the time is that of the commands.
    """
    template = snapshot_template(directory / "template")
    copy_project(PROJECT, directory / "origin")
    project = directory / "parcel-tracking"
    began = monotonic()

    def run(shown: str, *command: str, where: Path = project, last: int = 0) -> Iterator[Text]:
        yield Text(f"$ {shown}", "bold")
        done = subprocess.run(
            command or shlex.split(shown),
            cwd=where,
            env={**clean_environment(), "COLUMNS": str(COLUMNS)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stdout)
        lines = [line for line in done.stdout.splitlines() if line.strip()]
        yield from map(Text, lines[-last:] if last else [])

    clone = ["git", "clone", "--quiet", str(directory / "origin"), project.name]
    yield from run("git clone https://github.com/you/parcel-tracking", *clone, where=directory)
    yield Text("$ cd parcel-tracking", "bold")
    copy = f"{UVX} copier copy --trust --defaults"
    typed = f"{UVX} \\\n    copier copy --trust --defaults --quiet gh:OWNER/REPO ."
    yield from run(typed, *shlex.split(copy), "--quiet", str(template), ".")
    add_route_of_guide(project)
    yield Text("# app/authors.py: the routes of DATABASE.md; app/main.py includes them", "dim")
    yield from run(f"{DEV} -- alembic revision --autogenerate -m initial")
    yield Text(f"$ {DEV} &", "bold")
    port = free_port()
    environment = {**clean_environment(), "UVICORN_PORT": str(port)}
    with subprocess.Popen(
        shlex.split(DEV),
        cwd=project,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        try:
            wait = ["--silent", "--fail", "--retry", "300", "--retry-connrefused"]
            url = f"http://127.0.0.1:{port}/authors"
            post = ["--json", '{"name": "Ada"}']
            status = ["--write-out", "\nHTTP %{http_code}"]
            yield from run(
                'curl localhost:8000/authors --json \'{"name": "Ada"}\'',
                *["curl", *wait, "--retry-delay", "1", *status, *post, url],
                last=1,
            )
            yield from run("curl localhost:8000/authors", "curl", *wait, url, last=1)
        finally:
            server.terminate()
    yield Text(f"# {monotonic() - began:.0f} s from the first command to the last answer", "dim")


def add_route_of_guide(project: Path) -> None:
    """Write the guide's routes into a module, and include them in the application."""
    guide = (project / "DATABASE.md").read_text(encoding="utf-8")
    routes = next(code for code in re.findall(r"```python\n(.*?)```", guide, re.DOTALL))
    (project / "app" / "authors.py").write_text(routes, encoding="utf-8")
    with (project / "app" / "main.py").open("a", encoding="utf-8") as main_file:
        main_file.write("\nfrom app import authors  # noqa: E402\n\n")
        main_file.write("app.include_router(authors.router)\n")


def clean_environment() -> dict[str, str]:
    """The environment without what is set for this repository."""
    names = ("VIRTUAL_ENV", "PYTHONPATH", "DATABASE_URL", "UV_PROJECT_ENVIRONMENT")
    return {name: value for name, value in os.environ.items() if name not in names}


def free_port() -> int:
    """A port of loopback that nothing listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Screen(pyte.Screen):
    """A screen that says where its cursor is, as the prompts ask."""

    def __init__(self, terminal: int) -> None:
        """Answer to a terminal."""
        super().__init__(COLUMNS, LINES)
        self._terminal = terminal

    def write_process_input(self, data: str) -> None:
        """Tell the program at the terminal."""
        os.write(self._terminal, data.encode())


def converse(template: Path, project: Path) -> pyte.Screen:
    """Run a copy at a terminal and answer; returns what the terminal shows at the end."""
    master, slave = pty.openpty()
    termios.tcsetwinsize(slave, (LINES, COLUMNS))
    screen = Screen(master)
    stream = pyte.ByteStream(screen)
    command = ["copy", "--trust", "--vcs-ref=v1.0.0", str(template), "."]
    with subprocess.Popen(
        [sys.executable, "-m", "copier", *command],
        cwd=project,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        env={**os.environ, "TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": str(LINES)},
    ) as process:
        os.close(slave)
        said = b""
        for question, keys in ANSWERS:
            while question.encode() not in said:
                said += read(master, stream)
            os.write(master, keys.encode())
        while read(master, stream):
            pass
        if process.wait():
            raise RuntimeError("\n".join(screen.display))
    os.close(master)
    return screen


def read(terminal: int, stream: pyte.ByteStream) -> bytes:
    """Read what is printed next, and show it on the screen."""
    try:
        said = os.read(terminal, 65536)
    except OSError:  # Linux's way of saying that the other side is closed
        return b""
    stream.feed(said)
    return said


def colored(screen: pyte.Screen) -> Iterator[Text]:
    """The lines of a screen."""
    last = max(number for number, line in enumerate(screen.display) if line.strip())
    for number in range(last + 1):
        cells = [screen.buffer[number][column] for column in range(COLUMNS)]
        text = Text()
        for (color, bold), same in groupby(cells, lambda cell: (cell.fg, cell.bold)):
            style = Style(color=COLORS.get(color, f"#{color}"), bold=bold)
            text.append("".join(cell.data for cell in same), style)
        text.rstrip()
        yield text


def grown(project: Path) -> Tree:
    """The project's tree, with what is new and what has changed marked."""
    new = {line[3:] for line in changed_files(project) if line.startswith("??")}
    changed = {line[3:] for line in changed_files(project) if line.startswith(" M")}

    def add(branch: Tree, directory: Path) -> None:
        entries = sorted(directory.iterdir(), key=lambda path: (path.is_file(), path.name))
        for path in entries:
            name = path.relative_to(project).as_posix()
            if path.name in (".git", "__pycache__"):
                continue
            if path.is_dir():
                inside = [entry for entry in new | changed if entry.startswith(f"{name}/")]
                if inside:
                    add(branch.add(Text(f"{path.name}/", "bold")), path)
            elif name in new:
                branch.add(Text.assemble((f"{path.name}", "green"), ("  new", "dim")))
            elif name in changed:
                branch.add(Text.assemble((f"{path.name}", "yellow"), ("  lines added", "dim")))

    tree = Tree(Text(f"{project.name}/", "bold"), guide_style="dim")
    add(tree, project)
    return tree


def drawn(tree: Tree) -> Sequence[str]:
    """The tree as lines with colours."""
    console = Console(width=TREE_COLUMNS, force_terminal=True, color_system="standard")
    with console.capture() as captured:
        console.print(tree)
    return captured.get().splitlines()


def save(name: str, lines: Sequence[Text], columns: int = COLUMNS) -> None:
    """Write lines as a picture of a terminal."""
    with Path(os.devnull).open("w", encoding="utf-8") as nowhere:
        console = Console(width=columns, record=True, file=nowhere, force_terminal=True)
        for line in lines:
            console.print(line, no_wrap=True, crop=True, highlight=False)
        svg = console.export_svg(title="", code_format=FRAME, unique_id=name)
    svg = "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"
    (PICTURES / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
