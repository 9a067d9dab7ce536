"""What the reference says of each question beyond its own words."""

NOTES = {
    "db_undo": (
        "Takes the layer out again instead of adding it; see [undo](../undo.md). Never recorded."
    ),
    "db_existing": (
        "Only where the project has a declarative base, an engine, a session or Alembic already. "
        "See [adopting a layer](../how-to/adopt-a-layer.md), which is the default where it is "
        "proven that it works, and [one beside it](../how-to/existing-layer.md)."
    ),
    "db_adopted": (
        "What of an adopted layer is used: its declarative base, the expression of its URL, its "
        "session factories, and its revision on that day."
    ),
    "db_package_dir": "The layer goes into it, or into a new `db` in it where names are taken.",
    "db_import_path": "As in `import shop.core`; the imports of the generated files begin with it.",
    "db_app_file": "`install_database(app)` is called there.",
    "db_app_object": "For the plan, and for the tests that the layer brings.",
    "db_dependency_file": "The requirements are merged into it.",
    "db_dependency_manager": "Names the commands in the summary and in `DATABASE.md`.",
    "db_layer_dir": "Where the layer's modules are.",
    "db_migrations_dir": "Alembic's directory.",
    "db_alembic_ini": "Alembic's configuration.",
    "db_project_name": "What the database's own views show for the application's connections.",
    "db_schema": (
        "The PostgreSQL schema of the tables; empty for the default one. A layer beside another "
        "has one of its own."
    ),
    "db_version_table": "Where Alembic notes the revision.",
    "db_tests_dir": "Where the project's tests are.",
    "db_tests_subdir": "The directory in it for the layer's tests.",
    "db_guide": "The guide's file.",
    "db_tests_are_packages": "Whether directories of tests have an `__init__.py`.",
    "db_import_base": "The directory that the project's modules are imported from.",
    "db_python_path": (
        "What `PYTHONPATH` has to hold for the layer's commands; empty where Python finds the "
        "project's modules by itself."
    ),
    "db_pytest": "How pytest is started so that it finds the project's modules.",
    "db_asyncio_mode": "The mode of pytest-asyncio, where the project has it: `auto` or `strict`.",
    "db_quotes": "The quotes of the generated code: `double` or `single`, as the formatter is set.",
    "db_lines_after_imports": "Blank lines after imports, where isort's settings say; 0 if not.",
    "db_alembic_section": (
        "Where imports of Alembic are sorted, `first-party` or `third-party`, where settings of "
        "isort's or Ruff's say."
    ),
    "db_formatter": "`ruff` or `black` where the project declares it: it formats new revisions.",
    "db_http_client": "The package of the client that tests send requests with.",
    "db_python": "The oldest Python that the generated code has to run on.",
    "db_session_scope": (
        "`function`, `request` for a FastAPI from 0.106 and below 0.118, or `response` for other "
        "old ones: what makes a session "
        "[commit before the response](../explanation/commit-before-response.md)."
    ),
    "db_added_on": "The day on which the layer was added.",
    "db_type": "Supabase brings Row Level Security, policies and grants in migrations.",
    "db_auth_tables": "What its columns and policies are is in `models/auth.py`.",
    "db_models": "[The grammar](../models.md) has all that can be said.",
    "db_example_model": "A model to copy from, with a test; delete it when you have your own.",
    "db_extras": "In a shell: `-d 'db_extras=[doctor, reads]'`, and `-d 'db_extras=[]'` for none.",
    "db_wire_app": "Without it, the summary says which line to add by hand.",
    "db_confirm": "The plan is shown before. A no, or `-d db_confirm=false`, writes nothing.",
    "db_record": "What was put into your own files, for the [undo](../undo.md).",
}

DEFAULTS = {
    "db_existing": "`adopt` where that is proven, else `stop`; `--defaults` stops",
    "db_adopted": "what was found, with `db_existing=adopt`",
    "db_extras": "`[doctor]`; `[doctor, errors, health]` with `db_existing=adopt`",
    "db_version_table": "`alembic_version`, or that of an adopted layer",
    "db_example_model": "`true`, and `false` where models are asked for that have its names",
    "db_added_on": "today",
    "db_record": "written by the copy",
}
"""Defaults that the questionnaire computes, where "what was found" would not be true."""
