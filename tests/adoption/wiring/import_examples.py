"""Where the import goes."""

from tests.adoption.wiring.example import Example

IMPORT_EXAMPLES = [
    Example(
        "sorted among the project's own",
        """
import os

import uvicorn
from fastapi import FastAPI

import shop.models
from shop import __version__
+from shop.database import install_database
from shop.Errors import handlers
from shop.routers import (
    carts,
    items,
)

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "first of the project's own, below their heading",
        """
# Standard library
import os

# Third party
from fastapi import FastAPI

# Local imports
+from shop.database import install_database
from shop.routers import items

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "first of the project's own, above a comment on the next",
        """
from fastapi import FastAPI

+from shop.database import install_database
+
# patches the event loop
from shop.patches import patched

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "between the project's own, one with a comment on it",
        """
from fastapi import FastAPI

from shop.accounts import accounts
+from shop.database import install_database

# patches the event loop
from shop.patches import patched

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "after the project's own where they are not sorted",
        """
from shop.zebra import z
from shop.ant import a
+from shop.database import install_database
from fastapi import FastAPI
import os
app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "after the last where nothing is sorted or set apart",
        """
from fastapi import FastAPI
import os
+from shop.database import install_database
app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "ahead of the relative ones",
        """
from fastapi import FastAPI

+from shop.database import install_database
+
from .routers import items
from .settings import settings

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "among the relative ones",
        """
from fastapi import FastAPI

from ..base import base
from . import models
+from .database import install_database
from .routers import items

app = FastAPI()
+install_database(app)
""",
        layer_module=".database",
    ),
    Example(
        "relative where all of the package's are",
        """
from fastapi import FastAPI

+from .database import install_database
from .routers import items

app = FastAPI()
+install_database(app)
""",
        layer_module="shop.database",
        package="shop",
    ),
    Example(
        "relative, from a package of a package",
        """
from fastapi import FastAPI

from . import routers
+from .db.database import install_database

app = FastAPI()
+install_database(app)
""",
        layer_module="shop.api.db.database",
        package="shop.api",
    ),
    Example(
        "relative, to the package above",
        """
from fastapi import FastAPI

from ..core import settings
+from ..database import install_database
from . import routers

app = FastAPI()
+install_database(app)
""",
        layer_module="shop.database",
        package="shop.api",
    ),
    Example(
        "absolute to the package above, which nothing is imported from",
        """
from fastapi import FastAPI

+from shop.database import install_database
+
from . import routers

app = FastAPI()
+install_database(app)
""",
        layer_module="shop.database",
        package="shop.api",
    ),
    Example(
        "absolute where one is",
        """
from fastapi import FastAPI

from shop import __version__
+from shop.database import install_database

from .routers import items

app = FastAPI(version=__version__)
+install_database(app)
""",
        layer_module="shop.database",
        package="shop",
    ),
    Example(
        "among a flat project's modules",
        """
from fastapi import FastAPI

from config import settings
+from database import install_database
from routers import items

app = FastAPI()
+install_database(app)
""",
        layer_module="database",
    ),
    Example(
        "sorted by module whatever the form",
        """
from fastapi import FastAPI

from shop.ant import a
+from shop.database import install_database
import shop.models
from shop.routers import items

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "below the docstring and the future",
        """
#!/usr/bin/env python
\"\"\"Serve the shop.\"\"\"

from __future__ import annotations

from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "below a docstring that shares its line",
        """
\"\"\"Serve the shop.\"\"\"; from shop.routers import items
+from shop.database import install_database
from fastapi import FastAPI

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "below the last comment of a block above",
        """
from fastapi import FastAPI

if items:
    pass
    # nothing else
+from shop.database import install_database
from shop.routers import items

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "outside of conditions",
        """
from typing import TYPE_CHECKING

from fastapi import FastAPI
+
+from shop.database import install_database

try:
    import uvloop
except ImportError:
    uvloop = None

if TYPE_CHECKING:
    from shop.models import Item

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "after a change of the path",
        """
import sys

from fastapi import FastAPI

sys.path.insert(0, "..")
+
+from shop.database import install_database

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "among the project's own after a change of the path, with their exemption",
        """
import sys

sys.path.append("..")

from fastapi import FastAPI  # noqa: E402

from shop.accounts import (  # noqa: E402
    accounts,
)
+from shop.database import install_database  # noqa: E402

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "ahead of imports that follow the application",
        """
from fastapi import FastAPI
+
+from shop.database import install_database

app = FastAPI()
+install_database(app)

from shop.routers import items

app.include_router(items)
""",
    ),
    Example(
        "where imports stand between other statements",
        """
from dotenv import load_dotenv

load_dotenv()

from fastapi import FastAPI

+from shop.database import install_database
from shop.routers import items

log = items.log

import json

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "where only a try imports",
        """
\"\"\"Serve the shop.\"\"\"

+from shop.database import install_database
+
try:
    from fastapi import FastAPI
except ImportError:
    raise SystemExit("pip install fastapi")

app = FastAPI()
+install_database(app)
""",
    ),
    Example(
        "not past a part that isort leaves alone",
        """
from fastapi import FastAPI

+from shop.database import install_database
from shop.routers import items

# isort: split
import logging

app = FastAPI()
+install_database(app)
""",
    ),
]
