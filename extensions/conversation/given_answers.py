"""Answers given on the command line: names and values that Copier would let pass or choke on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any, cast

import yaml

_MODULE = r"[^\W\d]\w*(?:\.[^\W\d]\w*)*"
_IMPORT_PATH = re.compile(rf"(?:{_MODULE})?")
_OBJECT = re.compile(rf"(?:({_MODULE}):({_MODULE})(?:\(\))?)?")
# How deep below the project's root the directory that the application is imported from may lie.
_BASES = ("", "*/", "*/*/")

PLACES = {
    "db_package_dir": "directory",
    "db_app_file": "file",
    "db_dependency_file": "file",
}
"""The questions whose answer has to be there, and as what."""


@cache
def load_questions(template: Path) -> dict[str, Mapping[str, Any]]:
    """The questions of copier.yml by name."""
    # Where there is LibYAML, it takes a tenth of the time.
    loader: type = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    content = yaml.load((template / "copier.yml").read_text(encoding="utf-8"), loader)  # noqa: S506
    return {name: details for name, details in content.items() if name.startswith("db_")}


def problems_with(
    given: Mapping[str, Any], questions: Mapping[str, Mapping[str, Any]], project: Path
) -> Iterator[str]:
    """What is wrong with the answers that came by `-d` or `--data-file`, a sentence each."""
    for name, value in given.items():
        if name not in questions:
            close = get_close_matches(name, questions, n=1)
            hint = (
                f"did you mean {close[0]}?" if close else f"the names are {', '.join(questions)}."
            )
            yield f"-d {name}: this template has no question of that name; {hint}"
        else:
            yield from problems_with_value(name, value, questions)
            for problem in problems_with_place(name, value, given, project):
                yield f"-d {name}={value}: {problem}."


def problems_with_place(
    name: str, value: object, given: Mapping[str, Any], project: Path
) -> Iterator[str]:
    """What is wrong with a path or a name that Python imports, each without the full stop.

    Args:
        name: the question.
        value: its answer.
        given: the other answers, as far as they are known.
        project: the project's directory.
    """
    yield from _missing_place(name, value, project)
    yield from _no_name(name, value, given, project)


def problems_with_value(
    name: str, value: object, questions: Mapping[str, Mapping[str, Any]]
) -> Iterator[str]:
    """What is wrong with the answer to one of the questions, a sentence each."""
    question, parsed = questions[name], _parsed(value)
    choices = question.get("choices")
    if question["type"] == "bool" and not isinstance(parsed, bool):
        yield f"-d {name}={value}: it takes true or false."
    # A text is a template, which lists what the project has.
    elif choices and not isinstance(choices, str):
        named = cast("Mapping[str, object] | Sequence[object]", choices)
        allowed = list(named.values() if isinstance(named, Mapping) else named)
        several = bool(question.get("multiselect"))
        chosen = cast("list[object]", parsed) if isinstance(parsed, list) else [parsed]
        if several != isinstance(parsed, list) or any(choice not in allowed for choice in chosen):
            takes = "a list in brackets of any of {}" if several else "{}"
            listed = (", " if several else " or ").join(map(str, allowed))
            yield f"-d {name}={value}: it takes {takes.format(listed)}."


def _parsed(value: object) -> object:
    """A value as YAML has it, which is how Copier reads what it gets by `-d`."""
    try:
        return yaml.safe_load(value) if isinstance(value, str) else value
    except yaml.YAMLError:
        return value


def _missing_place(name: str, value: object, project: Path) -> Iterator[str]:
    if name not in PLACES or not value:
        return
    place = project / str(value)
    inside = place.resolve().is_relative_to(project.resolve())
    exists = place.is_dir() if PLACES[name] == "directory" else place.is_file()
    if not (inside and exists):
        yield f"there is no such {PLACES[name]} in {project}"


def _no_name(name: str, value: object, given: Mapping[str, Any], project: Path) -> Iterator[str]:
    """What is wrong with a name that Python has to import."""
    if name == "db_import_path":
        package, path = str(given.get("db_package_dir", "")), str(value or "")
        dotted = "." + ".".join(PurePosixPath(package).parts)
        if not _IMPORT_PATH.fullmatch(path):
            likely = ".".join(part for part in PurePosixPath(path).parts if part.isidentifier())
            yield (
                "it takes the name that code imports the package by"
                f"{f', such as {likely}' if likely else ''}; empty for top-level modules"
            )
        elif package and path and not dotted.endswith(f".{path}"):
            yield f"{package} cannot be imported by that name"
    elif name == "db_app_object":
        match = _OBJECT.fullmatch(str(value or ""))
        if match is None:
            likely = str(value).removesuffix(".py").replace("/", ".")
            example = f"{likely}:app" if _IMPORT_PATH.fullmatch(likely) else "app.main:app"
            yield (f"it takes module:object, such as {example}, or module:function() for a factory")
        elif match[1] and not _is_there(match[1], project):
            yield f"there is no module {match[1]} in {project}"


def _is_there(module: str, project: Path) -> bool:
    path = module.replace(".", "/")
    return any(
        next(project.glob(f"{base}{path}{ending}"), None) is not None
        for base in _BASES
        for ending in (".py", "/__init__.py")
    )
