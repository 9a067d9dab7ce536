"""Which of several FastAPI objects is the application, and which are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.inspection.trees import APP, FACTORY, PYPROJECT, inspect_files

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = ""

NO_APPLICATION = {
    "an application in a test alone": {"shop/__init__.py": EMPTY, "tests/test_x.py": APP},
    "an application in an example of a library": {
        "shop/__init__.py": "x = 1\n", "shop/core.py": EMPTY, "examples/a.py": APP,
    },
    "an application in an example of a library, with an image of its own": {
        "shop/__init__.py": "x = 1\n", "shop/core.py": EMPTY, "examples/a.py": APP,
        "Dockerfile": 'WORKDIR /examples\nCMD ["uvicorn", "a:app"]\n',
    },
    "an application in the documentation": {"shop/core.py": EMPTY, "docs/src/main.py": APP},
    "an application in a docstring": {"shop/core.py": f'"""Use it so:\n\n{APP}"""\n'},
    "an application in a comment": {"shop/core.py": "# app = FastAPI()\nimport fastapi\n"},
    "a class of their own that is called FastAPI": {
        "shop/core.py": "class FastAPI:\n    pass\n\n\napp = FastAPI()\n",
    },
    "a class of their own, imported": {
        "shop/core.py": "class FastAPI:\n    pass\n",
        "shop/main.py": "from shop.core import FastAPI\n\napp = FastAPI()\n",
    },
    "vendored code": {"shop/core.py": EMPTY, "vendor/lib/main.py": APP},
    "a cookiecutter template": {
        "cookiecutter.json": "{}", "{{cookiecutter.slug}}/app/main.py": APP,
        "hooks/post_gen_project.py": EMPTY,
    },
    "a generator's templates": {"shop/cli.py": EMPTY, "shop/templates/a/app/main.py": APP},
    "a copier template": {"copier.yml": EMPTY, "template/app/main.py": APP},
    "a router alone": {"shop/main.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n"},
    "no Python at all": {"README.md": "FastAPI()\n"},
}  # fmt: skip


@pytest.mark.parametrize("files", NO_APPLICATION.values(), ids=NO_APPLICATION.keys())
def test_no_application(files: dict[str, str], tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"pyproject.toml": PYPROJECT, **files})
    assert facts.app_file is None
    assert facts.app_object is None


def test_a_project_without_a_trace_of_fastapi_is_no_question(tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"shop/core.py": EMPTY, "requirements.txt": "flask\n"})
    assert (facts.app_file, facts.confident, facts.unsure) == (None, True, ())


def test_fastapi_without_an_application_is_a_question(tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"shop/core.py": EMPTY, "requirements.txt": "fastapi\n"})
    assert (facts.app_file, facts.confident) == (None, False)


SERVED = {
    "an annotated object": (
        {"app/main.py": "import fastapi\n\napi: fastapi.FastAPI = fastapi.FastAPI()\n"},
        "app/main.py", "app.main:api", False,
    ),
    "an alias of the class": (
        {"app/main.py": "from fastapi import FastAPI as F\n\napp = F()\n"},
        "app/main.py", "app.main:app", False,
    ),
    "a factory that a command names": (
        {"app/main.py": FACTORY, "Procfile": "web: uvicorn app.main:create_app --factory\n"},
        "app/main.py", "app.main:create_app", True,
    ),
    "a factory that another one wraps": (
        {"app/build.py": FACTORY,
         "app/main.py": "from app.build import create_app\n\n\ndef make():\n"
                        "    app = create_app()\n    return app\n\n\napp = make()\n"},
        "app/build.py", "app.main:app", False,
    ),
    "a relative import of the factory": (
        {"app/__init__.py": EMPTY, "app/core/setup.py": FACTORY,
         "app/main.py": "from .core.setup import create_app\n\napp = create_app()\n"},
        "app/core/setup.py", "app.main:app", False,
    ),
    "a factory through a package's __init__.py": (
        {"app/core/__init__.py": "from app.core.build import create_app\n",
         "app/core/build.py": FACTORY, "app/main.py": "from app import core\n\n"
         "app = core.create_app()\n"},
        "app/core/build.py", "app.main:app", False,
    ),
    "a builder class": (
        {"app/build.py": "from fastapi import FastAPI\n\n\nclass Builder:\n"
                         "    def __init__(self):\n        self.app = FastAPI()\n",
         "app/main.py": "from app.build import Builder\n\napp = Builder().app\n"},
        "app/build.py", "app.main:app", False,
    ),
    "a subclass, made in another module": (
        {"app/base.py": "from fastapi import FastAPI\n\n\nclass Shop(FastAPI):\n    x = 1\n",
         "app/main.py": "from app.base import Shop\n\napp = Shop()\n"},
        "app/main.py", "app.main:app", False,
    ),
    "a subclass of the class under another name": (
        {"app/main.py": "from fastapi import FastAPI as Base\n\n\nclass Api(Base):\n    x = 1\n\n\n"
                        "app = Api()\n"},
        "app/main.py", "app.main:app", False,
    ),
    "a subclass of a subclass, each in a module of its own": (
        {"app/base.py": "import fastapi as f\n\n\nclass Base(f.FastAPI):\n    x = 1\n",
         "app/shop.py": "from .base import Base as B\n\n\nclass Shop(B):\n    x = 1\n",
         "app/main.py": "from app import shop as s\n\napp = s.Shop()\n"},
        "app/main.py", "app.main:app", False,
    ),
    "a subclass that is itself called FastAPI": (
        {"app/base.py": "from fastapi import FastAPI as Base\n\n\nclass FastAPI(Base):\n"
                        "    x = 1\n",
         "app/main.py": "from app.base import FastAPI\n\napp = FastAPI()\n"},
        "app/main.py", "app.main:app", False,
    ),
    "a class handed on by a module of their own": (
        {"app/compat.py": "from fastapi import FastAPI\n",
         "app/main.py": "from app.compat import FastAPI\n\napp = FastAPI()\n"},
        "app/main.py", "app.main:app", False,
    ),
    "an instance of a builder class": (
        {"app/main.py": "from fastapi import FastAPI\n\n\nclass Server:\n"
                        "    def __init__(self):\n        self.api = FastAPI()\n\n\n"
                        "server = Server()\n"},
        "app/main.py", "app.main:server.api", False,
    ),
    "an instance of a builder class, and its application by name": (
        {"app/build.py": "from fastapi import FastAPI\n\n\nclass Server:\n"
                         "    def __init__(self):\n        self.api = FastAPI()\n",
         "app/main.py": "from app.build import Server\n\nserver = Server()\napp = server.api\n"},
        "app/build.py", "app.main:app", False,
    ),
    "a factory that is called when the module is run": (
        {"app/main.py": f"{FACTORY}\n\nif __name__ == '__main__':\n    app = create_app()\n"},
        "app/main.py", "app.main:create_app", True,
    ),
    "an object that is there only when the module is run": (
        {"app/main.py": "from fastapi import FastAPI\nif '__main__' == __name__:\n"
                        "    app = FastAPI()\n"},
        "app/main.py", None, False,
    ),
    "a function that runs what it makes": (
        {"app/main.py": "import uvicorn\nfrom fastapi import FastAPI\n\n\ndef main():\n"
                        "    app = FastAPI()\n    uvicorn.run(app)\n\n\nmain()\n"},
        "app/main.py", None, False,
    ),
    "a function that returns something about what it makes": (
        {"app/main.py": "from fastapi import FastAPI\n\n\ndef document() -> dict[str, object]:\n"
                        "    app = FastAPI()\n    return app.openapi()\n\n\nx = document()\n"},
        "app/main.py", None, False,
    ),
    "a factory that needs an argument": (
        {"app/main.py": FACTORY.replace("create_app()", "create_app(settings)")},
        "app/main.py", None, False,
    ),
    "a factory that needs an argument, and one that gives it": (
        {"app/build.py": FACTORY.replace("create_app()", "create_app(*, settings)"),
         "app/main.py": "from app.build import create_app\n\n\ndef make(debug=False):\n"
                        "    return create_app(settings=debug)\n"},
        "app/build.py", "app.main:make", True,
    ),
    "a factory that has to be awaited": (
        {"app/main.py": FACTORY.replace("def ", "async def ")}, "app/main.py", None, False,
    ),
    "a factory that wraps what it returns": (
        {"app/main.py": "from fastapi import FastAPI\n\n\ndef create_app():\n"
                        "    app: FastAPI = FastAPI()\n    return CORSMiddleware(app)\n"},
        "app/main.py", "app.main:create_app", True,
    ),
    "a factory that takes the application out of its wrapping": (
        {"app/main.py": "from fastapi import FastAPI\n\n\ndef build():\n"
                        "    api = Api(app=FastAPI())\n    return api\n\n\n"
                        "def create_app():\n    api = build()\n    return api.app\n"},
        "app/main.py", "app.main:create_app", True,
    ),
    "a name for another module's object, which a command serves": (
        {"app/server.py": APP, "app/main.py": "import app.server\n\napplication = app.server.app\n",
         "Procfile": "web: uvicorn app.main:application\n"},
        "app/server.py", "app.main:application", False,
    ),
    "an entry module that imports the object, which a command serves": (
        {"app/server.py": APP, "app/main.py": "from app.server import app\n",
         "Procfile": "web: uvicorn app.main:app\n"},
        "app/server.py", "app.main:app", False,
    ),
    "an object in a package's __init__.py": (
        {"app/__init__.py": APP, "app/users.py": "from app import app\n"},
        "app/__init__.py", "app:app", False,
    ),
    "an object in a branch": (
        {"app/main.py": "from fastapi import FastAPI\n\nif True:\n    app = FastAPI()\nelse:\n"
                        "    app = FastAPI(debug=True)\n"},
        "app/main.py", "app.main:app", False,
    ),
    "syntax that only a later Python has": (
        {"app/main.py": f"{APP}\n\ndef f[T](x: T) -> T: ...\ntype X = int\nx = 1 2\n"},
        "app/main.py", "app.main:app", False,
    ),
    "a factory in a file that does not parse": (
        {"app/build.py": f"{FACTORY}\n\nx = = 1\n",
         "app/main.py": "from app.build import create_app\n\napp = create_app()\ny = = 2\n"},
        "app/build.py", "app.main:app", False,
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("files", "app_file", "app_object", "is_factory"), SERVED.values(), ids=SERVED.keys()
)
def test_application(
    files: dict[str, str],
    app_file: str,
    app_object: str | None,
    *,
    is_factory: bool,
    tmp_path: Path,
) -> None:
    facts = inspect_files(tmp_path, {"pyproject.toml": PYPROJECT, **files})
    assert (facts.app_file, facts.app_object) == (app_file, app_object)
    assert facts.app_factory is is_factory
    assert facts.unsure == ()


CHOSEN = {
    "not one mounted in the same module": {
        "app/main.py": "from fastapi import FastAPI\n\napi = FastAPI(title='x')\n"
                       "app = FastAPI()\napp.mount('/api', api)\n",
    },
    "not one mounted from another module": {
        "app/main.py": f"from app.admin import server\n{APP}app.mount('/admin', server.app)\n",
        "app/admin/server.py": f"{APP}app.include_router(1)\napp.include_router(2)\n",
    },
    "not a script's": {"app/main.py": APP, "scripts/main.py": f"{APP}app.get('/')(1)\n"},
    "the one that a Dockerfile serves": {
        "app/main.py": APP, "app/health.py": APP, "app/api.py": f"{APP}app.get('/')(1)\n",
        "Dockerfile": 'CMD ["gunicorn", "-k", "uvicorn.workers.UvicornWorker", "app.main:app"]\n',
    },
    "the one that a call of uvicorn serves": {
        "app/main.py": APP, "app/asgi.py": APP,
        "run.py": 'import uvicorn\n\nuvicorn.run(\n    "app.main:app",\n    reload=True,\n)\n',
    },
    "the one that FastAPI's own command runs": {
        "app/__init__.py": EMPTY, "app/main.py": APP, "app/server.py": APP,
        "Dockerfile": "CMD fastapi run app/main.py\n",
    },
    "the one that is configured": {
        "app/main.py": f"{APP}app.include_router(1)\napp.add_middleware(2)\n", "app/toy.py": APP,
    },
}  # fmt: skip


@pytest.mark.parametrize("files", CHOSEN.values(), ids=CHOSEN.keys())
def test_of_several_applications_it_is(files: dict[str, str], tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, {"pyproject.toml": PYPROJECT, **files})
    assert (facts.app_file, facts.app_object) == ("app/main.py", "app.main:app")
    assert facts.unsure == ()


def test_the_name_that_a_command_serves_is_preferred(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path,
        {
            "pyproject.toml": PYPROJECT,
            "app/main.py": "from fastapi import FastAPI\n\nbackend_app: FastAPI = FastAPI()\n",
            "docker-compose.yml": "command: uvicorn app.main:backend_app --reload\n",
        },
    )
    assert facts.app_object == "app.main:backend_app"
    assert ("app_object", "docker-compose.yml", 1) in {
        (reason.fact, reason.file, reason.line) for reason in facts.reasons
    }
