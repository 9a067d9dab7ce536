"""What copier.yml and the template's files call."""

from __future__ import annotations

import json
import sys
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension

from ..adoption.command_lines import run, run_module
from ..adoption.layer_requirements import has_uuid7
from ..adoption.plan import Plan, make_plan
from ..adoption.record import record
from ..answers import Answers
from ..conversion.added_files import added, excluded
from ..conversion.async_names import async_name
from ..conversion.import_block import import_block, wrapped
from ..conversion.modules import UnprovenError
from ..conversion.offer import (
    Replaceable,
    offer,
    other_extras,
    proof,
    reasons_not_to_adopt,
    replaceable,
    unsupported_extras,
)
from ..inspection import Facts, Given, inspect_project
from ..project_files.gitignore import as_pattern
from ..project_paths import PathError, obstacles, read_file
from ..python_text.imports import import_statement, module_import, sorted_imports
from .autogenerate_extra import has_autogenerate, is_from_before, proposed_extras
from .code_style import use_style
from .compiled_texts import remember_compiled_texts
from .context import CopierContext, answers_of
from .default_answers import propose
from .existing_layer import listed
from .given_answers import problems_with_place
from .model_functions import MODEL_FUNCTIONS, problem_with_models
from .open_questions import UNSURE, choices_for, is_open
from .plan_json import plan_as_json
from .plan_text import describe_plan
from .reasons_to_stop import no_file, reason_to_stop, why_lost
from .template_files import rendered_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from jinja2.runtime import Context

    from ..conversion.adopted_layer import AdoptedLayer


class ExistingProject(Extension):
    """Gives the questionnaire what is known about the project that it runs in."""

    def __init__(self, environment: Environment) -> None:
        """Register the functions."""
        super().__init__(environment)
        self._facts: dict[tuple[Path, Given], Facts] = {}
        self._asked: set[str] = set()
        self._plan: tuple[Answers, Plan] | None = None
        self._possible: set[Path] = set()
        self._shown: set[Path] = set()
        self._findings_are_shown = False
        self._proofs: dict[Path, AdoptedLayer | str] = {}
        self._replaceable: dict[Path, Replaceable] = {}
        self._answers_before: bytes | None = None
        functions: dict[str, Any] = {
            "add_layer": self.add_layer,
            "adopted_layer": self.adopted_layer,
            "agreed": self.agreed,
            "asks_for_extras": self.asks_for_extras,
            "async_name": async_name,
            "can_adopt": self.can_adopt,
            "engine_choices": self.engine_choices,
            "files_in_place": self.files_in_place,
            "has_autogenerate": has_autogenerate,
            "has_uuid7": has_uuid7,
            "import_block": import_block,
            "layer_file": self.layer_file,
            "layer_import": self.layer_import,
            "layer_path": self.layer_path,
            "module_import": module_import,
            "not_lost": self.not_lost,
            "possible": self.possible,
            "problem_with_extras": self.problem_with_extras,
            "proposed": self.proposed,
            "proposed_extras": proposed_extras,
            "recorded": self.recorded,
            "run": self.run,
            "run_module": self.run_module,
            "show_plan": self.show_plan,
            "skill_name": self.skill_name,
            "sorted_imports": sorted_imports,
            "unsure": self.unsure,
            "typed_problem": self.typed_problem,
            "what_to_do": self.what_to_do,
            "wrapped": wrapped,
            **MODEL_FUNCTIONS,
        }
        environment.globals.update(functions)
        remember_compiled_texts(environment)
        use_style(environment)

    @pass_context
    def possible(self, context: Context) -> bool:
        """Stop before the first prompt where the layer cannot be added.

        Raises:
            UserMessageError: what is wrong, where, and what to do.
        """
        state = CopierContext(context)
        # Copier asks for the default of a hidden question twice.
        if state.root not in self._possible:
            if reason := reason_to_stop(state, self._facts_of, self._proof):
                raise UserMessageError(reason)
            self._possible.add(state.root)
        return True

    @pass_context
    def proposed(self, context: Context, name: str, otherwise: object = None) -> object:
        """The default of a question: what is recorded, else `otherwise` or what inspection found.

        What is recorded may be so under an earlier name; see `renamed_questions`.
        """
        state = CopierContext(context)
        if name in state.known or otherwise is not None:
            return state.known.get(name, otherwise)
        return propose(name, self._facts_of(state), state.answers, state.project)

    @pass_context
    def what_to_do(self, context: Context) -> str:
        """What to propose where the project has a layer: to adopt it where that is proven."""
        state = CopierContext(context)
        if state.has_layer or state.is_undo or isinstance(self._proof(state), str):
            return "stop"
        return "adopt"

    @pass_context
    def adopted_layer(self, context: Context) -> str:
        """What of the project's own layer is used, as JSON; null where none is adopted."""
        state = CopierContext(context)
        if "db_adopted" in state.known:
            return json.dumps(state.known["db_adopted"])
        layer = self._proof(state) if state.answers.is_adopted else "none is adopted"
        return json.dumps(None if isinstance(layer, str) else layer.as_answer())

    @pass_context
    def can_adopt(self, context: Context, part: str) -> bool:
        """Whether to ask for the engine, or for `env.py`: where it can be replaced."""
        found = self._replaceable_of(CopierContext(context))
        parts = {"engine": bool(found.engines), "env": found.env, "sessions": found.sessions}
        return parts[part]

    @pass_context
    def engine_choices(self, context: Context) -> str:
        """The choices for the engine that the layer creates, as JSON."""
        state = CopierContext(context)
        sites = self._replaceable_of(state).engines
        choices = {"Keep: all of them as they are": "keep"}
        choices |= {f"{site.name} ({site.place})": site.name for site in sites}
        if known := state.known.get("db_adopt_engine"):
            choices.setdefault(str(known), str(known))
        return json.dumps(choices)

    def _replaceable_of(self, state: CopierContext) -> Replaceable:
        if state.has_layer or not state.answers.is_adopted:
            return Replaceable()
        if state.root not in self._replaceable:
            layer = self._proof(state)
            self._replaceable[state.root] = (
                Replaceable()
                if isinstance(layer, str)
                else replaceable(state.root, self._facts_of(state), layer)
            )
        return self._replaceable[state.root]

    def _proof(self, state: CopierContext) -> AdoptedLayer | str:
        if state.root not in self._proofs:
            self._proofs[state.root] = proof(state.root, self._facts_of(state))
        return self._proofs[state.root]

    @pass_context
    def unsure(self, context: Context, name: str) -> bool:
        """Whether a person has to be asked.

        Raises:
            UserMessageError: the project is to keep the layer that it has, and no other, or one
                that cannot be adopted.
        """
        state = CopierContext(context)
        if state.has_layer or state.is_undo:
            return False
        facts = self._facts_of(state)
        if name == "db_existing":
            is_asked = facts.existing_layer and name not in state.data
            if is_asked and not self._findings_are_shown:
                # The prompt is cut at the terminal's width.
                told = offer(self._proof(state), is_asked=True)
                print(f"\n{listed(facts.existing_layer)}\n{told}\n", file=sys.stderr)
                self._findings_are_shown = True
            return bool(facts.existing_layer)
        if facts.existing_layer and context["db_existing"] == "stop":
            raise UserMessageError("Nothing was added: the project keeps the layer that it has.")
        if name == "db_package_dir" and state.answers.is_adopted:
            for problem in reasons_not_to_adopt(
                state.project, facts, self._proof(state), state.data
            ):
                raise UserMessageError(problem)
        asked = is_open(name, facts)
        if asked:
            self._asked.add(name)
        if asked and name not in state.data and choices_for(name, facts):
            # The prompt is cut at the terminal's width.
            print(f"\nLikely, best first: {', '.join(choices_for(name, facts))}", file=sys.stderr)
        return asked

    @pass_context
    def typed_problem(self, context: Context, name: str, value: object) -> str:
        """What is wrong with the answer of a person at the prompt; empty when nothing is.

        An update validates recorded answers, too, in directories that have none of the files.
        """
        if name not in self._asked:
            return ""
        state = CopierContext(context)
        known = {other: state.variables[other] for other in UNSURE if other in state.variables}
        problems = problems_with_place(name, value, known, state.project)
        return next((f"{problem[:1].upper()}{problem[1:]}" for problem in problems), "")

    @pass_context
    def asks_for_extras(self, context: Context) -> bool:
        """Whether to ask; a project from before there was this question takes its default."""
        state = CopierContext(context)
        return not (state.has_layer and state.options["skip_answered"])

    @pass_context
    def problem_with_extras(self, context: Context, extras: object) -> str:
        """What is wrong with the extras that a person has chosen; empty when nothing is.

        Copier takes the default in place of a recorded answer that is wrong.
        """
        state = CopierContext(context)
        if is_from_before(state) and "autogenerate" not in str(extras):
            return "autogenerate is an extra now, which this layer has"
        if "db_extras" in state.data or not state.answers.is_adopted:
            return ""
        # The prompt cuts it at the terminal's width.
        others = ", ".join(unsupported_extras(extras))
        return f"not with an adopted layer: {others}" if others else ""

    @pass_context
    def show_plan(self, context: Context) -> bool:
        """Print the plan, once and on a first copy only; True if it is to be confirmed."""
        state = CopierContext(context)
        if context["db_plan"] == "json":
            self._print_json(state)
            return True
        if state.has_layer and "db_confirm" in state.known:
            return False
        if state.project not in self._shown and not state.options["quiet"]:
            self._shown.add(state.project)
            facts, plan = self._facts_of(state), self._plan_of(state)
            text = describe_plan(facts, state.answers, plan, state.root)
            print(f"\n{text}", file=sys.stderr)
        return True

    def _print_json(self, state: CopierContext) -> None:
        if state.project not in self._shown:
            self._shown.add(state.project)
            print(plan_as_json(state.answers, self._plan_of(state), state.root))

    @pass_context
    def agreed(self, context: Context) -> bool:
        """Go on only after a yes, and where there is room for each file.

        Raises:
            UserMessageError: the plan was declined, or cannot be carried out.
        """
        state = CopierContext(context)
        if not context["db_confirm"]:
            raise UserMessageError("Nothing was added: the plan was not confirmed.")
        if state.is_undo:
            return True
        plan = self._plan_of(state)
        for obstacle in obstacles(state.project, (*plan.files, *plan.kept)):
            raise UserMessageError(no_file(obstacle))
        if plan.conflicts and not state.has_layer:
            raise UserMessageError("\n".join(conflict.message for conflict in plan.conflicts))
        return True

    @pass_context
    def recorded(self, context: Context) -> str:
        """What this copy and earlier ones do to the user's files, as JSON; see `record`."""
        state = CopierContext(context)
        known = state.known.get("db_record", {})
        if state.is_undo:
            return json.dumps(known)
        plan = self._plan_of(state)
        new = record(
            plan.changes,
            project=state.root,
            kept=plan.kept,
            earlier=known,
            app_file=state.answers.app_file,
        )
        return json.dumps(new)

    @pass_context
    def files_in_place(self, context: Context) -> str:
        """Patterns of the files that a copy leaves alone because they are there."""
        state = CopierContext(context)
        if state.is_undo:
            return "*"
        self._answers_before = _content(state.project / state.answers_file)
        paths = (*self._plan_of(state).in_place, *self._left_out(state))
        return "\n".join(f"/{as_pattern(path)}" for path in paths)

    @pass_context
    def not_lost(self, context: Context) -> str:
        """Stop an update, at the last moment before it writes, if the layer is nowhere.

        A copy would bring it again, and no question can tell the two apart.

        Raises:
            UserMessageError: there would be nothing to merge the new version into.
        """
        if lost := why_lost(CopierContext(context)):
            raise UserMessageError(lost)
        return "\n".join(f"/{as_pattern(path)}" for path in self._left_out(CopierContext(context)))

    @pass_context
    def add_layer(self, context: Context) -> str:
        """Carry out what is left of the plan once the layer's files are there.

        Returns:
            "undo" where there is nothing to add, because the layer is to be taken out.

        Raises:
            UserMessageError: something is not as it has to be; the summary has said what.
        """
        state = CopierContext(context)
        if state.is_undo:
            return "undo"
        if not state.options["pretend"]:
            from .carry_out import carry_out  # noqa: PLC0415 - an update has no need of it

            carry_out(state, self._plan_of(state), self._answers_before)
        return ""

    @pass_context
    def layer_import(self, context: Context, module: str, names: str) -> str:
        """An import from a module of the layer; see `import_statement`.

        The models of a layer that is adopted are the project's own.
        """
        answers = answers_of(context)
        if module == "models" and answers.is_adopted:
            module = "database_kit.application_models"
        return import_statement(answers.module(module), names)

    @pass_context
    def layer_file(self, context: Context, name: str) -> str:
        """The path of one of the layer's files, as the guide shows it."""
        return (PurePosixPath(context["db_layer_dir"]) / name).as_posix() + "/" * name.endswith("/")

    @pass_context
    def skill_name(self, context: Context) -> str:
        """What the skill for coding agents is called."""
        return answers_of(context).skill_name

    @pass_context
    def layer_path(self, context: Context, module: str) -> str:
        """The full import path of a module of the layer."""
        return answers_of(context).module(module)

    @pass_context
    def run(self, context: Context, command: str) -> str:
        """A command line as the project's manager has it; see `command_lines.run`."""
        return run(context["db_dependency_manager"], command)

    @pass_context
    def run_module(self, context: Context, module: str) -> str:
        """The command line for a module of the layer; see `command_lines.run_module`."""
        return run_module(answers_of(context), module)

    def _plan_of(self, state: CopierContext) -> Plan:
        """The plan, made once for the same answers.

        None where there is no project: an undo renders the template's files beside it.
        """
        project, answers = state.root, state.answers
        if not project.is_dir():
            return Plan()
        if self._plan is None or self._plan[0] != answers:
            extras = other_extras(answers.extras) if answers.is_adopted else ()
            for problem in (problem_with_models(answers), *extras):
                if problem:
                    raise UserMessageError(problem)
            rendered = list(added(self._every_file(state), answers))
            record: Mapping[str, Any] = state.known.get("db_record") or {}
            kept: list[str] | None = record.get("kept")
            if kept is None:
                kept = [path for path in rendered if (project / path).is_file()]
            own = [path for path in rendered if path not in kept]
            try:
                in_way = [path for path in rendered if path in kept]
                plan = make_plan(project, answers, own, kept=in_way)
            except PathError as error:
                raise UserMessageError(no_file(error)) from error
            except UnprovenError as error:
                raise UserMessageError(f"{error}.") from error
            self._plan = answers, plan
        return self._plan[1]

    def _left_out(self, state: CopierContext) -> Iterator[str]:
        return excluded(self._every_file(state), state.answers)

    def _every_file(self, state: CopierContext) -> Iterator[str]:
        return rendered_files(state.template / "template", self.environment, state.variables)

    def _facts_of(self, state: CopierContext) -> Facts:
        answers, known = state.variables, state.known
        given = {
            name.removeprefix("db_"): str(PurePosixPath(answers[name])) if answers[name] else ""
            for name in ("db_app_file", "db_package_dir", "db_import_path")
            if name in answers and (name in known or name in self._asked)
        }
        key = state.root, Given(**given)
        if key not in self._facts:
            try:
                self._facts[key] = inspect_project(*key)
            except OSError as error:
                raise UserMessageError(f"{key[0]}: {error.strerror or error}.") from error
        return self._facts[key]


def _content(file: Path) -> bytes | None:
    try:
        return read_file(file, file.name)
    except PathError:
        return None
