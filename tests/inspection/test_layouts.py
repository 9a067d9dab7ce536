"""Each layout that FastAPI projects come in, as a small project of its shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.inspection.trees import APP, FACTORY, PYPROJECT, inspect_files

if TYPE_CHECKING:
    from pathlib import Path

EMPTY = ""


@dataclass(frozen=True)
class Case:
    """A project's files, and where its package, import path and application are."""

    name: str
    files: dict[str, str]
    package_dir: str
    import_path: str
    app_file: str
    app_object: str | None
    sure: bool = True
    project_root: str = "."


CASES = [
    Case(
        "backend without a dependency file, beside a frontend",
        {"README.md": EMPTY, "docker-compose.yml": "services: {}\n", "frontend/package.json": "{}",
         "backend/app/main.py": f"from app.routes import router\n{APP}",
         "backend/app/routes.py": "router = 1\n"},
        "app", "app", "app/main.py", "app.main:app", project_root="backend",
    ),
    Case(
        "backend of top-level modules without a dependency file",
        {"README.md": EMPTY, "backend/main.py": f"from routes import router\n{APP}",
         "backend/routes.py": "router = 1\n"},
        ".", "", "main.py", "main:app", project_root="backend",
    ),
    Case(
        "backend that is imported from the repository's root, without a dependency file",
        {"README.md": EMPTY, "backend/app/routes.py": "router = 1\n",
         "backend/app/main.py": f"from backend.app.routes import router\n{APP}"},
        "backend/app", "backend.app", "backend/app/main.py", "backend.app.main:app",
    ),
    Case(
        "src layout without a dependency file",
        {"README.md": EMPTY, "src/shop/main.py": f"from shop.routes import router\n{APP}",
         "src/shop/routes.py": "router = 1\n"},
        "src/shop", "shop", "src/shop/main.py", "shop.main:app",
    ),
    Case(
        "app package",
        {"pyproject.toml": PYPROJECT, "app/__init__.py": EMPTY,
         "app/main.py": f"from app.routes import router\n{APP}", "app/routes.py": "router = 1\n"},
        "app", "app", "app/main.py", "app.main:app",
    ),
    Case(
        "package without __init__.py",
        {"requirements.txt": "fastapi\n", "app/main.py": f"from app.core.settings import x\n{APP}",
         "app/core/settings.py": "x = 1\n"},
        "app", "app", "app/main.py", "app.main:app",
    ),
    Case(
        "flat package of another name",
        {"pyproject.toml": PYPROJECT, "svc/__init__.py": EMPTY, "svc/api/server.py": APP,
         "svc/db.py": "from svc.api import server\n"},
        "svc", "svc", "svc/api/server.py", "svc.api.server:app",
    ),
    Case(
        "src layout",
        {"pyproject.toml": PYPROJECT, "src/shop/__init__.py": EMPTY,
         "src/shop/main.py": f"from shop.orders import router\n{APP}",
         "src/shop/orders.py": "router = 1\n"},
        "src/shop", "shop", "src/shop/main.py", "shop.main:app",
    ),
    Case(
        "src is itself the package",
        {"pyproject.toml": PYPROJECT, "src/main.py": f"from src.orders import router\n{APP}",
         "src/orders.py": "router = 1\n"},
        "src", "src", "src/main.py", "src.main:app",
    ),
    Case(
        "src is the package, told by relative imports and a command",
        {"pyproject.toml": PYPROJECT, "Dockerfile": 'CMD ["uvicorn", "src.main:app"]\n',
         "src/main.py": f"from .orders import router\n{APP}", "src/orders.py": "router = 1\n"},
        "src", "src", "src/main.py", "src.main:app",
    ),
    Case(
        "src is on sys.path, told by a command alone",
        {"pyproject.toml": PYPROJECT, "src/main.py": APP,
         "Makefile": "run:\n\tuvicorn main:app --app-dir src\n"},
        "src", "", "src/main.py", "main:app",
    ),
    Case(
        "a lone top-level import does not outweigh relative ones",
        {"pyproject.toml": PYPROJECT, "Dockerfile": 'CMD ["uvicorn", "src.main:app"]\n',
         "src/main.py": f"from .orders import router\nfrom .settings import s\n{APP}",
         "src/orders.py": "from .settings import s\nrouter = 1\n", "src/settings.py": "s = 1\n",
         "src/tool.py": "import settings\n"},
        "src", "src", "src/main.py", "src.main:app",
    ),
    Case(
        "src is on sys.path, with an __init__.py all the same",
        {"pyproject.toml": PYPROJECT, "src/__init__.py": EMPTY,
         "src/main.py": f"from orders.api import router\nfrom users.api import users\n{APP}",
         "src/orders/api.py": "router = 1\n", "src/users/api.py": "users = 1\n"},
        "src", "", "src/main.py", "main:app",
    ),
    Case(
        "src on sys.path, the factory in one of its packages",
        {"pyproject.toml": PYPROJECT, "src/platform_/factory.py": FACTORY,
         "src/features/orders.py": "x = 1\n",
         "src/main.py": "from platform_.factory import create_app\nfrom features.orders import x\n"
                        "app = create_app()\n"},
        "src", "", "src/platform_/factory.py", "main:app",
    ),
    Case(
        "modules at the root",
        {"requirements.txt": "fastapi\n", "main.py": f"import models\nfrom routers import a\n{APP}",
         "models.py": EMPTY, "schemas.py": EMPTY, "routers/a.py": "import models\n"},
        ".", "", "main.py", "main:app",
    ),
    Case(
        "one module",
        {"requirements.txt": "fastapi\n", "app.py": APP},
        ".", "", "app.py", "app:app",
    ),
    Case(
        "a module at the root and routers, which are a layer and no package",
        {"requirements.txt": "fastapi\n", "main.py": f"from routers import users\n{APP}",
         "routers/__init__.py": EMPTY, "routers/users.py": EMPTY},
        ".", "", "main.py", "main:app",
    ),
    Case(
        "main.py at the root beside the package",
        {"requirements.txt": "fastapi\n", "main.py": f"from shop.routes import router\n{APP}",
         "shop/__init__.py": EMPTY, "shop/routes.py": "router = 1\n", "shop/users.py": EMPTY},
        "shop", "shop", "main.py", "main:app",
    ),
    Case(
        "a root main.py that only starts the server",
        {"requirements.txt": "fastapi\n", "shop/__init__.py": EMPTY, "shop/server.py": APP,
         "main.py": 'import uvicorn\n\nuvicorn.run("shop.server:app")\n'},
        "shop", "shop", "shop/server.py", "shop.server:app",
    ),
    Case(
        "asgi.py at the root calls the factory of a package",
        {"requirements.txt": "fastapi\n", "api/app.py": FACTORY, "api/users.py": EMPTY,
         "asgi.py": "from api.app import create_app\n\napi = create_app()\n"},
        "api", "api", "api/app.py", "asgi:api",
    ),
    Case(
        "server as a sub-package of a larger one",
        {"pyproject.toml": PYPROJECT, "shop/__init__.py": "version = 1\n", "shop/client.py": EMPTY,
         "shop/server/__init__.py": EMPTY,
         "shop/server/app.py": f"from shop.client import x\n{APP}"},
        "shop", "shop", "shop/server/app.py", "shop.server.app:app",
    ),
    Case(
        "namespace package",
        {"pyproject.toml": PYPROJECT, "acme/shop/__init__.py": EMPTY,
         "acme/shop/main.py": f"from acme.shop.orders import x\n{APP}",
         "acme/shop/orders.py": "x = 1\n"},
        "acme/shop", "acme.shop", "acme/shop/main.py", "acme.shop.main:app",
    ),
    Case(
        "src with nothing but the package, imported with src",
        {"pyproject.toml": PYPROJECT, "src/__init__.py": EMPTY, "src/app/__init__.py": EMPTY,
         "src/app/main.py": f"from src.app.orders import x\n{APP}", "src/app/orders.py": "x = 1\n"},
        "src/app", "src.app", "src/app/main.py", "src.app.main:app",
    ),
    Case(
        "a package with code of its own, and the application in an app inside it",
        {"pyproject.toml": PYPROJECT, "store/__init__.py": "version = 1\n",
         "store/app/main.py": f"from store.db.orders import x\n{APP}",
         "store/db/orders.py": "x = 1\n"},
        "store", "store", "store/app/main.py", "store.app.main:app",
    ),
    Case(
        "the package starts what a sibling layer builds",
        {"pyproject.toml": PYPROJECT, "src/core/app.py": FACTORY, "src/core/config.py": EMPTY,
         "src/app/main.py": "from core.app import create_app\n\napp = create_app()\n"},
        "src/app", "app", "src/core/app.py", "app.main:app",
    ),
    Case(
        "sibling packages: asks",
        {"pyproject.toml": PYPROJECT, "core/server.py": f"from app.users import x\n{APP}",
         "core/config.py": EMPTY, "app/users.py": "from core.config import x\nx = 1\n"},
        "app", "app", "core/server.py", "core.server:app", sure=False,
    ),
    Case(
        "backend of a monorepo",
        {"frontend/package.json": "{}", "backend/pyproject.toml": PYPROJECT,
         "backend/app/main.py": f"from app.users import x\n{APP}",
         "backend/app/users.py": "x = 1\n"},
        "app", "app", "app/main.py", "app.main:app", project_root="backend",
    ),
    Case(
        "a workspace's root holds only settings",
        {"pyproject.toml": '[tool.ruff]\nline-length = 99\n[tool.uv.workspace]\nmembers = ["x"]\n',
         "packages/web/pyproject.toml": PYPROJECT, "packages/web/web/main.py": APP,
         "packages/web/web/__init__.py": EMPTY},
        "web", "web", "web/main.py", "web.main:app", project_root="packages/web",
    ),
    Case(
        "imports start above the requirements file",
        {"README.md": EMPTY, "backend/requirements.txt": "fastapi\n",
         "backend/main.py": f"from backend.users import x\n{APP}",
         "backend/users.py": "from backend.config import y\nx = 1\n", "backend/config.py": EMPTY},
        "backend", "backend", "backend/main.py", "backend.main:app",
    ),
    Case(
        "an __init__.py at the repository's root",
        {"__init__.py": EMPTY, "requirements.txt": "fastapi\n", "app/__init__.py": EMPTY,
         "app/main.py": f"from app.users import x\n{APP}", "app/users.py": "x = 1\n"},
        "app", "app", "app/main.py", "app.main:app",
    ),
    Case(
        "app/ belongs to a JavaScript framework",
        {"package.json": "{}", "app/page.tsx": EMPTY, "app/layout.tsx": EMPTY,
         "requirements.txt": "fastapi\n", "api/index.py": APP},
        "api", "api", "api/index.py", "api.index:app",
    ),
    Case(
        "src/ belongs to JavaScript",
        {"src/index.ts": EMPTY, "requirements.txt": "fastapi\n", "server/main.py": APP},
        "server", "server", "server/main.py", "server.main:app",
    ),
    Case(
        "app/ is on sys.path",
        {"requirements.txt": "fastapi\n", "app/main.py": f"from users import x\n{APP}",
         "app/users.py": "import config\nx = 1\n", "app/config.py": EMPTY},
        "app", "", "app/main.py", "main:app",
    ),
    Case(
        "a package called main",
        {"requirements.txt": "fastapi\n", "main/__init__.py": EMPTY, "main/app.py": APP,
         "main/db/session.py": "from main.app import app\n"},
        "main", "main", "main/app.py", "main.app:app",
    ),
    Case(
        "a package named like a library that it uses",
        {"requirements.txt": "fastapi\nsupabase\n", "Procfile": "web: uvicorn src.main:app\n",
         "src/main.py": f"from supabase import Client\nfrom .supabase.deps import get\n{APP}",
         "src/supabase/deps.py": "from supabase import Client\nget = 1\n"},
        "src", "src", "src/main.py", "src.main:app",
    ),
    Case(
        "the only package has an odd name",
        {"pyproject.toml": PYPROJECT, "manage.py": "import cookbook\n",
         "cookbook/__init__.py": EMPTY, "cookbook/server.py": APP},
        "cookbook", "cookbook", "cookbook/server.py", "cookbook.server:app",
    ),
    Case(
        "a command's path says nothing about packages",
        {"pyproject.toml": PYPROJECT, "src/shop/__init__.py": EMPTY, "src/shop/main.py": APP,
         "Dockerfile": "CMD fastapi run src/shop/main.py\n"},
        "src/shop", "shop", "src/shop/main.py", "shop.main:app",
    ),
    Case(
        "the package lists its own dependencies, and a forgotten module imports from inside",
        {"README.md": EMPTY, "shop/requirements.txt": "fastapi\n",
         "shop/main.py": f"from shop.users import x\nfrom shop.orders import y\n{APP}",
         "shop/users.py": "x = 1\n", "shop/orders.py": "y = 1\n", "shop/db.py": EMPTY,
         "shop/old.py": "from db import x\n"},
        "shop", "shop", "shop/main.py", "shop.main:app",
    ),
    Case(
        "the package lists its own dependencies, and is one by its relative imports",
        {"README.md": EMPTY, "shop/requirements.txt": "fastapi\n",
         "shop/main.py": f"from .users import x\n{APP}", "shop/users.py": "x = 1\n"},
        "shop", "shop", "shop/main.py", "shop.main:app",
    ),
    Case(
        "an application without imports beside one that imports from the top",
        {"pyproject.toml": PYPROJECT, "shop/main.py": f"from shop.users import x\n{APP}",
         "shop/users.py": "from shop.orders import y\nx = 1\n", "shop/orders.py": "y = 1\n",
         "services/search/requirements.txt": "fastapi\n", "services/search/main.py":
         f"{APP}{''.join(f'app.include_router({n})' + chr(10) for n in range(9))}",
         "services/search/Dockerfile": "CMD uvicorn main:app\n"},
        ".", "", "main.py", "main:app", project_root="services/search",
    ),
    Case(
        "a library of the same repository, which is installed",
        {"pyproject.toml": PYPROJECT.replace("fastapi>=0.121", "x"), "shop/core.py": EMPTY,
         "deploy/requirements.txt": "fastapi\n",
         "deploy/server.py": f"from shop.core import x\nfrom tools_ import y\n{APP}",
         "deploy/tools_.py": "y = 1\n"},
        ".", "", "server.py", "server:app", project_root="deploy",
    ),
    Case(
        "a namespace package of several directories, with an example's name",
        {"pyproject.toml": PYPROJECT, "development/notes.py": "x = 1\n",
         "bases/example/api/__init__.py": EMPTY,
         "bases/example/api/core.py": f"from example.users import x\n{APP}",
         "components/example/users/__init__.py": "x = 1\n",
         "projects/api/Dockerfile": 'CMD ["uvicorn", "example.api.core:app"]\n'},
        "bases/example", "example", "bases/example/api/core.py", "example.api.core:app",
    ),
    Case(
        "main.py and helpers beside the one large package",
        {"pyproject.toml": PYPROJECT, "main.py": f"from store.m1 import x\nimport helper\n{APP}",
         "helper.py": EMPTY, "paths.py": EMPTY, "colors.py": EMPTY,
         **{f"store/m{number}.py": "x = 1\n" for number in range(60)}},
        "store", "store", "main.py", "main:app",
    ),
    Case(
        "modules at the root, and a large package that they use: asks",
        {"pyproject.toml": PYPROJECT, "main.py": f"from store.m1 import x\nimport models\n{APP}",
         "models.py": EMPTY, "database.py": EMPTY,
         **{f"store/m{number}.py": "x = 1\n" for number in range(60)}},
        ".", "", "main.py", "main:app", sure=False,
    ),
    Case(
        "a small server beside what it serves: asks",
        {"pyproject.toml": PYPROJECT, "server/main.py": f"from modules.m1 import x\n{APP}",
         "server/routes.py": "from modules.m2 import x\n",
         **{f"modules/m{number}.py": "x = 1\n" for number in range(60)}},
        "server", "server", "server/main.py", "server.main:app", sure=False,
    ),
    Case(
        "tests inside the package",
        {"pyproject.toml": PYPROJECT, "shop/__init__.py": EMPTY, "shop/main.py": APP,
         "shop/tests/test_main.py": f"from shop.main import app\n{APP}"},
        "shop", "shop", "shop/main.py", "shop.main:app",
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_layout(case: Case, tmp_path: Path) -> None:
    facts = inspect_files(tmp_path, case.files)
    assert (
        facts.project_root,
        facts.package_dir,
        facts.import_path,
        facts.app_file,
        facts.app_object,
        facts.confident,
    ) == (
        case.project_root,
        case.package_dir,
        case.import_path,
        case.app_file,
        case.app_object,
        case.sure,
    )


def test_the_package_inside_is_the_same_from_the_project_and_from_the_repository(
    tmp_path: Path,
) -> None:
    files = {
        "pyproject.toml": PYPROJECT,
        "app/main.py": f"from app.users import x\n{APP}",
        "app/users.py": "x = 1\n",
    }
    inside = inspect_files(tmp_path / "backend", files)
    outside = inspect_files(tmp_path, {"frontend/package.json": "{}"})
    assert (inside.project_root, outside.project_root) == (".", "backend")
    assert inside.package_dir == outside.package_dir
    assert inside.requirements == outside.requirements


@pytest.mark.parametrize("imported", ["from . import users", "from shop.users import x"])
def test_a_package_that_its_parent_imports_is_no_project(imported: str, tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path / "shop",
        {
            "requirements.txt": "fastapi\n",
            "main.py": f"{imported}\n{APP}",
            "users.py": "x = 1\n",
        },
    )
    [problem] = facts.problems
    assert (problem.file, problem.line) == ("main.py", 1)
    assert "the one above: run this with that one as the destination" in problem.text
    assert not facts.confident


def test_a_package_below_the_project_is_none(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(PYPROJECT)
    package = {"__init__.py": EMPTY, "main.py": APP}

    [problem] = inspect_files(tmp_path / "shop", package).problems
    assert "pyproject.toml is in the one above: run this with that one" in problem.text
    # A root may have the file, too, and lists what it needs.
    assert not inspect_files(tmp_path / "a", {**package, "requirements.txt": "fastapi\n"}).problems
    assert not inspect_files(tmp_path / "b", {"main.py": APP}).problems


def test_sibling_packages_are_all_offered(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path,
        {
            "pyproject.toml": PYPROJECT,
            "core/server.py": f"from app.users import x\n{APP}",
            "app/users.py": "x = 1\n",
        },
    )
    assert facts.unsure == ("package_dir",)
    assert facts.candidates == ("core", ".")


def test_services_as_likely_as_each_other_are_asked_about(tmp_path: Path) -> None:
    files: dict[str, str] = {}
    for name in ("orders", "payments", "users"):
        files[f"{name}/requirements.txt"] = "fastapi\n"
        files[f"{name}/Dockerfile"] = 'CMD ["uvicorn", "main:app"]\n'
        files[f"{name}/main.py"] = APP
    facts = inspect_files(tmp_path, files)
    assert not facts.confident
    assert facts.unsure == ("project_root", "package_dir", "app_file")
    assert {facts.project_root, *facts.project_roots} == {"orders", "payments", "users"}
    assert len(facts.candidates) == 2


def test_a_smaller_service_with_a_command_of_its_own_is_asked_about(tmp_path: Path) -> None:
    routers = "".join(f"app.include_router({number})\n" for number in range(8))
    command = 'CMD ["uvicorn", "main:app"]\n'
    files = {
        "orders/requirements.txt": "fastapi\n",
        "orders/main.py": APP + routers,
        "orders/Dockerfile": command,
        "users/requirements.txt": "fastapi\n",
        "users/main.py": APP,
    }
    assert inspect_files(tmp_path, files).confident
    facts = inspect_files(tmp_path, {"users/Dockerfile": command})
    assert (facts.project_root, facts.confident) == ("orders", False)


def test_several_applications_in_one_package_leave_the_package_sure(tmp_path: Path) -> None:
    facts = inspect_files(
        tmp_path,
        {
            "pyproject.toml": PYPROJECT,
            "shop/__init__.py": "",
            "shop/orders/main.py": APP,
            "shop/users/main.py": APP,
        },
    )
    assert (facts.package_dir, facts.confident) == ("shop", True)
    assert facts.unsure == ("app_file",)
    assert facts.app_files == ("shop/users/main.py",)
