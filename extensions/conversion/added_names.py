"""A name that a module imports from another one, added where its author would have it."""

from __future__ import annotations

import ast

from ..app_file.import_place import plan_import
from ..app_file.source_lines import Insertion, Source, parse_source


def add_names(content: str, module: str, name: str, file: str) -> str:
    """Import `name` from `module`, unless the content does already.

    Args:
        content: the importing module's text.
        module: where the name comes from.
        name: what to import.
        file: the importing module's file.

    Raises:
        ValueError: there is no place for it.
    """
    source = parse_source(content)
    body = source.tree.body
    froms = [s for s in body if isinstance(s, ast.ImportFrom) and not s.level]
    for statement in froms:
        if any((alias.asname or alias.name) == name for alias in statement.names):
            return content
    for statement in froms:
        is_starred = any(alias.name == "*" for alias in statement.names)
        if statement.module != module or is_starred:
            continue
        if text := _joined(source, statement, name):
            return text
    line = f"from {module} import {name}"
    top = module.partition(".")[0]
    if top in {"fastapi", "sqlalchemy", "sqlmodel"}:
        near = [s for s in froms if (s.module or "").partition(".")[0] == top]
        outside = [s for s in froms if (s.module or "").partition(".")[0] in _THIRD_PARTY]
        if near or outside:
            return _beside(source, near or outside, line, module)
    using = next(
        (
            s
            for s in body
            if not isinstance(s, ast.Import | ast.ImportFrom)
            and not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))
        ),
        None,
    )
    if using is None:
        message = f"{file} has no code to import {name} for"
        raise ValueError(message)
    return source.insert([plan_import(source, line, before=using)])


_THIRD_PARTY = frozenset({"fastapi", "pydantic", "sqlalchemy", "sqlmodel", "starlette"})


def _joined(source: Source, statement: ast.ImportFrom, name: str) -> str:
    """The text with one name more in a statement; empty where that has comments or two lines."""
    first, last = source.first_line(statement), source.last_line(statement)
    texts = [source.text(number) for number in range(first, last + 1)]
    if any("#" in text or ";" in text or "\\" in text for text in texts):
        return ""
    names = [(alias.name, alias.asname) for alias in statement.names]
    if first == last:
        written = [f"{n} as {a}" if a else n for n, a in names]
        opened = "(" if "(" in texts[0] else ""
        closed = ")" if opened else ""
        plain = f"from {statement.module} import {opened}{', '.join(written)}{closed}"
        if texts[0] != plain:
            end = texts[0].rstrip().removesuffix(")").rstrip().rstrip(",")
            return _replaced(source, first, f"{end}, {name}{closed}")
        sorted_before = [*written] == sorted(written, key=_rank)
        joined = sorted([*written, name], key=_rank) if sorted_before else [*written, name]
        text = f"from {statement.module} import {opened}{', '.join(joined)}{closed}"
        return _replaced(source, first, text)
    # One name a line.
    if texts[-1].strip() != ")" or len(texts) != len(names) + 2:
        return ""
    index = next((i for i, (n, _) in enumerate(names) if _rank(n) > _rank(name)), len(names))
    indent = texts[1][: len(texts[1]) - len(texts[1].lstrip())]
    if index == len(names) and not texts[-2].rstrip().endswith(","):
        return ""
    return source.insert([Insertion(first + index, (f"{indent}{name},",))])


def _replaced(source: Source, number: int, text: str) -> str:
    lines = list(source.lines)
    old = lines[number - 1]
    end = old[len(old.rstrip("\r\n")) :]
    lines[number - 1] = text + end
    return source.bom + "".join(lines)


def _beside(source: Source, near: list[ast.ImportFrom], line: str, module: str) -> str:
    for statement in near:
        if (statement.module or "") > module:
            return source.insert([Insertion(source.first_line(statement) - 1, (line,))])
    return source.insert([Insertion(source.last_line(near[-1]), (line,))])


def _rank(text: str) -> tuple[int, str]:
    name = text.partition(" ")[0]
    return (0 if name.isupper() and len(name) > 1 else 1 if name[:1].isupper() else 2, name)
