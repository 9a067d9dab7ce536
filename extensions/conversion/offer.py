"""Messages about adopting a project's own layer, and about answers that rule it out."""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, cast

from ..inspection.tree import Tree, parent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from ..inspection import Facts
    from .adopted_engine import EngineSite
    from .adopted_layer import AdoptedLayer

_NAME = re.compile(r"[\w.:-]+")
_OBJECT = re.compile(r"[\w.]+:\w+")
EXTRAS = ("doctor", "diagnostics", "errors", "health")
"""The extras that work with the project's own models and migrations."""
WITHOUT = {
    "db_tenants": False,
    "db_auth_tables": False,
    "db_models": "",
    "db_example_model": False,
}
"""Questions about the layer's own models, and the only answer to each."""


@dataclass(frozen=True, slots=True)
class Replaceable:
    """What of an adopted layer can be replaced by the layer's own."""

    engines: tuple[EngineSite, ...] = ()
    env: bool = False
    """Whether it is the connection of `env.py`, too."""
    sessions: bool = False
    """Whether routes with sync sessions can become async."""


def proof(project: Path, facts: Facts) -> AdoptedLayer | str:
    """The layer if it can be adopted, else the reason why not."""
    if not (facts.existing_layer and facts.app_file and facts.project_root == "."):
        return "no layer was found"
    # Imported late: most projects have no layer.
    from .adopted_layer import read_adopted_layer  # noqa: PLC0415
    from .modules import UnprovenError  # noqa: PLC0415

    try:
        return read_adopted_layer(project, facts)
    except UnprovenError as error:
        return str(error)


def offer(proven: AdoptedLayer | str, *, is_asked: bool = False) -> str:
    """A sentence on adopting: the command, or the reason why not.

    Args:
        proven: the layer that can be adopted, or the reason why not.
        is_asked: whether the question follows, and no command is needed.
    """
    if isinstance(proven, str):
        return f"It cannot be adopted: {proven}."
    if is_asked:
        return "It can be adopted: its engine, sessions, models and migrations stay."
    return (
        "Adopt it with -d db_existing=adopt, which keeps its engine, sessions, models and "
        "migrations and adds tests, checks and commands for them."
    )


def reasons_not_to_adopt(
    project: Path, facts: Facts, proven: AdoptedLayer | str, data: Mapping[str, Any]
) -> Iterator[str]:
    """The reasons why `db_existing=adopt` is not possible.

    Args:
        project: the project's directory.
        facts: the facts from inspection.
        proven: the layer, or the reason why it cannot be adopted.
        data: the answers from the command line.
    """
    if not facts.existing_layer:
        yield "-d db_existing=adopt: the project has no database layer to adopt."
        return
    if isinstance(proven, str):
        yield (
            f"The project's database layer cannot be adopted: {proven}. Nothing was added; "
            "-d db_existing=beside adds a second layer beside it."
        )
        return
    if data.get("db_type", "postgresql") != "postgresql":
        yield "-d db_type=supabase: db_existing=adopt supports postgresql only."
    for name, only in WITHOUT.items():
        if data.get(name, only) not in (only, str(only).lower()):
            yield f"-d {name}: not available with db_existing=adopt; leave it out."
    yield from other_extras(data.get("db_extras", ()))
    yield from _not_replaced(project, facts, proven, data)


def _not_replaced(
    project: Path, facts: Facts, layer: AdoptedLayer, data: Mapping[str, Any]
) -> Iterator[str]:
    """The messages for parts that the layer was asked to replace and cannot."""
    from .adopted_engine import KEEP, engine_sites  # noqa: PLC0415 - few projects need it
    from .adopted_environment import environment_problem  # noqa: PLC0415

    engine = str(data.get("db_adopt_engine", KEEP))
    if engine != KEEP:
        sites, reason = engine_sites(project, facts, layer)
        names = [site.name for site in sites]
        if engine not in names:
            told = f"it takes {' or '.join([KEEP, *names])}" if names else f"{reason}; keep it"
            yield f"-d db_adopt_engine={engine}: {told}."
    if data.get("db_adopt_env", KEEP) != KEEP and (
        problem := environment_problem(project, facts, layer)
    ):
        yield f"-d db_adopt_env=replace: {problem}; keep it."
    if data.get("db_adopt_sessions", KEEP) != KEEP:
        reason = why_sync(project, facts.pytest.import_base, layer)
        if reason:
            yield f"-d db_adopt_sessions=async: {reason}."


def replaceable(project: Path, facts: Facts, layer: AdoptedLayer) -> Replaceable:
    """What of an adopted layer can be replaced by the layer's own."""
    from .adopted_engine import engine_sites  # noqa: PLC0415 - few projects need it
    from .adopted_environment import environment_problem  # noqa: PLC0415

    sites, _ = engine_sites(project, facts, layer)
    return Replaceable(
        sites,
        env=not environment_problem(project, facts, layer),
        sessions=not why_sync(project, facts.pytest.import_base, layer),
    )


def why_sync(
    project: Path,
    import_base: str,
    adopted: AdoptedLayer | Mapping[str, Any],
    own: Sequence[str] = (),
) -> str:
    """The reason why no route can become async; empty where one can.

    Args:
        project: the project's directory.
        import_base: the directory that the project's modules are imported from.
        adopted: the layer that is adopted, or what is recorded of it.
        own: directories and files of the layer that is added.
    """
    from .adopted_files import check_routes  # noqa: PLC0415 - few projects need it
    from .adopted_layer import AdoptedLayer  # noqa: PLC0415
    from .modules import UnprovenError  # noqa: PLC0415

    known = adopted.as_answer() if isinstance(adopted, AdoptedLayer) else adopted
    if known.get("sessions") != "sync":
        return "no layer with sync sessions is adopted"
    if "dependency" not in known:
        unread = _first_unread(project)
        return unread or "no dependency that only opens a session is known of it; keep them"
    try:
        check_routes(project, known, import_base, own)
    except UnprovenError as error:
        return f"{error}; keep them"
    return ""


def _first_unread(project: Path) -> str:
    """A file that is written for a newer Python than the one that runs this; empty for none."""
    tree = Tree(project)
    for name in tree.files():
        if name.endswith(".py"):
            try:
                ast.parse(tree.data(name))
            except SyntaxError as error:
                running = ".".join(map(str, sys.version_info[:2]))
                return (
                    f"{name}, line {error.lineno}, cannot be parsed by Python {running}, which runs"
                    " Copier; take the project's: uvx --python"
                )
            except (ValueError, RecursionError):
                continue
    return ""


def other_extras(extras: object) -> Iterator[str]:
    """The message for extras that are not available with an adopted layer."""
    if others := unsupported_extras(extras):
        yield (
            f"-d db_extras: db_existing=adopt supports {', '.join(EXTRAS)}, not "
            f"{', '.join(others)}."
        )


def unsupported_extras(extras: object) -> list[str]:
    """The extras that are not available with an adopted layer.

    Args:
        extras: a list of names, or the text of one.
    """
    named: Iterable[object] = str(extras).strip("[] ").split(",")
    if isinstance(extras, list | tuple):
        named = cast("Iterable[object]", extras)
    names = (str(extra).strip() for extra in named)
    return [name for name in names if name and name not in EXTRAS]


def check_adopted(answers: Mapping[str, Any]) -> Iterator[str]:
    """The problems of a recorded `db_adopted`, without full stops."""
    if answers.get("db_existing") != "adopt" or "db_added_on" not in answers:
        return
    engine, env = answers.get("db_adopt_engine", "keep"), answers.get("db_adopt_env", "keep")
    if (engine != "keep" and not _OBJECT.fullmatch(str(engine))) or env not in {"keep", "replace"}:
        yield "db_adopt_engine or db_adopt_env is not what a copy wrote"
    if answers.get("db_adopt_sessions", "keep") not in {"keep", "async"}:
        yield "db_adopt_sessions is not what a copy wrote"
    found: object = answers.get("db_adopted")
    fields = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    texts = [fields.get("base"), fields.get("url"), fields.get("version_table")]
    lists = [fields.get(name) for name in ("models", "url_imports", "factories", "heads")]
    if not all(isinstance(text, str) for text in texts) or not all(
        isinstance(value, list)
        and all(isinstance(item, str) for item in cast("list[object]", value))
        for value in lists
    ):
        yield "it is not what a copy wrote"
        return
    flags = [fields[name] for name in ("autoflush", "overridden") if name in fields]
    is_complete = {"dependency", "autoflush", "overridden"} <= fields.keys()
    if fields.get("run_in", "") not in ("", parent(str(fields.get("alembic_ini")))):
        yield "it is not what a copy wrote"
    if not all(isinstance(flag, bool) for flag in flags) or (
        answers.get("db_adopt_sessions") == "async"
        and not (is_complete and _OBJECT.fullmatch(str(fields["dependency"])))
    ):
        yield "it is not what a copy wrote"
    lists = [fields["models"], fields["factories"], fields["heads"]]
    names = [fields["base"], fields["version_table"], *chain(*cast("list[list[str]]", lists))]
    names += [fields[name] for name in ("driver", "sessions", "dependency") if name in fields]
    is_named = all(_NAME.fullmatch(str(name)) for name in names)
    if not (is_named and _is_expression(str(fields["url"]))):
        yield "it is not what a copy wrote"
    for statement in cast("list[str]", fields["url_imports"]):
        if not _is_import(statement):
            yield f"{statement!r} is not an import statement"


def _is_expression(text: str) -> bool:
    try:
        return "\n" not in text and bool(ast.parse(text, mode="eval"))
    except (SyntaxError, ValueError):
        return False


def _is_import(text: str) -> bool:
    try:
        [statement] = ast.parse(text).body
    except (SyntaxError, ValueError):
        return False
    return "\n" not in text and isinstance(statement, ast.Import | ast.ImportFrom)
