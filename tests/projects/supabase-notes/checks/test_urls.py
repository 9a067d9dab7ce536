"""What a URL says of the way to the server."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from notes import database
from notes.database_kit import engine
from notes.database_kit.settings import DatabaseSettings
from notes.database_kit.url import parse_database_url
from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

REF = "abcdefghijklmnopqrst"


@pytest.mark.parametrize(
    ("url", "pooler"),
    [
        (f"postgresql://postgres:pw@db.{REF}.supabase.co:5432/postgres", "none"),
        (f"postgresql://postgres:pw@db.{REF}.supabase.co/postgres", "none"),
        (f"postgresql://postgres:pw@db.{REF}.supabase.co:6543/postgres", "transaction"),
        (f"postgres://postgres.{REF}:pw@aws-1-x.pooler.supabase.com:5432/postgres", "session"),
        (f"postgres://postgres.{REF}:pw@aws-1-x.pooler.supabase.com/postgres", "session"),
        (f"postgres://postgres.{REF}:pw@aws-1-x.pooler.supabase.com:6543/postgres", "transaction"),
        ("postgresql://postgres:postgres@127.0.0.1:54322/postgres", "none"),
        ("postgresql://postgres.pooler-dev:postgres@127.0.0.1:54329/postgres", "transaction"),
        ("postgresql://u:p@localhost:5432/app", "none"),
        ("postgresql://u:6543@localhost/app", "none"),
        ("postgresql://u:p@localhost/app:6543", "none"),
        ("postgresql://u:p@localhost:6432/app", "transaction"),
        ("postgresql://u:p@localhost:5432/app?pgbouncer=true", "transaction"),
        ("postgresql://u:p@localhost:5432/app?pgbouncer=false", "none"),
        ("postgresql://u:p@[::1]:6432/app", "transaction"),
        ("postgresql://u:p@a:5432,b:6432/app", "transaction"),
        ("postgresql://u:p@/app?host=/run/postgresql&port=6432", "transaction"),
        ("postgresql://u:p@/app?host=/run/postgresql", "none"),
        ("postgresql://u:p@ep-cool-rain-123-pooler.eu-central-1.aws.neon.tech/db", "transaction"),
        ("postgresql://u:p@ep-cool-rain-123.eu-central-1.aws.neon.tech/db", "none"),
    ],
)
def test_the_pooler(url: str, pooler: str) -> None:
    parsed = parse_database_url(url)

    assert parsed.pooler == pooler
    assert "pgbouncer" not in parsed.dsn


CERTIFICATE = str(Path(__file__))


@pytest.mark.parametrize(
    ("host", "query", "setting", "mode", "certificate"),
    [
        ("localhost", "", None, None, None),
        ("localhost", "sslmode=disable", None, "disable", None),
        (f"db.{REF}.supabase.co", "", None, "require", None),
        ("aws-1-x.pooler.supabase.com:6543", "", None, "require", None),
        (f"db.{REF}.supabase.co", "sslmode=disable", None, "disable", None),
        (f"db.{REF}.supabase.co", "", CERTIFICATE, "verify-full", CERTIFICATE),
        ("localhost", f"sslrootcert={CERTIFICATE}", None, "verify-full", CERTIFICATE),
        ("localhost", "sslmode=require", CERTIFICATE, "verify-full", CERTIFICATE),
        ("localhost", "sslmode=prefer", CERTIFICATE, "verify-full", CERTIFICATE),
        ("localhost", "ssl=verify-ca", CERTIFICATE, "verify-ca", CERTIFICATE),
        ("localhost", f"sslrootcert={CERTIFICATE}", __name__, "verify-full", CERTIFICATE),
    ],
)
def test_tls(
    host: str, query: str, setting: str | None, mode: str | None, certificate: str | None
) -> None:
    url = f"postgresql://u:p@{host}/db?{query}"

    parsed = parse_database_url(url, Path(setting) if setting else None)

    parameters = {k: v for k, [v] in parse_qs(urlsplit(parsed.dsn).query).items()}
    assert parameters.get("sslmode") == mode
    assert parameters.get("sslrootcert") == certificate


def test_a_missing_certificate_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="sslrootcert"):
        parse_database_url("postgresql://u:p@h/db?sslrootcert=/nowhere.crt")

    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/db")
    monkeypatch.setenv("DATABASE_SSL_ROOT_CERT", "/nowhere.crt")
    with pytest.raises(ValidationError, match="ssl_root_cert"):
        DatabaseSettings.model_validate({})


def arguments(monkeypatch: pytest.MonkeyPatch, **variables: str) -> dict[str, Any]:
    """What the driver is called with."""
    made: dict[str, Any] = {}

    def create(url: str, **options: Any) -> AsyncEngine:
        made.update(options)
        return create_async_engine(url, **options)

    monkeypatch.setattr(engine, "create_async_engine", create)
    for name, value in variables.items():
        monkeypatch.setenv(f"DATABASE_{name}", value)
    database.get_engine()
    return dict(made["connect_args"])


CACHES = {"statement_cache_size": 0, "prepared_statement_cache_size": 0}


def test_a_direct_connection_limits_statements_on_the_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = arguments(monkeypatch, URL="postgresql://u:p@h/db", STATEMENT_TIMEOUT_SECONDS="2.5")

    assert made["server_settings"]["statement_timeout"] == "2500"
    assert made["command_timeout"] == 7.5
    assert not CACHES.keys() & made.keys()


@pytest.mark.parametrize("pooler", ["session", "transaction"])
def test_a_pooler_gets_no_settings(monkeypatch: pytest.MonkeyPatch, pooler: str) -> None:
    made = arguments(
        monkeypatch,
        URL="postgresql://u:p@h/db",
        POOLER=pooler,
        STATEMENT_TIMEOUT_SECONDS="2.5",
    )

    assert made["server_settings"].keys() == {"application_name"}
    assert made["command_timeout"] == 2.5
    assert (
        made.items() >= CACHES.items()
        if pooler == "transaction"
        else not (CACHES.keys() & made.keys())
    )


def test_the_setting_overrides_the_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    made = arguments(monkeypatch, URL="postgresql://u:p@h:6543/db", POOLER="none")

    assert "statement_timeout" in made["server_settings"]


def test_the_defaults_stay_below_the_session_pooler_s_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@h/db")
    settings = DatabaseSettings.model_validate({})

    assert 2 * (settings.pool_size + settings.max_overflow) < 15
