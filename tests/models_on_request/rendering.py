"""The files of many specifications, rendered without Copier, each into a package of its own."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from extensions.answers import Answers
from extensions.conversation.autogenerate_extra import needed_for
from extensions.conversation.extension import ExistingProject
from extensions.conversation.model_functions import exported_names
from extensions.models_on_request.requests import RequestedModels
from extensions.python_text.imports import imports
from tests.support.template import REPOSITORY

from .specs import Spec

SHARED = "shared"
IN_TEMPLATE = {
    "database_kit": "database_kit",
    "database_kit/autogenerate": "database_kit/{% if has_autogenerate() %}autogenerate{% endif %}",
}
"""The template's directories, by those that they become."""
FROM_SHARED = {
    "database_kit.autogenerate.comparison": [
        *("compare_all", "compare_default", "compare_type", "own_tables"),
    ],
    "database_kit.autogenerate.extensions": ["new_extensions"],
    "database_kit.autogenerate.operations": ["SQL"],
    "database_kit.autogenerate.order": [
        *("create_exclusions", "order_drops", "order_foreign_keys", "postpone_keys"),
    ],
    "database_kit.autogenerate.schemas": ["new_schemas"],
    "database_kit.autogenerate.tables": ["compare_table"],
    "database_kit.driver": ["DRIVER_ERRORS"],
    "database_kit.engine": ["create_migration_engine"],
    "database_kit.search": ["matches", "rank", "weighted_tsvector"],
    "database_kit.vectors": ["cosine_distance", "cosine_index"],
    "database_kit.settings": ["DatabaseSettingsError", "get_database_settings"],
    "database_kit.url": ["parse_database_url"],
}
"""The modules of the shared package, and what the packages take from them."""
SHARED_MODULES = (
    "database",
    *sorted(
        f"{directory}/{path.name.removesuffix('.py.jinja')}"
        for directory, template in IN_TEMPLATE.items()
        for path in (REPOSITORY / "template" / "{{ db_layer_dir }}" / template).iterdir()
        if path.name.endswith(".py.jinja") and "{%" not in path.name and path.stem != "plugin.py"
    ),
    *(f"database_kit/{name}" for name in ("autogenerate/extensions", "search", "vectors")),
)
"""What every layer has, and what models on request bring."""
AUTOGENERATE = "database_kit/autogenerate"
SHARED_TEMPLATES = {
    name: f"{name}.py".replace(AUTOGENERATE, IN_TEMPLATE[AUTOGENERATE]) for name in SHARED_MODULES
} | {
    f"{directory}/{name}": (
        f"{IN_TEMPLATE[directory]}/{{% if models_have('{what}') %}}{name}.py{{% endif %}}"
    )
    for directory, name, what in (
        (AUTOGENERATE, "extensions", "vectors"),
        ("database_kit", "search", "search"),
        ("database_kit", "vectors", "vectors"),
    )
}
"""Their templates; some modules are there only where the models need them."""
LAYER = "{{ db_layer_dir }}"
AUTH = "{% if db_auth_tables and db_type == 'postgresql' %}auth.py{% endif %}.jinja"
MODEL = "{% yield model from requested_models() %}{{ model.module }}{% endyield %}.py.jinja"
TESTS = "{% if requested_models() %}test_database_models.py{% endif %}.jinja"
SEEDS = "{% if 'seeds' in db_extras %}seeds.py{% endif %}.jinja"
USERS = "database_kit/{% if db_auth_tables and db_type == 'postgresql' %}auth.py{% endif %}.jinja"
UPDATED_AT = (
    "database_kit/{% if db_type == 'postgresql' and not has_autogenerate() %}updated_at.py"
    "{% endif %}.jinja"
)
ADDITIONS = "{% if db_type == 'postgresql' %}additions.py{% endif %}.jinja"


def render_packages(specs: Mapping[str, Spec], directory: Path, *, python: str) -> None:
    """Write a package for each specification.

    Args:
        specs: what is asked for, by the name of the package.
        directory: where the packages go.
        python: the oldest version of Python that has to read them.
    """
    environment = Environment(
        loader=FileSystemLoader([REPOSITORY / "template", REPOSITORY]),
        extensions=[ExistingProject],
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it is Python that is rendered
    )
    # What does not depend on the models is there once.
    for name in SHARED_MODULES:
        template = environment.get_template(f"{LAYER}/{SHARED_TEMPLATES[name]}.jinja")
        target = directory / SHARED / f"{name}.py"
        target.parent.mkdir(parents=True, exist_ok=True)
        (directory / SHARED / "__init__.py").touch()
        target.with_name("__init__.py").touch()
        target.write_text(template.render(_answers(SHARED, Spec(""), python)), encoding="utf-8")
    for package, spec in specs.items():
        for path, content in _files(environment, package, spec, python):
            target = directory / package / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content, encoding="utf-8")


def _answers(package: str, spec: Spec, python: str) -> dict[str, Any]:
    return {
        "_copier_conf": {"data": {}, "answers_file": "", "dst_path": "."},
        "db_import_path": package,
        "db_package_dir": package,
        "db_layer_dir": package,
        "db_project_name": "models",
        "db_python": python,
        "db_models": spec.text,
        "db_auth_tables": "users" in spec.beside,
        "db_example_model": False,
        "db_extras": ["seeds"],
        "db_asyncio_mode": "strict",
        "db_fixture_loop_scope": "",
        "db_session_scope": "function",
        "db_type": "postgresql",
    }


def _files(
    environment: Environment, package: str, spec: Spec, python: str
) -> Iterator[tuple[str, str]]:
    answers = _answers(package, spec, python)

    def render(template: str, **more: object) -> str:
        return environment.get_template(template).render(answers | more)

    yield "__init__.py", ""
    yield "database_kit/__init__.py", ""
    yield f"{AUTOGENERATE}/__init__.py", ""
    for name in ("__init__", "base"):
        yield f"models/{name}.py", render(f"{LAYER}/models/{name}.py.jinja")
    if "users" in spec.beside:
        yield "models/auth.py", render(f"{LAYER}/models/{AUTH}")
        yield "database_kit/auth.py", render(f"{LAYER}/{USERS}")
    yield "seeds.py", render(f"{LAYER}/{SEEDS}")
    for module, names in FROM_SHARED.items():
        statement = imports({f"{SHARED}.{module}": names})
        exported = exported_names(*names)
        path = module.replace(".", "/")
        yield f"{path}.py", f'"""From {SHARED}."""\n\n{statement}\n\n{exported}\n'
    floor = tuple(map(int, python.split(".")))
    for model in RequestedModels(spec.text, python=floor, beside=spec.beside).files:
        yield f"models/{model.module}.py", render(f"{LAYER}/models/{MODEL}", model=model)
    directory = f"{LAYER}/{IN_TEMPLATE[AUTOGENERATE]}"
    yield f"{AUTOGENERATE}/additions.py", render(f"{directory}/{ADDITIONS}")
    yield f"{AUTOGENERATE}/plugin.py", render(f"{directory}/plugin.py.jinja")
    if not needed_for(Answers.of(answers)):
        yield "database_kit/updated_at.py", render(f"{LAYER}/{UPDATED_AT}")
    yield "test_models.py", render(f"{{{{ db_tests_dir }}}}/{{{{ db_tests_subdir }}}}/{TESTS}")
