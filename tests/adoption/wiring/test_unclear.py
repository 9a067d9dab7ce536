"""Files where the place cannot be told: nothing changes, and the reason says why."""

from textwrap import dedent

import pytest

from extensions.app_file import Unclear, unwire_application, wire_application
from extensions.app_file import wiring as wire
from extensions.app_file.source_lines import Insertion

_CASES = {
    "no application": ("import os\n", "app", "no FastAPI application is made here"),
    "an empty file": ("", None, "no FastAPI application is made here"),
    "not Python": ("def (:\n", None, "Python cannot parse it: invalid syntax (line 1)"),
    "a string without its end": ('x = """\n', None, "Python cannot parse it"),
    "a null byte": ("app = 1\0\n", None, "Python cannot parse it"),
    "imported": (
        "from shop.server import app\n",
        "app",
        "app is imported from shop.server here, so the call belongs in that module",
    ),
    "returned at once": (
        """
        from fastapi import FastAPI
        def create_app():
            return FastAPI()
        """,
        "create_app",
        "FastAPI(...) on line 4 is returned without a name to pass to the call",
    ),
    "inside another call": (
        """
        from fastapi import FastAPI
        app = Wrapper(FastAPI())
        """,
        "app",
        "FastAPI(...) on line 3 is made inside another call and has no name",
    ),
    "part of a tuple": (
        """
        from fastapi import FastAPI
        app, other = FastAPI(), None
        """,
        "app",
        "FastAPI(...) on line 3 has no plain name of its own",
    ),
    "two, neither named": (
        """
        from fastapi import FastAPI
        public = FastAPI()
        internal = FastAPI()
        """,
        None,
        "more than one FastAPI application is made here: public (line 3) and internal (line 4)",
    ),
    "two in a factory, both returned": (
        """
        from fastapi import FastAPI
        def create_apps():
            public = FastAPI()
            internal = FastAPI()
            return public, internal
        """,
        "create_apps",
        "create_apps makes several applications: public (line 4) and internal (line 5)",
    ),
    "in a loop": (
        """
        from fastapi import FastAPI
        for version in versions:
            app = FastAPI()
        """,
        "app",
        "the application on line 4 is made in a loop",
    ),
    "in branches that leave one out": (
        """
        from fastapi import FastAPI
        if a:
            app = FastAPI()
        elif b:
            app = FastAPI()
        """,
        "app",
        "the application is made in several places (lines 4 and 6)",
    ),
    "in a try with a way past it": (
        """
        from fastapi import FastAPI
        try:
            app = FastAPI(lifespan=lifespan)
        except TypeError:
            app = FastAPI()
        except ValueError:
            pass
        """,
        "app",
        "the application is made in several places (lines 4 and 6)",
    ),
    "in branches that return": (
        """
        from fastapi import FastAPI
        def create_app():
            if a:
                app = FastAPI()
                return app
            else:
                app = FastAPI()
            return app
        """,
        "create_app",
        "the application is made in several places (lines 5 and 8)",
    ),
    "made elsewhere in another branch": (
        """
        from fastapi import FastAPI
        if a:
            app = FastAPI()
        else:
            app = other()
        """,
        "app",
        "app is assigned again on line 6",
    ),
    "replaced by something else": (
        """
        from fastapi import FastAPI
        app = FastAPI()
        app = load()
        """,
        "app",
        "app is assigned again on line 4",
    ),
    "wrapped ahead of a new lifespan": (
        """
        from fastapi import FastAPI
        app = FastAPI()
        app = Wrapper(app)
        app.router.lifespan_context = lifespan
        """,
        "app",
        "app is assigned again on line 4",
    ),
    "a lifespan that is replaced at some other time": (
        """
        from fastapi import FastAPI
        app = FastAPI()
        def configure(app):
            app.router.lifespan_context = lifespan
        """,
        "app",
        "configure replaces a lifespan on line 5, and it cannot be told when it runs",
    ),
    "another framework": (
        """
        from flask import Flask
        app = Flask(__name__)
        """,
        "app",
        "it cannot be told that app (line 3) is a FastAPI application",
    ),
    "a wrapper around what is made elsewhere": (
        """
        import socketio
        app = socketio.ASGIApp(server)
        """,
        None,
        "it cannot be told that app (line 3) is a FastAPI application",
    ),
    "a factory of something else": (
        """
        def create_app():
            return 1
        """,
        "create_app",
        "create_app (line 2) makes no application",
    ),
    "a factory that calls itself": (
        """
        def create_app():
            app = create_app()
            return app.inner
        app = create_app()
        """,
        "create_app",
        "create_app (line 2) makes no application",
    ),
    "wrapped on its line": (
        """
        from fastapi import FastAPI
        app = FastAPI(); app = Wrapper(app)
        """,
        "app",
        "line 3 has more on it than the application's making",
    ),
    "returned on its line": (
        """
        from fastapi import FastAPI
        def create_app():
            app = FastAPI(); return app
        """,
        "create_app",
        "line 4 has more on it than the application's making",
    ),
    "on the line of its condition": (
        """
        from fastapi import FastAPI
        if True: app = FastAPI()
        """,
        "app",
        "line 3 has more on it than the application's making",
    ),
    "on the line of its condition, which goes on": (
        """
        from fastapi import FastAPI
        if True: \\
            app = FastAPI()
        """,
        "app",
        "line 3 has more on it than the application's making",
    ),
    "the function's name means something else": (
        """
        from fastapi import FastAPI
        from shop.tortoise import install_database
        app = FastAPI()
        """,
        "app",
        "the name install_database means something else here (line 3)",
    ),
    "the function's name is a parameter": (
        """
        from fastapi import FastAPI
        def create_app(install_database):
            app = FastAPI()
            return app
        """,
        None,
        "the name install_database means something else here (line 3)",
    ),
}


@pytest.mark.parametrize(("content", "app_object", "reason"), _CASES.values(), ids=_CASES)
def test_gives_the_reason_and_the_lines(content: str, app_object: str | None, reason: str) -> None:
    result = wire_application(
        dedent(content), app_object=app_object, layer_module="shop.db.database"
    )
    assert isinstance(result, Unclear)
    assert reason in result.reason
    assert result.lines[0] == "from shop.db.database import install_database"
    assert result.lines[1].startswith("install_database(")


def test_refuses_a_module_that_has_no_importable_name() -> None:
    result = wire_application(
        "app = FastAPI()\n", app_object="app", layer_module="my-shop.database"
    )
    assert isinstance(result, Unclear)
    assert result.reason == "my-shop.database is no name that can be imported"


def test_refuses_its_own_edit_when_it_is_more_than_the_two_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def plan_import(*_: object, **__: object) -> Insertion:
        return Insertion(0, ("import os",))

    monkeypatch.setattr(wire, "plan_import", plan_import)
    content = "from fastapi import FastAPI\napp = FastAPI()\n"
    result = wire_application(content, app_object="app", layer_module="database")
    assert isinstance(result, Unclear)
    assert "would change what the lines around it mean" in result.reason


def test_names_the_object_in_the_lines() -> None:
    content = "from fastapi import FastAPI\nif True: site = FastAPI()\n"
    result = wire_application(content, app_object=None, layer_module="database")
    assert isinstance(result, Unclear)
    assert result.lines == ("from database import install_database", "install_database(site)")


@pytest.mark.parametrize(
    ("content", "app_object", "argument"),
    [
        ("def create_app():\n    return FastAPI()\n", "create_app", "app"),
        ("def create_app():\n    api = FastAPI(); return api\n", "create_app", "api"),
        ("from shop.factory import create_app\n", "create_app()", "app"),
        ("def create_app(:\n", "create_app()", "app"),
        ("server = Server()\n", "server.app", "server.app"),
    ],
)
def test_the_lines_are_about_the_application_and_not_what_makes_it(
    content: str, app_object: str, argument: str
) -> None:
    content = f"from fastapi import FastAPI\n{content}"
    result = wire_application(
        content,
        app_object=app_object.removesuffix("()"),
        layer_module="database",
        is_factory=app_object.endswith("()"),
    )
    assert isinstance(result, Unclear)
    assert result.lines[1] == f"install_database({argument})"


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("def (:\n", id="not Python"),
        pytest.param("app = FastAPI()\n", id="never wired"),
        pytest.param("from shop.database import install_database\n", id="the call is gone"),
        pytest.param(
            "from shop.database import SessionDep, install_database\ninstall_database(app)\n",
            id="the import was extended",
        ),
        pytest.param(
            "from shop.database import install_database\ninstall_database(app, settings)\n",
            id="the call was extended",
        ),
        pytest.param(
            "from shop.database import install_database\n"
            "install_database(app)\ninstall_database(other)\n",
            id="there are two calls",
        ),
    ],
)
def test_leaves_alone_what_is_not_as_it_was_added(content: str) -> None:
    assert unwire_application(content, app_object="app", layer_module="shop.database") == content


def test_takes_the_lines_out_after_an_edit_elsewhere() -> None:
    content = (
        "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/')\ndef index(): ...\n"
    )
    wired = wire_application(content, app_object="app", layer_module="shop.database")
    assert not isinstance(wired, Unclear)
    edited = wired.content.replace("\ninstall_database(app)", "\nlog = 1\ninstall_database(app)")
    undone = unwire_application(edited, app_object="app", layer_module="shop.database")
    assert undone == content.replace("app = FastAPI()", "app = FastAPI()\nlog = 1")
