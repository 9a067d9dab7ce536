"""The server's certificate is verified; TLS_URL leads to a server that insists on TLS."""

import os
import ssl
from pathlib import Path

import asyncpg
import pytest
from notes.database import get_engine
from notes.database_kit.engine import create_migration_engine
from sqlalchemy import text

from .conftest import Run

CERTIFICATES = Path(os.environ["CERTIFICATES"])


async def context_of_a_connection() -> ssl.SSLContext:
    async with get_engine().connect() as connection:
        assert await connection.scalar(text("SELECT 1")) == 1
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        made: ssl.SSLContext = driver._transport.get_extra_info("sslcontext")
        return made


@pytest.fixture(autouse=True)
def pooled(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", os.environ["TLS_URL"])
    monkeypatch.setenv("DATABASE_POOLER", "transaction")


@pytest.fixture
def strict_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `create_default_context` does from Python 3.13 on."""
    original = ssl.create_default_context

    def create(*args: object, **options: object) -> ssl.SSLContext:
        context = original(*args, **options)  # type: ignore[arg-type]
        context.verify_flags |= ssl.VERIFY_X509_STRICT | ssl.VERIFY_X509_PARTIAL_CHAIN
        return context

    monkeypatch.setattr(ssl, "create_default_context", create)


@pytest.mark.usefixtures("strict_defaults")
def test_supabase_s_chain_is_verified_on_any_python(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_SSL_ROOT_CERT", str(CERTIFICATES / "root.crt"))

    context = run(context_of_a_connection())

    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname


@pytest.mark.usefixtures("strict_defaults")
def test_the_chain_is_one_that_strict_rules_refuse(run: Run) -> None:
    strict = ssl.create_default_context(cafile=str(CERTIFICATES / "root.crt"))

    async def connect() -> None:
        await asyncpg.connect(os.environ["TLS_URL"], ssl=strict)

    with pytest.raises(ssl.SSLCertVerificationError, match=r"(?i)key usage"):
        run(connect())


def test_another_authority_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_SSL_ROOT_CERT", str(CERTIFICATES / "other.crt"))

    with pytest.raises(ssl.SSLCertVerificationError):
        run(context_of_a_connection())


def test_another_name_is_refused(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    url = os.environ["TLS_URL"].replace("127.0.0.1", "127.0.0.2")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_SSL_ROOT_CERT", str(CERTIFICATES / "root.crt"))

    with pytest.raises(ssl.SSLCertVerificationError, match="127.0.0.2"):
        run(context_of_a_connection())


def test_migrations_verify_too(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_SSL_ROOT_CERT", str(CERTIFICATES / "other.crt"))

    async def connect() -> None:
        async with create_migration_engine().connect():
            pass

    with pytest.raises(ssl.SSLCertVerificationError):
        run(connect())
