"""pyproject.toml files as people write them, before and after."""

from typing import NamedTuple

MAIN = ["asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"]
DEV = ["pytest>=8"]


class Example(NamedTuple):
    """A file, what reads it, and what becomes of it."""

    name: str
    manager: str
    before: str
    after: str


EXAMPLES = [
    Example(
        "sorted list stays sorted, missing group is made",
        "uv",
        """\
[project]
name = "shop"
dependencies = [
    "fastapi[standard]>=0.121",
    "redis>=5",
    "uvicorn>=0.30",
]

[tool.ruff]
line-length = 100
""",
        """\
[project]
name = "shop"
dependencies = [
    "asyncpg>=0.30",
    "fastapi[standard]>=0.121",
    "redis>=5",
    "sqlalchemy[asyncio]>=2.0.40",
    "uvicorn>=0.30",
]

[dependency-groups]
dev = [
    "pytest>=8",
]

[tool.ruff]
line-length = 100
""",
    ),
    Example(
        "unsorted list is added to, with its quotes, comments and lack of a trailing comma",
        "uv",
        """\
[project]
dependencies = [
  'uvicorn',  # server
  'fastapi' # web
]
[dependency-groups]
dev = ['ruff', 'mypy']
""",
        """\
[project]
dependencies = [
  'uvicorn',  # server
  'fastapi', # web
  'asyncpg>=0.30',
  'sqlalchemy[asyncio]>=2.0.40'
]
[dependency-groups]
dev = ['ruff', 'mypy', 'pytest>=8']
""",
    ),
    Example(
        "closing bracket on the last line, tabs",
        "uv",
        '[project]\ndependencies = ["uvicorn",\n\t"fastapi"]\n'
        '[dependency-groups]\ndev = ["pytest"]',
        '[project]\ndependencies = ["uvicorn",\n\t"fastapi",\n\t"asyncpg>=0.30",\n'
        '\t"sqlalchemy[asyncio]>=2.0.40"]\n[dependency-groups]\ndev = ["pytest"]',
    ),
    Example(
        "several on a line",
        "uv",
        """\
[project]
dependencies = [
    "aiofiles", "fastapi",
    "redis", "uvicorn",
]
[dependency-groups]
dev = ["pytest"]
""",
        """\
[project]
dependencies = [
    "aiofiles", "asyncpg>=0.30", "fastapi",
    "redis", "sqlalchemy[asyncio]>=2.0.40", "uvicorn",
]
[dependency-groups]
dev = ["pytest"]
""",
    ),
    Example(
        "empty arrays",
        "uv",
        """\
[project]
dependencies = []
[dependency-groups]
dev = [
  # nothing yet
]
""",
        """\
[project]
dependencies = [
  "asyncpg>=0.30",
  "sqlalchemy[asyncio]>=2.0.40",
]
[dependency-groups]
dev = [
  # nothing yet
  "pytest>=8",
]
""".replace('  "', '    "'),
    ),
    Example(
        "array on one line that gets too long",
        "uv",
        """\
[project]
dependencies = [ "fastapi>=0.121", "uvicorn[standard]>=0.30",]
[dependency-groups]
dev = ["pytest"]
""",
        """\
[project]
dependencies = [
    "asyncpg>=0.30",
    "fastapi>=0.121",
    "sqlalchemy[asyncio]>=2.0.40",
    "uvicorn[standard]>=0.30",
]
[dependency-groups]
dev = ["pytest"]
""",
    ),
    Example(
        "short array stays on its line",
        "uv",
        '[project]\ndependencies = ["fastapi", "uvicorn"]\n[dependency-groups]\ndev = ["pytest"]\n',
        '[project]\ndependencies = ["asyncpg>=0.30", "fastapi", "sqlalchemy[asyncio]>=2.0.40", '
        '"uvicorn"]\n[dependency-groups]\ndev = ["pytest"]\n',
    ),
    Example(
        "sections in a list",
        "uv",
        """\
[project]
dependencies = [
    # web
    "uvicorn",
    "fastapi",

    # auth
    "pyjwt",
]
[dependency-groups]
dev = [
    # Linting
    "ruff",
    # Testing
    "httpx",
    # Docs
    "mkdocs",
]
""",
        """\
[project]
dependencies = [
    # web
    "uvicorn",
    "fastapi",

    # auth
    "pyjwt",

    # database
    "asyncpg>=0.30",
    "sqlalchemy[asyncio]>=2.0.40",
]
[dependency-groups]
dev = [
    # Linting
    "ruff",
    # Testing
    "httpx",
    "pytest>=8",
    # Docs
    "mkdocs",
]
""",
    ),
    Example(
        "floor is raised where older versions are admitted, the extra's package is added",
        "uv",
        """\
[project]
dependencies = [
    "fastapi",
    "SQLAlchemy ~= 2.0",
    "asyncpg == 0.30.0 ; sys_platform != 'win32'",
]
[dependency-groups]
test = ["pytest == 8.*"]
""",
        """\
[project]
dependencies = [
    "fastapi",
    "SQLAlchemy ~= 2.0, >= 2.0.40",
    "asyncpg == 0.30.0 ; sys_platform != 'win32'",
    "greenlet>=1",
]
[dependency-groups]
test = ["pytest == 8.*"]
""",
    ),
    Example(
        "extra that brings greenlet",
        "uv",
        """\
[project]
dependencies = ["fastapi", "sqlalchemy[postgresql_asyncpg]", "asyncpg"]
[dependency-groups]
dev = ["pytest"]
""",
        """\
[project]
dependencies = ["fastapi", "sqlalchemy[postgresql_asyncpg]>=2.0.40", "asyncpg>=0.30"]
[dependency-groups]
dev = ["pytest"]
""",
    ),
    Example(
        "dependencies are made where a project has none, groups include one another",
        "uv",
        """\
[project]
name = "shop"  # the shop
# version = "1"

[project.urls]
Home = "https://example.org"

[dependency-groups]
dev = [{ include-group = "lint" }]
lint = ["ruff"]
""",
        """\
[project]
name = "shop"  # the shop
dependencies = [
    "asyncpg>=0.30",
    "sqlalchemy[asyncio]>=2.0.40",
]
# version = "1"

[project.urls]
Home = "https://example.org"

[dependency-groups]
dev = [{ include-group = "lint" }, "pytest>=8"]
lint = ["ruff"]
""",
    ),
    Example(
        "uv's former development list",
        "uv",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]

[tool.uv]
dev-dependencies = [
  "ruff>=0.5",
]
""",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]

[tool.uv]
dev-dependencies = [
  "ruff>=0.5",
  "pytest>=8",
]
""",
    ),
    Example(
        "extra for tests, beside one that is not for them",
        "pip",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]
optional-dependencies.docs = ["mkdocs"]
optional-dependencies.unit-tests = ["httpx"]
""",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]
optional-dependencies.docs = ["mkdocs"]
optional-dependencies.unit-tests = ["httpx", "pytest>=8"]
""",
    ),
    Example(
        "pip without an extra for development",
        "pip",
        '[project]\ndependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]',
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]

[project.optional-dependencies]
dev = [
    "pytest>=8",
]""",
    ),
    Example(
        "server in an extra",
        "uv",
        """\
[project]
dependencies = ["httpx"]
[project.optional-dependencies]
all = ["fastapi", "httpx"]
server = ["fastapi", "uvicorn"]
[dependency-groups]
dev = ["pytest"]
""",
        """\
[project]
dependencies = ["httpx"]
[project.optional-dependencies]
all = ["fastapi", "httpx"]
server = ["asyncpg>=0.30", "fastapi", "sqlalchemy[asyncio]>=2.0.40", "uvicorn"]
[dependency-groups]
dev = ["pytest"]
""",
    ),
    Example(
        "server in several extras, of which one is installed",
        "uv",
        """\
[project]
dependencies = ["httpx"]
[project.optional-dependencies]
local = ["uvicorn", "fastapi"]
server = [
    "asyncpg",
    "fastapi",
]
[dependency-groups]
dev = ["pytest"]
""",
        """\
[project]
dependencies = ["httpx"]
[project.optional-dependencies]
local = ["uvicorn", "fastapi", "asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"]
server = [
    "asyncpg>=0.30",
    "fastapi",
    "sqlalchemy[asyncio]>=2.0.40",
]
[dependency-groups]
dev = ["pytest"]
""",
    ),
    Example(
        "poetry 1",
        "poetry",
        """\
[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.11"
fastapi = {extras = ["standard"], version = "^0.121"}
redis = "*"

[tool.poetry.group.docs.dependencies]
mkdocs = "*"

[tool.poetry.group.test.dependencies]
pytest-cov = '^5'

[build-system]
requires = ["poetry-core"]
""",
        """\
[tool.poetry]
name = "shop"

[tool.poetry.dependencies]
python = "^3.11"
asyncpg = ">=0.30"
fastapi = {extras = ["standard"], version = "^0.121"}
redis = "*"
sqlalchemy = {extras = ["asyncio"], version = ">=2.0.40"}

[tool.poetry.group.docs.dependencies]
mkdocs = "*"

[tool.poetry.group.test.dependencies]
pytest-cov = '^5'
pytest = '>=8'

[build-system]
requires = ["poetry-core"]
""",
    ),
    Example(
        "poetry 1, equals signs below one another, no development group",
        "poetry",
        """\
[tool.poetry.dependencies]
python  = "^3.11"
uvicorn = "*"
fastapi = "*"
[tool.poetry.dependencies.sqlalchemy]
version = "^2.0"
extras = ["asyncio"]
[tool.black]
""",
        """\
[tool.poetry.dependencies]
python  = "^3.11"
uvicorn = "*"
fastapi = "*"
asyncpg = ">=0.30"
[tool.poetry.dependencies.sqlalchemy]
version = "^2.0.40"
extras = ["asyncio"]

[tool.poetry.group.dev.dependencies]
pytest = ">=8"

[tool.black]
""",
    ),
    Example(
        "old poetry",
        "poetry",
        """\
[tool.poetry.dependencies]
python="^3.8"
fastapi="*"
asyncpg="*"
SQLAlchemy={version="^2.0.30",extras=["asyncio"]}
[tool.poetry.dev-dependencies]
""",
        """\
[tool.poetry.dependencies]
python="^3.8"
fastapi="*"
asyncpg=">=0.30"
SQLAlchemy={version="^2.0.40",extras=["asyncio"]}
[tool.poetry.dev-dependencies]
pytest = ">=8"
""",
    ),
    Example(
        "poetry 2, with tables of its own that the standard ones overrule",
        "poetry",
        """\
[project]
dependencies = ["fastapi>=0.121"]
[tool.poetry.dependencies]
asyncpg = "^0.30"
[dependency-groups]
dev = ["ruff"]
[tool.poetry.group.dev.dependencies]
pytest = "^9"
""",
        """\
[project]
dependencies = ["fastapi>=0.121", "asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"]
[tool.poetry.dependencies]
asyncpg = "^0.30"
[dependency-groups]
dev = ["ruff", "pytest>=8"]
[tool.poetry.group.dev.dependencies]
pytest = "^9"
""",
    ),
    Example(
        "poetry 2",
        "poetry",
        """\
[project]
dependencies = [
    "uvicorn (>=0.30,<0.40)",
    "fastapi (>=0.121,<0.122)"
]

[tool.poetry]
packages = [{include = "shop"}]

[tool.poetry.group.dev.dependencies]
ruff = "^0.15"
""",
        """\
[project]
dependencies = [
    "uvicorn (>=0.30,<0.40)",
    "fastapi (>=0.121,<0.122)",
    "asyncpg (>=0.30)",
    "sqlalchemy[asyncio] (>=2.0.40)"
]

[tool.poetry]
packages = [{include = "shop"}]

[tool.poetry.group.dev.dependencies]
ruff = "^0.15"
pytest = ">=8"
""",
    ),
    Example(
        "poetry, metadata in [project] but dependencies in the tool's table",
        "poetry",
        """\
[project]
name = "shop"
dynamic = ["dependencies"]
[tool.poetry.dependencies]
python = ">=3.11"
starlette = "*"
[dependency-groups]
dev = ["pytest"]
""",
        """\
[project]
name = "shop"
dynamic = ["dependencies"]
[tool.poetry.dependencies]
python = ">=3.11"
starlette = "*"
asyncpg = ">=0.30"
sqlalchemy = {extras = ["asyncio"], version = ">=2.0.40"}
[dependency-groups]
dev = ["pytest"]
""",
    ),
    Example(
        "pdm",
        "pdm",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]

[tool.pdm.dev-dependencies]
lint = ["ruff"]
test = ["pytest-cov"]
""",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]

[tool.pdm.dev-dependencies]
lint = ["ruff"]
test = ["pytest-cov", "pytest>=8"]
""",
    ),
    Example(
        "hatch",
        "hatch",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]

[tool.hatch.envs.docs]
dependencies = ["mkdocs"]

[tool.hatch.envs.default]
dependencies = [
    "httpx",
]
""",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]

[tool.hatch.envs.docs]
dependencies = ["mkdocs"]

[tool.hatch.envs.default]
dependencies = [
    "httpx",
    "pytest>=8",
]
""",
    ),
    Example(
        "rye",
        "rye",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]
[tool.rye]
managed = true
""",
        """\
[project]
dependencies = ["fastapi", "asyncpg>=1", "sqlalchemy[asyncio]>=3"]
[tool.rye]
managed = true
dev-dependencies = [
    "pytest>=8",
]
""",
    ),
    Example(
        "pixi with packages from PyPI",
        "pixi",
        """\
[project]
name = "shop"
[tool.pixi.dependencies]
python = "3.12.*"
[tool.pixi.pypi-dependencies]
fastapi = "*"
[tool.pixi.feature.test.pypi-dependencies]
pytest = "*"
""",
        """\
[project]
name = "shop"
[tool.pixi.dependencies]
python = "3.12.*"
[tool.pixi.pypi-dependencies]
fastapi = "*"
asyncpg = ">=0.30"
sqlalchemy = {extras = ["asyncio"], version = ">=2.0.40"}
[tool.pixi.feature.test.pypi-dependencies]
pytest = "*"
""",
    ),
    Example(
        "pixi, whose environment has no group",
        "pixi",
        """\
[project]
name = "shop"
dependencies = ["fastapi"]
[tool.pixi.pypi-dependencies]
shop = { path = ".", editable = true }
""",
        """\
[project]
name = "shop"
dependencies = ["fastapi", "asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"]
[tool.pixi.pypi-dependencies]
shop = { path = ".", editable = true }
pytest = ">=8"
""",
    ),
    Example(
        "byte order mark, line ends of Windows, no final line end",
        "uv",
        '\ufeff[project]\r\ndependencies = [\r\n\t"fastapi",\r\n]\r\n\r\n[dependency-groups]\r\n'
        'dev = [ "pytest" ]',
        '\ufeff[project]\r\ndependencies = [\r\n\t"fastapi",\r\n\t"asyncpg>=0.30",\r\n'
        '\t"sqlalchemy[asyncio]>=2.0.40",\r\n]\r\n\r\n[dependency-groups]\r\ndev = [ "pytest" ]',
    ),
    Example(
        "tables in unusual order and notation",
        "uv",
        """\
["dependency-groups"]
'dev' = ["ruff"]
[ project . scripts ]
serve = "shop:main"
[ project ] # last
dependencies=["uvicorn","fastapi"]
""",
        """\
["dependency-groups"]
'dev' = ["ruff", "pytest>=8"]
[ project . scripts ]
serve = "shop:main"
[ project ] # last
dependencies=["uvicorn","fastapi", "asyncpg>=0.30", "sqlalchemy[asyncio]>=2.0.40"]
""",
    ),
]
