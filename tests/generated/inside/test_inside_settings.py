"""Run in an adopted project: any URL is taken or told off, and no secret is shown."""

import logging
import os
import socketserver
import string
import struct
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

import pytest
from app import database
from app.database import get_engine
from app.database_kit.settings import (
    DatabaseSettings,
    DatabaseSettingsError,
    get_database_settings,
)
from app.database_kit.url import parse_database_url

SECRET = "s3cr3t"


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch):
    monkeypatch.setitem(DatabaseSettings.model_config, "env_file", None)
    for name in DatabaseSettings.model_fields:
        monkeypatch.delenv(f"DATABASE_{name.upper()}", raising=False)
    get_database_settings.cache_clear()
    yield
    get_database_settings.cache_clear()


def password(dsn):
    return unquote(urlsplit(dsn).password)


@pytest.mark.parametrize("char", string.punctuation + "ä ", ids=lambda char: f"x{ord(char):x}")
def test_a_password_may_hold_any_character(char):
    text = f"a{char}b{char}"

    encoded = parse_database_url(f"postgresql://u:{quote(text, safe='')}@h:5432/db")

    assert password(encoded.dsn) == text
    if char != "%":  # by itself it cannot be told from an encoded character
        plain = parse_database_url(f"postgresql://u:{text}@h:5432/db?sslmode=require")
        assert password(plain.dsn) == text
        assert urlsplit(plain.dsn).hostname == "h"


@pytest.mark.parametrize(
    "url",
    [
        "postgres://u:p@ec2-1-2-3-4.compute.amazonaws.com:5432/db",
        "postgresql://u:p@ep-x.eu-central-1.aws.neon.tech/db?sslmode=require&channel_binding=require",
        "postgresql+psycopg2://u:p@h/db?sslmode=prefer",
        "postgresql+asyncpg://u:p@h:5432/db?ssl=require",
        "postgresql://u:p@h1:5432,h2:5433/db?target_session_attrs=read-write",
        "postgresql://u@/db?host=/cloudsql/project:region:instance",
        "postgresql://u:p@[2001:db8::1]:5432/db?connect_timeout=3&keepalives=1",
        "postgresql://u:p@h/db?options=-csearch_path%3Dx&application_name=a+b",
        "  postgresql://localhost/db\n",
    ],
)
def test_a_providers_url_is_taken(url, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)

    assert parse_database_url(url).dsn.startswith("postgresql://")
    assert get_database_settings().url.get_secret_value() == url


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        (f"mysql://u:{SECRET}@h/db", "start with postgresql://"),
        (f"u:{SECRET}@h/db", "start with postgresql://"),
        (f"postgresql://u:{SECRET}@/db", "no host"),
        (f"postgresql://u:{SECRET}@h:port/db", "name:port"),
        (f"postgresql://u:{SECRET}@h/db?sslmode=perhaps", "sslmode"),
        (f"postgresql://u:{SECRET}@h/db?connect_timeout=soon", "connect_timeout"),
    ],
)
def test_an_unusable_url_is_told_off_without_the_secret(url, reason, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", url)

    with pytest.raises(DatabaseSettingsError, match="DATABASE_URL cannot be used") as caught:
        get_database_settings()

    assert reason in str(caught.value)
    assert SECRET not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_missing_url_is_named_at_the_first_use(monkeypatch):
    with pytest.raises(DatabaseSettingsError, match="DATABASE_URL is not set"):
        get_engine()


def test_no_repr_and_no_log_shows_the_secret(monkeypatch, caplog):
    caplog.set_level(logging.DEBUG)
    url = f"postgresql://u:{SECRET}@127.0.0.1:1/db"
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("DATABASE_MIGRATION_URL", url)

    shown = [repr(get_database_settings()), repr(parse_database_url(url))]
    engine = get_engine()
    shown += [repr(engine), str(engine.url), caplog.text]

    assert not [text for text in shown if SECRET in text]


PROJECT = Path(__file__).parents[2]
SHOW = "from app.database import get_engine; get_engine()"


def run_elsewhere(directory, *command):
    variables = {n: v for n, v in os.environ.items() if not n.startswith("DATABASE_")}
    variables["PYTHONPATH"] = str(PROJECT)
    return subprocess.run(
        [sys.executable, *command],
        cwd=directory,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_env_is_found_from_any_working_directory(tmp_path):
    file = PROJECT / ".env"
    elsewhere = tmp_path / ".env"
    elsewhere.write_text("DATABASE_URL=not-of-this-project\n")
    migrate = ["-m", "alembic", "-c", str(PROJECT / "alembic.ini"), "current"]
    try:
        file.write_text("DATABASE_URL=postgresql://u@127.0.0.1:1/db\n")
        worker = run_elsewhere(tmp_path, "-c", SHOW)
        alembic = run_elsewhere(tmp_path, *migrate)
    finally:
        file.unlink()
    installed = run_elsewhere(tmp_path, "-c", SHOW)

    assert worker.returncode == 0, worker.stderr
    assert "127.0.0.1" in alembic.stderr
    # An installed package has no project around it, and the working directory counts.
    assert "DATABASE_URL cannot be used: it has to start with" in installed.stderr


@pytest.fixture
def strict_server():
    """A server that takes no password."""
    words = b"SFATAL\0C28P01\0Mpassword authentication failed\0\0"
    answer = b"E" + struct.pack("!l", len(words) + 4) + words

    class Refuse(socketserver.BaseRequestHandler):
        def handle(self):
            self.request.recv(1000)
            self.request.sendall(answer)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refuse) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("options", [[], ["--tb=long", "--showlocals"]], ids=["usual", "long"])
@pytest.mark.parametrize("case", ["refused", "nobody", "malformed"])
def test_pytest_prints_no_password(case, options, strict_server):
    canary = "c@nary/ÿ"
    place = {"refused": f"127.0.0.1:{strict_server}", "nobody": "127.0.0.1:1", "malformed": "[h"}
    url = f"postgresql://u:{quote(canary, safe='')}@{place[case]}/x?sslmode=disable"
    done = subprocess.run(
        [
            *[sys.executable, "-m", "pytest", "tests/database/test_database_migrations.py"],
            *["-x", "-p", "no:cacheprovider", *options],
        ],
        cwd=PROJECT,
        env=os.environ | {"TEST_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "INTERNALERROR" not in done.stdout
    said = {"refused": "authentication failed", "nobody": "onnect", "malformed": "name:port"}
    assert said[case] in done.stdout
    shown = [canary, repr(canary)[1:-1], quote(canary, safe=""), "c%40nary"]
    assert not [secret for secret in shown if secret in done.stdout + done.stderr]


def test_other_problems_name_their_variable(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://h/db")
    monkeypatch.setenv("DATABASE_POOL_SIZE", "many")

    with pytest.raises(DatabaseSettingsError, match="DATABASE_POOL_SIZE cannot be used"):
        get_database_settings()


@pytest.fixture(autouse=True, scope="module")
def _no_engine_stays():
    yield
    database._engines.clear()
