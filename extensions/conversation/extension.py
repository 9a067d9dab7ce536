"""What copier.yml and the template's files call: proposals, checks, and import lines."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension

from ..adoption.answers_file import AnswersError, check_answers, read_answers, replace_answers
from ..adoption.command_lines import run, run_module
from ..adoption.layer_files import escaped, kept_files
from ..adoption.layer_requirements import has_uuid7
from ..adoption.moved_layer import LostError, moved_answers
from ..adoption.plan import ChangePlan, plan_changes
from ..adoption.record import record
from ..adoption.renamed_questions import under_present_names
from ..conversion.added_files import added, excluded, is_adopted
from ..conversion.adopted_layer import AdoptedLayer
from ..conversion.import_block import import_block
from ..conversion.offer import offer, other_extras, proof, reasons_not_to_adopt
from ..inspection import Facts, Given, inspect_project
from ..project_files.writing import WriteError
from ..project_paths import PathError, obstacles, read_file
from ..python_text.import_lines import import_statement, layer_module, sorted_imports
from .code_style import use_style
from .compiled_texts import remember_compiled_texts
from .default_answers import propose
from .existing_layer import bad_answer, listed, reason_to_stop
from .given_answers import (
    load_questions,
    problems_with,
    problems_with_place,
    problems_with_value,
)
from .model_functions import model_functions
from .open_questions import UNSURE, choices_for, is_open, questions_left_open
from .plan_text import describe_plan
from .reasons_to_stop import bounds_that_exclude, no_file, reasons_to_stop
from .template_files import rendered_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2.runtime import Context

WITHOUT_EFFECT = ("db_confirm", "db_agreed", "db_record")
"""Questions that come after the plan is made."""


class ExistingProject(Extension):
    """Gives the questionnaire what is known about the project that it runs in."""

    def __init__(self, environment: Environment) -> None:
        """Register the functions."""
        super().__init__(environment)
        self._facts: dict[tuple[Path, Given], Facts] = {}
        self._asked: set[str] = set()
        self._plan: tuple[Mapping[str, Any], ChangePlan] | None = None
        self._shown: set[Path] = set()
        self._there: set[str] = set()
        self._own: tuple[str, ...] = ()
        self._is_first = True
        self._answers_before: bytes | None = None
        self._findings_are_shown = False
        self._proofs: dict[Path, AdoptedLayer | str] = {}
        functions: dict[str, Any] = {
            "has_uuid7": has_uuid7,
            "kept_files": self.kept_files,
            "not_lost": self.not_lost,
            "layer_file": self.layer_file,
            "layer_import": self.layer_import,
            "layer_path": self.layer_path,
            "adopted": self.adopted,
            "adopted_layer": self.adopted_layer,
            "agreed": self.agreed,
            "asks_for_extras": self.asks_for_extras,
            "import_block": import_block,
            "proposed": self.proposed,
            "recorded": self.recorded,
            "show_plan": self.show_plan,
            "run": self.run,
            "run_module": self.run_module,
            "sorted_imports": sorted_imports,
            "unsure": self.unsure,
            "what_to_do": self.what_to_do,
            "typed_problem": self.typed_problem,
            **model_functions(_known_answers),
        }
        environment.globals.update(functions)
        remember_compiled_texts(environment)
        use_style(environment)

    @pass_context
    def proposed(self, context: Context, name: str, otherwise: object = None) -> object:
        """The default of a question: what is recorded, else `otherwise` or what inspection found.

        What is recorded may be so under an earlier name; see `renamed`.
        """
        known = _known_answers(context)
        if name in known or otherwise is not None:
            return known.get(name, otherwise)
        return propose(name, self._facts_of(context), context.get_all(), _project(context))

    @pass_context
    def what_to_do(self, context: Context) -> str:
        """What to propose where the project has a layer: to adopt it where that is proven."""
        if "db_added_on" in _known_answers(context):
            return "stop"
        return "adopt" if isinstance(self._proof(context), AdoptedLayer) else "stop"

    @pass_context
    def adopted_layer(self, context: Context) -> str:
        """What of the project's own layer is used, as JSON; null where none is adopted."""
        known = _known_answers(context)
        if "db_adopted" in known:
            return json.dumps(known["db_adopted"])
        found = self._proof(context) if is_adopted(context.get_all()) else None
        return json.dumps(found.as_answer() if isinstance(found, AdoptedLayer) else None)

    def _proof(self, context: Context) -> AdoptedLayer | str:
        project, facts = _project(context).resolve(), self._facts_of(context)
        if project not in self._proofs:
            is_there = facts.existing_layer and facts.app_file and facts.project_root == "."
            self._proofs[project] = proof(project, facts) if is_there else "no layer was found"
        return self._proofs[project]

    @pass_context
    def unsure(self, context: Context, name: str) -> bool:
        """Whether a person has to be asked.

        Raises:
            UserMessageError: the layer cannot be added to this project, or is not to be.
        """
        # An update replays all recorded answers as data, also those of questions that are gone.
        if _data(context) and "db_added_on" not in _data(context):
            questions = load_questions(Path(context["_copier_conf"]["src_path"]))
            for problem in problems_with(_data(context), questions, _project(context)):
                raise UserMessageError(problem)
        known = _known_answers(context)
        for problem in check_answers(_project(context), known):
            raise UserMessageError(problem)
        if _data(context).get("db_undo") and "db_added_on" not in known:
            raise UserMessageError(
                f"{_project(context)} has no database layer of this template: nothing to undo."
            )
        if "db_added_on" in known:
            if name == "db_existing" and not _data(context).get("db_undo"):
                self._stop_if_moved(context)
            return False
        facts = self._facts_of(context)
        if name == "db_existing":
            reasons = list(self._reasons_to_stop(context, facts))
            if reasons:
                raise UserMessageError("\n".join(reasons))
            is_asked = facts.existing_layer and name not in _data(context)
            if is_asked and not self._findings_are_shown:
                # The prompt is cut at the terminal's width.
                told = f"{listed(facts.existing_layer)}\n{offer(_project(context), facts)}"
                print(f"\n{told}\n", file=sys.stderr)
                self._findings_are_shown = True
            return bool(facts.existing_layer)
        if facts.existing_layer and context["db_existing"] == "stop":
            raise UserMessageError("Nothing was added: the project keeps the layer that it has.")
        if name == "db_package_dir" and is_adopted(context.get_all()):
            for problem in reasons_not_to_adopt(_project(context), facts, _data(context)):
                raise UserMessageError(problem)
        asked = is_open(name, facts)
        if asked:
            self._asked.add(name)
        if asked and name not in _data(context) and choices_for(name, facts):
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
        answers = context.get_all()
        known = {each: answers[each] for each in UNSURE if each in answers}
        found = problems_with_place(name, value, known, _project(context))
        return next((f"{problem[:1].upper()}{problem[1:]}" for problem in found), "")

    def _reasons_to_stop(self, context: Context, facts: Facts) -> Iterator[str]:
        project, data = _project(context), _data(context)
        nobody_is_asked = bool(context["_copier_conf"]["defaults"])
        yield from bad_answer(data)
        reasons = list(islice(reasons_to_stop(facts, project), 1))
        existing = data.get("db_existing") or self.what_to_do(context)
        yield from reasons or bounds_that_exclude(facts, project, existing)
        if facts.app_file is None or facts.project_root != ".":
            return
        if data.get("db_existing") == "adopt":
            yield from reasons_not_to_adopt(project, facts, data)
        if data.get("db_existing", "stop" if nobody_is_asked else None) == "stop":
            yield from reason_to_stop(facts, project)
        if nobody_is_asked:
            yield from questions_left_open(facts, data)

    @pass_context
    def asks_for_extras(self, context: Context) -> bool:
        """Whether to ask; a project from before there was this question takes its default.

        Raises:
            UserMessageError: an answer on the command line or in the answers file is wrong.
        """
        known = _known_answers(context)
        if "db_extras" in known:
            questions = load_questions(Path(context["_copier_conf"]["src_path"]))
            for problem in problems_with_value("db_extras", known["db_extras"], questions):
                raise UserMessageError(problem)
            return True
        return not ("db_added_on" in known and context["_copier_conf"]["skip_answered"])

    @pass_context
    def show_plan(self, context: Context) -> bool:
        """Print the plan, once and on a first copy only; True if it is to be confirmed."""
        project = _project(context)
        if is_adopted(context.get_all()):
            for problem in other_extras(context["db_extras"]):
                raise UserMessageError(problem)
        if "db_confirm" in _known_answers(context) and "db_added_on" in _known_answers(context):
            return False
        if project not in self._shown and not context["_copier_conf"]["quiet"]:
            self._shown.add(project)
            created = [path for path in self._rendered(context) if not (project / path).exists()]
            facts = self._facts_of(context)
            changes = self._changes_of(context)
            plan = describe_plan(facts, context.get_all(), created, changes, project)
            print(f"\n{plan}", file=sys.stderr)
        return True

    @pass_context
    def agreed(self, context: Context) -> bool:
        """Go on only after a yes, and where there is room for each file.

        Raises:
            UserMessageError: the plan was declined, or something stands in a file's place.
        """
        if not context["db_confirm"]:
            raise UserMessageError("Nothing was added: the plan was not confirmed.")
        if context["db_undo"]:
            return True
        project = _project(context)
        for obstacle in obstacles(project, self._rendered(context)):
            raise UserMessageError(no_file(obstacle))
        return True

    @pass_context
    def kept_files(self, context: Context) -> str:
        """Patterns of the files that a copy leaves alone because they are there.

        Raises:
            UserMessageError: a file of the user's rules the layer out; this is the last moment
                before something is written.
        """
        if context["db_undo"]:
            return "*"
        project, answers = _project(context), context.get_all()
        if conflicts := self._changes_of(context).conflicts:
            raise UserMessageError("\n".join(conflict.message for conflict in conflicts))
        self._there = set(kept_files(project, answers))
        self._own = tuple(self._own_files(context))
        self._is_first = not _answers_file(context).exists()
        self._answers_before = _content(_answers_file(context))
        left_out = self._left_out(context)
        return "\n".join(f"/{escaped(path)}" for path in (*self._there, *left_out))

    @pass_context
    def not_lost(self, context: Context) -> str:
        """Stop an update, at the last moment before it writes, if the layer is nowhere.

        A copy would bring it again.

        Raises:
            UserMessageError: there would be nothing to merge the new version into.
        """
        try:
            _moved(context)
        except LostError as error:
            raise UserMessageError(str(error)) from error
        return "\n".join(f"/{escaped(path)}" for path in self._left_out(context))

    def _stop_if_moved(self, context: Context) -> None:
        """Record where the layer is now; a first answer of a running command cannot be changed."""
        file = str(context["_copier_conf"]["answers_file"])
        try:
            moved = _moved(context)
            if moved and not context["_copier_conf"]["pretend"]:
                replace_answers(_project(context), moved, file)
        except LostError:
            return
        except (AnswersError, WriteError) as error:
            raise UserMessageError(str(error)) from error
        if moved:
            told = (f"{name}: {moved[name]}" for name in moved if name != "db_record")
            raise UserMessageError(
                f"The layer is somewhere else than {file} said, which says it now "
                f"({', '.join(told)}): look at it, commit it, and run this again."
            )

    @pass_context
    def adopted(self, context: Context) -> bool:
        """Add to the user's files, verify and sum up; False where an undo is to run instead.

        Raises:
            UserMessageError: something is not as it has to be; the summary has said what.
        """
        options = context["_copier_conf"]
        if context["db_undo"] or options["pretend"]:
            return not context["db_undo"]
        from ..adoption.rollback import take_back  # noqa: PLC0415
        from ..project_files.requirement import Change  # noqa: PLC0415
        from .adopt import adopt  # noqa: PLC0415 - an update has no need of it
        from .summary_text import summarize  # noqa: PLC0415

        project, answers = _project(context), context.get_all()
        created = None
        if not self._is_first:
            created = sorted({*kept_files(project, answers)} - self._there)
        try:
            adopted = adopt(
                project.resolve(),
                answers,
                files=self._own,
                created=created,
                destination=str(options["dst_path"]),
            )
        except PathError as error:
            raise UserMessageError(no_file(error)) from error
        if adopted.failed and (created is None or created or adopted.changes):
            file = str(options["answers_file"])
            new = {*self._own} - self._there - {file}
            recorded = Change(project.resolve() / file, self._answers_before, b"", ())
            left = take_back(project.resolve(), new, [*adopted.changes, recorded])
            failures = (*adopted.failures, *left)
            adopted = replace(adopted, changes=(), failures=failures, taken_back=True)
        text = summarize(adopted, environ=os.environ, terminal=sys.stderr.isatty())
        if text and (adopted.failed or not options["quiet"]):
            sys.stderr.write(text)
        if adopted.failed:
            raise UserMessageError(
                "Nothing was added: see above."
                if adopted.taken_back
                else "Not everything is as it has to be: see above."
            )
        return True

    @pass_context
    def recorded(self, context: Context) -> str:
        """What this copy and earlier ones do to the user's files, as JSON; see `record`."""
        known = _known_answers(context).get("db_record", {})
        if context["db_undo"]:
            return json.dumps(known)
        project = _project(context)
        kept = (path for path in self._rendered(context) if (project / path).is_file())
        changes = self._changes_of(context).changes
        return json.dumps(record(changes, project=project, kept=kept, earlier=known))

    @pass_context
    def layer_import(self, context: Context, module: str, names: str) -> str:
        """An import from a module of the layer; see `import_statement`.

        The models of a layer that is adopted are the project's own.
        """
        if module == "models" and is_adopted(context.get_all()):
            return import_statement(_layer(context), "database_kit.application_models", names)
        return import_statement(_layer(context), module, names)

    @pass_context
    def layer_file(self, context: Context, name: str) -> str:
        """The path of one of the layer's files, as the guide shows it."""
        return (PurePosixPath(context["db_layer_dir"]) / name).as_posix() + "/" * name.endswith("/")

    @pass_context
    def layer_path(self, context: Context, module: str) -> str:
        """The full import path of a module of the layer."""
        return ".".join(part for part in (_layer(context), module) if part)

    @pass_context
    def run(self, context: Context, command: str) -> str:
        """A command line as the project's manager has it; see `commands.run`."""
        return run(context["db_dependency_manager"], command)

    @pass_context
    def run_module(self, context: Context, module: str) -> str:
        """The command line for a module of the layer; see `commands.run_module`."""
        return run_module(context.get_all(), module)

    def _rendered(self, context: Context) -> Iterator[str]:
        return added(self._every_file(context), context.get_all())

    def _left_out(self, context: Context) -> Iterator[str]:
        return excluded(self._every_file(context), context.get_all())

    def _every_file(self, context: Context) -> Iterator[str]:
        template = Path(context["_copier_conf"]["src_path"]) / "template"
        return rendered_files(template, self.environment, context.get_all())

    def _own_files(self, context: Context) -> Iterator[str]:
        """The layer's files without those that were the user's before."""
        project, earlier = _project(context), _known_answers(context).get("db_record")
        for path in self._rendered(context):
            is_kept = path in earlier["kept"] if earlier else (project / path).is_file()
            if not is_kept:
                yield path

    def _changes_of(self, context: Context) -> ChangePlan:
        """The planned changes, worked out once for the same answers.

        None where there is no project: an undo renders the template's files beside it.
        """
        if not _project(context).is_dir():
            return ChangePlan((), (), ())
        answers = {name: context[name] for name in context.get_all() if name.startswith("db_")}
        for name in WITHOUT_EFFECT:
            answers.pop(name, None)
        if self._plan is None or self._plan[0] != answers:
            files = list(self._own_files(context))
            try:
                self._plan = answers, plan_changes(_project(context), answers, files)
            except PathError as error:
                raise UserMessageError(no_file(error)) from error
        return self._plan[1]

    def _facts_of(self, context: Context) -> Facts:
        project = _project(context).resolve()
        known, answers = _known_answers(context), context.get_all()
        given = {
            name.removeprefix("db_"): str(PurePosixPath(answers[name])) if answers[name] else ""
            for name in ("db_app_file", "db_package_dir", "db_import_path")
            if name in answers and (name in known or name in self._asked)
        }
        key = project, Given(**given)
        if key not in self._facts:
            try:
                self._facts[key] = inspect_project(*key)
            except OSError as error:
                raise UserMessageError(f"{project}: {error.strerror or error}.") from error
        return self._facts[key]


def _layer(context: Context) -> str:
    return layer_module(
        context["db_import_path"], context["db_package_dir"], context["db_layer_dir"]
    )


def _project(context: Context) -> Path:
    return Path(context["_copier_conf"]["dst_path"])


def _moved(context: Context) -> dict[str, Any]:
    """The recorded answers that have to change; see `moved_answers`."""
    project, file = _project(context), str(context["_copier_conf"]["answers_file"])
    recorded = read_answers(project, file)
    return moved_answers(project, recorded, file) if "db_added_on" in recorded else {}


def _data(context: Context) -> Mapping[str, Any]:
    data: Mapping[str, Any] = context["_copier_conf"]["data"]
    return data


def _content(file: Path) -> bytes | None:
    try:
        return read_file(file, file.name)
    except PathError:
        return None


def _answers_file(context: Context) -> Path:
    return _project(context) / str(context["_copier_conf"]["answers_file"] or "")


def _known_answers(context: Context) -> Mapping[str, Any]:
    """Answers given on the command line or by the update, and those that the project records."""
    file = context["_copier_conf"]["answers_file"]
    recorded: Mapping[str, Any] = {}
    try:
        if file:
            recorded = read_answers(_project(context), str(file))
    except AnswersError as error:
        raise UserMessageError(str(error)) from error
    return under_present_names({**recorded, **_data(context)})
