"""Notes on each question for the reference."""

NOTES = {
    "db_undo": ("Removes the layer instead of adding it; see [undo](../undo.md). Never recorded."),
    "db_plan": (
        "`json` prints the plan to standard output as an object; see "
        "[coding agents](../how-to/coding-agents.md). Never recorded."
    ),
    "db_existing": (
        "Only if the project has a declarative base, an engine, a session or Alembic already. "
        "See [adopting a layer](../how-to/adopt-a-layer.md), the default if it is proven to work, "
        "and [a layer beside it](../how-to/existing-layer.md)."
    ),
    "db_adopted": (
        "The parts of an adopted layer that are used: its declarative base, the expression of its "
        "URL, its session factories, and its revision at that time."
    ),
    "db_adopt_engine": (
        "Only if the layer is adopted, and a global of a module is what `create_async_engine` "
        "returns: `keep`, or the engine's name, such as `app.db:engine`. See "
        "[its engine](../how-to/adopt-a-layer.md#replace-the-engine)."
    ),
    "db_adopt_env": (
        "Only if the layer is adopted and `env.py` connects as Alembic's async template does."
    ),
    "db_adopt_sessions": (
        "Only if a layer with sync sessions is adopted: `async` makes those routes async whose "
        "conversion is proven. See "
        "[async routes](../how-to/adopt-a-layer.md#make-sync-routes-async)."
    ),
    "db_package_dir": "The layer goes into it, or into a new `db` in it if names are taken.",
    "db_import_path": "As in `import shop.core`: the prefix of imports in the generated files.",
    "db_app_file": "`install_database(app)` is called there.",
    "db_app_object": "For the plan, and for the layer's tests.",
    "db_dependency_file": "The requirements are merged into it.",
    "db_dependency_manager": "Decides the commands in the summary and in `DATABASE.md`.",
    "db_layer_dir": "The directory of the layer's modules.",
    "db_migrations_dir": "Alembic's directory.",
    "db_alembic_ini": "Alembic's configuration.",
    "db_project_name": "The `application_name` of the application's connections.",
    "db_schema": (
        "The PostgreSQL schema of the tables; empty for the default schema. A layer beside another "
        "has its own."
    ),
    "db_version_table": "Alembic's version table.",
    "db_tests_dir": "The directory of the project's tests.",
    "db_tests_subdir": "The directory in it for the layer's tests.",
    "db_guide": "The file name of the guide.",
    "db_env_example": (
        "The example of a `.env`, to which placeholders are added: `.env.example`, or what the "
        "project has in its place, such as `.env.sample`."
    ),
    "db_tests_are_packages": "Whether test directories have an `__init__.py`.",
    "db_import_base": "The directory on `sys.path` that the project's modules are imported from.",
    "db_python_path": (
        "The `PYTHONPATH` of the layer's commands; empty if Python finds the project's modules "
        "without it."
    ),
    "db_pytest": "The pytest command that finds the project's modules.",
    "db_asyncio_mode": "The mode of pytest-asyncio, if the project uses it: `auto` or `strict`.",
    "db_fixture_loop_scope": (
        "With `auto`, the scope of the event loop that async fixtures run on, if tests have "
        "another."
    ),
    "db_quotes": "The quotes of the generated code, as the formatter is set: `double` or `single`.",
    "db_lines_after_imports": "isort's setting for blank lines after imports; 0 if not set.",
    "db_alembic_section": (
        "The import section of Alembic, `first-party` or `third-party`, if isort or Ruff is set so."
    ),
    "db_formatter": "`ruff` or `black` if the project declares it: it formats new revisions.",
    "db_http_client": "The HTTP client package of the tests.",
    "db_python": "The oldest Python that the generated code has to run on.",
    "db_session_scope": (
        "How a session "
        "[commits before the response](../explanation/commit-before-response.md): `function`, "
        "`request` for FastAPI from 0.106 and below 0.118, or `response` for other old versions."
    ),
    "db_added_on": "The day on which the layer was added.",
    "db_type": "Supabase adds Row Level Security, policies and grants in migrations.",
    "db_tenants": (
        "Models belong to a tenant, except those that `db_models` "
        "declares as `shared`; see [tenants](../how-to/tenants.md)."
    ),
    "db_auth_tables": "`models/auth.py` has the columns and policies.",
    "db_models": "See [the grammar](../models.md).",
    "db_example_model": "An example with a test; delete it when you have your own models.",
    "db_extras": (
        "In a shell: `-d 'db_extras=[doctor, reads]'`, and `-d 'db_extras=[]'` for none. Supabase, "
        "tenants, `db_schema`, `db_reflect`, `enums`, vectors and foreign keys in a circle bring "
        "`autogenerate` along."
    ),
    "db_autogenerate_is_extra": (
        "Recorded since `autogenerate` is an extra. Layers from before have it, and keep it."
    ),
    "db_reflect": (
        "`true` adds a command that writes models for existing tables; see "
        "[existing databases](../how-to/existing-database.md#manage-the-tables-with-migrations)."
    ),
    "db_wire_app": "If not, the summary shows the line to add by hand.",
    "db_confirm": "The plan is shown first. A no, or `-d db_confirm=false`, writes nothing.",
    "db_record": "The changes to your own files, for the [undo](../undo.md).",
}

DEFAULTS = {
    "db_existing": "`adopt` if that is proven to work, else `stop`; `--defaults` stops",
    "db_adopted": "what was found, with `db_existing=adopt`",
    "db_extras": "`[doctor]`; `[doctor, errors, health]` with `db_existing=adopt`",
    "db_version_table": "`alembic_version`, or that of an adopted layer",
    "db_example_model": (
        "`true`, and `false` if requested models have its names, or with `db_tenants`"
    ),
    "db_added_on": "today",
    "db_record": "written by the copy",
}
"""Defaults that are computed rather than detected."""
