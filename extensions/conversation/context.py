"""What Copier knows as it renders a question, a file name or a file: read here alone."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from copier.errors import UserMessageError

from ..adoption.answers_file import AnswersError, read_answers
from ..adoption.renamed_questions import under_present_names
from ..answers import Answers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jinja2.runtime import Context


def answers_of(context: Context) -> Answers:
    """The answers so far."""
    return Answers.of(context.get_all())


class CopierContext:
    """The options of the running command, and the answers so far."""

    def __init__(self, context: Context) -> None:
        """Read what a function gets that Copier's templates call."""
        self.variables: Mapping[str, Any] = context.get_all()
        options: Mapping[str, Any] = context["_copier_conf"]
        self.options = options
        self.project = Path(options["dst_path"])
        """As the user typed it; `root` is the same without links."""
        self.root = self.project.resolve()
        self.template = Path(options["src_path"])
        self.data: Mapping[str, Any] = options["data"]
        """The answers of `-d` and `--data-file`; in the renders of an update, all recorded ones."""

    @cached_property
    def answers(self) -> Answers:
        """The answers so far."""
        return Answers.of(self.variables)

    @property
    def answers_file(self) -> str:
        """What the answers are recorded in, relative to the project."""
        return str(self.options["answers_file"] or "")

    @cached_property
    def recorded(self) -> Mapping[str, Any]:
        """The answers that the project records.

        Raises:
            UserMessageError: the file is not as a copy or an update left it.
        """
        try:
            return read_answers(self.project, self.answers_file) if self.answers_file else {}
        except AnswersError as error:
            raise UserMessageError(str(error)) from error

    @cached_property
    def known(self) -> Mapping[str, Any]:
        """The answers that were given without a prompt, by their questions' present names."""
        return under_present_names({**self.recorded, **self.data})

    @property
    def has_layer(self) -> bool:
        """Whether the project has the layer: this is an update, or another copy."""
        return "db_added_on" in self.known

    @property
    def is_copy_of_another_version(self) -> bool:
        """Whether the layer is of one version of the template, and this copies another one."""
        rendered: Mapping[str, Any] = self.variables.get("_copier_answers") or {}
        versions = {str(self.recorded.get("_commit")), str(rendered.get("_commit"))} - {"None"}
        is_copy = self.variables.get("_copier_operation") == "copy"
        return self.has_layer and is_copy and len(versions) > 1

    @property
    def is_undo(self) -> bool:
        """Whether the layer is to be taken out."""
        # Copier hands over what a command line gives to a question that is not asked as text.
        return str(self.data.get("db_undo")).lower() not in {"none", "false", "no", "off", "0"}
