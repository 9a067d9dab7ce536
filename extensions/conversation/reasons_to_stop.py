"""The reasons to stop before anything is written, checked by the first question."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

from ..adoption.answers_file import AnswersError, check_answers, replace_answers
from ..adoption.layer_requirements import PYTHON_FLOOR, session_scope
from ..adoption.plan import merge_requirements
from ..answers import Answers
from ..conversion.offer import reasons_not_to_adopt, why_sync
from ..project_files.version_constraints import admits
from ..project_files.writing import WriteError
from ..project_paths import PathError, read
from ..verification.unresolved_imports import PACKAGES, module_file
from .default_answers import propose_all
from .existing_layer import bad_answer, choices_beside
from .given_answers import load_questions, problems_with, problems_with_value
from .open_questions import lies_elsewhere, questions_left_open

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path
    from typing import Any

    from ..conversion.adopted_layer import AdoptedLayer
    from ..inspection import Facts
    from .context import CopierContext


def reason_to_stop(
    state: CopierContext,
    facts_of: Callable[[CopierContext], Facts],
    proof_of: Callable[[CopierContext], AdoptedLayer | str],
) -> str:
    """The reason to stop before the first prompt, with advice; empty if there is none.

    Args:
        state: the state of Copier.
        facts_of: inspects a project that has no layer of this template.
        proof_of: proves that the project's own layer can be adopted, or says why not.
    """
    project, known = state.project, state.known
    questions = load_questions(state.template)
    problems = chain(
        # An update passes all recorded answers as data, including those of removed questions.
        problems_with(state.data, questions, project) if "db_added_on" not in state.data else (),
        check_answers(project, known),
        problems_with_value("db_extras", known["db_extras"], questions)
        if "db_extras" in known
        else (),
    )
    if problem := next(problems, ""):
        return problem
    if state.is_undo:
        if state.has_layer:
            return ""
        return f"{project} has no database layer of this template: nothing to undo."
    if state.has_layer:
        return next(_changed_later(state), "") or _moved(state)
    return "\n".join(_of_the_project(state, facts_of(state), proof_of))


def _changed_later(state: CopierContext) -> Iterator[str]:
    """The message for an answer that only a first copy can take."""
    recorded = state.recorded
    for name in ("db_adopt_engine", "db_adopt_env"):
        before = recorded.get(name, "keep")
        if "db_added_on" in recorded and state.data.get(name, before) != before:
            yield (
                f"-d {name}={state.data[name]}: only a first copy can change it; undo the layer "
                f"with -d db_undo=true, and copy it again with -d {name}={state.data[name]}."
            )

    before = recorded.get("db_adopt_sessions", "keep")
    if before == "async" and state.data.get("db_adopt_sessions", before) != before:
        yield (
            "-d db_adopt_sessions=keep: routes are async already; undo the layer with "
            "-d db_undo=true, and copy it again."
        )
    wanted = state.data.get("db_adopt_sessions")
    if "db_added_on" in recorded and before != "async" and wanted == "async":
        answers = Answers.of(recorded)
        reason = why_sync(state.root, answers.import_base, answers.adopted, answers.own_places)
        if reason:
            yield f"-d db_adopt_sessions=async: {reason}."


def _moved(state: CopierContext) -> str:
    """Record the new place of a moved layer; the answers of this run cannot change any more."""
    from ..adoption.moved_layer import LostError, moved_answers  # noqa: PLC0415 - not at first

    recorded = state.recorded
    if "db_added_on" not in recorded:
        return ""
    try:
        moved = moved_answers(state.project, recorded, state.answers_file)
        if moved and not state.options["pretend"]:
            replace_answers(state.project, moved, state.answers_file)
    except LostError:
        return ""  # A copy adds it again.
    except (AnswersError, WriteError) as error:
        return str(error)
    if not moved:
        return ""
    told = (f"{name}: {moved[name]}" for name in moved if name != "db_record")
    return (
        f"The layer was moved; {state.answers_file} has its new place now "
        f"({', '.join(told)}): review it, commit it, and run this again."
    )


def why_lost(state: CopierContext) -> str:
    """Why an update cannot find the layer; empty if it can."""
    from ..adoption.moved_layer import LostError, moved_answers  # noqa: PLC0415 - not at first

    recorded = state.recorded
    try:
        if "db_added_on" in recorded:
            moved_answers(state.project, recorded, state.answers_file)
    except LostError as error:
        return str(error)
    return ""


def _of_the_project(
    state: CopierContext,
    facts: Facts,
    proof_of: Callable[[CopierContext], AdoptedLayer | str],
) -> Iterator[str]:
    project, data = state.project, state.data
    existing = data.get("db_existing") or ("stop" if isinstance(proof_of(state), str) else "adopt")
    nobody_is_asked = bool(state.options["defaults"])
    yield from bad_answer(data)
    reasons = list(islice(_unfit(facts, project), 1))
    yield from reasons or bounds_that_exclude(facts, project, existing)
    if facts.app_file is None or facts.project_root != ".":
        return
    if data.get("db_existing") == "adopt":
        yield from reasons_not_to_adopt(project, facts, proof_of(state), data)
    if data.get("db_existing", "stop" if nobody_is_asked else None) == "stop":
        yield from choices_beside(facts, project, proof_of(state))
    yield from _no_reflection(data, existing)
    if nobody_is_asked:
        yield from questions_left_open(facts, data)


def _no_reflection(data: Mapping[str, Any], existing: str) -> Iterator[str]:
    """Why models of existing tables cannot be written; nothing where they need not be."""

    def is_given(name: str) -> bool:
        return str(data.get(name) or "false").lower() != "false"

    if not is_given("db_reflect"):
        return
    if existing != "stop" or data.get("db_type", "postgresql") != "postgresql":
        yield "-d db_reflect=true: only on PostgreSQL, in a project without a layer of its own."
    names = ("db_models", "db_auth_tables", "db_example_model", "db_tenants", "db_schema")
    if others := [name for name in names if is_given(name)]:
        yield f"-d db_reflect=true: its models are the tables'; leave out {', '.join(others)}."


def _unfit(facts: Facts, project: Path) -> Iterator[str]:
    """The problems of the project that rule the layer out, each with place and advice."""
    for problem in facts.problems:
        where = f"{problem.file}: " if problem.file else ""
        yield f"{where}{problem.text}."
    if facts.app_file is None:
        yield (
            f"No FastAPI application was found in {project}: "
            "run this in the directory of a FastAPI project."
        )
        return
    if facts.project_root != ".":
        yield lies_elsewhere(facts, project)
    yield from _not_utf8(facts, project)
    yield from _hidden_packages(facts, project)


def bounds_that_exclude(facts: Facts, project: Path, existing: str) -> Iterator[str]:
    """All version bounds of the project that exclude a required version."""
    told: set[tuple[str, int]] = set()
    for bound, problem in (
        (facts.requires_python, _unsupported_python(facts)),
        (facts.fastapi, _unsupported_fastapi(facts)),
    ):
        if bound and problem:
            told.add((bound.file, bound.line))
            yield problem
    try:
        answers = propose_all(facts, project, existing=existing)
        conflicts = merge_requirements(project, answers).conflicts
    except PathError as error:
        yield no_file(error)
        return
    for conflict in conflicts:
        if (conflict.path, conflict.line) not in told:
            yield conflict.message


def no_file(error: PathError | str) -> str:
    """The message for something that is in a file's place."""
    return f"{error}; move it out of the way, and run this again."


def _not_utf8(facts: Facts, project: Path) -> Iterator[str]:
    if facts.dependency_file in ("pyproject.toml", "Pipfile"):
        try:
            (read(project, facts.dependency_file) or b"").decode()
        except PathError as error:
            yield f"{error}."
        except UnicodeDecodeError as error:
            yield f"{facts.dependency_file}: byte {error.start} is not valid UTF-8."


def _hidden_packages(facts: Facts, project: Path) -> Iterator[str]:
    """The project's modules that shadow packages which the layer imports."""
    for base in dict.fromkeys((facts.pytest.import_base, ".")):
        for package in sorted(PACKAGES):
            module = module_file(project / base, package)
            if module is not None:
                file = module.relative_to(project).as_posix()
                remedy = (
                    f"remove it, or rename {package}/"
                    if module.name == "__init__.py"
                    else "rename it"
                )
                yield (
                    f"{file} hides the package {package}, which the database layer imports; "
                    f"{remedy}."
                )


def _unsupported_python(facts: Facts) -> str:
    bound = facts.requires_python
    if bound is None or admits(bound.specifier, f">={PYTHON_FLOOR}"):
        return ""
    return (
        f"{bound.file}, line {bound.line}: {bound.text} excludes Python {PYTHON_FLOOR}, "
        "the oldest version that the database layer supports; raise it first."
    )


def _unsupported_fastapi(facts: Facts) -> str:
    bound = facts.fastapi
    if bound is None or session_scope(bound.specifier) is not None:
        return ""
    return (
        f"{bound.file}, line {bound.line}: {bound.text} excludes FastAPI 0.100, the oldest "
        "version that supports pydantic 2; raise it first."
    )
