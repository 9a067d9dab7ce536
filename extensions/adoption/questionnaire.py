"""What copier.yml and the template's files call: proposals, checks, and import lines."""

from __future__ import annotations

import sys
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import yaml
from copier.errors import UserMessageError
from jinja2 import Environment, pass_context
from jinja2.ext import Extension

from ..inspection import Facts, inspect_project
from .changes import plan_changes
from .commands import run
from .existing import bad_answer, question, reason_to_stop
from .given import load_questions, problems_with
from .kept import kept_files
from .layer import import_statement, layer_module, sorted_imports
from .needs import has_uuid7
from .plan import describe_plan
from .preflight import reasons_to_stop
from .proposals import propose
from .rendered import rendered_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from jinja2.runtime import Context

UNSURE = {
    "db_package_dir": "package_dir",
    "db_import_path": "package_dir",
    "db_app_file": "app_file",
    "db_app_object": "app_file",
    "db_dependency_file": "dependency_file",
}
"""The fact that each question is about."""


class ExistingProject(Extension):
    """Gives the questionnaire what is known about the project that it runs in."""

    def __init__(self, environment: Environment) -> None:
        """Register the functions."""
        super().__init__(environment)
        self._facts: dict[Path, Facts] = {}
        self._shown: set[Path] = set()
        functions: dict[str, Any] = {
            "existing_layer": self.existing_layer,
            "has_uuid7": has_uuid7,
            "kept_files": self.kept_files,
            "layer_file": self.layer_file,
            "layer_import": self.layer_import,
            "layer_path": self.layer_path,
            "agreed": self.agreed,
            "proposed": self.proposed,
            "show_plan": self.show_plan,
            "run": self.run,
            "sorted_imports": sorted_imports,
            "unsure": self.unsure,
        }
        environment.globals.update(functions)

    @pass_context
    def proposed(self, context: Context, name: str) -> object:
        """The default of a question: what an earlier copy recorded, else what inspection found."""
        known = _known_answers(context)
        if name in known:
            return known[name]
        return propose(name, self._facts_of(context), context.get_all(), _project(context))

    @pass_context
    def unsure(self, context: Context, name: str) -> bool:
        """Whether a person has to be asked.

        Raises:
            UserMessageError: the layer cannot be added to this project, or is not to be.
        """
        # An update replays all recorded answers as data, also those of questions that are gone.
        if "db_added_on" not in _data(context):
            questions = load_questions(Path(context["_copier_conf"]["src_path"]))
            for problem in problems_with(_data(context), questions, _project(context)):
                raise UserMessageError(problem)
        if "db_added_on" in _known_answers(context):
            return False
        facts = self._facts_of(context)
        if name == "db_existing":
            reasons = list(self._reasons_to_stop(context, facts))
            if reasons:
                raise UserMessageError("\n".join(reasons))
            return bool(facts.existing_layer)
        if facts.existing_layer and context["db_existing"] == "stop":
            raise UserMessageError("Nothing was added: the project keeps the layer that it has.")
        return UNSURE[name] in facts.unsure

    @pass_context
    def existing_layer(self, context: Context) -> str:
        """What the person who is asked about an existing layer has to know."""
        return question(self._facts_of(context).existing_layer)

    def _reasons_to_stop(self, context: Context, facts: Facts) -> Iterator[str]:
        project, data = _project(context), _data(context)
        nobody_is_asked = bool(context["_copier_conf"]["defaults"])
        yield from bad_answer(data)
        yield from islice(reasons_to_stop(facts, project), 1)
        if facts.app_file is None or facts.project_root != ".":
            return
        if data.get("db_existing", "stop" if nobody_is_asked else None) == "stop":
            yield from reason_to_stop(facts, project)
        if nobody_is_asked:
            for name, fact in UNSURE.items():
                if fact in facts.unsure and name not in data:
                    yield _question_left_open(name, facts)

    @pass_context
    def show_plan(self, context: Context) -> bool:
        """Print the plan, once and on a first copy only; True if it is to be confirmed."""
        project = _project(context)
        if "db_confirm" in _known_answers(context) and "db_added_on" in _known_answers(context):
            return False
        if project not in self._shown and not context["_copier_conf"]["quiet"]:
            self._shown.add(project)
            template = Path(context["_copier_conf"]["src_path"]) / "template"
            variables = context.get_all()
            rendered = rendered_files(template, self.environment, variables)
            created = [path for path in rendered if not (project / path).exists()]
            changes = plan_changes(project, variables)
            facts = self._facts_of(context)
            plan = describe_plan(facts, variables, created, changes, project)
            print(f"\n{plan}", file=sys.stderr)
        return True

    @pass_context
    def agreed(self, context: Context) -> bool:
        """Go on only after a yes.

        Raises:
            UserMessageError: the plan was declined.
        """
        if not context["db_confirm"]:
            raise UserMessageError("Nothing was added: the plan was not confirmed.")
        return True

    @pass_context
    def kept_files(self, context: Context) -> str:
        """Patterns of the files that a copy leaves alone because they are there.

        Raises:
            UserMessageError: a file of the user's rules the layer out; this is the last moment
                before something is written.
        """
        for conflict in plan_changes(_project(context), context.get_all()).conflicts:
            raise UserMessageError(conflict.message)
        return "\n".join(kept_files(_project(context), context.get_all()))

    @pass_context
    def layer_import(self, context: Context, module: str, names: str) -> str:
        """An import from a module of the layer; see `import_statement`."""
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

    def _facts_of(self, context: Context) -> Facts:
        project = _project(context).resolve()
        if project not in self._facts:
            try:
                self._facts[project] = inspect_project(project)
            except OSError as error:
                raise UserMessageError(f"{project}: {error.strerror or error}.") from error
        return self._facts[project]


def _layer(context: Context) -> str:
    return layer_module(
        context["db_import_path"], context["db_package_dir"], context["db_layer_dir"]
    )


def _project(context: Context) -> Path:
    return Path(context["_copier_conf"]["dst_path"])


def _data(context: Context) -> Mapping[str, Any]:
    data: Mapping[str, Any] = context["_copier_conf"]["data"]
    return data


def _known_answers(context: Context) -> Mapping[str, Any]:
    """Answers given on the command line or by the update, and those that the project records."""
    file = _project(context) / str(context["_copier_conf"]["answers_file"] or "")
    try:
        recorded = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError):
        recorded = None
    return {**(recorded if isinstance(recorded, dict) else {}), **_data(context)}


def _question_left_open(name: str, facts: Facts) -> str:
    candidates = {
        "package_dir": (facts.package_dir, *facts.candidates),
        "app_file": (facts.app_file or "", *facts.app_files),
        "dependency_file": (facts.dependency_file or "", *facts.dependency_files),
    }[UNSURE[name]]
    choices = ", ".join(dict.fromkeys(candidates))
    return f"{name} is not clear from the project: say which with -d {name}=… ({choices})."
