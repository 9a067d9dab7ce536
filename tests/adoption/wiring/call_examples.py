"""Where the call goes."""

from tests.adoption.wiring.example import Example

CALL_EXAMPLES = [
    Example(
        "module level",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI(title="Shop")  # the one
+install_database(app)


@app.get("/")
def index() -> str:
    return "hello"
""",
    ),
    Example(
        "annotated, over several lines",
        """
import fastapi
+
+from shop.database import install_database

app: fastapi.FastAPI = fastapi.FastAPI(
    title="Läden \N{PARTY POPPER}",
    lifespan=lifespan,
)  # type: ignore[arg-type]
+install_database(app)
app.include_router(items)
""",
    ),
    Example(
        "another name for the class",
        """
from fastapi import FastAPI as Api
+
+from shop.database import install_database

api = Api()
+install_database(api)
""",
        app_object="api",
    ),
    Example(
        "another name for the module, found without being told",
        """
import fastapi as f
+
+from shop.database import install_database

service = f.FastAPI()
+install_database(service)
""",
        app_object=None,
    ),
    Example(
        "a subclass",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


class Base(FastAPI):
    pass


class Shop(Base):
    def __init__(self) -> None:
        super().__init__(title="Shop")
        self.router.lifespan_context = lifespan


app = Shop()
+install_database(app)
""",
    ),
    Example(
        "a factory by its name",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def create_app() -> FastAPI:
    \"\"\"Create the application.\"\"\"
    application = FastAPI()
+    install_database(application)

    @application.get("/")
    def index() -> str:
        return "hello"

    return application
""",
        app_object="create_app",
    ),
    Example(
        "an object that a factory of this file makes",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def create_app():
\tapp = FastAPI()
+\tinstall_database(app)
\treturn app


app = create_app()
""",
    ),
    Example(
        "an object that a factory elsewhere makes",
        """
+from shop.database import install_database
from shop.factory import create_app

application = create_app(debug=True)
+install_database(application)
""",
        app_object="application",
    ),
    Example(
        "the same, found without being told",
        """
+from shop.database import install_database
from shop.factory import make

app = make()
+install_database(app)
""",
        app_object=None,
    ),
    Example(
        "an async factory that another one calls",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


async def _base() -> FastAPI:
    built = FastAPI()
+    install_database(built)
    return built


async def create_app() -> FastAPI:
    app = await _base()
    app.include_router(items)
    return app
""",
        app_object="create_app",
    ),
    Example(
        "a factory that returns it at once, when its result has a name",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def create_app() -> FastAPI:
    return FastAPI()


app = create_app()
+install_database(app)
""",
    ),
    Example(
        "a factory that gets it elsewhere",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def get_app() -> FastAPI:
    from shop.setup import init

    application = init()
+    install_database(application)
    configure(application)
    return application
""",
        app_object=None,
    ),
    Example(
        "an attribute of a builder",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


class Server:
    def __init__(self) -> None:
        self.app = FastAPI()
+        install_database(self.app)


app = Server().app
""",
    ),
    Example(
        "a builder's method",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


class Builder:
    def build(self) -> FastAPI:
        app = FastAPI()
+        install_database(app)
        return app


app = Builder().build()
""",
    ),
    Example(
        "a function that returns the object of the module",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
+install_database(app)


def get_app() -> FastAPI:
    return app
""",
        app_object="get_app",
    ),
    Example(
        "a global that a function sets",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = None


def start() -> None:
    global app
    app = FastAPI()
+    install_database(app)
""",
    ),
    Example(
        "in a branch",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

if __name__ == "__main__":
    app = FastAPI()
+    install_database(app)
    app.include_router(items)
""",
    ),
    Example(
        "in every branch",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

if DEBUG:
    app = FastAPI()
elif STAGING:
    app = FastAPI(docs_url="/internal")
else:
    app = FastAPI(docs_url=None)
    # nobody reads them there
+
+install_database(app)

app.include_router(items)
""",
    ),
    Example(
        "in try and except",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

try:
    app = FastAPI(lifespan=lifespan)
except TypeError:
    app = FastAPI()
+install_database(app)
app.include_router(items)
""",
    ),
    Example(
        "in every case of a match",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def create_app(kind):
    match kind:
        case "small":
            app = FastAPI()
        case _:
            app = FastAPI(title="large")
+    install_database(app)
    return app
""",
        app_object="create_app",
    ),
    Example(
        "in a with",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

with timer():
    app = FastAPI()
+    install_database(app)
""",
    ),
    Example(
        "made again over the first",
        """
from fastapi import FastAPI
from fastapi_versioning import VersionedFastAPI
+
+from shop.database import install_database

app = FastAPI()
app.include_router(items)
app = VersionedFastAPI(app)
+install_database(app)
""",
    ),
    Example(
        "wrapped later under its own name",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
+install_database(app)
app.include_router(items)
app = SentryAsgiMiddleware(app)
""",
    ),
    Example(
        "wrapped later under the name that is served",
        """
import socketio
from fastapi import FastAPI
+
+from shop.database import install_database

sio = socketio.AsyncServer()
api = FastAPI()
+install_database(api)
app = socketio.ASGIApp(sio, other_asgi_app=api)
""",
    ),
    Example(
        "wrapped in a branch",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
+install_database(app)
if DSN:
    app = SentryAsgiMiddleware(app)
""",
    ),
    Example(
        "a lifespan that is assigned later",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
app.include_router(items)
app.router.lifespan_context = lifespan
+install_database(app)
app.add_event_handler("startup", warm)
""",
    ),
    Example(
        "a lifespan that is assigned later in a branch",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def create_app() -> FastAPI:
    app = FastAPI()
    if settings.warm:
        app.router.lifespan_context = lifespan
+    install_database(app)
    return app
""",
        app_object="create_app",
    ),
    Example(
        "a lifespan that a function of this file assigns",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def set_lifespan(app: FastAPI) -> None:
    app.router.lifespan_context = lifespan


app = FastAPI()
app.include_router(items)
set_lifespan(app)
+install_database(app)
""",
    ),
    Example(
        "a lifespan that a function from elsewhere sets by its name",
        """
from fastapi import FastAPI

+from shop.database import install_database
from shop.events import register_lifespan

app = FastAPI()
app.include_router(items)
register_lifespan(app)
+install_database(app)
""",
    ),
    Example(
        "a lifespan that is assigned to what the factory made",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def create_app() -> FastAPI:
    app = FastAPI()
    return app


app = create_app()
app.router.lifespan_context = lifespan
+install_database(app)
""",
    ),
    Example(
        "a lifespan of another application",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
+install_database(app)


def create_admin() -> FastAPI:
    admin = FastAPI()
    admin.router.lifespan_context = lifespan
    return admin
""",
    ),
    Example(
        "a mounted application beside it",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

admin = FastAPI()
site = FastAPI()
+install_database(site)
site.mount("/admin", admin)
site.mount("/static", app=FastAPI())
""",
        app_object=None,
    ),
    Example(
        "one of two by its name",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

public = FastAPI()
internal = FastAPI()
+install_database(internal)
""",
        app_object="internal",
    ),
    Example(
        "two names for one",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = application = FastAPI()
+install_database(app)
""",
        app_object=None,
    ),
    Example(
        "the second of two names for one",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = application = FastAPI()
+install_database(application)
""",
        app_object="application",
    ),
    Example(
        "a name that another file uses for the only one here",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def init() -> FastAPI:
    built = FastAPI()
+    install_database(built)
    return built
""",
    ),
    Example(
        "statements that share its line",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI(); app.state.ready = False; app.include_router(items)
+install_database(app)
""",
    ),
    Example(
        "a line that goes on",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = \\
    FastAPI(title="a" \\
            "b")
+install_database(app)
""",
    ),
    Example(
        "a line that begins with a form feed",
        """
from fastapi import FastAPI
+
+from shop.database import install_database


def create_app():
\f    app = FastAPI()
+    install_database(app)
    return app
""",
    ),
    Example(
        "a documented attribute",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
\"\"\"What the server runs.\"\"\"
+install_database(app)
""",
    ),
    Example(
        "a class of the user's own that is called FastAPI",
        """
+from shop.database import install_database
from shop.server import FastAPI

server = FastAPI()
app = server.app()
+install_database(app)
""",
    ),
]

PARTLY_WIRED_EXAMPLES = [
    Example(
        "only its call is missing",
        """
from fastapi import FastAPI

from shop.database import install_database as install

app = FastAPI()
+install(app)
""",
    ),
    Example(
        "only its import is missing",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
install_database(app)
""",
    ),
]
