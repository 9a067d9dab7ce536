"""Where an import goes so that it looks as if the file's author had sorted it in."""

import ast
import re
import sys
from bisect import bisect_right
from collections.abc import Sequence
from enum import IntEnum
from itertools import pairwise

from ..python_text.imports import natural
from .source_lines import Insertion, Source, is_text

_Import = ast.Import | ast.ImportFrom
# Imports that follow each other with nothing but comments and blank lines between.
_Block = Sequence[_Import]
_Natural = tuple[str | int, ...]

# Enough of what stands next to an application's own modules to tell their sections apart.
_KNOWN_THIRD_PARTY = frozenset(
    {
        "alembic", "anyio", "asgi_correlation_id", "asyncpg", "celery", "decouple", "dotenv",
        "fastapi", "fastapi_pagination", "gunicorn", "httpx", "jinja2", "langchain", "loguru",
        "numpy", "openai", "opentelemetry", "pandas", "prometheus_client",
        "prometheus_fastapi_instrumentator", "pydantic", "pydantic_settings", "pymongo", "redis",
        "requests", "rich", "sentry_sdk", "slowapi", "socketio", "sqlalchemy", "sqlmodel",
        "starlette", "structlog", "supabase", "tortoise", "typing_extensions", "uvicorn", "yaml",
    }
)  # fmt: skip
_HEADING = re.compile(
    r"import|local|first.?party|internal|project|application|module|own\b|app\b", re.IGNORECASE
)
_SPLIT = re.compile(r"#\s*(?:ruff:\s*)?isort:\s*(?:split|off|on)\b")
_NOQA = re.compile(r"\s+#\s*noqa(?::\s*E402)?\s*$", re.IGNORECASE)


class _Section(IntEnum):
    FUTURE = 0
    STANDARD_LIBRARY = 1
    THIRD_PARTY = 2
    FIRST_PARTY = 3
    RELATIVE = 4


def plan_import(source: Source, line: str, *, before: ast.stmt) -> Insertion:
    """Plan a `from module import name` ahead of the top-level statement `before`.

    It takes its sorted place in the section of the project's own modules where the imports are
    sorted as isort and ruff sort by default; else it follows the last of the project's own, or the
    last import.
    """
    planned = _Planner(source, line).plan(before)
    return Insertion(max(planned.index, _end_of_head(source)), planned.texts)


def _end_of_head(source: Source) -> int:
    """Return the last line of the docstring and `__future__` imports, or 0."""
    end = 0
    for index, statement in enumerate(source.tree.body):
        is_future = isinstance(statement, ast.ImportFrom) and statement.module == "__future__"
        if is_future or (index == 0 and is_text(statement)):
            end = source.last_line(statement)
    return end


class _Planner:
    def __init__(self, source: Source, line: str) -> None:
        self._source = source
        self._line = line
        (self._new,) = (s for s in ast.parse(line).body if isinstance(s, ast.ImportFrom))
        self._first_party = set[str]() if self._new.level else {_root(self._new)}

    def plan(self, before: ast.stmt) -> Insertion:
        body = self._source.tree.body
        ahead = body[: body.index(before)]
        blocks = self._blocks(ahead)
        chosen = self._chosen(blocks, ahead)
        path_change = next((s for s in reversed(ahead) if _changes_path(s)), None)
        if path_change is not None and not self._settled_before(path_change, chosen):
            return self._after_statement(path_change)
        if chosen is None:
            return self._at_top(ahead, before)
        exemptions = [self._exemption(statement) for statement in chosen]
        self._line += exemptions[-1] if all(exemptions) else ""
        return self._placed_in(chosen, self._sections(chosen))

    def _exemption(self, statement: _Import) -> str:
        """Return the comment that lets the import stand below other code."""
        start, end = self._source.first_line(statement), self._source.last_line(statement)
        found = (_NOQA.search(self._source.text(number)) for number in (end, start))
        return next((match[0].rstrip() for match in found if match), "")

    def _own(self, section: _Section) -> bool:
        return section is (_Section.RELATIVE if self._new.level else _Section.FIRST_PARTY)

    def _settled_before(self, path_change: ast.stmt, chosen: _Block | None) -> bool:
        """Tell whether the chosen imports show that the path is as it must be by then."""
        if chosen is None:
            return False
        if chosen[0].lineno > path_change.lineno:
            return True
        return any(self._own(section) for section in self._sections(chosen))

    def _blocks(self, ahead: Sequence[ast.stmt]) -> list[list[_Import]]:
        blocks: list[list[_Import]] = []
        previous: ast.stmt | None = None
        for statement in ahead:
            if isinstance(statement, _Import):
                if previous is None or self._is_split(previous, statement):
                    blocks.append([])
                blocks[-1].append(statement)
                previous = statement
            else:
                previous = None
        return blocks

    def _is_split(self, before: ast.stmt, after: ast.stmt) -> bool:
        between = range(self._source.last_line(before) + 1, self._source.first_line(after))
        return any(_SPLIT.search(self._source.text(number)) for number in between)

    def _chosen(self, blocks: Sequence[_Block], ahead: Sequence[ast.stmt]) -> _Block | None:
        """Return the last block with imports of the project's own, else the last at the top."""
        for block in reversed(blocks):
            if any(self._own(section) for section in self._sections(block)):
                return block
        definitions = (
            s.lineno
            for s in ahead
            if isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        )
        end_of_top = next(definitions, sys.maxsize)
        top = [block for block in blocks if block[0].lineno < end_of_top]
        return next((found[-1] for found in (top, blocks) if found), None)

    def _sections(self, block: _Block) -> list[_Section]:
        sections = [self._section(statement) for statement in block]
        groups = self._groups(block)
        fastapi_seen = False
        for group in groups:
            roots = {_root(block[i]) for i in group}
            kinds = {sections[i] for i in group}
            if fastapi_seen and kinds == {_Section.THIRD_PARTY} and not roots & _KNOWN_THIRD_PARTY:
                for i in group:
                    sections[i] = _Section.FIRST_PARTY
            fastapi_seen = fastapi_seen or bool(roots & {"fastapi", "starlette"})
        return sections

    def _section(self, statement: _Import) -> _Section:
        if isinstance(statement, ast.ImportFrom) and statement.level:
            return _Section.RELATIVE
        root = _root(statement)
        if root == "__future__":
            return _Section.FUTURE
        if root in self._first_party:
            return _Section.FIRST_PARTY
        if root in sys.stdlib_module_names:
            return _Section.STANDARD_LIBRARY
        return _Section.THIRD_PARTY

    def _groups(self, block: _Block) -> list[list[int]]:
        """Return the indexes of the imports between blank lines."""
        groups = [[0]]
        for index, (before, after) in enumerate(pairwise(block), 1):
            if self._blanks_between(before, after):
                groups.append([])
            groups[-1].append(index)
        return groups

    def _blanks_between(self, before: ast.stmt, after: ast.stmt) -> int:
        between = range(self._source.last_line(before) + 1, self._source.first_line(after))
        return sum(self._source.is_blank(number) for number in between)

    def _placed_in(self, block: _Block, sections: Sequence[_Section]) -> Insertion:
        mine = self._section(self._new)
        if mine in sections:
            return self._placed_among(
                [i for i, section in enumerate(sections) if section is mine], block
            )
        groups = self._groups(block)
        later = [index for index, section in enumerate(sections) if section > mine]
        ends_block = later == list(range(len(block) - len(later), len(block)))
        if later and ends_block and any(group[0] == later[0] for group in groups):
            return Insertion(self._head(block[later[0]]), (self._line, ""))
        last = block[-1]
        is_sectioned = len({sections[index] for index in groups[-1]}) == 1 and self._ends(last)
        return self._after(last, ("",) if is_sectioned and not later else ())

    def _placed_among(self, own: Sequence[int], block: _Block) -> Insertion:
        """Put the import in its sorted place among those of the same section, if they have one."""
        imports = [block[index] for index in own]
        run_on = all(self._runs_on(before, after) for before, after in pairwise(imports))
        for key in (_sort_key, _mixed_sort_key):
            keys = [key(statement) for statement in imports]
            if own[-1] - own[0] == len(own) - 1 and run_on and keys == sorted(keys):
                place = bisect_right(keys, key(self._new))
                return self._after(imports[place - 1]) if place else self._ahead_of(imports[0])
        return self._after(imports[-1])

    def _ahead_of(self, statement: _Import) -> Insertion:
        """Put the import first in its section, below a heading but above a comment on the next."""
        start = self._source.first_line(statement) - 1
        if not self._source.is_comment(start):
            return Insertion(start, (self._line,))
        above = self._head(statement)
        if above == start or _HEADING.search(self._source.text(start)):
            return Insertion(start, (self._line,))
        # Formatters set an import with a comment of its own apart from the one before.
        return Insertion(above, (self._line, ""))

    def _runs_on(self, before: ast.stmt, after: ast.stmt) -> bool:
        """Tell whether no blank line divides the two, or one that a comment brings with it."""
        return not self._blanks_between(before, after) or self._source.is_comment(
            self._source.first_line(after) - 1
        )

    def _ends(self, statement: ast.stmt) -> bool:
        """Tell whether nothing follows the statement without a blank line between."""
        end = self._source.last_line(statement)
        return end == len(self._source.lines) or self._source.is_blank(end + 1)

    def _head(self, statement: ast.stmt) -> int:
        """Return the index of the statement's first line, comments right above it included."""
        number = self._source.first_line(statement)
        while self._source.is_comment(number - 1) and not self._source.indentation(number - 1):
            number -= 1
        opens_file = number == 1 and self._source.first_line(statement) > 1
        return self._source.first_line(statement) - 1 if opens_file else number - 1

    def _after(self, statement: ast.stmt, gap: tuple[str, ...] = ()) -> Insertion:
        return Insertion(self._source.last_line(statement), (*gap, self._line))

    def _after_statement(self, statement: ast.stmt) -> Insertion:
        texts = ("", self._line) if self._ends(statement) else (self._line, "")
        return Insertion(self._source.last_line(statement), texts)

    def _at_top(self, ahead: Sequence[ast.stmt], before: ast.stmt) -> Insertion:
        """Put the import below the docstring of a file that imports nothing at its top level."""
        statements = [*ahead, before]
        first = statements[1] if is_text(statements[0]) and ahead else statements[0]
        defines = isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        return Insertion(self._head(first), (self._line, "", "") if defines else (self._line, ""))


def _root(statement: _Import) -> str:
    name = statement.names[0].name if isinstance(statement, ast.Import) else statement.module
    return (name or "").partition(".")[0]


def _sort_key(statement: _Import) -> tuple[bool, int, _Natural, _Natural]:
    """Order imports as isort does within a section: plain ones first, further parents first."""
    if isinstance(statement, ast.Import):
        name, level = statement.names[0].name, 0
    else:
        name, level = statement.module or "", statement.level
    is_from = isinstance(statement, ast.ImportFrom)
    return is_from, -level, natural(name.lower()), natural(name)


def _mixed_sort_key(statement: _Import) -> tuple[int, _Natural, bool]:
    """Order imports of both forms by module, as `force-sort-within-sections` does."""
    is_from, level, lowered, _ = _sort_key(statement)
    return level, lowered, is_from


def _changes_path(statement: ast.stmt) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.path")
        or (isinstance(node, ast.Attribute) and node.attr == "addsitedir")
        for node in ast.walk(statement)
        if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )
