"""Does what a page says, from its first line to its last."""

import asyncio
import os
import re
import shlex
import socket
import subprocess
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import asyncpg

from tests.support.copier_process import run_copier_process
from tests.support.environments import is_of_this_process, shared_server

from .pages import Block, blocks

SOURCES = ("gh:OWNER/REPO", "https://github.com/OWNER/REPO")
COPIER = ["uvx", "--with", "copier-template-extensions,jinja2-time,pluralizer", "copier"]
ELSEWHERE = ("docker",)
"""What stands for a machine that is not this one."""
PLACEHOLDER = re.compile(r"postgresql://\S+@localhost:5432/\w+")
ANYTHING = "…"


class PageError(AssertionError):
    """Something on a page is not so."""


class Reader:
    """Somebody who does what a page says."""

    def __init__(
        self, project: Path, template: Path, url: str, variables: Mapping[str, str]
    ) -> None:
        """Sit down in a project's directory.

        Args:
            project: where commands run and files are written.
            template: what the placeholder of the template's address stands for.
            url: what the placeholder of the database's address stands for.
            variables: environment variables of all commands.
        """
        self._project = project
        self._template = template
        self._url = url
        self._port = _free_port()
        # Python keeps what it has compiled, as it does unless it is told otherwise.
        self._variables = {"PYTHONDONTWRITEBYTECODE": "", **variables}
        self._printed = ""

    def follow(self, page: str) -> list[Path]:
        """Do what a page says.

        Returns:
            The Python files that it writes or changes.

        Raises:
            PageError: a command fails or prints something else, or a file is not as it is said.
        """
        written: list[Path] = []
        with ExitStack() as servers:
            for block in blocks(page):
                try:
                    self._do(block, servers)
                except (PageError, OSError) as error:
                    raise PageError(f"docs/{page}:{block.line}: {error}") from error
                if block.title.endswith(".py"):
                    written.append(self._project / block.title)
        return written

    def _do(self, block: Block, servers: ExitStack) -> None:
        if block.language == "console":
            self._printed = ""
            for command in block.text.replace("\\\n", "").splitlines():
                self._run(command, servers)
        elif block.language == "diff":
            change(self._project, block.title, block.text)
        elif block.title:
            path = self._project / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(PLACEHOLDER.sub(self._url, block.text), encoding="utf-8")
        elif block.language == "text":
            self._compare(block.text)
        else:
            raise PageError("a block that nobody can do anything with: it needs a title")

    def _run(self, command: str, servers: ExitStack) -> None:
        words = shlex.split(
            command.replace("localhost:8000", f"127.0.0.1:{self._port}"), comments=True
        )
        if not words or words[0] in ELSEWHERE:
            return
        if words[0] == "cd":
            self._project /= words[1]
            return
        words = [str(self._template) if word in SOURCES else word for word in words]
        if words[: len(COPIER)] == COPIER:
            done = run_copier_process(words[len(COPIER) :], self._project, self._environment())
            self._printed += done.stdout + done.stderr
            if done.returncode:
                raise PageError(f"{command} failed:\n{done.stdout}\n{done.stderr}")
            return
        if words[0] == "psql":
            asyncio.run(self._execute(words[-1]))
            return
        if words[:3] == ["uv", "run", "uvicorn"] or words[-1].endswith("database_kit.dev"):
            servers.enter_context(self._serving(words))
            return
        if words[0] == "curl":
            words[1:1] = ["--silent", "--show-error", "--retry", "300", "--retry-connrefused"]
            words[1:1] = ["--retry-delay", "1"]
        done = subprocess.run(
            words,
            cwd=self._project,
            env=shared_server(words, self._environment()),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self._printed += done.stdout
        if done.returncode:
            raise PageError(f"{command} failed:\n{done.stdout}")

    async def _execute(self, script: str) -> None:
        connection = await asyncpg.connect(self._url)
        await connection.execute((self._project / script).read_text(encoding="utf-8"))
        await connection.close()

    @contextmanager
    def _serving(self, words: list[str]) -> Generator[None]:
        with subprocess.Popen(words, cwd=self._project, env=self._environment()) as server:
            try:
                yield
            finally:
                server.terminate()

    def _environment(self) -> dict[str, str]:
        port = {"UVICORN_PORT": str(self._port)}
        kept = {name: value for name, value in os.environ.items() if not is_of_this_process(name)}
        return kept | self._variables | port | {"COLUMNS": "100"}

    def _compare(self, expected: str) -> None:
        position = 0
        printed = re.sub(r"\x1b\[[\d;]*m", "", self._printed)
        for line in expected.splitlines():
            parts = [re.escape(part) for part in line.strip().split(ANYTHING)]
            found = re.compile(".*".join(parts)).search(printed, position)
            if found is None:
                raise PageError(f"nothing printed is like {line!r}:\n{printed}")
            position = found.end()


def change(project: Path, title: str, text: str) -> None:
    """Change a project's file as a diff of a page says.

    Raises:
        PageError: the file has not once what is to be changed.
    """
    [path] = project.glob(title)
    lines = text.splitlines(keepends=True)
    before = "".join(line[1:] or "\n" for line in lines if line[0] != "+")
    after = "".join(line[1:] or "\n" for line in lines if line[0] != "-")
    content = path.read_text(encoding="utf-8")
    if content.count(before) != 1:
        raise PageError(f"{path.name} has not once what is to be changed:\n{content}")
    path.write_text(content.replace(before, after), encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
