"""The files of many specifications, rendered without Copier, each into a package of its own."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from extensions.adoption.questionnaire import ExistingProject
from extensions.models_on_request.requests import requested_files
from tests.support.template import REPOSITORY

LAYER = "{{ db_layer_dir }}"
MODEL = "{% yield model from requested_models() %}{{ model.module }}{% endyield %}.py.jinja"
CYCLES = "{% if models_have_cycles() %}database_cycles.py{% endif %}"
TESTS = "{% if requested_models() %}test_database_models.py{% endif %}.jinja"
MIGRATIONS = "{% if db_type == 'postgresql' %}database_migrations.py{% endif %}.jinja"


def render_packages(specs: Mapping[str, str], directory: Path, *, python: str) -> None:
    """Write a package for each specification.

    Args:
        specs: what is asked for, by the name of the package.
        directory: where the packages go.
        python: the oldest version of Python that has to read them.
    """
    environment = Environment(
        loader=FileSystemLoader(REPOSITORY / "template"),
        extensions=[ExistingProject],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is Python that is rendered
    )
    for package, spec in specs.items():
        for path, content in _files(environment, package, spec, python):
            target = directory / package / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")


def _files(
    environment: Environment, package: str, spec: str, python: str
) -> Iterator[tuple[str, str]]:
    answers: dict[str, Any] = {
        "_copier_conf": {"data": {}, "answers_file": "", "dst_path": "."},
        "db_import_path": package,
        "db_package_dir": package,
        "db_layer_dir": package,
        "db_python": python,
        "db_models": spec,
        "db_example_model": False,
        "db_asyncio_mode": "strict",
        "db_type": "postgresql",
    }

    def render(template: str, **more: object) -> str:
        return environment.get_template(template).render(answers | more)

    yield "__init__.py", ""
    for name in ("__init__", "base"):
        yield f"models/{name}.py", render(f"{LAYER}/models/{name}.py.jinja")
    for model in requested_files(spec, python=tuple(map(int, python.split(".")))):
        yield f"models/{model.module}.py", render(f"{LAYER}/models/{MODEL}", model=model)
    yield "database_migrations.py", render(f"{LAYER}/{MIGRATIONS}")
    yield "database_cycles.py", render(f"{LAYER}/{CYCLES}")
    yield "test_models.py", render(f"{{{{ db_tests_dir }}}}/{{{{ db_tests_subdir }}}}/{TESTS}")
