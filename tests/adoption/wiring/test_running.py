"""The wired file runs: one call, with the application, and every lifespan inside the database's."""

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from textwrap import dedent
from types import ModuleType
from typing import Any

import pytest

from extensions.app_file import Wired, wire_application

fastapi = pytest.importorskip("fastapi")

_Lifespan = Callable[[Any], AbstractAsyncContextManager[Any]]

_OWN_LIFESPAN = """
from contextlib import asynccontextmanager

from fastapi import APIRouter, FastAPI

from shop.events import events


@asynccontextmanager
async def lifespan(app):
    events.append("own opens")
    yield {"ready": True}
    events.append("own closes")

"""

_FILES = {
    "a lifespan from the start": ("app", "app = FastAPI(lifespan=lifespan)\n"),
    "a lifespan assigned later": (
        "app",
        """
        app = FastAPI()
        app.include_router(APIRouter())
        app.router.lifespan_context = lifespan
        """,
    ),
    "a router's lifespan": (
        "app",
        """
        app = FastAPI()
        app.include_router(APIRouter(lifespan=lifespan))
        """,
    ),
    "handlers": (
        "app",
        """
        app = FastAPI()
        app.router.on_startup.append(lambda: events.append("own opens"))
        app.router.on_shutdown.append(lambda: events.append("own closes"))
        """,
    ),
    "a factory": (
        "create_app",
        """
        def create_app() -> FastAPI:
            application = FastAPI(lifespan=lifespan)
            application.include_router(APIRouter())
            return application


        app = create_app()
        """,
    ),
    "a subclass that sets itself up": (
        "app",
        """
        class Shop(FastAPI):
            def __init__(self) -> None:
                super().__init__()
                self.router.lifespan_context = lifespan


        app = Shop()
        """,
    ),
    "a function that sets it up": (
        None,
        """
        def configure(target: FastAPI) -> None:
            target.router.lifespan_context = lifespan


        site = FastAPI()
        configure(site)
        app = site
        """,
    ),
    "a wrapper around it": (
        "app",
        """
        class Wrapper:
            def __init__(self, inner):
                self.router = inner.router


        app = FastAPI(lifespan=lifespan)
        app = Wrapper(app)
        """,
    ),
}


def _modules(installed: list[Any], events: list[str]) -> dict[str, ModuleType]:
    def install_database(app: Any) -> None:  # noqa: ANN401  # FastAPI may not be installed
        installed.append(app)
        inner: _Lifespan = app.router.lifespan_context

        @asynccontextmanager
        async def with_database(app: Any) -> AsyncGenerator[Any]:  # noqa: ANN401
            events.append("database opens")
            async with inner(app) as state:
                yield state
            events.append("database closes")

        app.router.lifespan_context = with_database

    modules = {name: ModuleType(name) for name in ("shop", "shop.events", "shop.database")}
    vars(modules["shop.events"])["events"] = events
    vars(modules["shop.database"])["install_database"] = install_database
    return modules


@pytest.mark.parametrize(("app_object", "content"), _FILES.values(), ids=_FILES)
def test_opens_the_database_around_every_lifespan(
    app_object: str | None, content: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    wired = wire_application(
        _OWN_LIFESPAN + dedent(content), app_object=app_object, layer_module="shop.database"
    )
    assert isinstance(wired, Wired), wired.reason
    installed: list[Any] = []
    events: list[str] = []
    for name, module in _modules(installed, events).items():
        monkeypatch.setitem(sys.modules, name, module)
    namespace: dict[str, Any] = {"__name__": "shop.main"}
    exec(compile(wired.content, "shop/main.py", "exec"), namespace)  # noqa: S102

    async def serve() -> None:
        async with namespace["app"].router.lifespan_context(namespace["app"]):
            events.append("serves")

    asyncio.run(serve())
    (application,) = installed
    assert isinstance(application, fastapi.FastAPI)
    assert events == ["database opens", "own opens", "serves", "own closes", "database closes"]
