"""Chains on `Session.query`, read so that they can be written as `select`."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..inspection.python_source import dotted
from .definitions import Definitions, Function, own_nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .mapped_attributes import Models

BUILDERS = frozenset(
    {
        "distinct", "execution_options", "filter", "filter_by", "group_by", "having", "join",
        "limit", "offset", "options", "order_by", "outerjoin", "select_from", "slice", "where",
        "with_for_update",
    }
)  # fmt: skip
"""Methods that Query and Select have in common."""
_MULTIPLY = frozenset({"join", "outerjoin", "options", "select_from"})
"""Those after which a row can be there more than once; a Query drops the repetition."""
TERMINALS = frozenset(
    {"all", "count", "delete", "exists", "first", "get", "one", "one_or_none", "scalar"}
    | {"subquery", "update"}
)
_OF_DML = frozenset({"filter", "filter_by", "where"})
_ENTITIES = "with_entities"
_AGGREGATES = frozenset({"avg", "bool_and", "bool_or", "count", "max", "min", "sum"})


class NoSelectError(Exception):
    """A chain that has no counterpart; the message says why."""

    def __init__(self, node: ast.AST, reason: str, *, is_cured: bool = True) -> None:
        """Name the place.

        Args:
            node: the part of the chain.
            reason: what it lacks.
            is_cured: whether it does the same in `run_sync`.
        """
        super().__init__(reason)
        self.node = node
        self.is_cured = is_cured


@dataclass(slots=True)
class Chain:
    """An expression that begins with `session.query(…)`, or with a variable that has one."""

    base: ast.expr
    """The call of `query`, or the name of the variable."""
    steps: list[tuple[str, ast.Call]]
    """The methods that build it, and their calls."""
    end: tuple[str, ast.Call] | None
    """The method that runs it."""
    session: ast.expr
    kind: str
    """What a row is: an "entity", a "column", or "rows" of several."""
    entity: ast.expr | None
    can_repeat: bool
    dml: str = ""
    """What a variable with it is for: "delete" or "update"."""
    selected: str = ""
    """What it selects, as it is written."""
    is_filter: bool = False
    """Whether a DELETE takes its condition from a variable that other statements run."""

    @property
    def statement(self) -> ast.expr:
        """The expression without the method that runs it."""
        return self.steps[-1][1] if self.steps else self.base

    @property
    def whole(self) -> ast.expr:
        """The expression with it."""
        return self.end[1] if self.end else self.statement


class Queries:
    """The chains of a function."""

    def __init__(
        self, definitions: Definitions, models: Models, function: Function, sessions: set[ast.AST]
    ) -> None:
        """Find the variables that have one.

        Args:
            definitions: the names of the project.
            models: its models.
            function: where to look.
            sessions: the expressions in it that are a session.
        """
        self._definitions = definitions
        self._models = models
        self._function = function
        self._sessions = sessions
        self.variables: dict[str, Chain] = {}
        self.chains: list[Chain] = []

    def read(self) -> None:
        """Read them all.

        Raises:
            NoSelectError: one has no counterpart.
        """
        bases = [node for node in ast.walk(self._function.node) if self._is_query(node)]
        self.chains = [self._chain(node) for node in bases]
        pending = [(chain, "") for chain in self.chains]
        while pending:
            chain, origin = pending.pop(0)
            name = self._assigned(chain.whole) if chain.end is None else ""
            if not name or name == origin:
                continue
            known = self.variables.get(name)
            if known and (known.kind, known.selected) != (chain.kind, chain.selected):
                raise NoSelectError(chain.base, f"{name} has several kinds of query")
            if known is None:
                self.variables[name] = chain
                pending += [(inner, name) for inner in self._read_variable(name, chain)]

    def _is_query(self, node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "query"
            and node.func.value in self._sessions
        )

    def _read_variable(self, name: str, first: Chain) -> list[Chain]:
        """The chains that begin with a variable."""
        chains = [
            self._chain(node, first)
            for node in ast.walk(self._function.node)
            if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load)
        ]
        bound = self._definitions.locals(self._function).get(name, [])
        self.chains += chains
        building = [chain for chain in self.chains if chain.whole in bound]
        if len(building) < len(bound):
            raise NoSelectError(first.base, f"{name} is a query in some places only")
        ends = {chain.end[0] for chain in chains if chain.end}
        if ends & {"delete", "update"}:
            steps = self._steps(name)
            derived = any(chain.end is None and chain not in building for chain in chains)
            is_alone = len(ends) == 1 and not derived and isinstance(first.base, ast.Call)
            # A condition that only some of its values have may be none.
            is_sure = "update" not in ends and all(chain.steps for chain in building)
            if steps - _OF_DML or not (is_alone or is_sure):
                raise NoSelectError(first.base, f"{name} is more than a filter")
            for chain in building if is_alone else ():
                chain.dml = next(iter(ends))
            for chain in chains if not is_alone else ():
                chain.is_filter = chain.end is not None and chain.end[0] == "delete"
        repeats = any(chain.can_repeat for chain in [first, *chains])
        for chain in chains:
            chain.can_repeat = repeats
        others = any(_ENTITIES in {step for step, _ in chain.steps} for chain in chains)
        if others and "options" in self._steps(name):
            raise NoSelectError(first.base, f"{name} has options for other columns")
        return chains

    def _steps(self, name: str) -> set[str]:
        """The methods that may have built what a variable has."""
        found: set[str] = set()
        seen: set[str] = set()
        pending = [name]
        while pending:
            current = pending.pop()
            seen.add(current)
            bound = self._definitions.locals(self._function).get(current, [])
            for chain in self.chains:
                if chain.whole in bound:
                    found |= {step for step, _ in chain.steps}
                    base = chain.base.id if isinstance(chain.base, ast.Name) else current
                    pending += {base} - seen
        return found

    def _assigned(self, node: ast.expr) -> str:
        above = self._function.module.parent_of(node)
        if isinstance(above, ast.Assign) and len(above.targets) == 1:
            target = above.targets[0]
            return target.id if isinstance(target, ast.Name) else ""
        return ""

    def _chain(self, base: ast.expr | ast.AST, variable: Chain | None = None) -> Chain:
        module = self._function.module
        assert isinstance(base, ast.expr)  # noqa: S101 - what `ast.walk` gave was tested
        steps: list[tuple[str, ast.Call]] = []
        end: tuple[str, ast.Call] | None = None
        node: ast.expr = base
        while end is None:
            above = module.parent_of(node)
            call = module.parent_of(above) if isinstance(above, ast.Attribute) else None
            if not isinstance(above, ast.Attribute):
                break
            if not isinstance(call, ast.Call) or call.func is not above:
                raise NoSelectError(above, f"Query.{above.attr} has no counterpart")
            if above.attr in BUILDERS or above.attr == _ENTITIES:
                steps.append((above.attr, call))
            elif above.attr in TERMINALS:
                end = (above.attr, call)
            else:
                raise NoSelectError(above, f"Query.{above.attr}() has no counterpart in select()")
            node = call
        names = {name for name, _ in steps}
        if variable:
            session, kind, entity = variable.session, variable.kind, variable.entity
        else:
            assert isinstance(base, ast.Call)  # noqa: S101
            assert isinstance(base.func, ast.Attribute)  # noqa: S101
            session = base.func.value
            kind, entity = self._kind(base)
        if _ENTITIES in names:
            kind, entity = self._columns(steps, end), None
        chain = Chain(
            base, steps, end, session, kind, entity,
            bool(names & _MULTIPLY) or self._models.is_joined,
            selected=variable.selected if variable else _text(base),
        )  # fmt: skip
        self._check(chain, is_variable=variable is not None)
        return chain

    def _columns(self, steps: list[tuple[str, ast.Call]], end: tuple[str, ast.Call] | None) -> str:
        """What a row is after `with_entities`."""
        calls = [call for name, call in steps if name == _ENTITIES]
        kinds = {self._kind(call)[0] for call in calls}
        names = {name for name, _ in steps}
        if end is None or end[0] not in {"all", "first", "one", "one_or_none", "scalar"}:
            raise NoSelectError(calls[0], "Query.with_entities() is kept in a variable")
        if len(calls) > 1 or kinds != {"column"} or "options" in names:
            raise NoSelectError(calls[0], "Query.with_entities() has more than a column")
        return "column"

    def _kind(self, call: ast.Call) -> tuple[str, ast.expr | None]:
        if call.keywords or not call.args or any(isinstance(a, ast.Starred) for a in call.args):
            raise NoSelectError(call, "what it selects is not written out")
        if len(call.args) > 1:
            return "rows", None
        [argument] = call.args
        found = self._definitions.value(self._function.module, self._function, argument)
        if found and found.klass in self._models.by_class:
            return "entity", argument
        if self._is_class_of_models(argument):
            return "entity", argument
        if isinstance(argument, ast.Call | ast.Attribute) and not dotted(argument).startswith(
            ("self.", "cls.")
        ):
            return "column", None
        raise NoSelectError(call, f"nothing proves that {ast.unparse(argument)} is a model")

    def _is_class_of_models(self, node: ast.expr) -> bool:
        """Whether it is a parameter, or an attribute that has one, annotated as `type[…]`."""
        definitions, function = self._definitions, self._function
        if isinstance(node, ast.Name):
            return any(p.arg == node.id and _is_type(p.annotation) for p in function.parameters)
        name = dotted(node)
        if not name.startswith("self.") or not function.owner:
            return False
        for base in definitions.bases(function.owner):
            for method in base.methods.values():
                for inner in own_nodes(method.node):
                    if isinstance(inner, ast.Assign) and name in map(dotted, inner.targets):
                        value = dotted(inner.value)
                        types = [p.arg for p in method.parameters if _is_type(p.annotation)]
                        return value in types
            for statement in base.node.body:
                if isinstance(statement, ast.AnnAssign) and f"self.{dotted(statement.target)}" == (
                    name
                ):
                    return _is_type(statement.annotation)
        return False

    def _check(self, chain: Chain, *, is_variable: bool) -> None:
        module = self._function.module
        if chain.end is None:
            self._check_whole(chain)
            return
        name, call = chain.end
        given = [*call.args, *(keyword.value for keyword in call.keywords)]
        if name not in {"delete", "get", "update"} and given:
            raise NoSelectError(call, f"Query.{name}() has arguments")
        if name == "get" and (
            chain.steps or is_variable or chain.kind != "entity" or len(call.args) != 1
        ):
            raise NoSelectError(call, "Query.get() on something else than a model")
        if name in {"delete", "update"}:
            others = {step for step, _ in chain.steps} - _OF_DML
            if others or chain.kind != "entity":
                raise NoSelectError(call, f"Query.{name}() on something else than a filter")
            options = {keyword.arg for keyword in call.keywords}
            if options - {"synchronize_session"} or len(call.args) > 1:
                raise NoSelectError(call, f"Query.{name}() has other arguments than its values")
            above = module.parent_of(call)
            if not isinstance(above, ast.Expr | ast.Assign | ast.Return):
                raise NoSelectError(call, f"the result of Query.{name}() is used in an expression")
        if name == "update" and not self._is_synchronized(call):
            # Nor does a commit expire it then, also where `run_sync` calls the function.
            reason = "what was read before is not read again after update(…) without synchronizing"
            raise NoSelectError(call, reason, is_cured=False)
        if name == "scalar" and chain.kind == "entity":
            raise NoSelectError(call, "Query.scalar() of a model")

    def _is_synchronized(self, call: ast.Call) -> bool:
        return not any(
            keyword.arg == "synchronize_session" and getattr(keyword.value, "value", None) is False
            for keyword in call.keywords
        )

    def _check_whole(self, chain: Chain) -> None:
        module, whole = self._function.module, chain.whole
        above = module.parent_of(whole)
        if self._assigned(whole) or is_iterated(above, whole):
            return
        if isinstance(above, ast.Call) and whole in above.args:
            if isinstance(above.func, ast.Attribute) and above.func.attr in {"in_", "not_in"}:
                return
            if dotted(above.func) == "list" and len(above.args) == 1:
                return
        raise NoSelectError(chain.base, "the query itself is handed on")


def is_iterated(above: ast.AST | None, node: ast.expr) -> bool:
    """Whether `for` goes through an expression."""
    return isinstance(above, ast.For | ast.comprehension) and above.iter is node


def is_one_row(chain: Chain, definitions: Definitions, function: Function) -> bool:
    """Whether a chain of one column has exactly one row: an aggregate without groups."""
    base = next((call for name, call in chain.steps if name == _ENTITIES), chain.base)
    if not isinstance(base, ast.Call) or any(name == "group_by" for name, _ in chain.steps):
        return False
    if isinstance(chain.base, ast.Name):
        # The variable may have groups.
        return False
    argument = base.args[0]
    if not isinstance(argument, ast.Call):
        return False
    if isinstance(argument.func, ast.Attribute) and argument.func.attr == "exists":
        return True
    found = definitions.value(function.module, function, argument.func)
    name = found.external if found else ""
    return name.startswith("sqlalchemy.") and name.rpartition(".")[2] in _AGGREGATES


def _text(base: ast.expr) -> str:
    return ast.unparse(base.args[0]) if isinstance(base, ast.Call) and base.args else ""


def _is_type(annotation: ast.expr | None) -> bool:
    if not isinstance(annotation, ast.Subscript):
        return False
    return dotted(annotation.value).rpartition(".")[2] in {"type", "Type"}


def generators(function: Function) -> Iterator[ast.AST]:
    """The parts of a function that cannot wait, as lambdas, generators and inner functions.

    Nor can f-strings, in which Python 3.11 does not tell where an expression stands.
    """
    for node in ast.walk(function.node):
        inner = (
            *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.GeneratorExp, ast.ClassDef),
            ast.JoinedStr,
        )
        if isinstance(node, inner) and node is not function.node:
            yield node
