"""A database URL as hosting providers, libpq and other drivers write it."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import parse_qsl, quote, unquote, urlencode

# What stands between the application and the server, and how long a client
# keeps a server connection there: as long as it stays, or for a transaction.
Pooler = Literal["none", "session", "transaction"]

LOCAL_HOSTS = {"localhost", "127.0.0.1", "[::1]"}
SCHEME = re.compile(r"(jdbc:)?postgres(ql)?(\+\w+)?")
HOST = re.compile(r"(\[[0-9A-Fa-f:.]+(?:%\w+)?\]|[^][@:/?,\s]+)(?::([0-9]+))?")
LOCATION = re.compile(r"([^@/?]*)(?:/([^@/?]*))?(?:\?(.*))?")
PORTS = range(1, 65536)
PARAMETERS = re.compile(r"(?:[\w-]{3,}=[^&]*(?:&|$))*")
# The ports of PgBouncer, of Supabase's poolers and their local stack, of
# DigitalOcean's and Crunchy Bridge's, and names that providers give to theirs.
POOLER = re.compile(
    r":(6432|6543|54329)$|ondigitalocean\.com:25061|postgresbridge\.com:5431"
    r"|-pooler\.|^pooled\.|\bpgbouncer\b",
)
SUPABASE = re.compile(r"\.supabase\.com?$")
# How drivers are told that prepared statements get lost in a pooler.
NO_PREPARED_STATEMENTS = {
    ("pgbouncer", "true"),
    ("prepare", "false"),
    ("prepareThreshold", "0"),
    ("prepared_statement_cache_size", "0"),
    ("statement_cache_size", "0"),
}
SSL_MODES = (
    "disable",
    "allow",
    "prefer",
    "require",
    "verify-ca",
    "verify-full",
)
# Other drivers' words for them; to libpq, "ssl=true" is "require", too.
SSL_SYNONYMS = {
    "false": "disable",
    "0": "disable",
    "true": "require",
    "1": "require",
    "no-verify": "require",
}
JDBC_NAMES = {
    "ApplicationName": "application_name",
    "currentSchema": "search_path",
    "targetServerType": "target_session_attrs",
}
JDBC_SERVER_TYPES = {
    "master": "primary",
    "preferSecondary": "prefer-standby",
    "secondary": "standby",
    "slave": "standby",
}
# JDBC and node-postgres have names in camel case.
CAMEL_CASE = re.compile("[a-z]+[A-Z]")
# asyncpg takes what it does not know for a setting of the server. These are
# other drivers' or a provider's own, and nothing is lost without them.
IGNORED = {
    "async_fallback",
    "autosave",
    "binary",
    "channel_binding",
    "client_encoding",
    "connection_limit",
    "encoding",
    "fallback_application_name",
    "gssdelegation",
    "gssencmode",
    "idle_timeout",
    "keepalives",
    "keepalives_count",
    "keepalives_idle",
    "keepalives_interval",
    "load_balance_hosts",
    "max",
    "max_connection_lifetime",
    "max_idle_connection_lifetime",
    "max_lifetime",
    "max_protocol_version",
    "min",
    "min_protocol_version",
    "oauth_client_id",
    "oauth_client_secret",
    "oauth_issuer",
    "oauth_scope",
    "pgbouncer",
    "pool_timeout",
    "prepare",
    "prepared_statement_cache_size",
    "query_timeout",
    "replication",
    "scram_client_key",
    "scram_server_key",
    "socket_timeout",
    "sslcertmode",
    "sslcompression",
    "sslfactory",
    "sslkeylogfile",
    "sslsni",
    "statement_cache_size",
    "stringtype",
    "supa",
    "tcp_user_timeout",
    "uselibpqcompat",
}


class Host(NamedTuple):
    """A server, or the directory of its socket."""

    name: str
    port: str = ""

    @property
    def is_socket(self) -> bool:
        """Tell whether it is a path on this machine."""
        return self.name.startswith("/")

    def __str__(self) -> str:
        """Show it as people write it."""
        return f"{self.name}:{self.port}" if self.port else self.name

    @property
    def netloc(self) -> str:
        """Return it as a part of a URL."""
        is_ipv6 = self.name.startswith("[")
        name = self.name if is_ipv6 else quote(self.name, "")
        return f"{self._replace(name=name)}"


@dataclass(frozen=True, slots=True)
class DatabaseURL:
    """Where a database is, and what asyncpg has to know to connect to it."""

    user: str
    password: str = field(repr=False)
    hosts: tuple[Host, ...]
    database: str
    # They may hold another secret.
    parameters: Mapping[str, str] = field(repr=False)
    connect_timeout_seconds: float | None
    pooler: Pooler

    @property
    def is_local(self) -> bool:
        """Tell whether the connection stays on this machine."""
        return all(h.is_socket or h.name in LOCAL_HOSTS for h in self.hosts)

    @property
    def dsn(self) -> str:
        """Return the URL as asyncpg reads it."""
        user, password = quote(self.user, ""), quote(self.password, "")
        login = f"{user}:{password}@" if user or password else ""
        hosts = ",".join(host.netloc for host in self.hosts)
        # Without a database, it is the one that is called like the user.
        path = f"/{quote(self.database, '')}" if self.database else ""
        query = urlencode(self.parameters, quote_via=quote)
        return f"postgresql://{login}{hosts}{path}?{query}"

    @property
    def connect_args(self) -> dict[str, Any]:
        """Return what to call asyncpg with."""
        if self.parameters.get("sslrootcert") == "system":
            # It trusts the authorities that the operating system trusts.
            return {"dsn": self.dsn, "ssl": True}
        return {"dsn": self.dsn}


def parse_database_url(
    text: str,
    ssl_root_cert: Path | str | None = None,
) -> DatabaseURL:
    """Read a URL as libpq, hosting providers and other drivers write it.

    User and password may hold any character, percent-encoded or not.

    Args:
        text: The URL.
        ssl_root_cert: Whom to trust where the URL has no ``sslrootcert``.

    Raises:
        ValueError: The URL is unusable. The message shows no part of it.
    """
    start, separator, rest = text.strip().partition("://")
    if not separator or not SCHEME.fullmatch(start):
        raise ValueError("it has to start with postgresql://")
    credentials, netloc, path, query = _split(rest)
    user, _, password = map(unquote, credentials.partition(":"))
    # To libpq a plus sign is one, to a parser of forms it is a space.
    pairs = parse_qsl(query.replace("+", "%2B"), keep_blank_values=True)
    parameters = dict(pairs)
    user = parameters.pop("user", user)
    password = parameters.pop("password", password)
    database = parameters.pop("dbname", "") or parameters.pop("database", "")
    # SQLAlchemy repeats it where there are several.
    parameters["host"] = ",".join(v for name, v in pairs if name == "host")
    hosts = _parse_hosts(netloc, parameters)
    if ssl_root_cert is not None:
        parameters.setdefault("sslrootcert", f"{ssl_root_cert}")
    _translate(parameters)
    _settle_sslmode(hosts, parameters)
    timeout = parameters.pop("connect_timeout", "") or "0"
    if not timeout.isdecimal():
        raise ValueError("connect_timeout has to be a number of seconds")
    return DatabaseURL(
        user=user,
        password=password,
        hosts=hosts,
        database=database or unquote(path),
        parameters={k: v for k, v in parameters.items() if _is_of_use(k)},
        connect_timeout_seconds=float(timeout) or None,
        pooler=_guess_pooler(hosts, pairs),
    )


def _split(rest: str) -> tuple[str, str, str, str]:
    """Return credentials, hosts, database and query."""
    # "@", "/" and "?" left as they are belong to the password, or to the value
    # of a parameter: the hosts follow the first "@" after which all is
    # well-formed. Without credentials there may be none.
    starts = [0, *(at.end() for at in re.finditer("@", rest))]
    for start in starts:
        location = LOCATION.fullmatch(rest, start)
        if location is None:
            continue
        hosts, path, query = (part or "" for part in location.groups())
        # After the last one, there is nothing else that it could be.
        is_query = start == starts[-1] or PARAMETERS.fullmatch(query)
        is_host = not hosts or all(map(HOST.fullmatch, hosts.split(",")))
        if is_query and is_host:
            return rest[: max(start - 1, 0)], hosts, path, query
    raise ValueError("a host has to be written as name:port")


def _parse_hosts(
    netloc: str,
    parameters: dict[str, str],
) -> tuple[Host, ...]:
    address = parameters.pop("hostaddr", "")
    names = parameters.pop("host") or address or netloc
    if not names:
        raise ValueError("it names no host")
    ports = parameters.pop("port", "").split(",")
    hosts = names.split(",")
    if len(ports) == 1:
        ports *= len(hosts)
    if len(ports) != len(hosts):
        raise ValueError("it needs a port for each host, or one for all")
    return tuple(map(_parse_host, hosts, ports))


def _parse_host(text: str, port: str) -> Host:
    name = text
    if not text.startswith("/"):
        if text.count(":") > 1 and "[" not in text:
            text = f"[{text}]"
        match = HOST.fullmatch(text)
        if match is None:
            raise ValueError("a host has to be written as name:port")
        name, port = unquote(match[1]), port or match[2] or ""
    if port and not (port.isdecimal() and int(port) in PORTS):
        raise ValueError("a port has to be a number from 1 to 65535")
    return Host(name, port)


def _guess_pooler(
    hosts: tuple[Host, ...],
    pairs: list[tuple[str, str]],
) -> Pooler:
    # Where in doubt it is a transaction pooler: its settings work elsewhere
    # too, at the price of some speed, while the others fail behind one.
    is_pooler = any(POOLER.search(f"{host}") for host in hosts)
    if is_pooler or NO_PREPARED_STATEMENTS & {*pairs}:
        return "transaction"
    is_supabase = any(".pooler.supabase.com" in host.name for host in hosts)
    return "session" if is_supabase else "none"


def _translate(parameters: dict[str, str]) -> None:
    """Take over what has another name or form elsewhere."""
    mode = parameters.pop("ssl", None)
    if mode is not None:
        parameters.setdefault("sslmode", mode)
    if mode := parameters.get("sslmode"):
        parameters["sslmode"] = SSL_SYNONYMS.get(mode, mode)
    # Prisma's, whose "sslcert" is the authority's.
    if parameters.pop("sslaccept", "") == "strict":
        certificate = parameters.pop("sslcert", "system")
        parameters.setdefault("sslrootcert", certificate)
    schema = parameters.pop("schema", "public")
    if schema != "public":
        parameters.setdefault("search_path", f'"{schema}"')
    for jdbc, name in JDBC_NAMES.items():
        if value := parameters.pop(jdbc, None):
            parameters[name] = JDBC_SERVER_TYPES.get(value, value)


def _is_of_use(name: str) -> bool:
    return name not in IGNORED and not CAMEL_CASE.match(name)


def _settle_sslmode(
    hosts: tuple[Host, ...],
    parameters: dict[str, str],
) -> None:
    mode = parameters.get("sslmode")
    if mode not in {None, *SSL_MODES}:
        raise ValueError(f"sslmode has to be one of {', '.join(SSL_MODES)}")
    if mode == "disable":
        parameters.pop("sslrootcert", None)
    if mode in {"verify-ca", "verify-full"} and not _has_root_certificate():
        parameters.setdefault("sslrootcert", "system")
    if certificate := parameters.get("sslrootcert"):
        if certificate != "system" and not Path(certificate).is_file():
            raise ValueError("its sslrootcert is no file")
        # To libpq, "require" would not look at the name in the certificate.
        # And anybody has one of the system's authorities, for another name.
        if mode != "verify-ca" or certificate == "system":
            parameters["sslmode"] = "verify-full"
    elif mode is None and any(SUPABASE.search(host.name) for host in hosts):
        # Or the driver would do without encryption where it is refused.
        parameters["sslmode"] = "require"


def _has_root_certificate() -> bool:
    # Where asyncpg and libpq look for it.
    if os.environ.get("PGSSLROOTCERT"):
        return True
    with suppress(RuntimeError):
        return Path.home().joinpath(".postgresql/root.crt").is_file()
    return False
