from __future__ import annotations

import http.client
import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from benchmarks.serving import Served, serve_gateway
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from anxin.cli.main import root
from anxin.gateway.keys import KeyBook
from tests.journeys.patience import PATIENCE_SECONDS, wait_until
from tests.journeys.shop import POLICY, Answer, Shop, contents, overdraw, payment


def now() -> int:
    return time.time_ns() // 1_000_000


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("access") / "data"
    folder.mkdir(mode=0o700)
    book = KeyBook(folder / "keys.json", clock=now)
    for organisation in ("demo", "stall"):
        key = book.issue(organisation=organisation, scopes=("decide", "label", "read", "metrics"))
        (folder / f"{organisation}.key").write_text(key)
    return folder


@pytest.fixture(scope="module")
def served(data: Path) -> Iterator[Served]:
    with serve_gateway(data, POLICY) as served:
        yield served


@pytest.fixture(scope="module")
def shop(served: Served, data: Path) -> Shop:
    return Shop(served, (data / "demo.key").read_text())


@pytest.fixture(scope="module")
def stall(served: Served, data: Path) -> Shop:
    return Shop(served, (data / "stall.key").read_text())


def issue(shop: Shop, data: Path, **limits: object) -> Shop:
    """Return a caller with a new key, once the gateway knows it."""
    key = KeyBook(data / "keys.json", clock=now).issue(organisation="demo", **{"scopes": ("decide",), **limits})
    return Shop(shop.served, key)


def admitted(caller: Shop) -> bool:
    return caller.post("/v1/decisions", payment("access-1")).status == 200


def refusal(answer: Answer) -> tuple[int, str, str]:
    return answer.status, answer.code, answer.headers.get("www-authenticate", "")


def test_no_key_and_wrong_keys_are_refused_alike(shop: Shop, data: Path) -> None:
    expired = issue(shop, data, expires_at=1)
    elsewhere = issue(shop, data, networks=("10.0.0.0/8",))
    good = issue(shop, data)
    wait_until(lambda: admitted(good))
    revoked_id = good.key.split("_")[1]
    KeyBook(data / "keys.json", clock=now).refresh()
    book = KeyBook(data / "keys.json", clock=now)
    book.refresh()
    book.revoke(revoked_id)
    wait_until(lambda: not admitted(good))
    stored = shop.stored()
    callers = [expired, elsewhere, good, Shop(shop.served, "ax_0_0"), Shop(shop.served, shop.key + "0")]
    answers = [caller.post("/v1/decisions", payment("access-2")) for caller in callers]
    answers.append(shop.post("/v1/decisions", payment("access-2"), authorization=None))
    assert {refusal(each) for each in answers} == {(401, "key.refused", 'Bearer realm="anxin"')}
    assert shop.stored() == stored


def test_a_key_of_the_command_line_works_until_it_is_revoked(shop: Shop, data: Path) -> None:
    made = CliRunner().invoke(root(), ["keys", "new", "--data", str(data)])
    caller = Shop(shop.served, made.stdout.strip())
    wait_until(lambda: admitted(caller))
    assert caller.get("/v1/decisions/x").status == 403
    assert CliRunner().invoke(root(), ["keys", "revoke", caller.key.split("_")[1], "--data", str(data)]).exit_code == 0
    wait_until(lambda: not admitted(caller))


def test_a_missing_scope_is_forbidden(shop: Shop, data: Path) -> None:
    caller = issue(shop, data)
    wait_until(lambda: admitted(caller))
    for answer in (caller.get("/v1/decisions/x"), caller.post("/v1/labels", {}), caller.get("/metrics")):
        assert (answer.status, answer.code) == (403, "key.scope_missing")


def test_an_over_limit_caller_is_told_when_to_return(shop: Shop, data: Path) -> None:
    caller = issue(shop, data, rate=1, burst=1)
    wait_until(lambda: caller.post("/v1/decisions", payment("access-3")).status != 401)
    overdraw(caller)
    stored = shop.stored()
    answer = caller.post("/v1/decisions", payment("access-3"))
    assert (answer.status, answer.code, shop.stored()) == (429, "key.rate_exceeded", stored)
    assert int(answer.headers["retry-after"]) >= 1
    assert admitted(shop)


def test_organisations_share_nothing(shop: Shop, stall: Shop) -> None:
    for _ in range(3):
        last = shop.decide(payment("access-4"))
    assert last["verdict"] == "review"
    event = payment("access-4")
    mine = shop.decide(event)
    assert stall.get(f"/v1/decisions/{event['event_id']}").status == 404
    theirs = stall.decide(event)
    assert (mine["verdict"], theirs["verdict"]) == ("review", "allow")
    assert "duplicate" not in theirs
    label = {"event_id": last["event_id"], "label": "fraud", "source": "s"}
    assert stall.post("/v1/labels", label).status == 404


def test_the_key_is_not_stored_in_clear(shop: Shop, data: Path) -> None:
    secret = shop.key.split("_")[2].encode()
    assert [path for path, content in contents(data) if path.suffix != ".key" and secret in content] == []


def test_the_gateway_speaks_tls(tmp_path: Path) -> None:
    certificate, key = write_certificate(tmp_path)
    settings = {"tls_certificate": certificate, "tls_key": key}
    with serve_gateway(tmp_path / "data", POLICY, **settings) as served:
        trusted = ssl.create_default_context(cafile=str(certificate))
        for path, status in (("/healthz", 200), ("/nothing", 404)):
            connection = http.client.HTTPSConnection(
                "localhost", served.port, context=trusted, timeout=PATIENCE_SECONDS
            )
            connection.request("GET", path)
            assert connection.getresponse().status == status
            connection.close()


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for localhost and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "gateway.pem", folder / "gateway.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].touch(mode=0o600)
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths
