"""What a project's images, containers and pipelines have to be told of the layer.

These files are read as text and never edited: each is written in its own way, and a sentence about
a line of it is worth more than a guess at the right edit.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, cast

import yaml

from ..project_files.encoding import line_of, text_of
from ..project_files.gitignore import repository, rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from pathspec import GitIgnoreSpec

    from ..answers import Answers

DOCKERFILES = ("Dockerfile", "Dockerfile.*", "*.Dockerfile", "Containerfile", "docker/Dockerfile*")
COMPOSE_FILES = ("docker-compose*.y*ml", "compose*.y*ml")
PIPELINES = (".github/workflows/*.y*ml", ".gitlab-ci.y*ml", ".circleci/config.yml")
COVERAGE = ("pyproject.toml", "pytest.ini", "setup.cfg", "tox.ini", ".coveragerc")
_INSTALLED = re.compile(r"venv|site-packages|/usr/local|wheel|dist\b|/\.local|\.whl")
_LOCAL = re.compile(r"@(?:localhost|127\.0\.0\.1|\[::1\])\b")
_FOR_DEVELOPMENT = re.compile(
    r"(?:^|[-_])(?:dev|devel|develop|development|debug|local|tests?|testing|ci|lint)(?:$|[-_])",
    re.IGNORECASE,
)
"""The stages of an image that install what tests need, and mean to."""
_SERVERS = ("postgres", "postgis", "pgvector", "timescale", "supabase")
_RUN = r"(?:(?:uv|poetry|pdm|pipenv|hatch|rye) run (?:-\S+ )*)?"
_PYTEST = re.compile(rf"(?:[A-Z_]+=\S+ )*{_RUN}(?:pytest|py\.test)(?: |$)")
_FAIL_UNDER = re.compile(
    r"^[^#\n]*?((?:--cov-fail-under[= ]|\bcoverage [^#\n]*--fail-under[= ]|\bfail_under *= *)"
    r"(\d+(?:\.\d+)?))",
    re.MULTILINE,
)
NEARLY_ALL = 95
"""A bound in percent that the tests of the layer do not reach for its module `database.py`."""


@dataclass(frozen=True, slots=True)
class Layer:
    """What advice depends on."""

    answers: Answers
    files: Sequence[str]
    """The layer's own, relative to the project."""
    test_files: Sequence[str]
    """The requirements files that only tests need."""


def advise(project: Path, layer: Layer) -> Iterator[str]:
    """Say in a sentence each what to change in images, containers and pipelines."""
    images = dict(_texts(project, DOCKERFILES))
    for name, text in images.items():
        yield from advise_on_image(name, text, layer, ignored=_dockerignore(project))
    # An adopted layer connects where the application does already.
    for name, text in () if layer.answers.is_adopted else _texts(project, COMPOSE_FILES):
        yield from advise_on_containers(name, text, layer, images)
    for name, text in _texts(project, PIPELINES):
        yield from advise_on_pipeline(name, text, layer)
    settings = [*_texts(project, COVERAGE)]
    if not any("database_kit" in text for _, text in settings):
        for name, text in (*settings, *_texts(project, PIPELINES), *_pipelines_above(project)):
            yield from advise_on_coverage(name, text, layer)


def advise_on_image(
    name: str, text: str, layer: Layer, *, ignored: GitIgnoreSpec | None = None
) -> Iterator[str]:
    """What a Dockerfile lacks, or has too much of.

    Args:
        name: its path, to be named.
        text: what it says.
        layer: what the layer brings.
        ignored: the rules of the `.dockerignore`.
    """
    stages = list(_stages(text))
    if not _have(stages, layer.answers.app_file):
        return
    installs = next(
        (
            installing
            for stage in stages
            if not _FOR_DEVELOPMENT.search(stage.names[0])
            for installing in _with_tests(stage, text, layer)
        ),
        None,
    )
    if installs is not None:
        line, remedy = installs
        yield f"{name}, line {line}: it also installs the tests' database server; {remedy}."
    final = stages[-1]
    missing: dict[str, None] = {}
    hidden: dict[str, None] = {}
    migrations = layer.answers.migrations_dir
    tests = PurePosixPath(layer.answers.tests_dir)
    ini = layer.answers.alembic_ini
    for file in (*layer.files, ini):
        path = PurePosixPath(file)
        is_code = path.suffix in (".py", ".mako") and not path.is_relative_to(tests)
        if not is_code and file != ini:
            continue
        # A build takes in the package alone.
        is_built = file != ini and not path.is_relative_to(migrations)
        installed = is_built and _covers(final.installed, file)
        top = f"{path.parts[0]}/" if len(path.parts) > 1 else file
        if not installed and not _covers(final.sources, file):
            missing[top] = None
        if ignored is not None and ignored.match_file(file):
            hidden[top] = None
    # What the application imports comes before what migrates.
    names, lines = (
        sorted(paths, key=lambda name: (name == ini, name == f"{migrations}/"))
        for paths in (missing, hidden)
    )
    if names:
        past = f", past .dockerignore ({' '.join(f'!{each}' for each in lines)})" if lines else ""
        them = "it" if len(names) == 1 else "them"
        yield f"{name}: the image lacks {_listed(names)}; COPY {them} too{past}."
    elif lines:
        yield f".dockerignore keeps {_listed(lines)} out of the image."


def _have(stages: Sequence[_Stage], file: str) -> bool:
    return _covers([source for stage in stages for source in stage.sources], file)


@dataclass(slots=True)
class _Stage:
    """One FROM of a Dockerfile with what it copies from the project."""

    names: tuple[str, ...]
    sources: list[str] = field(default_factory=list[str])
    installed: list[str] = field(default_factory=list[str])
    """What another stage has copied and installed, where only the result is taken over."""
    commands: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def _stages(text: str) -> Iterator[_Stage]:
    stages: list[_Stage] = []
    for line, instruction, rest in _instructions(text):
        words = rest.replace('"', " ").replace("[", " ").replace("]", " ").replace(",", " ").split()
        flags = [word for word in words if word.startswith("--")]
        words = [word for word in words if not word.startswith("--")]
        if instruction == "FROM" and words:
            base = next((stage for stage in stages if words[0] in stage.names), None)
            alias = (words[2],) if len(words) > 2 else ()  # noqa: PLR2004 - FROM image AS name
            stage = _Stage((*alias, str(len(stages))))
            if base:
                stage.sources += base.sources
                stage.installed += base.installed
            stages.append(stage)
        elif instruction in ("COPY", "ADD") and stages and len(words) > 1:
            origin = next((flag[7:] for flag in flags if flag.startswith("--from=")), None)
            if origin is None:
                stages[-1].sources += [_plain(word) for word in words[:-1]]
                continue
            source = next((stage for stage in stages if origin in stage.names), None)
            if source:
                built = _INSTALLED.search(" ".join(words[:-1]))
                target = stages[-1].installed if built else stages[-1].sources
                target += source.sources
        elif instruction in ("RUN", "CMD", "ENTRYPOINT") and stages:
            command = rest if rest.lstrip()[:1] != "[" else " ".join(words)
            stages[-1].commands.append((line, command))
    yield from stages


def _instructions(text: str) -> Iterator[tuple[int, str, str]]:
    """Each instruction with its line; continued lines are joined."""
    start, gathered = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        if line.lstrip().startswith("#"):
            continue
        start = start or number
        gathered += line.removesuffix("\\") + " "
        if not line.rstrip().endswith("\\"):
            instruction, _, rest = gathered.strip().partition(" ")
            yield start, instruction.upper(), rest
            start, gathered = 0, ""


def _plain(source: str) -> str:
    return source.removeprefix("./").rstrip("/") or "."


def _covers(sources: Sequence[str], file: str) -> bool:
    """Whether what is copied has a file in it."""
    path = PurePosixPath(file)
    places = [str(path), *(str(parent) for parent in path.parents)]
    return any(
        fnmatchcase(place, source) and place.count("/") == source.count("/")
        for source in sources
        for place in places
    )


_NO_TESTS = re.compile(
    r"--no-dev\b|--no-group\b|--no-default-groups\b|--only-group\b|--only\b|--without\b"
    r"|--prod\b|--production\b|--no-sync\b"
)
_INSTALLING = {
    "uv": (re.compile(r"\buv (?:sync|run)\b[^&|;]*"), "add --no-dev"),
    "poetry": (re.compile(r"\bpoetry install\b[^&|;]*"), "add --only main"),
    "pdm": (re.compile(r"\bpdm (?:install|sync)\b[^&|;]*"), "add --prod"),
    "pipenv": (re.compile(r"\bpipenv install\b[^&|;]* (?:--dev|-d)\b[^&|;]*"), "leave out --dev"),
}


def _with_tests(stage: _Stage, text: str, layer: Layer) -> Iterator[tuple[int, str]]:
    """The commands of an image that install what only tests need, with what to do."""
    manager = layer.answers.dependency_manager
    pattern, remedy = _INSTALLING.get(manager, (None, ""))
    for line, command in stage.commands:
        for file in layer.test_files:
            if re.search(rf"-r[ =]?(?:\S*/)?{re.escape(PurePosixPath(file).name)}\b", command):
                yield line, f"leave out {file}"
        if pattern is None or re.search(r"\bUV_NO_(?:DEV|DEFAULT_GROUPS|SYNC)\b", text):
            continue
        if any(not _NO_TESTS.search(match) for match in pattern.findall(command)):
            yield line, remedy


def advise_on_containers(
    name: str, text: str, layer: Layer, images: Mapping[str, str]
) -> Iterator[str]:
    """Where a compose file's application looks for its database.

    Args:
        name: its path, to be named.
        text: what it says.
        layer: what the layer brings.
        images: the project's Dockerfiles, by their paths.
    """
    try:
        data = yaml.safe_load(text)
    except yaml.YAMLError:
        return
    document = cast("dict[str, Any]", data) if isinstance(data, dict) else {}
    services = document.get("services")
    if not isinstance(services, dict):
        return
    known = cast("dict[str, Any]", services)
    server = next((key for key, service in known.items() if _is_server(service)), None)
    host = f"the service {server}" if server else "the server's own host"
    at_localhost: list[str] = []
    without_url: list[str] = []
    for service, details in known.items():
        settings = cast("dict[str, Any]", details) if isinstance(details, dict) else {}
        if not _has_layer(settings, layer, images):
            continue
        variables = str(settings.get("environment", ""))
        if "DATABASE_URL" in variables and not _LOCAL.search(variables):
            continue
        is_set = "DATABASE_URL" in variables or "env_file" in settings
        (at_localhost if is_set else without_url).append(service)
    if at_localhost:
        yield (
            f"{name}: localhost in {_listed(at_localhost)} is the container itself; DATABASE_URL "
            f"there has {host} for its host."
        )
    if without_url:
        verb, pronoun = ("have", "them") if without_url[1:] else ("has", "it")
        yield (
            f"{name}: {_listed(without_url)} {verb} no DATABASE_URL; give {pronoun} one with "
            f"{host} for its host."
        )


def _has_layer(service: Mapping[str, Any], layer: Layer, images: Mapping[str, str]) -> bool:
    """Whether a service is built from what has the layer, and not a proxy's image, say."""
    build = service.get("build")
    if build is None:
        return False
    details = cast("dict[str, Any]", build) if isinstance(build, dict) else {"context": build}
    directory = posixpath.normpath(str(details.get("context") or "."))
    text = images.get(posixpath.normpath(str(details.get("dockerfile") or "Dockerfile")))
    if directory == "." and text is not None and "volumes" not in service:
        return _have(list(_stages(text)), f"{layer.answers.layer_dir}/database.py")
    is_computed = directory.startswith("$")
    return is_computed or PurePosixPath(layer.answers.layer_dir).is_relative_to(directory)


def _is_server(details: object) -> bool:
    image = (
        str(cast("dict[str, Any]", details).get("image", "")) if isinstance(details, dict) else ""
    )
    return any(name in image for name in _SERVERS)


def advise_on_pipeline(name: str, text: str, layer: Layer) -> Iterator[str]:
    """What a pipeline that runs the tests needs to stay green."""
    commands = list(_commands(text))
    tests = [(line, command) for line, command in commands if _PYTEST.match(command)]
    by_module = [command for _, command in commands if "-m pytest" in command]
    wanted = layer.answers.pytest
    if tests and wanted != "pytest" and "PYTHONPATH" not in text:
        yield (
            f"{name}, line {tests[0][0]}: pytest does not find the project's modules there; "
            f"run `{wanted}`."
        )
    if not tests and not by_module:
        return
    for line, command in commands:
        for file in layer.test_files:
            installs = re.search(r"pip3? (?:install|sync)\b.* -r[ =]?\S+", command)
            if installs and PurePosixPath(file).name not in text:
                yield f"{name}, line {line}: the tests need what {file} lists; add -r {file}."
                return
        pattern, _ = _INSTALLING.get(layer.answers.dependency_manager, (None, ""))
        for install in pattern.findall(command) if pattern else ():
            if re.search(r"--no-dev\b|--only[ =]main\b|--prod\b|--production\b", install):
                yield f"{name}, line {line}: the tests need the development group, too."
                return


def advise_on_coverage(name: str, text: str, layer: Layer) -> Iterator[str]:
    """What keeps a bound of the project's coverage about the project's own code."""
    found = _FAIL_UNDER.search(text)
    directory = PurePosixPath(layer.answers.layer_dir)
    kit = (directory / "database_kit").as_posix()
    sources = [source.replace(".", "/") for source in re.findall(r"--cov[= ](\w[\w./]*)", text)]
    if found and (
        not sources or any(f"{kit}/".startswith(f"{source.rstrip('/')}/") for source in sources)
    ):
        others = f"{directory / 'database.py'} and " if float(found[2]) > NEARLY_ALL else ""
        yield (
            f"{name}, line {line_of(text, found.start(1))}: the layer's modules count for "
            f"{found[1]}; add {others}{kit}/* to coverage's omit."
        )


def _commands(text: str) -> Iterator[tuple[int, str]]:
    """What looks like a shell command in a pipeline, with its line."""
    for number, line in enumerate(text.splitlines(), 1):
        stripped = re.sub(r"^\s*(?:- )?(?:run: |script: )?[|>\"']?", "", line).strip(" \"'")
        if not stripped.startswith("#"):
            for command in re.split(r"&&|;|\|", stripped):
                yield number, command.strip()


def _texts(project: Path, patterns: Sequence[str]) -> Iterator[tuple[str, str]]:
    names = {path for pattern in patterns for path in project.glob(pattern) if path.is_file()}
    for path in sorted(names):
        name = path.relative_to(project).as_posix()
        if text := text_of(project, name):
            yield name, text


def _pipelines_above(project: Path) -> Iterator[tuple[str, str]]:
    """Those of the repository that a project lies in, as far as they name its directory."""
    start = project.absolute()
    top = repository(start)
    above = "../" * len(start.relative_to(top).parts)
    for name, text in _texts(top, PIPELINES) if above else ():
        if start.name in text:
            yield above + name, text


def _dockerignore(project: Path) -> GitIgnoreSpec:
    """The rules of the `.dockerignore`, which are about paths from the top."""
    text = text_of(project, ".dockerignore")
    lines = (line.strip() for line in text.splitlines() if not line.startswith("#"))
    return rules(re.sub(r"^(!?)/?(?!\*\*)", r"\1/", line) for line in lines if line.strip("!/"))


def _listed(names: Sequence[str]) -> str:
    *head, last = names
    return f"{', '.join(head)} and {last}" if head else last
