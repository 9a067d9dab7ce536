"""Application files put together from the parts that real ones are made of."""

from dataclasses import dataclass

from hypothesis import strategies as st

LAYER_MODULE = "shop.database"

_HEADS = [
    "",
    '"""Serve the shop."""\n\n',
    "#!/usr/bin/env python3\n# Copyright: the Läden\n",
    "# -*- coding: utf-8 -*-\n'''Serve\nthe shop.'''\n",
    "\n\n",
    "from __future__ import annotations\n\n",
    '"""Serve the shop."""\nfrom __future__ import annotations\n',
    "\f\n",
]
_STANDARD_LIBRARY = [
    "import os\n",
    "import sys\n",
    "import logging, json\n",
    "from contextlib import asynccontextmanager\n",
    "from typing import (  # all of it\n    Annotated,\n    Any,\n)\n",
    "from collections.abc import AsyncIterator, \\\n    Iterator\n",
]
_THIRD_PARTY = [
    "import uvicorn\n",
    "import socketio  # type: ignore[import-untyped]\n",
    "from starlette.responses import Response\n",
    "from pydantic import BaseModel; import sqlalchemy as sa\n",
    "# pinned\nfrom starlette.requests import Request\n",
]
_FASTAPI = [
    "import fastapi\nfrom fastapi import FastAPI\n",
    "from fastapi import FastAPI\nimport fastapi\n",
    "import fastapi\nfrom fastapi import (\n    Depends,\n    FastAPI,\n)\n",
]
_OWN = [
    "import shop.models\n",
    "from shop import __version__\n",
    "from shop.api.v2 import router as second\n",
    "from shop.Config import settings  # noqa: N999\n",
    "from shop.routers import (\n    carts,\n    items,\n)\n",
    "# what the shop knows\nfrom shop.zones import zones\n",
    "from .relative import something\n",
    "from ..further import anything\n",
    "from . import siblings\n",
]
_GAPS = ["", "\n", "\n\n", "# and more\n", "\n# Local imports\n"]
_STATEMENTS = [
    "log = logging.getLogger(__name__)\n",
    "load_dotenv()\n",
    "sys.path.insert(0, '..')\n",
    "if TYPE_CHECKING:\n    from shop.types import Zone\n",
    "try:\n    import uvloop\nexcept ImportError:  # optional\n    uvloop = None\n",
    "\n\n@asynccontextmanager\nasync def lifespan(app):\n\tyield\n\n\n",
    "\n\nclass Shop(FastAPI):\n    '''Ours.'''\n\n\n",
    "text = '''\napp = FastAPI()\n\n\timport nothing\n'''\n",
    "x = 1; y = 2;\n",
    "# app = FastAPI()\n",
]
_MODULE_LEVEL = [
    "{0} = FastAPI()\n",
    "{0}: FastAPI = FastAPI(  # the one\n    title='Läden \N{PARTY POPPER}',\n)  # type: ignore\n",
    "{0} = fastapi.FastAPI(title='a' \\\n    'b')\n",
    "{0} = \\\n    FastAPI()\n",
    "ü = 'ß'; {0} = FastAPI(); {0}.title = 'x'\n",
    "if sys.argv:\n    {0} = FastAPI()\n",
    "if sys.argv:\n    {0} = FastAPI()\nelse:\n    {0} = FastAPI(docs_url=None)\n    # hidden\n",
    "try:\n\t{0} = FastAPI()\nexcept TypeError:\n\t{0} = fastapi.FastAPI()\n\n",
    "with open(__file__):\n  {0} = FastAPI()\n",
    "{0} = FastAPI()\n'''What is served.'''\n",
    "{0} = None\n{0} = FastAPI()\n",
]
_FACTORIES = [
    "def {0}() -> FastAPI:\n    '''Create it.'''\n    built = FastAPI()\n\n    return built\n",
    "async def {0}(*, debug=False):\n\tbuilt = FastAPI()  # a tab\n\n\treturn built\n",
    "def {0}():\n  '''Create it.'''\n\n  if True:\n    built = FastAPI()\n    return built\n",
]
_ENDS = [
    "",
    "\n\n@{0}.get('/')\ndef index() -> str:\n    return 'hello'\n",
    "{0}.include_router(items)\n",
    "\n# what is around it\n{0} = Wrapper({0})\n",
    "{0}.router.lifespan_context = lifespan\n",
    "if sys.argv:\n    {0}.router.lifespan_context = lifespan\n",
    "{0}.mount('/static', StaticFiles())\n",
    "from shop.late import late  # noqa: E402\n",
    "\n\nif __name__ == '__main__':\n    uvicorn.run({0})\n",
]


@dataclass(frozen=True)
class ApplicationFile:
    content: str
    app_object: str
    by_name: bool
    """Whether the name is given, rather than found."""

    @property
    def asked_for(self) -> str | None:
        return self.app_object if self.by_name else None


@st.composite
def _imports(draw: st.DrawFn) -> str:
    parts = [
        *draw(st.lists(st.sampled_from(_STANDARD_LIBRARY), max_size=3)),
        *draw(st.lists(st.sampled_from(_THIRD_PARTY), max_size=2)),
        draw(st.sampled_from(_FASTAPI)),
        *draw(st.lists(st.sampled_from(_OWN), max_size=4)),
    ]
    if draw(st.booleans()):
        parts = draw(st.permutations(parts))
    gaps = draw(st.lists(st.sampled_from(_GAPS), min_size=len(parts), max_size=len(parts)))
    return "".join(part + gap for part, gap in zip(parts, gaps, strict=True))


@st.composite
def application_files(draw: st.DrawFn) -> ApplicationFile:
    """Draw a file that makes one application, whose place can be told."""
    app_object = draw(st.sampled_from(["app", "api", "läden"]))
    is_factory = draw(st.booleans())
    making = draw(st.sampled_from(_FACTORIES if is_factory else _MODULE_LEVEL))
    ends = [] if is_factory else draw(st.lists(st.sampled_from(_ENDS), max_size=3))
    wrapped = [index for index, end in enumerate(ends) if "Wrapper" in end]
    if wrapped:
        ends = [
            end
            for index, end in enumerate(ends)
            if "lifespan_context" not in end or index < wrapped[0]
        ]
    pieces = [
        draw(st.sampled_from(_HEADS)),
        draw(_imports()),
        *draw(st.lists(st.sampled_from(_STATEMENTS), max_size=3)),
        making.format(app_object),
        *(end.format(app_object) for end in ends),
    ]
    content = "".join(pieces)
    if draw(st.booleans()):
        content = content.removesuffix("\n")
    content = content.replace("\n", draw(st.sampled_from(["\n", "\r\n", "\r"])))
    if draw(st.booleans()):
        content = "\ufeff" + content
    return ApplicationFile(content, app_object, draw(st.booleans()))
