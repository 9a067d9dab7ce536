"""Calls that wait for something else than the database, and have to stay in a thread."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from .queries import generators

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .definitions import Definitions, Function

_PREFIXES = (
    "anthropic.Anthropic", "argon2.", "azure.", "bcrypt.", "boto3.", "botocore.", "cloudinary.",
    "docker.", "elasticsearch.Elasticsearch", "emails.", "firebase_admin.", "ftplib.", "google.",
    "groq.Groq", "httpx.Client", "jira.", "kafka.", "kubernetes.", "ldap3.", "mailjet_rest.",
    "meilisearch.", "minio.", "mysql.", "neo4j.", "openai.OpenAI", "opensearchpy.", "paramiko.",
    "passlib.", "pika.", "plaid.", "postmarker.", "psycopg2.", "pwdlib.", "pymongo.", "pymysql.",
    "redis.Redis", "redis.StrictRedis", "requests.", "resend.", "sendgrid.", "slack_sdk.",
    "smtplib.", "socket.", "sqlite3.", "stripe.", "subprocess.", "supabase.", "telegram.",
    "twilio.", "urllib.request.", "urllib3.", "yfinance.", "zeep.",
)  # fmt: skip
_NAMES = frozenset(
    {"os.system", "redis.from_url", "time.sleep"}
    | {f"httpx.{name}" for name in ("delete", "get", "patch", "post", "put", "request", "stream")}
)
_HARMLESS = ("requests.exceptions", "redis.exceptions", "subprocess.CompletedProcess")
# Whoever only makes one of these waits for nothing.
_MADE = frozenset(
    {
        *("passlib.context.CryptContext", "pwdlib.PasswordHash", "argon2.PasswordHasher"),
        *("boto3.client", "boto3.resource", "redis.Redis", "redis.StrictRedis", "redis.from_url"),
        *("requests.Session", "httpx.Client", "minio.Minio", "bcrypt.gensalt"),
        *("pwdlib.PasswordHash.recommended", "smtplib.SMTPException"),
    }
)
_LOOPS = ("asyncio.", "anyio.", "nest_asyncio.")
MAX_DEPTH = 8


class Blocking:
    """Which functions of a project block."""

    def __init__(self, definitions: Definitions) -> None:
        """Know none yet."""
        self._definitions = definitions
        self._known: dict[Function, bool] = {}

    def in_function(self, function: Function) -> Iterator[tuple[ast.Call, str]]:
        """The calls that block, each with the reason why it cannot go to a thread, or none."""
        late = {inner for part in generators(function) for inner in ast.walk(part)}
        for node in ast.walk(function.node):
            if not isinstance(node, ast.Call):
                continue
            name = self._outside(function, node)
            written = ast.unparse(node.func)
            if isinstance(function.module.parent_of(node), ast.Await):
                continue
            if name.startswith(_LOOPS):
                yield node, f"{written}() runs an event loop of its own"
            elif name == "open":
                yield node, f"{written}() reads a file, which would hold up all requests"
            elif self._blocks(function, node, name):
                awkward = node in late or any(isinstance(part, ast.Starred) for part in node.args)
                yield node, f"{written}() would hold up all requests" if awkward else ""

    def _outside(self, function: Function, node: ast.Call) -> str:
        found = self._definitions.value(function.module, function, node.func)
        if found is None and isinstance(node.func, ast.Name) and node.func.id == "open":
            return "open"
        return found.external if found else ""

    def _blocks(self, function: Function, node: ast.Call, name: str) -> bool:
        if name in _NAMES or (
            name.startswith(_PREFIXES) and name not in _MADE and not name.startswith(_HARMLESS)
        ):
            return True
        found = self._definitions.value(function.module, function, node.func)
        return bool(found and found.function and self.blocks(found.function))

    def blocks(self, function: Function, depth: int = 0) -> bool:
        """Whether a function has such a call, or calls one that does."""
        if function in self._known or depth > MAX_DEPTH:
            return self._known.get(function, False)
        self._known[function] = False
        if isinstance(function.node, ast.AsyncFunctionDef):
            return False
        for node in ast.walk(function.node):
            if isinstance(node, ast.Call):
                name = self._outside(function, node)
                if name == "open" or self._blocks(function, node, name):
                    self._known[function] = True
                    break
        return self._known[function]
