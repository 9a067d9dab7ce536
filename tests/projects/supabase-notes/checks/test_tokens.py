"""Whom an access token proves, and what the application asks of Supabase meanwhile."""

import asyncio
import base64
import json
import threading
from collections.abc import Coroutine, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import monotonic, time
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response
from jwt.algorithms import ECAlgorithm, RSAAlgorithm
from notes.database_kit import row_level_security as rls
from notes.database_kit.settings import DatabaseSettingsError

from .conftest import SECRET, SUPABASE_URL, Run, claims_of, legacy_token


class Key:
    """A signing key of a project."""

    def __init__(self, algorithm: str = "ES256") -> None:
        self.algorithm = algorithm
        self.id = str(uuid4())
        if algorithm == "ES256":
            self.private = ec.generate_private_key(ec.SECP256R1())
            public = ECAlgorithm.to_jwk(self.private.public_key())
        else:
            self.private = rsa.generate_private_key(65537, 2048)
            public = RSAAlgorithm.to_jwk(self.private.public_key())
        self.public = json.loads(public) | {"kid": self.id, "alg": algorithm, "use": "sig"}

    def sign(self, kid: str | None = None, **changes: Any) -> str:
        headers = {"kid": kid or self.id}
        return jwt.encode(claims_of(**changes), self.private, self.algorithm, headers)


class Jwks:
    """The endpoint of the public keys, on loopback."""

    def __init__(self, *keys: Key) -> None:
        self.keys = list(keys)
        self.requests = 0
        self.is_down = False
        self.answer = threading.Event()
        self.answer.set()
        self.body: bytes | None = None
        """What to answer instead of the keys."""
        self.location: str | None = None
        """Where to redirect to."""
        self.drips = False
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                endpoint.requests += 1
                endpoint.answer.wait(10)
                keys = [key.public for key in endpoint.keys]
                body = endpoint.body or json.dumps({"keys": keys}).encode()
                if endpoint.location and self.path != endpoint.location:
                    self.send_response(302)
                    self.send_header("Location", endpoint.url + endpoint.location)
                else:
                    self.send_response(500 if endpoint.is_down else 200)
                self.end_headers()
                while endpoint.drips and not endpoint.ended.wait(0.05):
                    try:
                        self.wfile.write(b" ")
                    except OSError:
                        return
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self.ended = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()

    def close(self) -> None:
        self.answer.set()
        self.ended.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@pytest.fixture
def jwks(monkeypatch: pytest.MonkeyPatch) -> Iterator[Jwks]:
    endpoint = Jwks(Key("ES256"), Key("RS256"))
    # The issuer stays, as its tokens do; only the keys come from here.
    original = rls.SigningKeys
    monkeypatch.setattr(
        rls, "SigningKeys", lambda url: original(url.replace(SUPABASE_URL, endpoint.url))
    )
    yield endpoint
    endpoint.close()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[float]]:
    """The time that the cache of keys sees; a check moves it on."""
    now = [1_000_000.0]
    monkeypatch.setattr(rls, "monotonic", lambda: now[0])
    return now


def verify(token: str) -> Coroutine[Any, Any, rls.Identity]:
    return rls.get_token_verifier().verify(token)


async def request(*headers: dict[str, str]) -> list[Response]:
    app = FastAPI()

    @app.get("/me")
    async def me(identity: rls.IdentityDep) -> str:
        return str(identity.user_id)

    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        return list(await asyncio.gather(*(client.get("/me", headers=h) for h in headers)))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@pytest.mark.parametrize("number", [0, 1], ids=["ES256", "RS256"])
def test_a_token_signed_with_a_key_of_the_project(run: Run, jwks: Jwks, number: int) -> None:
    user = str(uuid4())

    identity = run(verify(jwks.keys[number].sign(user=user, email="a@example.com")))

    assert identity.role == "authenticated"
    assert str(identity.user_id) == user
    assert identity.claims["email"] == "a@example.com"


def test_a_token_signed_with_the_legacy_secret_needs_no_fetch(run: Run, jwks: Jwks) -> None:
    user = str(uuid4())

    assert str(run(verify(legacy_token(user))).user_id) == user
    assert jwks.requests == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://another-project.supabase.co/auth/v1"},
        {"iss": None},
        {"iss": ""},
        {"aud": None},
        {"aud": "another"},
        {"exp": None},
        {"exp": 1_700_000_100},
        {"iat": 4_000_000_000},
        {"sub": None},
        {"sub": "not-a-uuid"},
        {"role": None},
        {"role": "service_role"},
        {"role": "postgres"},
        {"role": ["authenticated"]},
    ],
    ids=str,
)
@pytest.mark.parametrize("signed", ["key", "secret"])
def test_claims_that_prove_nothing(
    run: Run, jwks: Jwks, changes: dict[str, Any], signed: str
) -> None:
    # PyJWT itself refuses to write some of these.
    claims = claims_of(**{name: value for name, value in changes.items() if name != "iss"})
    claims = {k: v for k, v in claims.items() if changes.get(k, v) is not None}
    claims |= {k: v for k, v in changes.items() if v is not None and k == "iss"}
    key = jwks.keys[0]
    payload = json.dumps(claims).encode()
    if signed == "key":
        token = jwt.api_jws.encode(payload, key.private, "ES256", {"kid": key.id})
    else:
        token = jwt.api_jws.encode(payload, SECRET, "HS256")
    with pytest.raises(jwt.InvalidTokenError):
        run(verify(token))


def test_a_refused_role_is_named_in_the_log_alone(
    run: Run, jwks: Jwks, caplog: pytest.LogCaptureFixture
) -> None:
    [answer] = run(request(bearer(jwks.keys[0].sign(role="editor"))))

    assert (answer.status_code, answer.json()) == (401, {"detail": "The token is not valid"})
    assert "a session cannot take the role 'editor'" in caplog.text


def test_publishable_and_secret_keys_are_no_access_tokens(run: Run, jwks: Jwks) -> None:
    for key in ("sb_publishable_your_key_here", "sb_secret_your_key_here"):
        [answer] = run(request(bearer(key)))
        assert answer.status_code == 401
    assert jwks.requests == 0


def test_the_keys_of_the_project_are_no_access_tokens(run: Run, jwks: Jwks) -> None:
    for role in ("anon", "service_role"):
        key = jwt.encode({"iss": "supabase", "role": role, "exp": 4_000_000_000}, SECRET, "HS256")
        with pytest.raises(jwt.InvalidTokenError):
            run(verify(key))


def test_the_algorithm_is_the_key_s(run: Run, jwks: Jwks) -> None:
    """Neither a public key taken for a secret, nor no signature at all, nor another algorithm."""
    key = jwks.keys[0]
    head = {"typ": "JWT", "kid": key.id}
    payload = _encoded(claims_of())
    secret = json.dumps(key.public).encode()
    forged = [
        _hmac({**head, "alg": "HS256"}, payload, secret),
        f"{_encoded({**head, 'alg': 'none'})}.{payload}.",
        f"{_encoded({**head, 'alg': 'None'})}.{payload}.",
        f"{_encoded(head)}.{payload}.",
        jwt.encode(claims_of(), SECRET, "HS512", head),
        jwt.encode(claims_of(), jwks.keys[1].private, "RS512", {"kid": jwks.keys[1].id}),
        jwt.encode(claims_of(), jwks.keys[1].private, "RS256", {"kid": key.id}),
        Key().sign(kid=key.id),
    ]
    for token in forged:
        with pytest.raises(jwt.InvalidTokenError):
            run(verify(token))


def test_hs256_is_refused_without_a_secret(
    run: Run, jwks: Jwks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SUPABASE_JWT_SECRET")
    head = _encoded({"alg": "HS256", "typ": "JWT"})
    tokens = [legacy_token(), _hmac({"alg": "HS256"}, _encoded(claims_of()), b"")]
    assert head
    for token in tokens:
        with pytest.raises(jwt.InvalidTokenError):
            run(verify(token))


@pytest.mark.parametrize(("seconds", "status"), [(5, 200), (20, 401)])
@pytest.mark.parametrize("claim", ["exp", "iat"])
def test_clocks_may_differ_a_little(
    run: Run, jwks: Jwks, claim: str, seconds: int, status: int
) -> None:
    late = -seconds if claim == "exp" else seconds
    token = jwks.keys[0].sign(**{claim: int(time()) + late})

    [answer] = run(request(bearer(token)))

    assert answer.status_code == status


@pytest.mark.parametrize("value", ["short", "\u00e4" * 8])
def test_a_weak_secret_is_refused_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("SUPABASE_JWT_SECRET", value)
    with pytest.raises(DatabaseSettingsError, match="SUPABASE_JWT_SECRET") as caught:
        rls.get_token_verifier()
    assert value not in str(caught.value)


def test_a_missing_url_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUPABASE_URL")
    with pytest.raises(DatabaseSettingsError, match="SUPABASE_URL is not set"):
        rls.get_token_verifier()


def test_a_storm_of_forged_key_ids_is_one_fetch(run: Run, jwks: Jwks, clock: list[float]) -> None:
    good, forger = jwks.keys[0], Key()
    storm = [bearer(forger.sign(kid=f"forged-{n}")) for n in range(200)]

    async def attack() -> list[int]:
        answers = await request(*storm[:100], bearer(good.sign()), *storm[100:])
        answers += await request(*storm)
        return [answer.status_code for answer in answers]

    statuses = run(attack())

    assert sorted(set(statuses)) == [200, 401]
    assert statuses.count(200) == 1
    assert jwks.requests == 1

    clock[0] += rls.RETRY_SECONDS + 1
    run(attack())
    assert jwks.requests == 2


def test_a_rotated_key_is_accepted_and_a_revoked_one_is_not(
    run: Run, jwks: Jwks, clock: list[float]
) -> None:
    old, new = jwks.keys[0], Key()
    run(verify(old.sign()))
    jwks.keys = [new]
    clock[0] += rls.RETRY_SECONDS + 1

    run(verify(new.sign()))

    with pytest.raises(jwt.InvalidTokenError):
        run(verify(old.sign()))
    assert jwks.requests == 2


def test_keys_are_fetched_again_when_they_are_old(run: Run, jwks: Jwks, clock: list[float]) -> None:
    key = jwks.keys[0]
    for _ in range(3):
        run(verify(key.sign()))
    assert jwks.requests == 1

    clock[0] += rls.REFRESH_SECONDS + 1
    jwks.keys = [Key()]

    async def use_until_revoked() -> None:
        while True:
            await verify(key.sign())
            await asyncio.sleep(0.001)

    with pytest.raises(jwt.InvalidTokenError):
        run(asyncio.wait_for(use_until_revoked(), 10))
    assert jwks.requests == 2


def test_a_key_that_nobody_used_for_long_is_looked_up_first(
    run: Run, jwks: Jwks, clock: list[float]
) -> None:
    key = jwks.keys[0]
    run(verify(key.sign()))
    clock[0] += 2 * rls.REFRESH_SECONDS + 1
    jwks.keys = [Key()]

    with pytest.raises(jwt.InvalidTokenError):
        run(verify(key.sign()))


def test_known_keys_serve_while_a_refresh_runs(run: Run, jwks: Jwks, clock: list[float]) -> None:
    key = jwks.keys[0]
    run(verify(key.sign()))
    clock[0] += rls.REFRESH_SECONDS + 1
    jwks.answer.clear()

    async def use() -> None:
        async with asyncio.timeout(5):
            for _ in range(20):
                await verify(key.sign())
        jwks.answer.set()

    run(use())
    assert jwks.requests <= 2


ODD = [
    *["[]", "null", "5", '"keys"', "{}", '{"keys": null}', '{"keys": 5}', '{"keys": "abc"}'],
    *['{"keys": {"a": 1}}', "not JSON", "[" * 20_000, '{"keys": ' + "9" * 5000 + "}"],
]


@pytest.mark.parametrize("body", ODD, ids=lambda body: body[:20])
def test_odd_answers_leave_the_known_keys(
    run: Run, jwks: Jwks, clock: list[float], body: str
) -> None:
    key = jwks.keys[0]
    run(verify(key.sign()))
    clock[0] += 2 * rls.REFRESH_SECONDS + 1
    jwks.body = body.encode()

    unknown = Key().sign()
    answers = run(request(bearer(key.sign()), bearer(unknown)))

    assert [answer.status_code for answer in answers] == [200, 401]
    assert jwks.requests == 2


@pytest.mark.parametrize("body", ODD, ids=lambda body: body[:20])
def test_odd_answers_at_first_are_an_outage(run: Run, jwks: Jwks, body: str) -> None:
    jwks.body = body.encode()

    [answer] = run(request(bearer(jwks.keys[0].sign())))

    assert answer.status_code == 503


@pytest.mark.parametrize(
    "unusable",
    [
        *[1, None, "key", [], {}, {"kid": "x"}, {"alg": ["ES256"], "kty": "EC"}],
        {"alg": "ES256", "kty": "EC", "crv": "P-256", "kid": "x", "x": 5, "y": {}},
        {"alg": "ES256", "kty": "EC", "crv": "P-256", "kid": "x", "x": "AA", "y": "AA"},
        {"alg": "ES256", "kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB"},
        {"alg": "ES256", "kty": "EC", "crv": "P-384", "kid": "x", "x": "AA", "y": "AA"},
        {"alg": "RS256", "kty": "RSA", "kid": "x", "n": "", "e": ""},
        {"alg": "RS256", "kty": "RSA", "kid": "x", "n": "AQAB", "e": "AQAB", "key_ops": 5},
        {"alg": "HS256", "kty": "oct", "kid": "x", "k": "c2VjcmV0"},
    ],
    ids=str,
)
def test_an_unusable_key_is_passed_over(run: Run, jwks: Jwks, unusable: object) -> None:
    key = jwks.keys[0]
    jwks.body = json.dumps({"keys": [unusable, key.public, unusable]}).encode()

    assert run(verify(key.sign())).role == "authenticated"


def test_the_log_tells_of_an_unusable_key(
    run: Run, jwks: Jwks, caplog: pytest.LogCaptureFixture
) -> None:
    jwks.body = json.dumps({"keys": [{"alg": "ES256"}, jwks.keys[0].public]}).encode()

    run(verify(jwks.keys[0].sign()))

    assert "A signing key cannot be used" in caplog.text


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"use": "enc"}, 401),
        ({"key_ops": ["encrypt"]}, 401),
        ({"key_ops": []}, 401),
        ({"key_ops": ["sign", "verify"]}, 200),
        ({"use": "sig", "key_ops": ["verify"]}, 200),
    ],
    ids=str,
)
def test_what_a_key_is_for_counts(
    run: Run, jwks: Jwks, changes: dict[str, Any], status: int
) -> None:
    key = jwks.keys[0]
    key.public |= changes

    [answer] = run(request(bearer(key.sign())))

    assert answer.status_code == status


def test_a_redirect_is_not_followed(run: Run, jwks: Jwks) -> None:
    jwks.location = "/elsewhere"

    [answer] = run(request(bearer(jwks.keys[0].sign())))

    assert answer.status_code == 503
    assert jwks.requests == 1


def test_one_deadline_for_the_whole_fetch(
    run: Run, jwks: Jwks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rls, "FETCH_TIMEOUT_SECONDS", 0.5)
    jwks.drips = True
    begin = monotonic()

    [answer] = run(request(bearer(jwks.keys[0].sign())))

    assert answer.status_code == 503
    assert monotonic() - begin < 4


def test_an_answer_without_end_is_not_read(run: Run, jwks: Jwks) -> None:
    jwks.body = b" " * (rls.MAX_BYTES + 1)

    [answer] = run(request(bearer(jwks.keys[0].sign())))

    assert answer.status_code == 503


def test_known_keys_stay_good_while_supabase_is_down(
    run: Run, jwks: Jwks, clock: list[float], caplog: pytest.LogCaptureFixture
) -> None:
    key = jwks.keys[0]
    run(verify(key.sign()))
    jwks.is_down = True
    clock[0] += 2 * rls.REFRESH_SECONDS + 1

    assert run(verify(key.sign())).role == "authenticated"
    assert "No signing keys from Supabase" in caplog.text


def test_without_any_key_the_answer_is_503_and_no_storm_follows(
    run: Run, jwks: Jwks, clock: list[float]
) -> None:
    jwks.is_down = True
    token = jwks.keys[0].sign()

    answers = run(request(*[bearer(token)] * 50))

    assert {answer.status_code for answer in answers} == {503}
    assert jwks.requests == 1
    jwks.is_down = False
    clock[0] += rls.RETRY_SECONDS + 1
    assert run(request(bearer(token)))[0].status_code == 200


def test_a_fetch_does_not_stop_the_event_loop(run: Run, jwks: Jwks) -> None:
    jwks.answer.clear()

    async def measure() -> float:
        longest, before = 0.0, monotonic()
        task = asyncio.ensure_future(verify(jwks.keys[0].sign()))
        while jwks.requests == 0:
            await asyncio.sleep(0)
        for _ in range(100):
            await asyncio.sleep(0.001)
            now = monotonic()
            longest, before = max(longest, now - before), now
        assert not task.done()
        jwks.answer.set()
        await task
        return longest

    assert run(measure()) < 0.5


def test_a_cancelled_request_leaves_the_fetch_to_the_others(run: Run, jwks: Jwks) -> None:
    jwks.answer.clear()
    token = jwks.keys[0].sign()

    async def cancel_the_first() -> str:
        first, second = asyncio.ensure_future(verify(token)), asyncio.ensure_future(verify(token))
        while jwks.requests == 0:
            await asyncio.sleep(0.001)
        first.cancel()
        jwks.answer.set()
        return (await second).role

    assert run(cancel_the_first()) == "authenticated"
    assert jwks.requests == 1


def test_reasons_leak_nothing(run: Run, jwks: Jwks) -> None:
    expired = jwks.keys[0].sign(exp=1_700_000_100)
    wrong_key = Key().sign(kid=jwks.keys[0].id)
    unknown_key = Key().sign()
    garbage = ["", "x", "a.b.c", "." * 50, "\u00e4", _encoded([]) + ".e30.", "[" * 40_000]
    garbage.append(base64.urlsafe_b64encode(b"[" * 40_000).decode() + ".e30.")
    bad = [wrong_key, unknown_key, legacy_token(aud="x"), *garbage[1:]]

    answers = run(request({}, {"Authorization": "Basic eDp4"}, bearer(expired), *map(_raw, bad)))

    assert {answer.status_code for answer in answers} == {401}
    assert {answer.headers["WWW-Authenticate"] for answer in answers} == {"Bearer"}
    reasons = [answer.json()["detail"] for answer in answers]
    assert set(reasons[:2]) == {"A bearer token is required"}
    assert reasons[2] == "The token has expired"
    assert set(reasons[3:]) == {"The token is not valid"}


def test_an_expired_token_of_a_forger_is_only_not_valid(run: Run, jwks: Jwks) -> None:
    forged = Key().sign(kid=jwks.keys[0].id, exp=1_700_000_100)

    [answer] = run(request(bearer(forged)))

    assert answer.json()["detail"] == "The token is not valid"


def test_an_identity_has_a_known_role() -> None:
    with pytest.raises(ValueError, match="service_role"):
        rls.Identity("service_role", {})


def test_an_identity_does_not_print_its_claims() -> None:
    assert "secret" not in repr(rls.Identity("authenticated", {"email": "secret"}))


def _raw(token: str) -> Any:
    return {b"Authorization": b"Bearer " + token.encode()}


def _encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _hmac(head: dict[str, str], payload: str, secret: bytes) -> str:
    import hmac

    signed = f"{_encoded(head)}.{payload}"
    digest = hmac.digest(secret, signed.encode(), "sha256")
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"
