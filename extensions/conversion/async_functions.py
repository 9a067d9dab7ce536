"""The texts of a project's modules in which the trees of routes are async."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from ..app_file.source_lines import parse_source
from ..inspection.python_source import dotted
from .added_names import add_names
from .async_names import async_name
from .code_width import with_signatures
from .definitions import SESSION_CLASSES, Class, Definitions, Function, own_nodes
from .modules import UnprovenError
from .queries import BUILDERS, Chain, is_iterated, is_one_row
from .rewriting import Rewriting
from .session_use import session_parameters
from .used_imports import CommentedImportError, without_unused_imports

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .eager_loading import Load, Path
    from .mapped_attributes import Models
    from .modules import Module
    from .object_origins import Source
    from .route_trees import Sorter, Trees
    from .session_use import Call, SessionUse

ASYNC_SESSION = "AsyncSession"
SYNC_SESSION = "sync_session"
OPEN = "open_async_session"
"""What opens an async session, in the module of the async dependency."""


@dataclass(frozen=True, slots=True)
class AsyncSessions:
    """The async dependency that takes the place of a sync one."""

    dependency: str
    """The sync one, as "app.db:get_db"."""
    name: str
    module: str
    """The module that has the async one."""
    override: str
    """The function that makes an override of the sync one serve for it, and its module."""
    is_sqlmodel: bool

    @property
    def session_module(self) -> str:
        """Where its session's class comes from."""
        return "sqlmodel.ext.asyncio.session" if self.is_sqlmodel else "sqlalchemy.ext.asyncio"


@dataclass(slots=True)
class _Edits:
    """The changes of one module."""

    module: Module
    rewriting: Rewriting
    names: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    """What it has to import: modules and names."""
    lines: list[tuple[ast.stmt, str]] = field(default_factory=list[tuple[ast.stmt, str]])


class Writer:
    """Writes the functions that become async."""

    def __init__(
        self,
        definitions: Definitions,
        sorter: Sorter,
        trees: Trees,
        sessions: AsyncSessions,
        models: Models,
        width: int,
    ) -> None:
        """Begin with the modules as they are.

        Args:
            definitions: the names of the project.
            sorter: what has sorted its functions.
            trees: the functions that become async.
            sessions: the dependency that gives them their session.
            models: the models of the project.
            width: the columns that a line may have.
        """
        self._definitions = definitions
        self._sorter = sorter
        self._trees = trees
        self._sessions = sessions
        self._models = models
        self._width = width
        self._edits: dict[str, _Edits] = {}
        self._of_chains: set[ast.AST] = set()
        """The first calls of chains."""
        self._options: dict[ast.AST, str] = {}
        """What is loaded with the objects of a query, by its first call, or by that of `get`."""
        self._copies: dict[Function, _Edits] = {}
        """The edits of those functions that stay, too: they are made in a copy."""

    def texts(self, contents: Mapping[str, str]) -> dict[str, str]:
        """The new contents of the modules that change.

        Args:
            contents: the modules' texts, from which their trees were parsed.

        Raises:
            UnprovenError: one cannot be written so that the others mean the same.
        """
        for function in self._trees.both:
            edits = _Edits(function.module, self._rewriting(function.module, contents))
            self._copies[function] = edits
        for function in self._trees.async_ones:
            self._function(self._edits_for(function, contents), function)
        for source, paths in _by_source(self._trees.loads):
            self._load(self._edits_for(source.function, contents), source, paths)
        self._aliases(contents)
        self._classes(contents)
        for function, copy in self._copies.items():
            edits = self._of(function.module, contents)
            edits.names |= copy.names
            edits.rewriting.insert_line_after(function.node, self._copied(function, copy))
        return {file: self._text(edits, contents[file]) for file, edits in self._edits.items()}

    def _of(self, module: Module, contents: Mapping[str, str]) -> _Edits:
        if module.file not in self._edits:
            self._edits[module.file] = _Edits(module, self._rewriting(module, contents))
        return self._edits[module.file]

    def _rewriting(self, module: Module, contents: Mapping[str, str]) -> Rewriting:
        source = parse_source(contents[module.file])
        # The nodes that are known are those of the module's own tree.
        known = type(source)(source.bom, source.lines, module.tree, source.logical_lines)
        return Rewriting(known, self._width)

    def _edits_for(self, function: Function, contents: Mapping[str, str]) -> _Edits:
        return self._copies.get(function) or self._of(function.module, contents)

    def _copied(self, function: Function, copy: _Edits) -> str:
        """The async counterpart of a function, to stand below it."""
        name = function.node.name
        source = parse_source(copy.rewriting.result())
        [node] = [n for n in source.tree.body if getattr(n, "name", "") == name]
        lines = [source.text(n) for n in range(source.first_line(node), source.last_line(node) + 1)]
        text = "\n".join(lines).replace(f"def {name}(", f"def {async_name(name)}(", 1)
        return f"\n\n{text}"

    # Functions

    def _function(self, edits: _Edits, function: Function) -> None:
        use, rewriting = self._trees.uses[function], edits.rewriting
        self._annotations(edits, function)
        if function in self._trees.waiting and isinstance(function.node, ast.FunctionDef):
            rewriting.insert(function.node, "async ")
        for call in use.awaited:
            self._await(edits, call)
        for chain in use.chains:
            self._chain(edits, function, chain)
        for statement in use.contexts:
            rewriting.insert(statement, "async ")
        for call in use.opened:
            rewriting.write(call, lambda: f"{OPEN}()")
            edits.names.add((self._sessions.module, OPEN))
        self._calls(edits, use)
        for refresh in use.refreshes:
            session = ast.unparse(refresh.session)
            line = f"await {session}.refresh({refresh.name})"
            rewriting.insert_line_after(refresh.commit, line)

    def _calls(self, edits: _Edits, use: SessionUse) -> None:
        function = use.function
        leading = {*self._trees.async_ones, *self._trees.stays}
        to_project: set[ast.Call] = set()
        for call in use.calls:
            if call.target not in leading:
                continue
            to_project.add(call.node)
            if call.target in self._trees.waiting:
                self._await(edits, call.node)
            elif call.target in self._trees.stays:
                session = self._sorter.run_sync_of(function, call)
                if session is None:
                    raise UnprovenError(
                        function.module.file, call.node.lineno, "a call cannot be awaited"
                    )
                self._run_sync(edits, call, session)
        for node in use.threaded:
            if node not in to_project and function in self._trees.waiting:
                edits.names.add(("fastapi.concurrency", "run_in_threadpool"))
                self._with_callee_first(edits, node, "run_in_threadpool", None)

    def _run_sync(self, edits: _Edits, call: Call, session: ast.expr) -> None:
        runner, rewriting = f"{ast.unparse(session)}.run_sync", edits.rewriting
        [parameter] = session_parameters(self._definitions, call.target)
        if self._sorter.is_first(call.target, parameter):
            self._with_callee_first(edits, call.node, runner, session)
            return
        rewriting.write(session, lambda: SYNC_SESSION)

        def text() -> str:
            inner = f"lambda {SYNC_SESSION}: {rewriting.inner_text_of(call.node)}"
            if rewriting.breaks:
                return self._awaited(
                    edits, call.node, rewriting.arguments_in_lines(runner, [inner])
                )
            return self._awaited(edits, call.node, f"{runner}({inner})")

        rewriting.write(call.node, text)

    def _with_callee_first(
        self, edits: _Edits, node: ast.Call, runner: str, without: ast.expr | None
    ) -> None:
        """Have a function called by another one, which gets it and its arguments."""
        rewriting = edits.rewriting

        def text() -> str:
            parts = [rewriting.text_of(node.func)]
            parts += [rewriting.text_of(given) for given in node.args if given is not without]
            for keyword in node.keywords:
                if keyword.value is not without:
                    star = f"{keyword.arg}=" if keyword.arg else "**"
                    parts.append(f"{star}{rewriting.text_of(keyword.value)}")
            if rewriting.breaks:
                return self._awaited(edits, node, rewriting.arguments_in_lines(runner, parts))
            return self._awaited(edits, node, f"{runner}({', '.join(parts)})")

        rewriting.write(node, text)

    def _await(self, edits: _Edits, node: ast.Call) -> None:
        if isinstance(edits.module.parent_of(node), ast.Await):
            return
        rewriting = edits.rewriting

        def text() -> str:
            if rewriting.breaks and (parts := self._loading(edits, node)):
                runner = rewriting.text_of(node.func)
                if _is_part(edits.module.parent_of(node), node):
                    return self._in_parentheses(edits, parts, runner)
                return rewriting.call_in_lines(f"await {runner}", parts)
            inner = rewriting.inner_text_of(node)
            if options := self._options.get(node):
                inner = f"{inner[:-1].rstrip().rstrip(',')}{options})"
            return self._awaited(edits, node, inner)

        rewriting.write(node, text)

    def _awaited(self, edits: _Edits, node: ast.expr, text: str) -> str:
        """An `await`, in parentheses where something follows that belongs to its result."""
        above = edits.module.parent_of(node)
        if (not _is_part(above, node) and not isinstance(above, ast.BinOp)) or (
            isinstance(above, ast.BinOp) and not isinstance(above.op, ast.Pow)
        ):
            return f"await {text}"
        return self._in_parentheses(edits, [text])

    def _in_parentheses(self, edits: _Edits, text: list[str], opened: str = "") -> str:
        """`(await text)`, or the same with `opened` as the function that gets the text."""
        rewriting = edits.rewriting
        if not rewriting.breaks:
            inner = "".join(text)
            return f"(await {opened}({inner}))" if opened else f"(await {inner})"
        indent = rewriting.indent
        if opened:
            inner = rewriting.call_in_lines(f"await {opened}", text, depth=1)
        else:
            inner = f"await {''.join(text)}"
        return f"(\n{indent}    {inner}\n{indent})"

    # Queries

    def _chain(self, edits: _Edits, function: Function, chain: Chain) -> None:
        rewriting, module = edits.rewriting, edits.module
        ends = chain.end[0] if chain.end else ""
        if isinstance(chain.base, ast.Call) and ends not in {"delete", "get", "update"}:
            edits.names.add(("sqlalchemy", chain.dml or "select"))
            base, maker = chain.base, chain.dml or "select"
            self._of_chains.add(base)
            rewriting.write(
                base,
                lambda: (
                    f"{maker}{rewriting.text_between(base, base.func)}{self._options.get(base, '')}"
                ),
            )
        if chain.end is None:
            above = module.parent_of(chain.whole)
            if is_iterated(above, chain.whole) or (
                isinstance(above, ast.Call) and dotted(above.func) == "list"
            ):
                whole = chain.whole
                rewriting.write(whole, lambda: self._run(edits, chain, self._parts(edits, chain)))
            return
        name, call = chain.end
        if name in {"exists", "subquery"}:
            return
        writers = {
            "all": self._all, "count": self._count, "delete": self._change, "first": self._first,
            "get": self._get, "one": self._one, "one_or_none": self._one, "scalar": self._scalar,
            "update": self._change,
        }  # fmt: skip
        if name == "count":
            edits.names |= {("sqlalchemy", "select"), ("sqlalchemy", "func")}
        if name in {"delete", "update"}:
            edits.names.add(("sqlalchemy", name))
        rewriting.write(call, lambda: writers[name](edits, function, chain))

    def _parts(self, edits: _Edits, chain: Chain) -> list[str]:
        """The statement as its first call and the method calls on it."""
        rewriting = edits.rewriting
        parts, last = [rewriting.text_of(chain.base)], chain.base
        if options := self._options.get(chain.base):
            parts = [parts[0].removesuffix(options), options]
        for name, call in chain.steps:
            text = rewriting.text_between(call, last).strip()
            if name == "with_entities":
                text = text.replace(name, "with_only_columns", 1)
            if "#" in text and rewriting.has_comment(call):
                raise UnprovenError(edits.module.file, call.lineno, "a comment stands in the query")
            parts.append(text)
            last = call
        return parts

    def _session(self, chain: Chain) -> str:
        return ast.unparse(chain.session)

    def _run(self, edits: _Edits, chain: Chain, parts: list[str]) -> str:
        """The rows, to be gone through."""
        runner = f"{self._session(chain)}.{_method(chain)}"
        if chain.kind != "column" and chain.can_repeat:
            return f"{self._in_parentheses(edits, parts, runner)}.unique()"
        if edits.rewriting.breaks:
            return edits.rewriting.call_in_lines(f"await {runner}", parts)
        return f"await {runner}({''.join(parts)})"

    def _result(self, edits: _Edits, chain: Chain, parts: list[str], end: str) -> str:
        """The rows, and what makes one or several of them the result."""
        opened = f"{self._session(chain)}.{_method(chain)}"
        # A LIMIT lets no row be repeated, unless relationships are joined to it.
        steps = {name for name, _ in chain.steps}
        repeats = chain.can_repeat and (
            end != ".first()" or "options" in steps or self._models.is_joined
        )
        if chain.kind == "column" or not repeats:
            return f"{self._in_parentheses(edits, parts, opened)}{end}"
        rewriting = edits.rewriting
        if not rewriting.breaks:
            return f"{self._in_parentheses(edits, parts, opened)}.unique(){end}"
        indent = f"{rewriting.indent}    "
        inner = rewriting.call_in_lines(f"await {opened}", parts, depth=2)
        return (
            f"(\n{indent}(\n{indent}    {inner}\n{indent})\n{indent}.unique()\n{indent}{end}\n"
            f"{rewriting.indent})"
        )

    def _all(self, edits: _Edits, function: Function, chain: Chain) -> str:
        parts = self._parts(edits, chain)
        is_builtin = self._definitions.value(edits.module, function, ast.Name("list")) is None
        bound = "list" in self._definitions.locals(function) or _binds(edits.module, "list")
        above = edits.module.parent_of(chain.whole)
        if is_builtin and not bound and not isinstance(above, ast.Attribute | ast.Subscript):
            rewriting = edits.rewriting
            if not rewriting.breaks:
                return f"list({self._run(edits, chain, parts)})"
            if chain.kind == "column" or not chain.can_repeat:
                opened = f"await {self._session(chain)}.{_method(chain)}"
                inner = rewriting.call_in_lines(opened, parts, depth=1)
                return f"list(\n{rewriting.indent}    {inner}\n{rewriting.indent})"
            indent = f"{rewriting.indent}    "
            opened = f"await {self._session(chain)}.{_method(chain)}"
            inner = rewriting.call_in_lines(opened, parts, depth=2)
            return f"list(\n{indent}(\n{indent}    {inner}\n{indent}).unique()\n{rewriting.indent})"
        return self._result(edits, chain, parts, ".all()")

    def _first(self, edits: _Edits, _function: Function, chain: Chain) -> str:
        parts = [*self._parts(edits, chain), ".limit(1)"]
        return self._result(edits, chain, parts, ".first()")

    def _one(self, edits: _Edits, _function: Function, chain: Chain) -> str:
        name = chain.end[0] if chain.end else ""
        return self._result(edits, chain, self._parts(edits, chain), f".{name}()")

    def _get(self, edits: _Edits, _function: Function, chain: Chain) -> str:
        rewriting, call = edits.rewriting, chain.whole
        assert isinstance(chain.base, ast.Call)  # noqa: S101
        assert isinstance(call, ast.Call)  # noqa: S101
        model, key = rewriting.text_of(chain.base.args[0]), rewriting.text_of(call.args[0])
        options = self._options.get(call, "")
        return self._awaited(edits, call, f"{self._session(chain)}.get({model}, {key}{options})")

    def _scalar(self, edits: _Edits, function: Function, chain: Chain) -> str:
        parts, session = self._parts(edits, chain), self._session(chain)
        if chain.kind == "column" and is_one_row(chain, self._definitions, function):
            if edits.rewriting.breaks:
                return edits.rewriting.call_in_lines(f"await {session}.scalar", parts)
            return self._awaited(edits, chain.whole, f"{session}.scalar({''.join(parts)})")
        text = self._in_parentheses(edits, parts, f"{session}.execute")
        return f"{text}.scalar_one_or_none()"

    def _count(self, edits: _Edits, _function: Function, chain: Chain) -> str:
        statement = "".join(self._parts(edits, chain))
        parts = ["select(func.count())", f".select_from({statement}.subquery())"]
        return (
            f"{self._in_parentheses(edits, parts, f'{self._session(chain)}.execute')}.scalar_one()"
        )

    def _change(self, edits: _Edits, _function: Function, chain: Chain) -> str:
        rewriting = edits.rewriting
        assert chain.end is not None  # noqa: S101
        name, call = chain.end
        first, *steps = self._parts(edits, chain)
        if isinstance(chain.base, ast.Call):
            first = f"{name}({rewriting.text_of(chain.base.args[0])})"
        parts = [first, *steps]
        if chain.is_filter:
            parts = [f"{name}({chain.selected})", f".where({first}.whereclause)", *steps]
        if call.args:
            parts.append(f".values({rewriting.text_of(call.args[0])})")
        for keyword in call.keywords:
            value = rewriting.text_of(keyword.value)
            parts.append(f".execution_options(synchronize_session={value})")
        runner = f"{self._session(chain)}.execute"
        if isinstance(edits.module.parent_of(call), ast.Expr):
            if rewriting.breaks:
                return rewriting.call_in_lines(f"await {runner}", parts)
            return f"await {runner}({''.join(parts)})"
        return f"{self._in_parentheses(edits, parts, runner)}.rowcount"

    # Relationships

    def _load(self, edits: _Edits, source: Source, paths: Iterable[Path]) -> None:
        """Load what responses read of the objects of a source."""
        rewriting, node = edits.rewriting, source.node
        if isinstance(node, ast.stmt):
            names = ", ".join(f'"{name}"' for [name] in sorted(paths))
            line = f"await {source.session}.refresh({source.name}, [{names}])"
            rewriting.insert_line_after(node, line)
            return
        edits.names.add(("sqlalchemy.orm", "selectinload"))
        options = self._sorter.options(source, paths)
        if source.kind == "get":
            self._options[node] = f", options=[{', '.join(options)}]"
        else:
            self._options[node] = f".options({', '.join(options)})"
            self._break_assigned(edits, node)
            if node not in self._of_chains:
                rewriting.write(node, lambda: rewriting.inner_text_of(node) + self._options[node])

    def _break_assigned(self, edits: _Edits, base: ast.expr) -> None:
        """Have a statement in a variable begin a line with each call, if it gets too long."""
        rewriting, module = edits.rewriting, edits.module
        calls: list[ast.Call] = []
        whole = base
        while isinstance(above := module.parent_of(whole), ast.Attribute):
            call = module.parent_of(above)
            if not isinstance(call, ast.Call) or call.func is not above:
                return
            if above.attr not in BUILDERS:
                return
            calls.append(call)
            whole = call
        if not calls or not isinstance(above, ast.Assign):
            return

        def text() -> str:
            if not rewriting.breaks or rewriting.has_comment(whole):
                return rewriting.inner_text_of(whole)
            options = self._options[base]
            parts = [rewriting.text_of(base).removesuffix(options), options]
            last = base
            for call in calls:
                parts.append(rewriting.text_between(call, last).strip())
                last = call
            indent = rewriting.indent
            return f"(\n{indent}    {f'{chr(10)}{indent}    '.join(parts)}\n{indent})"

        rewriting.write(whole, text)

    def _loading(self, edits: _Edits, node: ast.Call) -> list[str]:
        """The parts of the one statement that a call runs, if it has an option; else none."""
        calls: list[ast.expr] = [*node.args] if len(node.args) == 1 and not node.keywords else []
        while (
            calls and isinstance(calls[-1], ast.Call) and isinstance(calls[-1].func, ast.Attribute)
        ):
            calls.append(calls[-1].func.value)
        options = self._options.get(calls[-1]) if calls else None
        if not options:
            return []
        rewriting = edits.rewriting
        parts = [rewriting.text_of(calls[-1]).removesuffix(options), options]
        for call, last in reversed([*pairwise(calls)]):
            parts.append(rewriting.text_between(call, last).strip())
        return parts

    # Annotations

    def _annotations(self, edits: _Edits, function: Function) -> None:
        for parameter in function.parameters:
            if parameter.annotation is not None:
                self._annotation(edits, parameter.annotation)
        for node in own_nodes(function.node):
            if isinstance(node, ast.AnnAssign):
                self._annotation(edits, node.annotation)
        if function.node.returns is not None:
            self._annotation(edits, function.node.returns)
        for default in function.defaults.values():
            self._depends(edits, default)

    def _annotation(self, edits: _Edits, annotation: ast.expr) -> None:
        for node in ast.walk(annotation):
            if isinstance(node, ast.Name | ast.Attribute):
                found = self._definitions.value(edits.module, None, node)
                if found and found.external in SESSION_CLASSES:
                    edits.rewriting.write(node, lambda: ASYNC_SESSION)
                    edits.names.add((self._sessions.session_module, ASYNC_SESSION))
            elif isinstance(node, ast.Constant) and node.value == "Session":
                edits.rewriting.write(node, lambda: f'"{ASYNC_SESSION}"')
                edits.names.add((self._sessions.session_module, ASYNC_SESSION))
            self._depends(edits, node)

    def _depends(self, edits: _Edits, node: ast.AST) -> None:
        if not isinstance(node, ast.Call) or not self._definitions.is_depends(edits.module, node):
            return
        given = [*node.args[:1], *(k.value for k in node.keywords if k.arg == "dependency")]
        for argument in given:
            found = self._definitions.value(edits.module, None, argument)
            target = found.function if found else None
            if target and self._definitions.is_dependency(target):
                edits.rewriting.write(argument, lambda: self._sessions.name)
                edits.names.add((self._sessions.module, self._sessions.name))
            elif target in self._trees.both and target:
                self._counterpart(edits, argument, target)

    def _counterpart(self, edits: _Edits, node: ast.expr, target: Function) -> None:
        """Name the async one of two dependencies."""
        name = async_name(target.node.name)
        owner = dotted(node).rpartition(".")[0]
        if not owner and target.module is not edits.module:
            imported = edits.module.imports(edits.module.tree).get(dotted(node))
            if imported is None or imported.name != target.node.name:
                raise UnprovenError(edits.module.file, node.lineno, "it has another name here")
            edits.names.add((imported.module, name))
        edits.rewriting.write(node, partial("{}{}".format, owner and f"{owner}.", name))

    def _aliases(self, contents: Mapping[str, str]) -> None:
        """Names such as `SessionDep`: changed where they are, or a second one beside them."""
        used: dict[tuple[str, int], list[tuple[Function, ast.expr]]] = {}
        places: dict[tuple[str, int], tuple[Module, ast.expr]] = {}
        for function in self._definitions.functions:
            for parameter in function.parameters:
                alias = self._session_alias(function.module, parameter.annotation)
                if alias and parameter.annotation is not None:
                    key = alias[0].file, alias[1].lineno
                    places[key] = alias
                    used.setdefault(key, []).append((function, parameter.annotation))
        for key, uses in used.items():
            module, annotation = places[key]
            changing = [use for use in uses if use[0] in self._trees.async_ones]
            is_shared = any(use[0] in self._trees.both for use in uses)
            if len(changing) == len(uses) and not is_shared:
                self._annotation(self._of(module, contents), annotation)
            elif changing:
                self._second_alias(module, annotation, changing, contents)

    def _session_alias(
        self, module: Module, annotation: ast.expr | None
    ) -> tuple[Module, ast.expr] | None:
        alias = self._definitions.alias(module, annotation) if annotation is not None else None
        while alias and (inner := self._definitions.alias(*alias)):
            alias = inner
        if alias is None:
            return None
        names = [
            self._definitions.value(alias[0], None, node)
            for node in ast.walk(alias[1])
            if isinstance(node, ast.Name | ast.Attribute)
        ]
        both = any(v and v.function in self._trees.both for v in names)
        is_session = any(v and v.external in SESSION_CLASSES for v in names)
        return alias if both or is_session else None

    def _second_alias(
        self,
        module: Module,
        annotation: ast.expr,
        changing: list[tuple[Function, ast.expr]],
        contents: Mapping[str, str],
    ) -> None:
        statement = module.parent_of(annotation)
        if not isinstance(statement, ast.Assign):
            raise UnprovenError(module.file, annotation.lineno, "the alias is no assignment")
        first = dotted(statement.targets[0])
        second = f"Async{first}"
        edits = self._of(module, contents)
        scratch = Rewriting(edits.rewriting.source, self._width)
        copy = _Edits(module, scratch)
        self._annotation(copy, annotation)
        text = scratch.inner_text_of(annotation)
        if not _binds(module, second):
            edits.names |= copy.names
            edits.rewriting.insert_line_after(statement, f"{second} = {text}")
        elif not _assigns(module, second, text):
            raise UnprovenError(module.file, annotation.lineno, f"{second} has another meaning")
        for function, node in changing:
            inner = self._edits_for(function, contents)
            written = dotted(node)
            owner = written.rpartition(".")[0]
            inner.rewriting.write(node, partial("{}{}".format, owner and f"{owner}.", second))
            if not owner and function.module is not module:
                imported = function.module.imports(function.module.tree).get(written)
                if imported is None or imported.name != first:
                    raise UnprovenError(
                        function.module.file, node.lineno, f"{written} has another name"
                    )
                inner.names.add((imported.module, second))

    def _classes(self, contents: Mapping[str, str]) -> None:
        """Annotations in the bodies of classes whose objects have a session."""
        owners = {f.owner for f in self._trees.async_ones if f.owner}
        for owner in owners:
            if owner:
                for statement in self._bodies(owner):
                    edits = self._of(owner.module, contents)
                    self._annotation(edits, statement.annotation)
                    if statement.value is not None:
                        self._depends(edits, statement.value)

    def _bodies(self, owner: Class) -> Iterator[ast.AnnAssign]:
        yield from (s for s in owner.node.body if isinstance(s, ast.AnnAssign))

    # Modules

    def _text(self, edits: _Edits, content: str) -> str:
        file = edits.module.file
        text = edits.rewriting.result()
        try:
            for module, name in sorted(edits.names):
                self._check_name(edits, module, name)
                text = add_names(text, module, name, file)
            text = without_unused_imports(
                text, before=content, kept=self._imported_elsewhere(edits.module)
            )
            functions = {
                function.node.name
                for function in self._trees.async_ones
                if function.module is edits.module
            }
            functions |= {async_name(name) for name in functions}
            return with_signatures(text, content, functions, self._width)
        except CommentedImportError:
            # An import that is not used stays.
            return text
        except (SyntaxError, ValueError) as error:
            raise UnprovenError(file, 0, str(error)) from error

    def _check_name(self, edits: _Edits, module: str, name: str) -> None:
        """Stop where a name that is to be imported has another meaning."""
        imported = edits.module.imports(edits.module.tree).get(name)
        is_there = imported is not None and (imported.module, imported.name) == (module, name)
        if _binds(edits.module, name) and not is_there:
            found = self._definitions.lookup(edits.module, name)
            outside = found.external if found else ""
            package = module.partition(".")[0]
            if not (outside.endswith(f".{name}") and outside.startswith((package, "sqlmodel"))):
                raise UnprovenError(edits.module.file, 0, f"{name} has another meaning")
        for function in self._trees.async_ones:
            if function.module is edits.module and name in self._definitions.locals(function):
                raise UnprovenError(
                    edits.module.file, function.node.lineno, f"{name} is a local variable"
                )

    def _imported_elsewhere(self, module: Module) -> frozenset[str]:
        return frozenset(
            imported.name
            for other in self._definitions.modules
            if other is not module
            for imported in other.imports(other.tree).values()
            if imported.name and imported.module == module.name
        )


def _by_source(loads: Iterable[Load]) -> list[tuple[Source, set[Path]]]:
    """The paths of all routes that need the objects of a source."""
    found: dict[ast.AST, tuple[Source, set[Path]]] = {}
    for load in loads:
        _, paths = found.setdefault(load.source.node, (load.source, set()))
        paths |= {*load.paths}
    return [(source, _longest(paths)) for source, paths in found.values()]


def _longest(paths: set[Path]) -> set[Path]:
    """Those that no other path begins with."""
    return {
        path
        for path in paths
        if not any(other != path and other[: len(path)] == path for other in paths)
    }


def _is_part(above: ast.AST | None, node: ast.expr) -> bool:
    """Whether an attribute, an item or a call follows an expression."""
    return (isinstance(above, ast.Attribute | ast.Subscript) and above.value is node) or (
        isinstance(above, ast.Call) and above.func is node
    )


def _method(chain: Chain) -> str:
    """What runs a statement: objects and values come alone, several of them in rows."""
    return "scalars" if chain.kind == "entity" else "execute"


def _assigns(module: Module, name: str, text: str) -> bool:
    """Whether a module assigns an expression to a name, as an earlier conversion has."""
    wanted = ast.dump(ast.parse(text, mode="eval").body)
    return any(
        isinstance(statement, ast.Assign)
        and [dotted(target) for target in statement.targets] == [name]
        and ast.dump(statement.value) == wanted
        for statement in module.tree.body
    )


def _binds(module: Module, name: str) -> bool:
    return any(
        (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            and node.name == name
        )
        or (isinstance(node, ast.alias) and (node.asname or node.name) == name)
        or (isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Store))
        for statement in module.tree.body
        for node in (
            [statement]
            if not isinstance(statement, ast.Assign | ast.Import | ast.ImportFrom)
            else ast.walk(statement)
        )
    )
